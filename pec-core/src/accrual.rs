//! The credit of a line on its day: the programme's rate of the list cost, exactly.

use crate::eligibility::Verdict;
use crate::money::{Amount, ListCost, Rate};

/// What a line would earn: `rate` x `list_cost`, nothing where it is excluded by design.
#[must_use]
pub fn potential_credit(verdict: &Verdict, list_cost: ListCost, rate: Rate) -> Amount {
    if verdict.by_design() { Amount::ZERO } else { list_cost.share(rate) }
}
