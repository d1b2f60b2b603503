//! Values that hold from a day on, and how far they were checked.

use chrono::NaiveDate;

use super::error::ProgrammeError;
use super::source::Source;

/// A value that holds from a day until the next entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry<T> {
    /// The first day on which the value holds.
    pub(super) effective_from: NaiveDate,
    /// The value.
    pub(super) value: T,
    /// Where it was read.
    pub(super) source: Source,
}

/// A parameter over time: at least one entry, sorted by the day it starts, no two on one day.
///
/// The last entry holds on, but days after `verified_through` are answered as unverified: a value that
/// nobody looked at again must not pass for a known one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dated<T> {
    parameter: &'static str,
    first: Entry<T>,
    later: Vec<Entry<T>>,
    verified_through: NaiveDate,
}

/// The value in force on a day, with the document it rests on.
///
/// Source: [`Value::source`] is the document that states or implies the value.
#[derive(Debug, PartialEq, Eq)]
pub struct Value<'a, T> {
    /// The value.
    pub value: &'a T,
    /// Where it was read.
    pub source: &'a Source,
    /// Whether the day lies within the time for which the sources were read.
    pub verified: bool,
    /// The last day of that time.
    pub verified_through: NaiveDate,
}

// Not derived: a derive would ask for `T: Copy`, and only a reference is copied.
impl<T> Clone for Value<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Value<'_, T> {}

/// What is wrong with a list of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryProblem {
    /// There is none.
    Empty,
    /// Two start on this day.
    Repeated(NaiveDate),
}

impl<T> Dated<T> {
    /// Entries in any order.
    pub(super) fn new(
        parameter: &'static str,
        mut entries: Vec<Entry<T>>,
        verified_through: NaiveDate,
    ) -> Result<Self, EntryProblem> {
        entries.sort_by_key(|entry| entry.effective_from);
        let mut sorted = entries.into_iter();
        let first = sorted.next().ok_or(EntryProblem::Empty)?;
        let later: Vec<Entry<T>> = sorted.collect();

        let mut previous = first.effective_from;
        for entry in &later {
            if entry.effective_from == previous {
                return Err(EntryProblem::Repeated(previous));
            }
            previous = entry.effective_from;
        }
        Ok(Self { parameter, first, later, verified_through })
    }

    /// The value in force on a day.
    ///
    /// # Errors
    /// [`ProgrammeError::BeforeFirstEntry`] for a day before the first entry.
    pub(super) fn on(&self, day: NaiveDate) -> Result<Value<'_, T>, ProgrammeError> {
        if day < self.first.effective_from {
            return Err(ProgrammeError::BeforeFirstEntry {
                parameter: self.parameter,
                day,
                first: self.first.effective_from,
            });
        }
        let started = self.entries().take_while(|entry| entry.effective_from <= day);
        let entry = started.last().unwrap_or(&self.first);
        Ok(Value {
            value: &entry.value,
            source: &entry.source,
            verified: day <= self.verified_through,
            verified_through: self.verified_through,
        })
    }

    /// The days on which entries start.
    pub(super) fn starts(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        self.entries().map(|entry| entry.effective_from)
    }

    /// All entries, the earliest first.
    fn entries(&self) -> impl Iterator<Item = &Entry<T>> {
        std::iter::once(&self.first).chain(&self.later)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::source::Status;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a test day")
    }

    fn entry(from: &str, value: u32) -> Entry<u32> {
        Entry {
            effective_from: day(from),
            value,
            source: Source::new(
                Cow::Owned(format!("page of {from}")),
                day(from),
                Cow::Borrowed("R1"),
                Status::Documented,
                None,
            ),
        }
    }

    fn rate() -> Dated<u32> {
        let entries = vec![entry("2021-03-01", 20), entry("2020-01-01", 15), entry("2022-02-28", 10)];
        Dated::new("rate", entries, day("2022-12-31")).expect("good entries")
    }

    fn answer(on: &str) -> (u32, bool) {
        let rate = rate();
        let value = rate.on(day(on)).expect("a known day");
        (*value.value, value.verified)
    }

    #[test]
    fn the_day_before_the_first_entry_is_an_error() {
        assert_eq!(
            rate().on(day("2019-12-31")).map_err(|error| error.to_string()),
            Err("no `rate` is known for `2019-12-31`: its first entry starts on `2020-01-01`; \
                 use that day or a later one, or load parameters that reach further back"
                .to_owned())
        );
        assert_eq!(answer("2020-01-01"), (15, true));
        assert_eq!(answer("2020-01-02"), (15, true));
    }

    #[test]
    fn a_value_changes_on_its_day() {
        assert_eq!(answer("2021-02-28"), (15, true));
        assert_eq!(answer("2021-03-01"), (20, true));
        assert_eq!(answer("2021-03-02"), (20, true));
        assert_eq!(answer("2022-02-27"), (20, true));
        assert_eq!(answer("2022-02-28"), (10, true));
        assert_eq!(answer("2022-03-01"), (10, true));
    }

    #[test]
    fn after_verified_through_the_value_is_marked() {
        assert_eq!(answer("2022-12-30"), (10, true));
        assert_eq!(answer("2022-12-31"), (10, true));
        assert_eq!(answer("2023-01-01"), (10, false));
        assert_eq!(answer("2099-12-31"), (10, false));
    }

    #[test]
    fn each_value_carries_its_own_source() {
        let rate = rate();
        let value = rate.on(day("2021-03-01")).expect("a known day");
        assert_eq!(value.source.document(), "page of 2021-03-01");
    }

    #[test]
    fn entries_come_sorted_and_may_not_share_a_day() {
        let days: Vec<u32> = rate().entries().map(|entry| entry.value).collect();
        assert_eq!(days, [15, 20, 10]);

        let twice = vec![entry("2021-03-01", 1), entry("2020-01-01", 2), entry("2021-03-01", 3)];
        assert_eq!(Dated::new("rate", twice, day("2022-12-31")), Err(EntryProblem::Repeated(day("2021-03-01"))));
        assert_eq!(Dated::<u32>::new("rate", vec![], day("2022-12-31")), Err(EntryProblem::Empty));
    }
}
