//! Hash tables that cannot be iterated, so that no result can depend on their order.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::read::{Cell, NotUtf8};

/// Numbers distinct texts without regard to ASCII case, in the order they come.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    texts: Vec<Box<str>>,
    table: HashTable<u32>,
    state: FixedState,
    folded: String,
}

impl Default for Texts {
    /// Only the blank text, which has the number 0.
    fn default() -> Self {
        let mut texts =
            Self { texts: Vec::new(), table: HashTable::new(), state: FixedState::default(), folded: String::new() };
        texts.number("");
        texts
    }
}

impl Texts {
    /// The number of a text.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        self.folded.clear();
        self.folded.push_str(text);
        self.folded.make_ascii_lowercase();
        let hash = self.state.hash_one(&*self.folded);
        let (texts, folded) = (&self.texts, &*self.folded);
        if let Some(number) =
            self.table.find(hash, |number| texts.get(*number as usize).is_some_and(|text| **text == *folded))
        {
            return *number;
        }
        // Four billion distinct texts do not fit memory.
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(folded.into());
        let (texts, state) = (&self.texts, &self.state);
        self.table.insert_unique(hash, number, |number| {
            texts.get(*number as usize).map_or(0, |text| state.hash_one(&**text))
        });
        number
    }

    /// The number of a text that is there.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        let folded = text.to_ascii_lowercase();
        let is = |number: &u32| self.texts.get(*number as usize).is_some_and(|text| **text == *folded);
        self.table.find(self.state.hash_one(&*folded), is).copied()
    }

    /// All texts, in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// The text of a number, in lower case.
    pub(crate) fn get(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }
}

/// Values by a small key, in the order the keys came.
#[derive(Clone, Debug)]
pub(crate) struct Table<K, V> {
    entries: Vec<(K, V)>,
    table: HashTable<u32>,
    state: FixedState,
    /// The place that was given last.
    last: u32,
    /// Places that were given lately, by a few bits of their keys' hashes. Lines come from a few keys at a time: their places are
    /// here, in a corner of the cache, while the table is spread over all of it.
    lately: Vec<u32>,
}

/// How many places are kept of those given lately.
const LATELY: usize = 1_024;

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            table: HashTable::new(),
            state: FixedState::default(),
            last: 0,
            lately: vec![0; LATELY],
        }
    }
}

impl<K: Hash + Eq + Copy, V: Default> Table<K, V> {
    /// The place of `key`, made when it is new.
    #[inline]
    pub(crate) fn place(&mut self, key: K) -> u32 {
        let is = |place: u32| self.entries.get(place as usize).is_some_and(|(known, _)| *known == key);
        // Exports come in runs: often it is the last key again.
        if !is(self.last) {
            let hash = self.state.hash_one(key);
            let lately = hash as usize % LATELY;
            self.last = match self.lately.get(lately) {
                Some(place) if is(*place) => *place,
                _ => self.hashed_place(hash, key),
            };
            if let Some(place) = self.lately.get_mut(lately) {
                *place = self.last;
            }
        }
        self.last
    }

    /// The place of `key` wherever it is.
    fn hashed_place(&mut self, hash: u64, key: K) -> u32 {
        let entries = &self.entries;
        let is = |place: &u32| entries.get(*place as usize).is_some_and(|(known, _)| *known == key);
        if let Some(place) = self.table.find(hash, is) {
            return *place;
        }
        let place = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push((key, V::default()));
        let (entries, state) = (&self.entries, &self.state);
        self.table
            .insert_unique(hash, place, |place| entries.get(*place as usize).map_or(0, |(key, _)| state.hash_one(key)));
        place
    }

    /// Makes room for as many entries of another table as it has.
    pub(crate) fn reserve(&mut self, other: &Self) {
        let (more, state) = (other.entries.len(), &self.state);
        self.entries.reserve(more);
        let entries = &self.entries;
        self.table.reserve(more, |place| entries.get(*place as usize).map_or(0, |(key, _)| state.hash_one(key)));
    }

