//! Products of integers that do not fit 128 bits, for the sizes that occur on every line.

use ethnum::{I256, U256};

const LOW: u128 = u64::MAX as u128;

/// `a` x `b`, which always fits.
pub(super) const fn product(a: u128, b: u128) -> U256 {
    let ((a_high, a_low), (b_high, b_low)) = ((a >> 64, a & LOW), (b >> 64, b & LOW));
    // No sum here can wrap: a product of two limbs leaves room for two more.
    let low = a_low.wrapping_mul(b_low);
    let middle = a_high.wrapping_mul(b_low).wrapping_add(low >> 64);
    let other = a_low.wrapping_mul(b_high).wrapping_add(middle & LOW);
    let high = a_high.wrapping_mul(b_high).wrapping_add(middle >> 64).wrapping_add(other >> 64);
    U256::from_words(high, other << 64 | low & LOW)
}

/// `value` x `factor`, wrapping where it does not fit.
pub(super) const fn times(value: I256, factor: u64) -> I256 {
    let (high, low) = value.into_words();
    let (low, factor) = (low.cast_unsigned(), factor as u128);
    let bottom = (low & LOW).wrapping_mul(factor);
    let middle = (low >> 64).wrapping_mul(factor).wrapping_add(bottom >> 64);
    // The high word is signed, and so is its product: what wraps is beyond the integer.
    let high = high.wrapping_mul(factor.cast_signed()).wrapping_add((middle >> 64).cast_signed());
    I256::from_words(high, (middle << 64 | bottom & LOW).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn prop_product(a in any::<u128>(), b in any::<u128>()) {
            prop_assert_eq!(product(a, b), U256::from(a) * U256::from(b));
        }

        #[test]
        fn prop_times(high in any::<i128>(), low in any::<i128>(), factor in any::<u64>()) {
            let value = I256::from_words(high, low);
            prop_assert_eq!(times(value, factor), value.wrapping_mul(I256::from(factor)));
        }
    }
}
