//! What the file says was paid.

use crate::eligibility::{RuleId, Verdict};
use crate::money::Rate;
use crate::usage::{CreditColumns, CreditType, PartnerEarnedCredit, UsageLine};

/// The rate of partner earned credit that the line carries; `programme` is the rate of its day.
///
/// The percentage decides where it is given; the basic attribute set has none, there `CreditType` tells, with the rate in
/// `CreditPercentage`. A flag on a charge of nothing pays nothing (R66).
#[must_use]
pub fn paid_rate(line: &UsageLine<'_>, verdict: &Verdict, programme: Rate) -> Rate {
    if verdict.has(RuleId::NothingCharged) {
        return Rate::ZERO;
    }
    flagged_rate(line.credit, programme)
}

/// The rate that the columns name, whatever was charged.
#[must_use]
pub fn flagged_rate(columns: CreditColumns, programme: Rate) -> Rate {
    match columns.partner_earned_credit {
        Some(PartnerEarnedCredit::Rate(rate)) => rate,
        Some(PartnerEarnedCredit::Applied) => programme,
        None if columns.credit_type == CreditType::PartnerEarnedCredit => {
            // One document knows 0 and 100 alone here: a share of the credit, and no rate.
            columns.credit.filter(|rate| !rate.is_zero() && *rate != Rate::ONE).unwrap_or(programme)
        }
        None => Rate::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eligibility::tests::{line, verdict};
    use crate::money::Number;

    #[test]
    fn every_signal_of_payment() {
        let fifteen = Rate::from_percent(Number::new(15, 0)).unwrap();
        let ten = Rate::from_percent(Number::new(10, 0)).unwrap();
        let (rate, applied) = (PartnerEarnedCredit::Rate, PartnerEarnedCredit::Applied);
        for (flag, credit, credit_type, expected) in [
            (None, None, CreditType::NotApplied, Rate::ZERO),
            (Some(rate(fifteen)), None, CreditType::NotApplied, fifteen),
            (Some(applied), None, CreditType::NotApplied, fifteen),
            (Some(rate(Rate::ZERO)), Some(fifteen), CreditType::PartnerEarnedCredit, Rate::ZERO),
            (None, Some(ten), CreditType::PartnerEarnedCredit, ten),
            (None, None, CreditType::PartnerEarnedCredit, fifteen),
            (None, Some(Rate::ZERO), CreditType::PartnerEarnedCredit, fifteen),
            (None, Some(Rate::ONE), CreditType::PartnerEarnedCredit, fifteen),
            (None, Some(fifteen), CreditType::NotApplied, Rate::ZERO),
        ] {
            let mut line = line();
            line.credit.partner_earned_credit = flag;
            line.credit.credit = credit;
            line.credit.credit_type = credit_type;
            assert_eq!(paid_rate(&line, &verdict(&line), fifteen), expected, "{:?}", line.credit);
            line.pricing_pre_tax_total = Some(Number::ZERO);
            assert_eq!(paid_rate(&line, &verdict(&line), fifteen), Rate::ZERO, "nothing charged");
        }
    }
}
