//! `savings_plan`: a savings plan covers the usage.
//!
//! # Why
//!
//! Savings are applied instead of the credit. Overage above the plan is an ordinary charge (`BenefitType` `Charge`) and can earn (R61).
//!
//! # Example
//!
//! `BenefitType` is `SavingsPlan`.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R60, R61: kvamseek/partner-center@85eb3c40 azure-savings-plan.md, 2023-10-23.

use super::{Group, Owner, Reason, Rule, RuleId, Status, source};
use crate::usage::UsageLine;

pub(super) const RULE: Rule = Rule {
    id: RuleId::SavingsPlan,
    rank: 4,
    group: Group::ByDesign,
    sentence: "a savings plan covers the usage",
    owner: Owner::Nobody,
    can_act: false,
    remedy: "nothing to do: savings are given instead of the credit",
    source: source(
        "kvamseek/partner-center@85eb3c40 azure-savings-plan.md",
        (2023, 10, 23),
        "R60, R61",
        Status::Documented,
    ),
};

pub(super) fn check(line: &UsageLine<'_>) -> Option<Reason> {
    line.product.savings_plan.then_some(Reason::SavingsPlan)
}

#[cfg(test)]
mod tests {
    use super::super::test_line;
    use super::*;

    #[test]
    fn flagged_and_the_nearest_that_is_not() {
        let mut line = test_line();
        assert_eq!(check(&line), None);
        line.product.savings_plan = true;
        assert_eq!(check(&line), Some(Reason::SavingsPlan));
    }
}
