//! One file for each rule.

use super::reason::{Reason, RuleId};
use super::registry::{Group, Owner, Rule, source};
use crate::programme::Status;
use crate::usage::UsageLine;

macro_rules! rules {
    ($($rule:ident),+ $(,)?) => {
        $(mod $rule;)+

        /// The rules in rank order: the first that blocks is the primary one. Ranks left out belong to rules that need
        /// more than the usage file: price lists and access evidence.
        pub(super) static RULES: [Rule; RuleId::ALL.len()] = [$($rule::RULE),+];

        /// What each rule finds, in rank order.
        pub(super) fn findings(line: &UsageLine<'_>) -> [Option<Reason>; RuleId::ALL.len()] {
            [$($rule::check(line)),+]
        }
    };
}

rules! {
    not_usage_charge,
    not_azure_plan,
    reservation,
    savings_plan,
    marketplace_product,
    spot_virtual_machine,
    azure_credit_applied,
    nothing_charged,
    no_access_evidence,
}

#[cfg(test)]
fn test_line() -> crate::usage::UsageLine<'static> {
    crate::eligibility::tests::line()
}
