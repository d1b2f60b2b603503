//! One file for each rule.

mod azure_credit_applied;
mod marketplace_product;
mod no_access_evidence;
mod not_azure_plan;
mod not_usage_charge;
mod nothing_charged;
mod reservation;
mod savings_plan;
mod spot_virtual_machine;

use super::reason::{Reason, RuleId};
use super::registry::{Group, Owner, Rule, source};
use crate::programme::Status;

/// The rules in rank order: the first that blocks is the primary one. Ranks left out belong to rules that need
/// more than the usage file: price lists and access evidence.
pub(super) static RULES: [Rule; RuleId::ALL.len()] = [
    not_usage_charge::RULE,
    not_azure_plan::RULE,
    reservation::RULE,
    savings_plan::RULE,
    marketplace_product::RULE,
    spot_virtual_machine::RULE,
    azure_credit_applied::RULE,
    nothing_charged::RULE,
    no_access_evidence::RULE,
];

#[cfg(test)]
fn test_line() -> crate::usage::UsageLine<'static> {
    crate::eligibility::tests::line()
}
