//! Amounts as they are given and shown.

use serde::Serializer;

use super::CreditOfferError;
use crate::money::{Amount, Number, Rate};
use crate::programme::InForce;

/// So many decimals leave room for a share of a share.
const MAX_DECIMALS: u32 = 40;

/// No credit and no month is so large, in dollars.
const LIMIT: i128 = 10_000_000_000_000;

/// Months in one table: no credit was ever offered for so long, and a sum of them fits.
pub(super) const MAX_MONTHS: usize = 1_200;

/// An amount that can be planned with.
pub(super) fn amount(what: &'static str, number: Number) -> Result<Amount, CreditOfferError> {
    let refused = || CreditOfferError::Amount { what, found: number.to_string() };
    let amount = Amount::from_number(number).map_err(|_| refused())?;
    let too_large = 10_i128.checked_pow(number.scale()).is_some_and(|unit| number.mantissa() / unit >= LIMIT);
    if amount < Amount::ZERO || too_large || number.scale() > MAX_DECIMALS { Err(refused()) } else { Ok(amount) }
}

/// The amounts of months, of which there is at least one.
pub(super) fn months(acr: &[Number]) -> Result<Vec<Amount>, CreditOfferError> {
    match acr.len() {
        0 => Err(CreditOfferError::NoMonths),
        found if found > MAX_MONTHS => Err(CreditOfferError::TooManyMonths { found, limit: MAX_MONTHS }),
        _ => acr.iter().map(|month| amount("the ACR of a month", *month)).collect(),
    }
}

pub(super) fn sum(amounts: impl IntoIterator<Item = Amount>) -> Result<Amount, CreditOfferError> {
    Ok(amounts.into_iter().try_fold(Amount::ZERO, Amount::checked_add)?)
}

/// The rate of the credit that usage earns (R67).
pub(super) fn credit_rate(in_force: &InForce<'_>) -> Rate {
    // The programme is read with rates from 0 to 1 only.
    Rate::from_fraction(Number::from(*in_force.credit_rate().value)).unwrap_or_default()
}

/// What `amount` earns at `rate` if the share `eligible` of it earns: exactly, see [`MAX_DECIMALS`].
pub(super) fn earned(amount: Amount, eligible: Rate, rate: Rate) -> Result<Amount, CreditOfferError> {
    let earned = amount.share(eligible).and_then(|part| part.share(rate));
    earned.map_err(|_| CreditOfferError::Amount { what: "an amount", found: amount.to_string() })
}

/// An exact amount without needless zeros: `500`, `0.5`.
pub(super) fn plain(amount: &Amount) -> String {
    let text = amount.to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// [`plain`] for `serde`.
pub(super) fn as_plain<S: Serializer>(amount: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&plain(amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_that_are_taken_and_refused() {
        let told = |text: &str| amount("the credit", text.parse().unwrap()).map(|amount| plain(&amount));
        assert_eq!(told("500.00").unwrap(), "500");
        assert_eq!(told("0").unwrap(), "0");
        assert_eq!(told("1e-40").unwrap().len(), 42);
        for text in ["-0.01", "1e-41", "1e13"] {
            assert!(told(text).is_err(), "{text}");
        }
    }

    #[test]
    fn months_are_at_least_one_and_not_without_end() {
        assert_eq!(months(&[]), Err(CreditOfferError::NoMonths));
        let many = vec![Number::ZERO; MAX_MONTHS + 1];
        assert!(matches!(months(&many), Err(CreditOfferError::TooManyMonths { found: 1_201, .. })));
        assert_eq!(months(&many[1..]).map(|months| months.len()), Ok(MAX_MONTHS));
    }
}