    /// The place of `key`, where it is there.
    pub(crate) fn find(&self, key: K) -> Option<u32> {
        let is = |place: &u32| self.entries.get(*place as usize).is_some_and(|(known, _)| *known == key);
        self.table.find(self.state.hash_one(key), is).copied()
    }

    /// The value of `key`, made when it is new.
    pub(crate) fn entry(&mut self, key: K) -> &mut V {
        let place = self.place(key);
        self.at(place)
    }

    /// The value at a place that [`Table::place`] gave.
    #[expect(clippy::indexing_slicing, reason = "places are given out by `place` alone and nothing is ever removed")]
    pub(crate) fn at(&mut self, place: u32) -> &mut V {
        &mut self.entries[place as usize].1
    }

    /// All entries, in the order their keys came: sort before showing.
    pub(crate) fn entries(&self) -> &[(K, V)] {
        &self.entries
    }
}

/// What a cell's text means, worked out once for each distinct text.
#[derive(Debug)]
pub(crate) struct Meanings<T> {
    table: HashTable<Meaning<T>>,
    state: FixedState,
}

#[derive(Debug)]
struct Meaning<T> {
    raw: Box<[u8]>,
    plain: bool,
    value: T,
}

/// A file of only distinct texts must not fill memory.
const MAX_MEANINGS: usize = 16_384;

impl<T> Default for Meanings<T> {
    fn default() -> Self {
        Self { table: HashTable::new(), state: FixedState::default() }
    }
}

impl<T: Copy> Meanings<T> {
    /// The meaning of the cell's text, as `read` has it.
    pub(crate) fn of(&mut self, cell: Cell<'_>, read: impl FnOnce(&str) -> T) -> Result<T, NotUtf8> {
        let hash = self.state.hash_one(cell.raw());
        let is = |known: &Meaning<T>| *known.raw == *cell.raw() && known.plain == cell.is_plain();
        if let Some(known) = self.table.find(hash, is) {
            return Ok(known.value);
        }
        let value = read(&cell.text()?);
        if self.table.len() >= MAX_MEANINGS {
            self.table.clear();
        }
        let meaning = Meaning { raw: cell.raw().into(), plain: cell.is_plain(), value };
        let state = &self.state;
        self.table.insert_unique(hash, meaning, |known| state.hash_one(&*known.raw));
        Ok(value)
    }
}

/// Are the bytes equal? Cells are short and usually equal to the one above: comparing in place costs less than a call.
#[inline]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let ((a_words, a_rest), (b_words, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let differs = |a: &[u8; 8], b: &[u8; 8]| u64::from_ne_bytes(*a) ^ u64::from_ne_bytes(*b);
    a_words.iter().zip(b_words).fold(0, |different, (a, b)| different | differs(a, b)) == 0
        && a_rest.iter().zip(b_rest).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_the_order_in_which_keys_came() {
        let mut table = Table::<_, u32>::default();
        let keys = [5, 5, 6, 7, 5, 6, 6, 9, 7, 5, 8, 9, 6, 7, 5];
        let places = keys.map(|key| table.place(key));
        assert_eq!(places, [0, 0, 1, 2, 0, 1, 1, 3, 2, 0, 4, 3, 1, 2, 0]);
        keys.iter().for_each(|key| *table.entry(*key) += 1);
        assert_eq!(table.entries(), [(5, 5), (6, 4), (7, 3), (9, 2), (8, 1)]);
    }

    #[test]
    fn meanings_are_made_once_and_bounded() {
        let mut meanings = Meanings::default();
        let mut made = 0;
        for text in ["a", "a", "b", "a", "b"] {
            let value = meanings.of(Cell::plain(text.as_bytes()), |text| {
                made += 1;
                text.len()
            });
            assert_eq!(value, Ok(1));
        }
        assert_eq!(made, 2);
        for number in 0..40_000 {
            let text = number.to_string();
            assert_eq!(meanings.of(Cell::plain(text.as_bytes()), str::len), Ok(text.len()));
        }
        assert!(meanings.table.len() <= MAX_MEANINGS);
        assert_eq!(meanings.of(Cell::plain(b"\xff"), str::len), Err(NotUtf8));
    }
}
