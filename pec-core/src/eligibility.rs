//! May a line earn? Every rule answers for every line; the first finding in rank order is the primary one.
//!
//! One rule, one file, under `rules/`; [`rules`] is the catalogue with owner, remedy and source of each.

mod reason;
mod registry;
mod rules;
mod verdict;

pub use reason::{CreditSignal, Reason, RuleId, ZeroSignal};
pub use registry::{Group, Owner, Rule, rule, rules};
pub use verdict::{Outcome, Verdict};

use crate::usage::UsageLine;

/// Asks every rule.
pub(crate) fn decide(line: &UsageLine<'_>) -> Verdict {
    let mut findings = rules::findings(line);
    let mut outcome = Outcome::Eligible;
    for (found, rule) in findings.iter_mut().zip(&rules::RULES) {
        match (rule.group, outcome) {
            // What is excluded by design needs no evidence of anything else.
            (Group::Undetermined, Outcome::Ineligible) => *found = None,
            (Group::Undetermined, _) if found.is_some() => outcome = Outcome::Undetermined,
            (Group::ByDesign, _) if found.is_some() => outcome = Outcome::Ineligible,
            (Group::ByDesign | Group::Undetermined, _) => {}
        }
    }
    Verdict::new(outcome, findings)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::day::UsageDay;
    use crate::ids::{CustomerId, ResellerId, SubscriptionId};
    use crate::money::{Currency, ListCost, Number};
    use crate::usage::{ChargeType, CreditColumns, Offer};

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
            day: UsageDay::from_ymd(2026, 10, 4).unwrap(),
            unit_price,
            quantity,
            list_cost: ListCost::new(unit_price, quantity).unwrap(),
            pricing_pre_tax_total: None,
            currency: Currency::USD,
            charge: ChargeType::Usage,
            offer: Offer::AzurePlan,
            product: crate::product::ProductSignals::default(),
            credit: CreditColumns::default(),
        }
    }

    #[test]
    fn all_rules_answer_and_the_first_is_primary() {
        let mut line = line();
        assert_eq!(decide(&line).outcome(), Outcome::Undetermined);
        assert_eq!(decide(&line).primary(), Some(Reason::NoAccessEvidence));
        line.product.savings_plan = true;
        line.charge = ChargeType::Other;
        let verdict = decide(&line);
        assert_eq!(verdict.outcome(), Outcome::Ineligible);
        assert_eq!(verdict.findings().collect::<Vec<_>>(), [Reason::NotUsageCharge, Reason::SavingsPlan]);
    }
}
