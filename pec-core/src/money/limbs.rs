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

/// `a` + `b`; `None` where it does not fit.
#[inline]
pub(super) const fn sum(a: I256, b: I256) -> Option<I256> {
    let ((a_high, a_low), (b_high, b_low)) = (a.into_words(), b.into_words());
    let (low, carry) = a_low.cast_unsigned().overflowing_add(b_low.cast_unsigned());
    let (high, beyond) = a_high.overflowing_add(b_high);
    let (high, carried_beyond) = high.overflowing_add(carry as i128);
    // A carry brings back what fell one short of the least.
    if beyond == carried_beyond { Some(I256::from_words(high, low.cast_signed())) } else { None }
}

/// How many bits a value takes.
#[inline]
pub(super) const fn bits(value: U256) -> u32 {
    match value.into_words() {
        (0, low) => u128::BITS - low.leading_zeros(),
        (high, _) => U256::BITS - high.leading_zeros(),
    }
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

/// `value` x `factor` / 10^`down`, cut, and whether nothing was cut off; `None` where it does not fit. The product may be half as
/// long again as the result.
pub(super) fn times_cut(value: U256, factor: u128, down: u32) -> Option<(U256, bool)> {
    let (high, low) = value.into_words();
    // Two halves of the product, each of at most 256 bits, the upper one 128 bits up.
    let (upper, lower) = (product(high, factor), product(low, factor));
    let (carry, bottom) = lower.into_words();
    let top = upper + U256::from(carry);
    let mut limbs = [0; 6];
    let (third, second) = top.into_words();
    for (pair, word) in limbs.chunks_exact_mut(2).zip([third, second, bottom]) {
        pair.copy_from_slice(&[(word >> 64) as u64, word as u64]);
    }
    let (mut left, mut exact) = (down, true);
    while left > 0 {
        let step = left.min(19);
        exact &= divide(&mut limbs, 10_u64.pow(step)) == 0;
        left -= step;
    }
    let [0, 0, a, b, c, d] = limbs.map(u128::from) else { return None };
    Some((U256::from_words(a << 64 | b, c << 64 | d), exact))
}

/// Divides in place, the highest limb first; what is left over.
fn divide(limbs: &mut [u64; 6], divisor: u64) -> u128 {
    let (divisor, mut rest) = (u128::from(divisor), 0_u128);
    for limb in limbs {
        let digits = rest << 64 | u128::from(*limb);
        // The rest is below the divisor, so the quotient is one limb.
        *limb = (digits / divisor) as u64;
        rest = digits % divisor;
    }
    rest
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
        fn prop_times_cut(value in any::<u128>(), factor in any::<u128>(), down in 0_u32..60) {
            let (value, power) = (U256::from(value), U256::from(10_u8).pow(down));
            let product = value * U256::from(factor);
            prop_assert_eq!(times_cut(value, factor, down), Some((product / power, product % power == U256::ZERO)));
        }

        #[test]
        fn prop_times_cut_of_long_products(high in any::<u128>(), low in any::<u128>(), by in 0_u32..38) {
            // What is multiplied by a power of ten and divided by it comes back, although the product is longer than 256 bits.
            let value = U256::from_words(high, low);
            prop_assert_eq!(times_cut(value, 10_u128.pow(by), by), Some((value, true)));
            let thousand = U256::from(1_000_u16);
            let cut = Some((value / thousand, value % thousand == U256::ZERO));
            prop_assert_eq!(times_cut(value, 10_u128.pow(by), by + 3), cut);
        }

        #[test]
        fn prop_sum(a in any::<(i128, i128)>(), b in any::<(i128, i128)>(), near in -1_i8..=1) {
            let (a, b) = (I256::from_words(a.0, a.1), I256::from_words(b.0, b.1));
            let limit = if a < I256::ZERO { I256::MIN } else { I256::MAX };
            // To the limit, and one on either side of it.
            let to_limit = limit.wrapping_sub(a).wrapping_add(I256::from(near));
            for b in [b, to_limit] {
                prop_assert_eq!(sum(a, b), a.checked_add(b));
            }
        }

        #[test]
        fn prop_bits(high in any::<u128>(), low in any::<u128>(), down in 0_u32..256) {
            let value = U256::from_words(high, low) >> down;
            prop_assert_eq!(bits(value), U256::BITS - value.leading_zeros());
        }

        #[test]
        fn prop_times(high in any::<i128>(), low in any::<i128>(), factor in any::<u64>()) {
            let value = I256::from_words(high, low);
            prop_assert_eq!(times(value, factor), value.wrapping_mul(I256::from(factor)));
        }
    }
}
