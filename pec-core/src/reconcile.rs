//! The verdict beside what the file says was paid.

mod paid;
mod standing;

pub use paid::{flagged_rate, paid_rate};
pub use standing::Standing;

use crate::accrual::potential_credit;
use crate::drawdown::Cover;
use crate::eligibility::{RuleId, Verdict};
use crate::money::{Amount, Rate};
use crate::usage::UsageLine;

/// A decided line: its verdict, its standing and its money.
///
/// Where Azure credit pays a part ([`Cover::Share`]), verdict and standing are those of the rest, and amounts those of the
/// whole line: a ledger parts them when the sum of all such lines is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What the rules say.
    pub verdict: Verdict,
    /// The verdict beside what was paid.
    pub standing: Standing,
    /// The programme's rate on its day.
    pub rate: Rate,
    /// The rate that was paid; zero where nothing was.
    pub paid: Rate,
    /// List price x quantity.
    pub list_cost: Amount,
    /// What the line would earn.
    pub potential_credit: Amount,
    /// What the file says it earned: the flagged rate x list cost.
    pub credit: Amount,
    /// How much of it Azure credit pays, by a drawdown.
    pub cover: Cover,
}

impl Decision {
    /// The standing and primary reason of what Azure credit pays of the line.
    #[must_use]
    pub fn covered(&self) -> (Standing, RuleId) {
        // What rank puts before it: Spot, which the credit pays and which never earns.
        let before = self.verdict.primary().map(|reason| reason.rule()).filter(|_| self.verdict.by_design());
        (Standing::by_design(!self.paid.is_zero()), before.unwrap_or(RuleId::AzureCreditApplied))
    }
}

/// Puts a verdict beside what was paid; `rate` is the programme's on that day, `cover` what Azure credit pays.
#[must_use]
#[inline]
pub fn reconcile(line: &UsageLine<'_>, verdict: Verdict, cover: Cover, rate: Rate) -> Decision {
    let paid = paid_rate(line, &verdict, rate);
    let potential_credit = potential_credit(&verdict, line.list_cost, rate);
    Decision {
        verdict,
        standing: Standing::of(&verdict, !paid.is_zero()),
        rate,
        paid,
        list_cost: line.list_cost.amount(),
        potential_credit,
        credit: if paid.is_zero() { Amount::ZERO } else { line.list_cost.share(paid) },
        cover,
    }
}
