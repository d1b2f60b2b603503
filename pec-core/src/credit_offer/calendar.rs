//! Days on which offices work.

use std::collections::BTreeSet;

use chrono::{Datelike, Months, NaiveDate, Weekday};

/// Business days: Monday to Friday, without the holidays that are given.
///
/// ```
/// use pec_core::credit_offer::BusinessCalendar;
/// let calendar: BusinessCalendar = ["2023-07-04".parse()?].into_iter().collect();
/// let friday = "2023-06-30".parse()?;
/// assert_eq!(calendar.after(friday, 2), Some("2023-07-05".parse()?)); // Monday, and over the 4th to Wednesday
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusinessCalendar(BTreeSet<NaiveDate>);

impl BusinessCalendar {
    /// Is it a business day?
    #[must_use]
    pub fn is_business_day(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.0.contains(&day)
    }

    /// The business day that comes `count` business days after `day`, which itself is not counted, whether it is one or not.
    /// With a `count` of zero, `day` or the first business day after it. `None` past the end of the calendar.
    #[must_use]
    pub fn after(&self, day: NaiveDate, count: u32) -> Option<NaiveDate> {
        match count.checked_sub(1) {
            Some(before) => self.days_from(day.succ_opt()?).nth(before as usize),
            None => self.days_from(day).next(),
        }
    }

    /// The holidays that were given.
    pub(super) fn holidays(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        self.0.iter().copied()
    }

    /// Business days from `day` on.
    pub(super) fn days_from(&self, day: NaiveDate) -> impl Iterator<Item = NaiveDate> + '_ {
        day.iter_days().filter(|day| self.is_business_day(*day))
    }
}

impl FromIterator<NaiveDate> for BusinessCalendar {
    fn from_iter<I: IntoIterator<Item = NaiveDate>>(holidays: I) -> Self {
        Self(holidays.into_iter().collect())
    }
}

/// The last day of the month of `day`.
pub(super) fn last_of_month(day: NaiveDate) -> NaiveDate {
    first_of_month_after(day, 1).and_then(|next| next.pred_opt()).unwrap_or(day)
}

/// The first day of the month that comes so many months after that of `day`.
pub(super) fn first_of_month_after(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(months))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weekends_and_holidays_are_passed_over() {
        let plain = BusinessCalendar::default();
        assert_eq!(plain.after(day("2023-07-07"), 1), Some(day("2023-07-10")), "Friday to Monday");
        assert_eq!(plain.after(day("2023-07-08"), 1), Some(day("2023-07-10")), "Saturday to Monday");
        assert_eq!(plain.after(day("2023-07-10"), 5), Some(day("2023-07-17")));
        assert_eq!(plain.after(day("2023-07-08"), 0), Some(day("2023-07-10")));
        assert_eq!(plain.after(day("2023-07-10"), 0), Some(day("2023-07-10")));
        let off: BusinessCalendar = ["2023-07-10", "2023-07-11", "2023-07-15"].map(day).into_iter().collect();
        assert_eq!(off.after(day("2023-07-07"), 1), Some(day("2023-07-12")));
        assert_eq!(off.after(day("2023-07-12"), 3), Some(day("2023-07-17")), "a holiday on a Saturday changes nothing");
    }

    #[test]
    fn months_end_where_they_end() {
        let ends =
            ["2023-07-20", "2024-02-01", "2023-02-28", "2023-12-31"].map(|text| last_of_month(day(text)).to_string());
        assert_eq!(ends, ["2023-07-31", "2024-02-29", "2023-02-28", "2023-12-31"]);
        assert_eq!(BusinessCalendar::default().after(NaiveDate::MAX, 1), None);
    }
}
