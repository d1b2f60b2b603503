//! `nothing_charged`: nothing was charged.
//!
//! # Why
//!
//! Free meters, free tiers and covered hours may carry the credit flag; its value is nothing (R66).
//!
//! # Example
//!
//! `UnitPrice` is 0, or `PricingPreTaxTotal` is 0.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R65, R66, R73: kvamseek/partner-center@85eb3c40 partner-earned-credit-explanation.md, 2023-04-13.

use super::{Group, Owner, Reason, Rule, RuleId, Status, source};
use crate::eligibility::reason::ZeroSignal;
use crate::money::Number;
use crate::usage::UsageLine;

pub(super) const RULE: Rule = Rule {
    id: RuleId::NothingCharged,
    rank: 10,
    group: Group::ByDesign,
    sentence: "nothing was charged",
    owner: Owner::Nobody,
    can_act: false,
    remedy: "nothing to do: a share of nothing is nothing",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-explanation.md",
        (2023, 4, 13),
        "R65, R66, R73",
        Status::Inferred,
    ),
};

pub(super) fn check(line: &UsageLine<'_>) -> Option<Reason> {
    if line.list_cost.is_zero() {
        return Some(Reason::NothingCharged { signal: ZeroSignal::ListCost });
    }
    let nothing = line.pricing_pre_tax_total.is_some_and(Number::is_zero);
    nothing.then_some(Reason::NothingCharged { signal: ZeroSignal::PricingPreTaxTotal })
}

#[cfg(test)]
mod tests {
    use super::super::test_line;
    use super::*;

    #[test]
    fn flagged_and_the_nearest_that_is_not() {
        let mut line = test_line();
        assert_eq!(check(&line), None);
        line.pricing_pre_tax_total = Some(Number::new(1, 20));
        assert_eq!(check(&line), None);
        line.pricing_pre_tax_total = Some(Number::ZERO);
        assert_eq!(check(&line), Some(Reason::NothingCharged { signal: ZeroSignal::PricingPreTaxTotal }));
        line.list_cost = crate::money::ListCost::default();
        assert_eq!(check(&line), Some(Reason::NothingCharged { signal: ZeroSignal::ListCost }));
    }
}
