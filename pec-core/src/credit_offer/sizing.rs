//! How much credit a deal gets.

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

use super::CreditOfferError;
use super::amounts::{amount, as_plain, credit_rate};
use super::value::Value;
use crate::money::{Amount, Number, Rate, Rounding};
use crate::programme::{InForce, Source};

/// The credit of a deal: its estimated incremental ACR of 12 months divided by the ratio, from the threshold on (ACO4).
///
/// ```
/// use pec_core::credit_offer::Sizing;
/// use pec_core::money::Rate;
/// use pec_core::programme::Programme;
///
/// let programme = Programme::builtin()?;
/// let on = programme.on("2024-01-15".parse()?)?;
/// let sizing = Sizing::new("15000".parse()?, Rate::ONE, &on)?;
/// assert!(sizing.eligible && sizing.verified);
/// assert_eq!(sizing.credit.to_string(), "1500.00");
/// assert_eq!(sizing.value.pec_forgone.to_string(), "225.00"); // 15 % of what the credit pays
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sizing {
    /// The estimated incremental ACR of 12 months, in US dollars.
    #[serde(serialize_with = "as_plain")]
    pub acr: Amount,
    /// The credit, exact to the last digit; nothing below the threshold.
    #[serde(serialize_with = "as_plain")]
    pub credit: Amount,
    /// Is the deal large enough?
    pub eligible: bool,
    /// The least ACR.
    #[serde(serialize_with = "as_plain")]
    pub threshold: Amount,
    /// How much ACR is missing to the threshold.
    #[serde(serialize_with = "as_plain")]
    pub shortfall: Amount,
    /// ACR per unit of credit.
    #[serde(serialize_with = "as_text")]
    pub ratio: Number,
    /// The 12 months with the offer and without it, if the estimate comes true and the credit is used up.
    #[serde(flatten)]
    pub value: Value,
    /// The day that was asked for.
    pub on: NaiveDate,
    /// Were ratio and threshold verified for that day?
    pub verified: bool,
    /// The last day for which they were.
    pub verified_through: NaiveDate,
    /// Where ratio and threshold are written.
    #[serde(serialize_with = "as_text")]
    pub source: Source,
}

impl Sizing {
    /// The credit of a deal; `eligible` is the share of its usage that would earn by the ordinary rules.
    ///
    /// # Errors
    ///
    /// [`CreditOfferError`] for a negative or oversized ACR, and for a day before the offer is known.
    pub fn new(acr: Number, eligible_share: Rate, in_force: &InForce<'_>) -> Result<Self, CreditOfferError> {
        let (ratio, threshold) = (in_force.aco_ratio()?, in_force.aco_threshold()?);
        let acr = amount("the ACR", acr)?;
        let least = Amount::from_number(Number::from(*threshold.value))?;
        let divisor = Number::from(*ratio.value);
        let eligible = acr >= least;
        let credit = if eligible { quotient(acr, divisor)? } else { Amount::ZERO };
        Ok(Self {
            acr,
            credit,
            eligible,
            threshold: least,
            shortfall: if eligible { Amount::ZERO } else { least.checked_sub(acr)? },
            ratio: divisor,
            value: Value::of(acr, credit, eligible_share, credit_rate(in_force))?,
            on: in_force.day(),
            verified: ratio.verified && threshold.verified,
            verified_through: ratio.verified_through.min(threshold.verified_through),
            source: ratio.source.clone(),
        })
    }
}

/// An amount divided by a number, where that comes out even.
fn quotient(acr: Amount, ratio: Number) -> Result<Amount, CreditOfferError> {
    let parts = u32::try_from(ratio.mantissa()).ok();
    let times = 10_u32.checked_pow(ratio.scale());
    // 44 decimals leave room for a share of a share, and no dollar has so many.
    let exact = parts.zip(times).and_then(|(parts, times)| {
        let credit = acr.scaled(times, parts, 44, Rounding::TowardZero)?;
        (credit.scaled(parts, times, 56, Rounding::TowardZero)? == acr).then_some(credit)
    });
    exact.ok_or_else(|| CreditOfferError::Inexact { acr: acr.to_string(), ratio: ratio.to_string() })
}

fn as_text<S: Serializer>(value: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::Programme;

    fn sized(acr: &str, day: &str) -> Result<Sizing, CreditOfferError> {
        let programme = Programme::builtin().unwrap();
        let on = programme.on(day.parse().unwrap()).unwrap();
        Sizing::new(acr.parse().unwrap(), Rate::ONE, &on)
    }

    #[test]
    fn the_threshold_and_its_neighbours() {
        let told =
            |acr| sized(acr, "2024-01-15").map(|it| (it.eligible, it.credit.to_string(), it.shortfall.to_string()));
        assert_eq!(told("5000"), Ok((true, "500.00".into(), "0.00".into())));
        assert_eq!(told("4999.99"), Ok((false, "0.00".into(), "0.01".into())));
        assert_eq!(told("5000.01"), Ok((true, "500.001".into(), "0.00".into())));
        assert_eq!(told("0"), Ok((false, "0.00".into(), "5000.00".into())));
        assert!(told("-1").is_err());
    }

    #[test]
    fn known_and_verified_for_its_fiscal_year() {
        let told =
            |day| sized("15000", day).map(|it| (it.credit.to_string(), it.verified, it.verified_through.to_string()));
        assert!(matches!(told("2023-06-30"), Err(CreditOfferError::Programme(_))));
        for (day, verified) in [("2023-07-01", true), ("2024-06-30", true), ("2024-07-01", false)] {
            assert_eq!(told(day), Ok(("1500.00".into(), verified, "2024-06-30".into())));
        }
    }

    #[test]
    fn a_ratio_that_does_not_divide_is_an_error() {
        let acr = |text: &str| Amount::from_number(text.parse().unwrap()).unwrap();
        assert_eq!(quotient(acr("15000"), "2.5".parse().unwrap()), Ok(acr("6000")));
        assert!(matches!(quotient(acr("10000"), "3".parse().unwrap()), Err(CreditOfferError::Inexact { .. })));
        assert!(matches!(quotient(acr("10000"), Number::ZERO), Err(CreditOfferError::Inexact { .. })));
    }
}
