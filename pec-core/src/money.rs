//! Exact money: what was written, what it multiplies to, what it adds up to.
//!
//! * [`Number`]: a decimal exactly as a file spells it.
//! * [`ListCost`]: unit price x quantity, exact to the last digit.
//! * [`Amount`]: a list cost, a share of one, or a sum of them, just as exact.
//! * [`Rate`]: a share such as 15 %.
//! * [`Share`]: a part of a whole that lines have among them.
//! * [`Currency`] and [`Money`]: amounts are never added across currencies.
//!
//! Nothing here rounds unless a [`Rounding`] is named.

mod amount;
mod limbs;
mod list_cost;
mod parse;
mod rounding;
mod share;
mod text;

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

pub use amount::{Amount, AmountError};
pub use list_cost::ListCost;
pub use parse::{Number, NumberError};
pub use rounding::Rounding;
pub use share::{Parts, Share};

/// A share of an amount, in millionths: `0.15` is 150,000.
///
/// Between nothing and all: 0 to 1 inclusive. Six decimals are more than any published rate has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(pub(self) u32);

impl Rate {
    /// No share at all.
    pub const ZERO: Self = Self(0);
    /// The whole.
    pub const ONE: Self = Self(Self::PER_ONE);
    /// How many millionths make the whole.
    pub(crate) const PER_ONE: u32 = 1_000_000;

    /// The rate of a fraction such as `0.15`; `None` outside 0 to 1 or with more than six decimals.
    ///
    /// ```
    /// use pec_core::money::{Number, Rate};
    /// let rate = Rate::from_fraction("0.15".parse()?).unwrap();
    /// assert_eq!(rate.to_string(), "0.15");
    /// # Ok::<(), pec_core::money::NumberError>(())
    /// ```
    #[must_use]
    pub fn from_fraction(fraction: Number) -> Option<Self> {
        Self::from_decimals(fraction, 6)
    }

    /// The rate of a percentage such as `15`; `None` outside 0 to 100 or with more than four decimals.
    #[must_use]
    pub fn from_percent(percent: Number) -> Option<Self> {
        Self::from_decimals(percent, 4)
    }

    fn from_decimals(number: Number, decimals: u32) -> Option<Self> {
        let up = decimals.checked_sub(number.scale())?;
        let millionths = number.mantissa().checked_mul(10_i128.checked_pow(up)?)?;
        let rate = Self(u32::try_from(millionths).ok()?);
        (rate <= Self::ONE).then_some(rate)
    }

    /// What this share leaves: 85 % beside 15 %.
    #[must_use]
    pub const fn rest(self) -> Self {
        // A rate is at most the whole.
        Self(Self::PER_ONE - self.0)
    }

    /// Is this nothing?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// How many decimals the rate has.
    pub(crate) const fn decimals(self) -> u32 {
        // Each line comes here, and nearly every rate is of whole percent.
        let (mut rest, mut decimals) = if self.0.is_multiple_of(10_000) { (self.0 / 10_000, 2) } else { (self.0, 6) };
        while decimals > 0 && rest.is_multiple_of(10) {
            rest /= 10;
            decimals -= 1;
        }
        decimals
    }

    pub(crate) const fn millionths(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Number::new(i128::from(self.0), 6))
    }
}

/// An ISO 4217 currency code such as `USD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar: the pricing currency of the Azure plan (R80).
    pub const USD: Self = Self(*b"USD");

    /// Decimals of an amount on an invoice: two, and none in currencies without a smaller unit (R83).
    ///
    /// "trimmed to 0-2 decimal places, depending on the currency": microsoft/finops-toolkit issue 1231 (2025-02-02); which
    /// they are: ISO 4217, list one of 2024-06-25. Those with three decimals there are trimmed to two.
    ///
    /// ```
    /// use pec_core::money::Currency;
    /// assert_eq!(Currency::USD.decimals(), 2);
    /// assert_eq!("JPY".parse::<Currency>()?.decimals(), 0);
    /// # Ok::<(), pec_core::money::CurrencyError>(())
    /// ```
    #[must_use]
    pub fn decimals(self) -> u32 {
        if WITHOUT_DECIMALS.contains(&self.as_str()) { 0 } else { 2 }
    }

    /// The code as a number of 24 bits.
    pub(crate) const fn number(self) -> u32 {
        let [a, b, c] = self.0;
        u32::from_be_bytes([0, a, b, c])
    }

    /// The currency of such a number.
    pub(crate) const fn numbered(number: u32) -> Self {
        let [_, a, b, c] = number.to_be_bytes();
        Self([a, b, c])
    }

    /// The first of all codes in their order.
    pub(crate) const FIRST: Self = Self([0; 3]);
    /// The last of all codes in their order.
    pub(crate) const LAST: Self = Self([u8::MAX; 3]);

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get in, so this never falls back.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

/// Currencies without a smaller unit.
const WITHOUT_DECIMALS: [&str; 16] =
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Not a currency code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a currency code of three letters, such as `USD`")]
pub struct CurrencyError;

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| CurrencyError)?;
        if code.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(code.map(|letter| letter.to_ascii_uppercase())))
        } else {
            Err(CurrencyError)
        }
    }
}

/// An amount in a currency.
///
/// There is no `+`: adding two currencies is an error, not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    amount: Amount,
    currency: Currency,
}

/// Two amounts that cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// They are in different currencies.
    #[error("cannot add `{0}` to `{1}`: keep one sum for each currency")]
    CurrencyMismatch(Currency, Currency),
    /// Their sum does not fit.
    #[error(transparent)]
    Amount(#[from] AmountError),
}

impl Money {
    /// An amount in a currency.
    #[must_use]
    pub const fn new(amount: Amount, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// How much.
    #[must_use]
    pub const fn amount(self) -> Amount {
        self.amount
    }

    /// Of what.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum, where both are in one currency.
    ///
    /// ```
    /// use pec_core::money::{Amount, Currency, Money};
    /// let usd = Money::new(Amount::ZERO, Currency::USD);
    /// let eur = Money::new(Amount::ZERO, "EUR".parse()?);
    /// assert!(usd.checked_add(eur).is_err());
    /// # Ok::<(), pec_core::money::CurrencyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`MoneyError::CurrencyMismatch`] for two currencies, [`MoneyError::Amount`] where the sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch(other.currency, self.currency));
        }
        let amount = self.amount.checked_add(other.amount)?;
        Ok(Self { amount, ..self })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn rates_read_alike() {
        let rate = Rate::from_fraction(number("0.15")).unwrap();
        assert_eq!(Rate::from_percent(number("15")), Some(rate));
        assert_eq!(Rate::from_percent(number("15.0")), Some(rate));
        assert_eq!(Rate::from_percent(number("100")), Some(Rate::ONE));
        assert_eq!(Rate::from_percent(number("100.0001")), None);
        assert_eq!(Rate::from_percent(number("-1")), None);
        assert_eq!(Rate::from_fraction(number("0.1234567")), None);
    }

    #[test]
    fn currencies() {
        assert_eq!("usd".parse(), Ok(Currency::USD));
        assert_eq!("US".parse::<Currency>(), Err(CurrencyError));
        assert_eq!("U$D".parse::<Currency>(), Err(CurrencyError));
    }
}
