//! The credit of a line on its day: the programme's rate of the list cost, exactly.

use crate::eligibility::{Outcome, Verdict};
use crate::money::{Amount, AmountError, Rate};

/// What a line would earn: `rate` x `list_cost`, nothing where it is excluded by design.
///
/// # Errors
///
/// [`AmountError`] where the share cannot be held exactly, which no list cost of a file gives.
pub fn potential_credit(verdict: &Verdict, list_cost: Amount, rate: Rate) -> Result<Amount, AmountError> {
    match verdict.outcome() {
        Outcome::Eligible | Outcome::Undetermined => list_cost.share(rate),
        Outcome::Ineligible => Ok(Amount::ZERO),
    }
}
