//! May a line earn? Every rule answers for every line; the first finding in rank order is the primary one.
//!
//! One rule, one file, under `rules/`; [`rules`] is the catalogue with owner, remedy and source of each.

mod reason;
mod registry;
mod rules;
mod verdict;

pub use reason::{CreditSignal, MarketplaceSignal, Reason, RuleId, ZeroSignal};
pub use registry::{Group, Owner, Rule, rule, rules};
pub use verdict::{Outcome, Verdict};

use crate::access::AccessDay;
use crate::usage::UsageLine;

/// Asks every rule about a line, of which the access on its day is known.
pub(crate) fn decide(line: &UsageLine<'_>, access: AccessDay) -> Verdict {
    Verdict::new(rules::by_design(line), access)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::access::{Assumed, Finding, Findings};
    use crate::day::UsageDay;
    use crate::ids::{CustomerId, ResellerId, SubscriptionId};
    use crate::money::{Currency, ListCost, Number};
    use crate::product::ProductIds;
    use crate::usage::{ChargeType, CreditColumns, Offer};

    static NO_IDS: ProductIds = ProductIds {
        plan: String::new(),
        product: String::new(),
        sku: String::new(),
        availability: String::new(),
        meter: String::new(),
    };

    /// An ordinary line of 2 units at 1.5.
    pub(crate) fn line() -> UsageLine<'static> {
        let (unit_price, quantity) = (Number::new(15, 1), Number::new(2, 0));
        UsageLine {
            customer: CustomerId::new("c").unwrap(),
            customer_name: "",
            subscription: SubscriptionId::new("s").unwrap(),
            subscription_name: "",
            resource_group: "g",
            resource: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a",
            reseller: ResellerId::default(),
            product_name: "",
            sku_name: "",
            meter_name: "",
            day: UsageDay::from_ymd(2026, 10, 4).unwrap(),
            unit_price,
            quantity,
            list_cost: ListCost::new(unit_price, quantity).unwrap(),
            pricing_pre_tax_total: None,
            effective_unit_price: None,
            currency: Currency::USD,
            charge: ChargeType::Usage,
            offer: Offer::AzurePlan,
            invoiced: true,
            product: crate::product::ProductSignals::default(),
            product_ids: &NO_IDS,
            billing: crate::usage::Billing::default(),
            credit: CreditColumns::default(),
            paid_by_credit: false,
        }
    }

    /// The verdict on a line without evidence.
    pub(crate) fn verdict(line: &UsageLine<'_>) -> Verdict {
        decide(line, AccessDay::NO_EVIDENCE)
    }

    /// The rules that a verdict has, asked one by one.
    fn had(verdict: &Verdict) -> Vec<RuleId> {
        RuleId::ALL.iter().copied().filter(|rule| verdict.has(*rule)).collect()
    }

    #[test]
    fn all_rules_answer_and_the_first_is_primary() {
        let mut line = line();
        assert_eq!(verdict(&line).outcome(), Outcome::Undetermined);
        assert_eq!(verdict(&line).primary(), Some(Reason::Access { finding: Finding::NoAccessEvidence }));
        line.product.savings_plan = true;
        line.charge = ChargeType::Other;
        let verdict = verdict(&line);
        assert_eq!(verdict.outcome(), Outcome::Ineligible);
        assert_eq!(verdict.findings().collect::<Vec<_>>(), [Reason::NotUsageCharge, Reason::SavingsPlan]);
        assert_eq!(had(&verdict), [RuleId::NotUsageCharge, RuleId::SavingsPlan]);
    }

    #[test]
    fn every_finding_on_access_has_its_rule() {
        let line = line();
        let with = |findings| decide(&line, AccessDay { findings, assumptions: Assumed::NONE });
        let beyond_the_line = rules().iter().filter(|rule| rule.group != Group::ByDesign);
        let ids: Vec<_> = beyond_the_line.map(|rule| rule.id.as_str()).collect();
        assert_eq!(Finding::ALL.map(Finding::as_str).as_slice(), ids, "one rule for each finding, in rank order");
        for finding in Finding::ALL {
            let verdict = with(Findings::of(finding));
            let found: Vec<_> = verdict.findings().map(|reason| reason.rule()).collect();
            assert_eq!(found.iter().map(|id| id.as_str()).collect::<Vec<_>>(), [finding.as_str()]);
            assert_eq!(had(&verdict), found);
            let undetermined = rule(found[0]).group == Group::Undetermined;
            let expected = if undetermined { Outcome::Undetermined } else { Outcome::Ineligible };
            assert_eq!((verdict.outcome(), verdict.by_design()), (expected, false));
        }
        assert_eq!(with(Findings::NONE).outcome(), Outcome::Eligible);
        let all = with(Finding::ALL.into_iter().collect());
        assert_eq!(all.primary(), Some(Reason::Access { finding: Finding::PartnerTypeCannotEarn }));
        assert!(all.findings().all(|reason| rule(reason.rule()).group != Group::Undetermined));
    }
}
