//! Exact decimals for the generator: integers with a scale.

use std::fmt;
use std::ops::AddAssign;

/// Digits that an amount in a usage file carries.
const SIGNIFICANT: u32 = 15;
/// Digits kept before a further product, so that it fits 128 bits.
const GUARD: u32 = 27;
/// Decimals of a [`Cost`].
const COST_SCALE: u32 = 36;

fn power(exponent: u32) -> i128 {
    10_i128.checked_pow(exponent).unwrap_or(i128::MAX)
}

/// A decimal number, `mantissa / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    mantissa: i64,
    scale: u32,
}

impl Number {
    pub(super) const ZERO: Self = Self::new(0, 0);
    pub(super) const ONE: Self = Self::new(1, 0);

    pub(super) const fn new(mantissa: i64, scale: u32) -> Self {
        Self { mantissa, scale }
    }

    pub(super) const fn negated(self) -> Self {
        Self::new(self.mantissa.saturating_neg(), self.scale)
    }

    /// The exact product.
    pub(super) fn times(self, other: Self) -> Product {
        Product { mantissa: i128::from(self.mantissa) * i128::from(other.mantissa), scale: self.scale + other.scale }
    }

    /// Writes plain digits, trailing zeros dropped.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let mut rest = self.mantissa.unsigned_abs();
        let mut scale = self.scale;
        while scale > 0 && rest.is_multiple_of(10) {
            if rest == 0 {
                scale = 0;
                break;
            }
            rest /= 10;
            scale -= 1;
        }
        if self.mantissa < 0 {
            out.push(b'-');
        }
        let mut buffer = [b'0'; 20];
        let mut used = 0;
        for slot in buffer.iter_mut().rev() {
            *slot = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
            used += 1;
            if rest == 0 {
                break;
            }
        }
        let (_, digits) = buffer.split_at_checked(buffer.len() - used).unwrap_or_default();
        let decimals = usize::try_from(scale).unwrap_or(0);
        if decimals == 0 {
            out.extend_from_slice(digits);
        } else if let Some((whole, fraction)) =
            digits.len().checked_sub(decimals).and_then(|at| digits.split_at_checked(at))
        {
            if whole.is_empty() {
                out.push(b'0');
            }
            out.extend_from_slice(whole);
            out.push(b'.');
            out.extend_from_slice(fraction);
        } else {
            out.extend_from_slice(b"0.");
            out.resize(out.len() + decimals - digits.len(), b'0');
            out.extend_from_slice(digits);
        }
    }
}

/// The exact product of two [`Number`]s.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    mantissa: i128,
    scale: u32,
}

impl Product {
    pub(super) const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    fn shortened(self, digits: u32) -> Self {
        let length = self.mantissa.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
        let cut = length.saturating_sub(digits).min(self.scale);
        if cut == 0 {
            return self;
        }
        let divisor = power(cut);
        let half = divisor / 2 * self.mantissa.signum();
        Self { mantissa: (self.mantissa + half) / divisor, scale: self.scale - cut }
    }

    /// Rounded to 15 significant digits, half away from zero.
    pub(super) fn rounded(self) -> Number {
        let short = self.shortened(SIGNIFICANT);
        Number::new(i64::try_from(short.mantissa).unwrap_or(i64::MAX), short.scale)
    }

    pub(super) fn times(self, other: Number) -> Self {
        let short = self.shortened(GUARD);
        Self { mantissa: short.mantissa * i128::from(other.mantissa), scale: short.scale + other.scale }
    }

    /// The price per unit that the service would show: the amount, less the credit, cut to
    /// whole cents, divided by the quantity. `None` when it is below one cent.
    pub(super) fn effective_price(self, percent_kept: i64, quantity: Number) -> Option<Number> {
        const EXTRA: u32 = 14;
        let short = self.shortened(GUARD);
        let cents = short.mantissa * i128::from(percent_kept) / power(short.scale);
        let per_unit = cents
            .checked_mul(power(quantity.scale + EXTRA))
            .and_then(|numerator| numerator.checked_div(i128::from(quantity.mantissa)))?;
        (cents != 0).then(|| Self { mantissa: per_unit, scale: EXTRA + 2 }.rounded())
    }
}

/// An exact sum of list costs in US dollars.
///
/// Prints plain decimals, trailing zeros dropped but at least two kept.
///
/// ```
/// assert_eq!(pec_core::testing::Cost::default().to_string(), "0.00");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    // INVARIANT: 0 <= fraction < 10^36; the value is units + fraction / 10^36.
    units: i128,
    fraction: i128,
}

impl Cost {
    pub(super) fn add(&mut self, product: Product) {
        let one = power(product.scale);
        let fraction = product.mantissa.rem_euclid(one) * power(COST_SCALE.saturating_sub(product.scale));
        *self += Self { units: product.mantissa.div_euclid(one), fraction };
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        let fraction = self.fraction + other.fraction;
        let one = power(COST_SCALE);
        self.units += other.units + fraction / one;
        self.fraction = fraction % one;
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let negative = self.units < 0;
        let (units, fraction) = match (negative, self.fraction) {
            (true, 0) => (-self.units, 0),
            (true, part) => (-self.units - 1, power(COST_SCALE) - part),
            (false, part) => (self.units, part),
        };
        let digits = format!("{fraction:036}");
        let shown = digits.trim_end_matches('0');
        let sign = if negative { "-" } else { "" };
        write!(f, "{sign}{units}.{shown:0<2}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Cost, Number};

    fn text(number: Number) -> String {
        let mut out = Vec::new();
        number.write(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn numbers_print_exactly() {
        let cases = [
            ((0, 0), "0"),
            ((0, 6), "0"),
            ((24_000_000, 6), "24"),
            ((5, 1), "0.5"),
            ((-5, 4), "-0.0005"),
            ((209_496_384_791_679, 16), "0.0209496384791679"),
            ((23_200_004, 6), "23.200004"),
            ((120, 0), "120"),
        ];
        for ((mantissa, scale), expected) in cases {
            assert_eq!(text(Number::new(mantissa, scale)), expected);
        }
    }

    #[test]
    fn a_published_product_has_its_fifteen_digits() {
        let cost = Number::new(209_496_384_791_679, 16).times(Number::new(23_200_004, 6));
        assert_eq!(text(cost.rounded()), "0.486031696515249");
        assert_eq!(text(cost.times(Number::ONE).rounded()), "0.486031696515249");
    }

    #[test]
    fn a_published_effective_price_is_met() {
        // 93.983353 x 0.216 x 0.85, cut to 17.25, divided by the quantity.
        let quantity = Number::new(93_983_353, 6);
        let price = Number::new(216, 3).times(quantity).effective_price(85, quantity);
        assert_eq!(price.map(text).as_deref(), Some("0.183543143007464"));
    }

    #[test]
    fn costs_add_exactly_and_print_with_two_decimals() {
        let mut cost = Cost::default();
        cost.add(Number::new(5, 1).times(Number::new(1, 0)));
        assert_eq!(cost.to_string(), "0.50");
        cost.add(Number::new(-2, 0).times(Number::new(1_000_001, 6)));
        assert_eq!(cost.to_string(), "-1.500002");
        cost.add(Number::new(1_500_002, 6).times(Number::ONE));
        assert_eq!(cost, Cost::default());
        cost.add(Number::new(-3, 0).times(Number::ONE));
        assert_eq!(cost.to_string(), "-3.00");
    }
}
