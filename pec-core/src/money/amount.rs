//! Products and sums, exact.

use std::fmt;
use std::ops::Neg;

use ethnum::I256;
use serde::{Serialize, Serializer};

use super::{ListCost, Number, Rate, Rounding, limbs};

/// A list cost, a credit or a sum of them: exact to 56 decimals, below 5.7 x 10^20.
///
/// One scale for all, so that adding is adding integers: no order of rows, files or threads can change a sum.
/// 128 bits would not do: at 30 decimals they hold 170 million, and one large partner's month is more.
///
/// Prints in plain decimals, trailing zeros dropped, with at least two decimals.
///
/// ```
/// use pec_core::money::Amount;
/// let amount = Amount::from_number("1234.5".parse()?)?;
/// assert_eq!(amount.checked_add(amount)?.to_string(), "2469.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub(super) I256);

/// Why an amount cannot be held exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// More decimals than are kept.
    #[error("expected at most {MAX_PRODUCT_SCALE} decimals in unit price x quantity")]
    TooPrecise,
    /// A product of more than 13 digits before the point.
    #[error("expected unit price x quantity below 10,000,000,000,000")]
    TooLarge,
    /// A sum that does not fit.
    #[error("the sum is beyond 10^20: check the unit prices and quantities of the input")]
    SumTooLarge,
}

