//! `marketplace_product`: the product is from the marketplace.
//!
//! # Why
//!
//! Products of the marketplace price list do not earn. Without that list the line itself tells by its publisher.
//! `billingProvider` of the v1 API tells nothing: it says `marketplace` on every published usage record that has it.
//!
//! # Example
//!
//! `PublisherName` is `Palo Alto Networks, Inc.`.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R58: kvamseek/partner-center@85eb3c40 partner-earned-credit-explanation.md, 2023-04-13.

use super::{Group, Owner, Reason, Rule, RuleId, Status, source};
use crate::usage::UsageLine;

pub(super) const RULE: Rule = Rule {
    id: RuleId::MarketplaceProduct,
    rank: 5,
    group: Group::ByDesign,
    sentence: "the product is from the marketplace",
    owner: Owner::Nobody,
    can_act: false,
    remedy: "nothing to do: marketplace products do not earn",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-explanation.md",
        (2023, 4, 13),
        "R58",
        Status::Inferred,
    ),
};

pub(super) fn check(line: &UsageLine<'_>) -> Option<Reason> {
    line.product.marketplace.then_some(Reason::MarketplaceProduct)
}

#[cfg(test)]
mod tests {
    use super::super::test_line;
    use super::*;

    #[test]
    fn flagged_and_the_nearest_that_is_not() {
        let mut line = test_line();
        assert_eq!(check(&line), None);
        line.product.marketplace = true;
        assert_eq!(check(&line), Some(Reason::MarketplaceProduct));
    }
}
