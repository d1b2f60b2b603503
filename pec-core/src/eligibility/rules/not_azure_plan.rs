//! `not_azure_plan`: the line was not bought under the Azure plan.
//!
//! # Why
//!
//! The credit exists for the Azure plan of the new commerce only: legacy offers, licences and telco pay-as-you-go do not earn.
//!
//! # Example
//!
//! `SubscriptionDescription` is `Teams Calling Pay-As-You-Go`, or the invoice number begins with `D`.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R6, R62, R63: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Reason, Rule, RuleId, Status, source};
use crate::usage::{Offer, UsageLine};

pub(super) const RULE: Rule = Rule {
    id: RuleId::NotAzurePlan,
    rank: 2,
    group: Group::ByDesign,
    sentence: "the line was not bought under the Azure plan",
    owner: Owner::Partner,
    can_act: true,
    remedy: "move legacy Azure subscriptions to the Azure plan; licences and telco never earn",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R6, R62, R63",
        Status::Documented,
    ),
};

pub(super) fn check(line: &UsageLine<'_>) -> Option<Reason> {
    (line.offer != Offer::AzurePlan).then_some(Reason::NotAzurePlan { offer: line.offer })
}

#[cfg(test)]
mod tests {
    use super::super::test_line;
    use super::*;

    #[test]
    fn flagged_and_the_nearest_that_is_not() {
        let mut line = test_line();
        assert_eq!(check(&line), None);
        line.offer = Offer::Other;
        assert_eq!(check(&line), Some(Reason::NotAzurePlan { offer: Offer::Other }));
    }
}