/// Decimals of a list cost; a share of it has six more.
pub(super) const MAX_PRODUCT_SCALE: u32 = 50;
/// The most decimals that a quotient is given with.
const MAX_PLACES: u8 = 48;
/// Decimals of every amount.
pub(super) const SCALE: u32 = MAX_PRODUCT_SCALE + 6;
pub(super) fn power(exponent: u32) -> I256 {
    POWERS.get(exponent as usize).copied().unwrap_or(I256::MAX)
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(I256::ZERO);

    /// The amount of all its digits.
    pub(super) const fn of_digits(digits: I256) -> Self {
        Self(digits)
    }

    /// The amount of a number.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] past 5.7 x 10^20.
    pub fn from_number(number: Number) -> Result<Self, AmountError> {
        // A number has fewer decimals than an amount.
        let up = power(SCALE.saturating_sub(number.scale()));
        let filled = match u64::try_from(number.mantissa().unsigned_abs()) {
            // 10^56 takes 187 bits: with 64 more it fits. That is nearly every number, and a checked product divides.
            Ok(digits) => Some(limbs::times(up, digits)),
            Err(_) => I256::from(number.mantissa().unsigned_abs()).checked_mul(up),
        };
        let amount = filled.map(Self).ok_or(AmountError::SumTooLarge)?;
        Ok(if number.mantissa() < 0 { -amount } else { amount })
    }

    /// `price` x `quantity`, exactly.
    ///
    /// # Errors
    ///
    /// [`AmountError`] as for [`ListCost::new`].
    pub fn product(price: Number, quantity: Number) -> Result<Self, AmountError> {
        ListCost::new(price, quantity).map(ListCost::amount)
    }

    /// The sum.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] past 5.7 x 10^20.
    pub fn checked_add(self, other: Self) -> Result<Self, AmountError> {
        limbs::sum(self.0, other.0).map(Self).ok_or(AmountError::SumTooLarge)
    }

    /// The difference.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] past 5.7 x 10^20.
    pub fn checked_sub(self, other: Self) -> Result<Self, AmountError> {
        self.checked_add(-other)
    }

    /// The share `rate` of this amount, exactly.
    ///
    /// # Errors
    ///
    /// [`AmountError::TooPrecise`] where the share has more decimals than are kept.
    pub fn share(self, rate: Rate) -> Result<Self, AmountError> {
        let whole = I256::from(Rate::PER_ONE);
        let reduced = I256::from(rate.millionths());
        // The limits of an amount leave no room for six digits more, so what can be divided is divided first.
        let (parts, rest) = (self.0 / whole, self.0 % whole);
        let rest = rest * reduced;
        if rest % whole != I256::ZERO {
            return Err(AmountError::TooPrecise);
        }
        Ok(Self(parts * reduced + rest / whole))
    }

    /// This amount x `factor`, cut toward zero to `places` decimals: as Microsoft exchanges currencies (R78).
    ///
    /// ```
    /// use pec_core::money::Amount;
    /// let dollars = Amount::from_number("155.63".parse()?)?;
    /// assert_eq!(dollars.times_cut("0.846202666".parse()?, 2)?.to_string(), "131.69");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] past 5.7 x 10^20.
    pub fn times_cut(self, factor: Number, places: u32) -> Result<Self, AmountError> {
        self.product_with(factor).map(|(product, _)| product.rounded(places, Rounding::TowardZero))
    }

    /// This amount x `factor`, exactly.
    ///
    /// # Errors
    ///
    /// [`AmountError::TooPrecise`] where the product has more decimals than are kept, [`AmountError::SumTooLarge`] past
    /// 5.7 x 10^20.
    pub fn times(self, factor: Number) -> Result<Self, AmountError> {
        match self.product_with(factor)? {
            (product, true) => Ok(product),
            (_, false) => Err(AmountError::TooPrecise),
        }
    }

    /// This amount x `factor`, cut to the decimals that are kept, and whether nothing was cut off.
    pub(crate) fn product_with(self, factor: Number) -> Result<(Self, bool), AmountError> {
        let product = limbs::times_cut(self.0.unsigned_abs(), factor.mantissa().unsigned_abs(), factor.scale());
        let (product, exact) = product.ok_or(AmountError::SumTooLarge)?;
        let product = I256::try_from(product).map_err(|_| AmountError::SumTooLarge)?;
        let negative = (self.0 < I256::ZERO) != (factor.mantissa() < 0);
        Ok((Self(if negative { -product } else { product }), exact))
    }

    /// How many times `part` must be taken to reach this amount: their quotient, rounded up.
    ///
    /// `None` where `part` is not above zero, and where the number does not fit. What is not above zero is reached at once.
    #[must_use]
    pub fn times_to_reach(self, part: Self) -> Option<u32> {
        if part.0 <= I256::ZERO {
            return None;
        }
        if self.0 <= I256::ZERO {
            return Some(0);
        }
        let (whole, rest) = (self.0 / part.0, self.0 % part.0);
        let times = if rest == I256::ZERO { whole } else { whole + I256::ONE };
        u32::try_from(times).ok()
    }

    /// Is this nothing?
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == I256::ZERO
    }

    /// Is this at most `whole` / 10^`digits`, whatever the signs? For values that were cut to so many digits.
    #[must_use]
    #[inline]
    pub fn is_within(self, whole: Self, digits: u32) -> bool {
        let (part, whole) = (self.0.unsigned_abs(), whole.0.unsigned_abs());
        // 10^digits has more than 3 bits a digit, and less than 10/3: most differences are settled by their length.
        let (bits, of_whole) = (limbs::bits(part), limbs::bits(whole));
        if bits + 3 * digits > of_whole {
            return bits == 0;
        }
        if bits + digits * 10 / 3 + 2 <= of_whole {
            return true;
        }
        part.checked_mul(power(digits).unsigned_abs()).is_some_and(|times| times <= whole)
    }

    /// This amount x `times` / `parts`, rounded to `places` decimals as named.
    ///
    /// For projections and for showing; sums are never rounded. `None` when `parts` is zero or the result does not fit.
    #[must_use]
    pub fn scaled(self, times: u32, parts: u32, places: u32, rounding: Rounding) -> Option<Self> {
        let unit = power(SCALE.checked_sub(places)?);
        let numerator = self.0.checked_mul(I256::from(times))?;
        let divisor = unit.checked_mul(I256::from(parts))?;
        if divisor == I256::ZERO {
            return None;
        }
        rounding.divide(numerator, divisor).checked_mul(unit).map(Self)
    }

    /// This amount rounded to `places` decimals as named; for showing.
    #[must_use]
    pub fn rounded(self, places: u32, rounding: Rounding) -> Self {
        self.scaled(1, 1, places, rounding).unwrap_or(self)
    }

    /// This amount / `divisor` at so many significant digits, rounded as named.
    ///
    /// `None` for a divisor of zero, and where the quotient has no such form.
    #[must_use]
    pub fn quotient(self, divisor: Number, digits: u32, rounding: Rounding) -> Option<Number> {
        if divisor.is_zero() {
            return None;
        }
        // Both as integers at one scale, with no zeros to spare: the numerator needs room for the digits.
        let decimals = self.decimals();
        let numerator = self.at_scale(decimals)?.checked_mul(power(divisor.scale()))?;
        let divisor = I256::from(divisor.mantissa()).checked_mul(power(decimals))?;
        let (numerator, divisor) = if divisor < I256::ZERO { (-numerator, -divisor) } else { (numerator, divisor) };
        let enough = power(digits.checked_sub(1)?);
        for places in 0..=MAX_PLACES {
            let shifted = numerator.checked_mul(power(u32::from(places)))?;
            if (shifted / divisor).abs() >= enough || shifted == I256::ZERO {
                let quotient = rounding.divide(shifted, divisor);
                return Some(Number::new(i128::try_from(quotient).ok()?, places));
            }
        }
        None
    }

    /// The digits at `scale` decimals, where the amount has no more.
    #[must_use]
    pub fn at_scale(self, scale: u32) -> Option<I256> {
        let unit = power(SCALE.checked_sub(scale)?);
        let digits = self.0 / unit;
        (digits * unit == self.0).then_some(digits)
    }

    /// The amount without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        if self.0 < I256::ZERO { -self } else { self }
    }

    /// How many decimals the amount needs.
    #[must_use]
    pub fn decimals(self) -> u32 {
        let (mut rest, mut decimals) = (self.0, SCALE);
        // Zeros are counted as a binary number: a division takes long.
        for zeros in [32, 16, 8, 4, 2, 1] {
            if zeros <= decimals && rest % power(zeros) == I256::ZERO {
                rest /= power(zeros);
                decimals -= zeros;
            }
        }
        decimals
    }
}

