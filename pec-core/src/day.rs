//! UTC days and sets of instants.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One UTC calendar day on which something was used (R48: that the day is UTC is inferred).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageDay(NaiveDate);

/// Not a day we deal with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a day such as `2026-10-04`, from 2000 to 2099")]
pub struct DayError;

impl UsageDay {
    /// The first day we deal with: 1 January 2000.
    pub(crate) const FIRST: Self = match NaiveDate::from_ymd_opt(2000, 1, 1) {
        Some(date) => Self(date),
        None => Self(NaiveDate::MIN),
    };

    /// The last day we deal with: 31 December 2099.
    pub(crate) const LAST: Self = match NaiveDate::from_ymd_opt(2099, 12, 31) {
        Some(date) => Self(date),
        None => Self(NaiveDate::MAX),
    };

    /// The day of this date; the programme knows the years 2000 to 2099.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        (2000..2100).contains(&year).then(|| NaiveDate::from_ymd_opt(year, month, day).map(Self)).flatten()
    }

    /// The day as a date.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// The next day.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + Days::new(1))
    }

    /// Its number among the days we deal with.
    pub(crate) fn number(self) -> u16 {
        // From 2000 to 2099 every fourth year is a leap year, the first of four. Each line comes here.
        let years = self.0.year() - 2000;
        u16::try_from(365 * years + (years + 3) / 4 + self.0.ordinal0().cast_signed()).unwrap_or_default()
    }

    /// The day with this number.
    pub(crate) fn numbered(number: u16) -> Self {
        // From 2000 to 2099 every fourth year is a leap year, the first of four. Each cell of a ledger comes here.
        let (cycle, day) = (number / 1461, number % 1461);
        let year = day.saturating_sub(1) / 365;
        let ordinal = day - 365 * year - u16::from(year > 0) + 1;
        NaiveDate::from_yo_opt(i32::from(2000 + 4 * cycle + year), u32::from(ordinal)).map_or(Self::LAST, Self)
    }

    /// Whole days from `earlier` to this day.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_days()
    }

    /// All 24 hours of the day.
    #[must_use]
    pub fn interval(self) -> Interval {
        let from = self.0.and_time(NaiveTime::MIN).and_utc();
        Interval { from, until: from + TimeDelta::days(1) }
    }
}

impl From<UsageDay> for NaiveDate {
    fn from(day: UsageDay) -> Self {
        day.0
    }
}

impl TryFrom<NaiveDate> for UsageDay {
    type Error = DayError;

    fn try_from(date: NaiveDate) -> Result<Self, Self::Error> {
        Self::from_ymd(date.year(), date.month(), date.day()).ok_or(DayError)
    }
}

impl FromStr for UsageDay {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let date = NaiveDate::from_str(text).map_err(|_| DayError)?;
        Self::try_from(date)
    }
}

impl fmt::Display for UsageDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for UsageDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UsageDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Instants from `from` up to, and without, `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Interval {
    /// The half-open interval `[from, until)`; `None` where it would be empty.
    #[must_use]
    pub fn new(from: DateTime<Utc>, until: DateTime<Utc>) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// The first instant.
    #[must_use]
    pub const fn from(self) -> DateTime<Utc> {
        self.from
    }

    /// The instant after the last.
    #[must_use]
    pub const fn until(self) -> DateTime<Utc> {
        self.until
    }
}

/// A set of instants: intervals that are sorted, apart and not touching.
///
/// ```
/// use pec_core::day::{IntervalSet, UsageDay};
/// let day: UsageDay = "2026-10-04".parse()?;
/// let held: IntervalSet = [day.interval(), day.next().interval()].into_iter().collect();
/// assert!(held.covers(day) && !held.covers(day.next().next()));
/// # Ok::<(), pec_core::day::DayError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntervalSet(Vec<Interval>);

