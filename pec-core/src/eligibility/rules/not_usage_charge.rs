//! `not_usage_charge`: the line is not consumption of a day.
//!
//! # Why
//!
//! Credits, refunds, purchases, rounding adjustments and tax are not usage, and the credit is computed on usage (R43).
//!
//! # Example
//!
//! `ChargeType` is `customerCredit`.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R43, R65, R87: kvamseek/partner-center@85eb3c40 use-the-reconciliation-files.md, 2023-10-12.

use super::{Group, Owner, Reason, Rule, RuleId, Status, source};
use crate::usage::{ChargeType, UsageLine};

pub(super) const RULE: Rule = Rule {
    id: RuleId::NotUsageCharge,
    rank: 1,
    group: Group::ByDesign,
    sentence: "the line is not a usage charge",
    owner: Owner::Nobody,
    can_act: false,
    remedy: "nothing to do: only consumption earns",
    source: source(
        "kvamseek/partner-center@85eb3c40 use-the-reconciliation-files.md",
        (2023, 10, 12),
        "R43, R65, R87",
        Status::Inferred,
    ),
};

pub(super) fn check(line: &UsageLine<'_>) -> Option<Reason> {
    (line.charge != ChargeType::Usage).then_some(Reason::NotUsageCharge)
}

#[cfg(test)]
mod tests {
    use super::super::test_line;
    use super::*;

    #[test]
    fn flagged_and_the_nearest_that_is_not() {
        let mut line = test_line();
        assert_eq!(check(&line), None);
        line.charge = ChargeType::Other;
        assert_eq!(check(&line), Some(Reason::NotUsageCharge));
    }
}
