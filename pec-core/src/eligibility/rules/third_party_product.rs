//! `third_party_product`: the price list tags the product as a third party's.
//!
//! # Why
//!
//! The Azure plan consumption price list also has products that Microsoft resells. They carry the tag `Third Party`, or `ThirdParty`, and do not earn. Their publisher is Microsoft, so no column of a usage file tells.
//!
//! # Example
//!
//! `Tags` of the product in the price list of the month is `Azure, Consumption, ThirdParty`.
//!
//! # In force
//!
//! Since the programme began; no change is published. The tag counts on the days on which the tagged price is in force.
//!
//! # Source
//!
//! R57: kvamseek/partner-center@85eb3c40 partner-earned-credit-explanation.md, 2023-04-13.

use super::{Group, Owner, Reason, Rule, RuleId, Status, source};
use crate::usage::UsageLine;

pub(super) const RULE: Rule = Rule {
    id: RuleId::ThirdPartyProduct,
    rank: 6,
    group: Group::ByDesign,
    sentence: "the price list tags the product as a third party's",
    owner: Owner::Nobody,
    can_act: false,
    remedy: "nothing to do: products of third parties do not earn",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-explanation.md",
        (2023, 4, 13),
        "R57",
        Status::Documented,
    ),
};

pub(super) fn check(line: &UsageLine<'_>) -> Option<Reason> {
    line.product.listing.third_party.then_some(Reason::ThirdPartyProduct)
}

#[cfg(test)]
mod tests {
    use super::super::test_line;
    use super::*;

    #[test]
    fn flagged_and_the_nearest_that_is_not() {
        let mut line = test_line();
        line.product.listing.marketplace = true;
        assert_eq!(check(&line), None);
        line.product.listing.third_party = true;
        assert_eq!(check(&line), Some(Reason::ThirdPartyProduct));
    }
}