impl IntervalSet {
    /// The intervals, in order.
    pub fn iter(&self) -> impl Iterator<Item = Interval> + '_ {
        self.0.iter().copied()
    }

    /// Is the set empty?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The instants in this set or in `other`.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).collect()
    }

    /// The instants in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            both.extend(Interval::new(a.from.max(b.from), a.until.min(b.until)));
            if a.until <= b.until {
                left.next()
            } else {
                right.next()
            };
        }
        Self(both)
    }

    /// The instants of this set that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut rest = Vec::new();
        for interval in self.iter() {
            let mut from = interval.from;
            for taken in other.iter().filter(|taken| taken.until > interval.from && taken.from < interval.until) {
                rest.extend(Interval::new(from, taken.from));
                from = taken.until;
            }
            rest.extend(Interval::new(from, interval.until));
        }
        Self(rest)
    }

    /// Does the set hold all 24 hours of the day (R45 to R47)?
    #[must_use]
    pub fn covers(&self, day: UsageDay) -> bool {
        let day = day.interval();
        // Intervals never touch, so one of them must hold the whole day.
        self.iter().any(|interval| interval.from <= day.from && day.until <= interval.until)
    }

    /// The minutes of the day, rounded down, that the set holds.
    #[must_use]
    pub fn covered_minutes(&self, day: UsageDay) -> i64 {
        let held = self.intersection(&Self(vec![day.interval()]));
        held.iter().map(|interval| interval.until - interval.from).sum::<TimeDelta>().num_minutes()
    }
}

impl FromIterator<Interval> for IntervalSet {
    fn from_iter<I: IntoIterator<Item = Interval>>(intervals: I) -> Self {
        let mut sorted: Vec<_> = intervals.into_iter().collect();
        sorted.sort_unstable();
        let mut set: Vec<Interval> = Vec::with_capacity(sorted.len());
        for interval in sorted {
            match set.last_mut() {
                Some(last) if interval.from <= last.until => last.until = last.until.max(interval.until),
                _ => set.push(interval),
            }
        }
        Self(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn years_outside_the_programme_are_refused() {
        assert_eq!("0001-01-01".parse::<UsageDay>(), Err(DayError));
        assert_eq!("2100-01-01".parse::<UsageDay>(), Err(DayError));
        assert_eq!("2024-02-29".parse::<UsageDay>().unwrap().to_string(), "2024-02-29");
        assert_eq!("2023-02-29".parse::<UsageDay>(), Err(DayError));
    }

    #[test]
    fn each_day_has_its_number() {
        let days = std::iter::successors(Some(UsageDay::FIRST), |day| (*day < UsageDay::LAST).then(|| day.next()));
        let numbers = days.zip(0..).map(|(day, number)| {
            assert_eq!((day.number(), UsageDay::numbered(number)), (number, day));
            number
        });
        assert_eq!(numbers.last(), Some(36_524));
    }

    fn hour(hour: i64) -> DateTime<Utc> {
        let start = UsageDay::from_ymd(2026, 10, 1).unwrap().interval().from();
        start + TimeDelta::hours(hour)
    }

    fn set(hours: &[bool]) -> IntervalSet {
        let held = hours.iter().enumerate().filter(|(_, held)| **held);
        held.filter_map(|(at, _)| {
            let at = i64::try_from(at).ok()?;
            Interval::new(hour(at), hour(at + 1))
        })
        .collect()
    }

    proptest! {
        /// The set against a plain list of hours: union, intersection, difference, covers, minutes.
        #[test]
        fn prop_set_is_its_hours(a in proptest::collection::vec(any::<bool>(), 72), b in proptest::collection::vec(any::<bool>(), 72)) {
            let both = |f: fn(bool, bool) -> bool| a.iter().zip(&b).map(|(a, b)| f(*a, *b)).collect::<Vec<_>>();
            prop_assert_eq!(set(&a).union(&set(&b)), set(&both(|a, b| a || b)));
            prop_assert_eq!(set(&a).intersection(&set(&b)), set(&both(|a, b| a && b)));
            prop_assert_eq!(set(&a).difference(&set(&b)), set(&both(|a, b| a && !b)));
            let second = UsageDay::from_ymd(2026, 10, 2).unwrap();
            prop_assert_eq!(set(&a).covers(second), a[24..48].iter().all(|held| *held));
            let held = a[24..48].iter().filter(|held| **held).count();
            prop_assert_eq!(set(&a).covered_minutes(second), i64::try_from(held * 60).unwrap());
        }
    }
}
