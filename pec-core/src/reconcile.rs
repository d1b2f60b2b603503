//! The verdict beside what the file says was paid.

mod paid;
mod standing;

pub use paid::{flagged_rate, paid_rate};
pub use standing::Standing;

use crate::accrual::potential_credit;
use crate::eligibility::Verdict;
use crate::money::{Amount, Rate};
use crate::usage::UsageLine;

/// A decided line: its verdict, its standing and its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What the rules say.
    pub verdict: Verdict,
    /// The verdict beside what was paid.
    pub standing: Standing,
    /// The rate that was paid; zero where nothing was.
    pub paid: Rate,
    /// List price x quantity.
    pub list_cost: Amount,
    /// What the line would earn.
    pub potential_credit: Amount,
    /// What the file says it earned: the flagged rate x list cost.
    pub credit: Amount,
}

/// Puts a verdict beside what was paid; `rate` is the programme's on that day.
#[must_use]
#[inline]
pub fn reconcile(line: &UsageLine<'_>, verdict: Verdict, rate: Rate) -> Decision {
    let paid = paid_rate(line, &verdict, rate);
    let potential_credit = potential_credit(&verdict, line.list_cost, rate);
    Decision {
        verdict,
        standing: Standing::of(&verdict, !paid.is_zero()),
        paid,
        list_cost: line.list_cost.amount(),
        potential_credit,
        credit: if paid.is_zero() { Amount::ZERO } else { line.list_cost.share(paid) },
    }
}
