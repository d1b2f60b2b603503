//! `marketplace_product`: the product is from the marketplace.
//!
//! # Why
//!
//! Products of the marketplace price list do not earn. That list tells where it is given and has the product on the day of
//! the line; without it the line itself tells, by its publisher.
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

use super::{Group, MarketplaceSignal, Owner, Reason, Rule, RuleId, Status, source};
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
    let signal = match (line.product.listing.marketplace, line.product.marketplace) {
        (true, _) => MarketplaceSignal::PriceList,
        (false, true) => MarketplaceSignal::PublisherName,
        (false, false) => return None,
    };
    Some(Reason::MarketplaceProduct { signal })
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
        let by = |signal| Some(Reason::MarketplaceProduct { signal });
        assert_eq!(check(&line), by(MarketplaceSignal::PublisherName));
        line.product.listing.marketplace = true;
        assert_eq!(check(&line), by(MarketplaceSignal::PriceList));
    }
}