/// Powers of ten, computed once: a product needs one for each line.
static POWERS: [I256; 71] = {
    let mut powers = [I256::ONE; 71];
    let mut index = 1;
    while index < 71 {
        #[expect(clippy::indexing_slicing, reason = "checked by the compiler: this runs at compile time")]
        {
            powers[index] = limbs::times(powers[index - 1], 10);
        }
        index += 1;
    }
    powers
};

impl Neg for Amount {
    type Output = Self;

    fn neg(self) -> Self {
        // The limits are symmetric and far from the smallest integer.
        Self(self.0.wrapping_neg())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0>width$}", self.0.unsigned_abs().to_string(), width = SCALE as usize + 1);
        let (whole, decimals) = digits.split_at(digits.len() - SCALE as usize);
        let decimals = decimals.trim_end_matches('0');
        f.pad_integral(self.0 >= I256::ZERO, "", &format!("{whole}.{decimals:0<2}"))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn powers_are_powers() {
        for (exponent, value) in POWERS.iter().enumerate() {
            assert_eq!(*value, I256::from(10_u8).pow(u32::try_from(exponent).unwrap()));
        }
    }

    #[test]
    fn amounts_of_numbers_are_exact_or_refused() {
        let amount = |text: &str| Amount::from_number(number(text)).map(|amount| amount.to_string());
        for text in [
            "0.00",
            "184467440737095516.15",
            "184467440737095516.16",
            "-184467440737095516.15",
            "-184467440737095516.16",
            "-0.000000000000000000000000000000000000000000000001",
            "0.12345678901234567890123456789012345678",
            "578000000000000000000.00",
            "-578000000000000000000.00",
        ] {
            assert_eq!(amount(text).as_deref(), Ok(text));
        }
        assert_eq!(amount("579000000000000000000"), Err(AmountError::SumTooLarge));
        assert_eq!(amount("-9e37"), Err(AmountError::SumTooLarge));
    }

    #[test]
    fn shares_and_projections() {
        let cost = ListCost::new(number("0.868"), number("29")).unwrap();
        let rate = Rate::from_percent(number("15")).unwrap();
        assert_eq!(cost.share(rate).to_string(), "3.7758");
        assert_eq!(cost.share(rate).scaled(30, 7, 2, Rounding::HalfEven).unwrap().to_string(), "16.18");
        assert_eq!((-cost.amount()).rounded(0, Rounding::TowardZero).to_string(), "-25.00");
    }

    #[test]
    fn shares_of_amounts_are_exact_or_refused() {
        let amount = |text: &str| Amount::from_number(number(text)).unwrap();
        let rate = Rate::from_percent(number("15")).unwrap();
        assert_eq!(amount("-47.01").share(rate).unwrap().to_string(), "-7.0515");
        assert_eq!(amount("1e-48").share(rate).unwrap().decimals(), 50);
        let millionth = Rate(1);
        assert_eq!(
            amount("1e-48").share(millionth).and_then(|share| share.share(millionth)),
            Err(AmountError::TooPrecise)
        );
    }

    #[test]
    fn times_to_reach_round_up() {
        let times = |whole: &str, part: &str| {
            Amount::from_number(number(whole)).unwrap().times_to_reach(Amount::from_number(number(part)).unwrap())
        };
        assert_eq!([times("500", "100"), times("500.01", "100"), times("0.01", "100")], [Some(5), Some(6), Some(1)]);
        assert_eq!(
            [times("0", "1"), times("-5", "1"), times("1", "0"), times("1", "-1")],
            [Some(0), Some(0), None, None]
        );
        assert_eq!(times("9e12", "1e-10"), None);
    }

    #[test]
    fn decimals_are_counted() {
        for places in 0..=48 {
            for amount in [Number::new(1, places), Number::new(-120, places)] {
                let amount = Amount::from_number(amount).unwrap();
                let text = amount.to_string();
                let written = text.split_once('.').map_or(0, |(_, decimals)| decimals.trim_end_matches('0').len());
                assert_eq!(amount.decimals() as usize, written, "{text}");
            }
        }
        assert_eq!(Amount::ZERO.decimals(), 0);
    }

    proptest! {
        #[test]
        fn prop_adding_then_subtracting_is_nothing(a in any::<i64>(), b in any::<i64>(), scale in 0_u8..25) {
            let amount = |mantissa| Amount::from_number(Number::new(i128::from(mantissa), scale.max(6))).unwrap();
            let sum = amount(a).checked_add(amount(b)).unwrap();
            prop_assert_eq!(sum.checked_sub(amount(b)).unwrap(), amount(a));
        }

    }
}
