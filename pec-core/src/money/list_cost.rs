//! What a line costs at list prices, exact.

use ethnum::I256;

use super::amount::{MAX_PRODUCT_SCALE, power};
use super::{Amount, AmountError, Number, Rate, limbs};

/// Unit price x quantity, exactly: at most 50 decimals, so that a share of it is an [`Amount`].
///
/// ```
/// use pec_core::money::ListCost;
/// let cost = ListCost::new("0.0209496384791679".parse()?, "23.200004".parse()?)?;
/// assert_eq!(cost.amount().to_string(), "0.4860316965152491966716");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListCost(pub(super) I256);

/// No charge of a day is this large; below it, no product overflows.
const MAX_PRODUCT_DIGITS: u32 = 13;

impl ListCost {
    /// `unit_price` x `quantity`, exactly.
    ///
    /// # Errors
    ///
    /// [`AmountError`] where the product has more than 50 decimals or more than 13 digits before the point.
    #[inline]
    pub fn new(unit_price: Number, quantity: Number) -> Result<Self, AmountError> {
        let scale = unit_price.scale() + quantity.scale();
        let up = MAX_PRODUCT_SCALE.checked_sub(scale).ok_or(AmountError::TooPrecise)?;
        let product = limbs::product(unit_price.mantissa().unsigned_abs(), quantity.mantissa().unsigned_abs());
        // Below the limit before the decimals are filled up, the filled-up product fits.
        if product >= power(scale + MAX_PRODUCT_DIGITS).unsigned_abs() {
            return Err(AmountError::TooLarge);
        }
        let filled = match (product.into_words(), power(up).into_words()) {
            ((0, product), (0, power)) => limbs::product(product, power.cast_unsigned()),
            _ => product.wrapping_mul(power(up).unsigned_abs()),
        };
        let negative = (unit_price.mantissa() < 0) != (quantity.mantissa() < 0);
        let cost = filled.as_i256();
        Ok(Self(if negative { cost.wrapping_neg() } else { cost }))
    }

    /// The cost as an amount.
    #[must_use]
    pub fn amount(self) -> Amount {
        self.share(Rate::ONE)
    }

    /// The share `rate` of the cost, exactly.
    #[must_use]
    pub fn share(self, rate: Rate) -> Amount {
        // A list cost is below 10^63, a rate at most 10^6: their product is below 10^69 and cannot wrap.
        Amount(limbs::times(self.0, u64::from(rate.millionths())))
    }

    /// The list cost of an amount; `None` where it is no such product.
    pub(crate) fn of_amount(amount: Amount) -> Option<Self> {
        let (cost, rest) = (amount.0 / I256::from(Rate::PER_ONE), amount.0 % I256::from(Rate::PER_ONE));
        let fits = cost.unsigned_abs() < power(MAX_PRODUCT_SCALE + MAX_PRODUCT_DIGITS).unsigned_abs();
        (fits && rest == I256::ZERO).then_some(Self(cost))
    }

    /// The cost of so many lines.
    pub(crate) fn times(self, lines: u64) -> Self {
        // As for a share: a cost times the lines of a day is an amount, which is more.
        Self(limbs::times(self.0, lines))
    }

    /// The difference: of a line and a part of it, so it cannot wrap.
    pub(crate) fn without(self, part: Self) -> Self {
        Self(self.0.wrapping_sub(part.0))
    }

    /// Is this nothing?
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == I256::ZERO
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
    fn a_product_of_34_digits_is_kept() {
        // rust_decimal's `checked_mul` rounds this one silently.
        let product = ListCost::new(number("0.12345678901234567"), number("0.12345678901234567")).unwrap();
        assert_eq!(product.amount().to_string(), "0.0152415787532388345526596755677489");
    }

    #[test]
    fn limits() {
        let small = number("0.0000000000000000000000001");
        assert!(ListCost::new(small, small).is_ok());
        assert_eq!(ListCost::new(small, number("1e-26")), Err(AmountError::TooPrecise));
        assert_eq!(ListCost::new(number("1e7"), number("1e6")), Err(AmountError::TooLarge));
        assert_eq!(ListCost::new(number("9e37"), number("9e37")), Err(AmountError::TooLarge));
        assert_eq!(
            ListCost::new(number("-1e7"), number("999999.9")).unwrap().amount().to_string(),
            "-9999999000000.00"
        );
    }

    proptest! {
        #[test]
        fn prop_product_commutes(a in any::<i32>(), b in any::<i32>(), s in 10_u8..25, t in 10_u8..25) {
            let (a, b) = (Number::new(i128::from(a), s), Number::new(i128::from(b), t));
            prop_assert_eq!(ListCost::new(a, b), ListCost::new(b, a));
        }

        #[test]
        fn prop_shares_add_up(cost in any::<i64>(), millionths in 0_u32..=1_000_000) {
            let cost = ListCost::new(Number::new(i128::from(cost), 10), Number::new(1, 0)).unwrap();
            let (part, rest) = (Rate(millionths), Rate(1_000_000 - millionths));
            prop_assert_eq!(cost.share(part).checked_add(cost.share(rest)), Ok(cost.amount()));
        }
    }
}
