//! Sets of days, a month in a word.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::day::UsageDay;

/// A set of days: by month, one bit for each day.
#[derive(Clone, Debug, Default)]
pub(super) struct DaySet(BTreeMap<i32, u32>);

/// A month, counted from the year 0, and a day in it, from 0.
pub(super) fn month_and_day(day: UsageDay) -> (i32, u32) {
    let date = day.date();
    (date.year() * 12 + date.month0().cast_signed(), date.day0())
}

/// The day of a month and a place in it.
pub(super) fn day_of(month: i32, day: u32) -> Option<UsageDay> {
    UsageDay::from_ymd(month.div_euclid(12), month.rem_euclid(12).cast_unsigned() + 1, day + 1)
}

fn first(month: i32, days: u32) -> Option<UsageDay> {
    day_of(month, days.trailing_zeros())
}

fn last(month: i32, days: u32) -> Option<UsageDay> {
    day_of(month, 31_u32.checked_sub(days.leading_zeros())?)
}

impl DaySet {
    pub(super) const EMPTY: Self = Self(BTreeMap::new());

    /// Adds days of a month.
    pub(super) fn add(&mut self, month: i32, days: u32) {
        if days != 0 {
            *self.0.entry(month).or_default() |= days;
        }
    }

    pub(super) fn insert(&mut self, day: UsageDay) {
        let (month, day) = month_and_day(day);
        self.add(month, 1 << day);
    }

    /// Adds the days of another set.
    pub(super) fn extend(&mut self, other: &Self) {
        other.0.iter().for_each(|(month, days)| self.add(*month, *days));
    }

    pub(super) fn contains(&self, day: UsageDay) -> bool {
        let (month, day) = month_and_day(day);
        self.0.get(&month).is_some_and(|days| days & 1 << day != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> u64 {
        self.0.values().map(|days| u64::from(days.count_ones())).sum()
    }

    /// All days, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = UsageDay> {
        self.0.iter().flat_map(|(month, days)| {
            (0..31).filter(move |day| days & 1 << day != 0).filter_map(|day| day_of(*month, day))
        })
    }

    pub(super) fn last(&self) -> Option<UsageDay> {
        self.0.last_key_value().and_then(|(month, days)| last(*month, *days))
    }

    /// The last day of the set before this one.
    pub(super) fn before(&self, day: UsageDay) -> Option<UsageDay> {
        let (month, day) = month_and_day(day);
        let here = self.0.get(&month).map_or(0, |days| days & ((1 << day) - 1));
        let earlier = || self.0.range(..month).next_back().and_then(|(month, days)| last(*month, *days));
        if here != 0 { last(month, here) } else { earlier() }
    }

    /// The first day of the set after this one.
    pub(super) fn after(&self, day: UsageDay) -> Option<UsageDay> {
        let (month, day) = month_and_day(day);
        let here = self.0.get(&month).map_or(0, |days| days & !((2 << day) - 1));
        let later = || self.0.range(month + 1..).next().and_then(|(month, days)| first(*month, *days));
        if here != 0 { first(month, here) } else { later() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn prop_as_a_plain_set(numbers in proptest::collection::vec(0_u16..400, 0..40), asked in 0_u16..400) {
            let plain: BTreeSet<UsageDay> = numbers.iter().map(|number| UsageDay::numbered(*number)).collect();
            let mut days = DaySet::default();
            plain.iter().for_each(|day| days.insert(*day));
            let asked = UsageDay::numbered(asked);
            prop_assert_eq!(days.iter().collect::<Vec<_>>(), plain.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!((days.len(), days.is_empty()), (plain.len() as u64, plain.is_empty()));
            prop_assert_eq!((days.contains(asked), days.last()), (plain.contains(&asked), plain.last().copied()));
            prop_assert_eq!(days.before(asked), plain.range(..asked).next_back().copied());
            prop_assert_eq!(days.after(asked), plain.range(asked.next()..).next().copied());
        }
    }
}
