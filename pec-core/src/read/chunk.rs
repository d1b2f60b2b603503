//! 64 bytes at once, and bit masks of what is where in them.

use wide::u8x32;

/// 64 bytes of a text.
#[derive(Clone, Copy)]
pub(super) struct Chunk {
    low: u8x32,
    high: u8x32,
}

impl Chunk {
    /// How many bytes it has.
    pub(super) const BYTES: usize = 64;

    #[inline]
    pub(super) fn new(bytes: &[u8; 64]) -> Self {
        // Both halves are there: nothing is ever filled up.
        let half = |half: Option<&[u8; 32]>| half.map_or(u8x32::ZERO, |half| u8x32::new(*half));
        Self { low: half(bytes.first_chunk()), high: half(bytes.last_chunk()) }
    }

    /// The bytes at `start`, zeros past the end.
    #[inline]
    pub(super) fn at(bytes: &[u8], start: usize) -> Self {
        let rest = bytes.get(start..).unwrap_or_default();
        rest.first_chunk().map_or_else(|| Self::padded(rest), Self::new)
    }

    #[cold]
    fn padded(rest: &[u8]) -> Self {
        let mut padded = [0; 64];
        padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        Self::new(&padded)
    }

    /// One bit for each byte: is it this one?
    #[inline]
    pub(super) fn mask(self, byte: u8) -> u64 {
        let byte = u8x32::splat(byte);
        bits(self.low.simd_eq(byte), self.high.simd_eq(byte))
    }

    /// One bit for each byte: is it this one or less?
    #[inline]
    pub(super) fn at_most(self, byte: u8) -> u64 {
        let byte = u8x32::splat(byte);
        bits(self.low.min(byte).simd_eq(self.low), self.high.min(byte).simd_eq(self.high))
    }

    /// One bit for each byte: is it the same in both?
    #[inline]
    pub(super) fn same(self, other: Self) -> u64 {
        bits(self.low.simd_eq(other.low), self.high.simd_eq(other.high))
    }
}

#[inline]
fn bits(low: u8x32, high: u8x32) -> u64 {
    u64::from(low.to_bitmask()) | u64::from(high.to_bitmask()) << 32
}

/// Where the first of two bytes is among 32.
#[inline]
pub(super) fn first_of(bytes: &[u8; 32], one: u8, other: u8) -> Option<usize> {
    let bytes = u8x32::new(*bytes);
    let found = (bytes.simd_eq(u8x32::splat(one)) | bytes.simd_eq(u8x32::splat(other))).to_bitmask();
    (found != 0).then(|| found.trailing_zeros() as usize)
}

/// One bit for each of 32 bytes: is it a digit?
#[inline]
pub(super) fn digits(bytes: &[u8; 32]) -> u32 {
    // Bytes below `0` wrap round to large ones.
    let above = u8x32::new(*bytes) - u8x32::splat(b'0');
    above.min(u8x32::splat(9)).simd_eq(above).to_bitmask()
}

/// Do two texts begin with the same bytes, so many of them? `None` where one is shorter.
#[inline]
pub(super) fn same_start(one: &[u8], other: &[u8], length: usize) -> Option<bool> {
    // Most are short, and a call takes longer than to compare them.
    if length <= 32
        && let (Some(one), Some(other)) = (one.first_chunk(), other.first_chunk())
    {
        let differs = !u8x32::new(*one).simd_eq(u8x32::new(*other)).to_bitmask();
        return Some(differs.trailing_zeros() as usize >= length);
    }
    Some(one.get(..length)? == other.get(..length)?)
}

/// How many bytes two texts have in common from their beginning on.
#[inline]
pub(super) fn common_prefix(mut a: &[u8], mut b: &[u8]) -> usize {
    let mut common = 0;
    while let (Some((a_chunk, a_rest)), Some((b_chunk, b_rest))) = (a.split_first_chunk(), b.split_first_chunk()) {
        let same = Chunk::new(a_chunk).same(Chunk::new(b_chunk));
        if same != u64::MAX {
            return common + same.trailing_ones() as usize;
        }
        common += Chunk::BYTES;
        (a, b) = (a_rest, b_rest);
    }
    common + a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Each bit the parity of the bits up to and with it: between an opening quote and its closing one.
#[inline]
pub(super) const fn prefix_xor(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn prop_masks_tell_what_is_where(bytes in proptest::collection::vec(b'a'..=b'c', 0..140), start in 0_usize..150) {
            let chunk = Chunk::at(&bytes, start);
            for place in 0..64 {
                let is = |byte: u8| bytes.get(start + place) == Some(&byte);
                prop_assert_eq!(chunk.mask(b'b') & 1 << place != 0, is(b'b'));
                prop_assert_eq!(chunk.at_most(b'b') & 1 << place == 0, is(b'c'));
            }
        }

        #[test]
        fn prop_first_of(bytes in proptest::array::uniform32(b'a'..=b'z')) {
            prop_assert_eq!(first_of(&bytes, b'x', b'q'), bytes.iter().position(|byte| matches!(byte, b'x' | b'q')));
        }

        #[test]
        fn prop_digits(bytes in proptest::array::uniform32(any::<u8>())) {
            for (place, byte) in bytes.iter().enumerate() {
                prop_assert_eq!(digits(&bytes) & 1 << place != 0, byte.is_ascii_digit());
            }
        }

        #[test]
        fn prop_same_start(common in "[ab]{0,60}", one in "[ab]{0,20}", other in "[ab]{0,20}", length in 0_usize..80) {
            let (one, other) = (format!("{common}{one}"), format!("{common}{other}"));
            let expected = one.get(..length).zip(other.get(..length)).map(|(one, other)| one == other);
            prop_assert_eq!(same_start(one.as_bytes(), other.as_bytes(), length), expected);
        }

        #[test]
        fn prop_common_prefix(a in "[ab]{0,8}", b in "[ab]{0,8}", common in "[ab]{0,150}") {
            let (a, b) = (format!("{common}{a}"), format!("{common}{b}"));
            let expected = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
            prop_assert_eq!(common_prefix(a.as_bytes(), b.as_bytes()), expected);
        }

        #[test]
        fn prop_parity(bits in any::<u64>()) {
            let parity = prefix_xor(bits);
            for place in 0..64 {
                prop_assert_eq!(parity >> place & 1, u64::from((bits << (63 - place)).count_ones() & 1));
            }
        }
    }
}
