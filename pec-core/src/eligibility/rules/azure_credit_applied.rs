//! `azure_credit_applied`: Azure credit paid for the usage.
//!
//! # Why
//!
//! Azure credit and partner earned credit never meet on the same usage: the credit is used up first, what is left earns.
//!
//! # Example
//!
//! `CreditType` is `Azure Credit Applied`, `CreditPercentage` is 100.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R84, R85, R86: kvamseek/partner-center@85eb3c40 azure-credit-offer-balance.md, 2022-07-27.

use super::{Group, Owner, Reason, Rule, RuleId, Status, source};
use crate::eligibility::reason::CreditSignal;
use crate::money::Rate;
use crate::usage::{CreditType, UsageLine};

pub(super) const RULE: Rule = Rule {
    id: RuleId::AzureCreditApplied,
    rank: 9,
    group: Group::ByDesign,
    sentence: "Azure credit paid for the usage",
    owner: Owner::Nobody,
    can_act: false,
    remedy: "nothing to do: once the credit is used up the usage earns again",
    source: source(
        "kvamseek/partner-center@85eb3c40 azure-credit-offer-balance.md",
        (2022, 7, 27),
        "R84, R85, R86",
        Status::Documented,
    ),
};

pub(super) fn check(line: &UsageLine<'_>) -> Option<Reason> {
    let credit = line.credit;
    if credit.credit_type == CreditType::AzureCredit {
        return Some(Reason::AzureCreditApplied { signal: CreditSignal::CreditType });
    }
    let all = credit.credit == Some(Rate::ONE) && credit.credit_type != CreditType::PartnerEarnedCredit;
    if all {
        return Some(Reason::AzureCreditApplied { signal: CreditSignal::CreditPercentage });
    }
    line.paid_by_credit.then_some(Reason::AzureCreditApplied { signal: CreditSignal::Drawdown })
}

#[cfg(test)]
mod tests {
    use super::super::test_line;
    use super::*;

    #[test]
    fn flagged_and_the_nearest_that_is_not() {
        let mut line = test_line();
        assert_eq!(check(&line), None);
        line.credit.credit_type = CreditType::PartnerEarnedCredit;
        line.credit.credit = Some(Rate::ONE);
        assert_eq!(check(&line), None);
        line.credit.credit_type = CreditType::NotApplied;
        assert_eq!(check(&line), Some(Reason::AzureCreditApplied { signal: CreditSignal::CreditPercentage }));
        line.credit.credit_type = CreditType::AzureCredit;
        line.paid_by_credit = true;
        assert_eq!(check(&line), Some(Reason::AzureCreditApplied { signal: CreditSignal::CreditType }), "the file's word first");
        line.credit = crate::usage::CreditColumns::default();
        assert_eq!(check(&line), Some(Reason::AzureCreditApplied { signal: CreditSignal::Drawdown }));
    }
}
