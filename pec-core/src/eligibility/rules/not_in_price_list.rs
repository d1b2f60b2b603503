//! `not_in_price_list`: the product is not in the Azure plan consumption price list.
//!
//! # Why
//!
//! Only services of the Azure plan consumption price list earn. That a product is not there is only said of days on which the given lists have prices in force, and not where a row that cannot be read may be that product.
//!
//! # Example
//!
//! The price list of October has no price for the line's `ProductId` and `SkuId` in force on the day.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R55: kvamseek/partner-center@85eb3c40 azure-plan-price-list.md, 2023-06-05.

use super::{Group, Owner, Reason, Rule, RuleId, Status, source};
use crate::usage::UsageLine;

pub(super) const RULE: Rule = Rule {
    id: RuleId::NotInPriceList,
    rank: 8,
    group: Group::ByDesign,
    sentence: "the product is not in the Azure plan consumption price list",
    owner: Owner::Nobody,
    can_act: false,
    remedy: "nothing to do, if the price list is of that month: only its products earn",
    source: source("kvamseek/partner-center@85eb3c40 azure-plan-price-list.md", (2023, 6, 5), "R55", Status::Documented),
};

pub(super) fn check(line: &UsageLine<'_>) -> Option<Reason> {
    line.product.listing.absent.then_some(Reason::NotInPriceList)
}

#[cfg(test)]
mod tests {
    use super::super::test_line;
    use super::*;

    #[test]
    fn flagged_and_the_nearest_that_is_not() {
        let mut line = test_line();
        line.product.listing.third_party = true;
        assert_eq!(check(&line), None);
        line.product.listing.absent = true;
        assert_eq!(check(&line), Some(Reason::NotInPriceList));
    }
}
