//! Seeded random numbers: splitmix64, the same on every machine.

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// One well-mixed number from a seed and a salt.
pub(super) const fn mix(seed: u64, salt: u64) -> u64 {
    finish(seed ^ salt.wrapping_add(1).wrapping_mul(GOLDEN))
}

const fn finish(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A stream of random numbers.
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        finish(self.0)
    }

    /// A number from 0 to `end - 1`; 0 when `end` is 0.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        match self.next().checked_rem(end) {
            Some(value) => value,
            None => 0,
        }
    }

    /// One of `choices`; the default when there is none.
    pub(super) fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        let at = usize::try_from(self.below(choices.len() as u64)).unwrap_or(0);
        choices.get(at).copied().unwrap_or_default()
    }

    /// Shuffles in place.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let other = usize::try_from(self.below(end as u64 + 1)).unwrap_or(0);
            items.swap(end, other);
        }
    }
}

/// A GUID (version 4 form) that belongs to `seed` and `salt`.
pub(super) fn guid(seed: u64, salt: u64) -> String {
    let high = mix(seed, salt);
    let low = mix(high, salt);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        0x8000 | ((low >> 48) & 0x3FFF),
        low & 0xFFFF_FFFF_FFFF
    )
}

/// `length` capital letters and digits, as in product ids.
pub(super) fn code(seed: u64, length: usize) -> String {
    let mut random = Random::new(seed);
    (0..length).map(|_| char::from(random.pick(b"0123456789BCDFGHJKLMNPQRSTVWXZ"))).collect()
}

#[cfg(test)]
mod tests {
    use super::{Random, guid, mix};

    #[test]
    fn numbers_depend_on_seed_and_salt_alone() {
        assert_eq!(mix(1, 2), mix(1, 2));
        assert_ne!(mix(1, 2), mix(1, 3));
        assert_ne!(mix(1, 2), mix(2, 2));
        // The published first numbers of splitmix64 for seed 0.
        let mut random = Random::new(0);
        assert_eq!(random.next(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(random.next(), 0x6E78_9E6A_A1B9_65F4);
    }

    #[test]
    fn guids_have_their_shape() {
        let text = guid(7, 9);
        let parts: Vec<usize> = text.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()));
    }

    #[test]
    fn an_empty_choice_gives_the_default() {
        assert_eq!(Random::new(1).pick::<u8>(&[]), 0);
        assert_eq!(Random::new(1).below(0), 0);
    }
}
