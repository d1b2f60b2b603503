//! Days of price lists and balance reports, and the order of day and month.
//!
//! Microsoft writes these files with the month first. A spreadsheet of another country takes `10/1/2026` for the tenth of January and
//! saves `10.01.2026` or `10/01/2026`, but leaves `10/31/2026` as it was. A file that was made there says `31.10.2026`. So one date
//! with a part above 12 settles the order of the whole file, whichever row it is in; dates of both kinds settle nothing.

use chrono::NaiveDate;

use crate::day::UsageDay;
use crate::read::Saved;

/// A date as written: the day it is with the month first, and with the day first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    month_first: Option<UsageDay>,
    day_first: Option<UsageDay>,
    /// With points, as no file of Microsoft's is.
    dotted: bool,
}

impl Written {
    /// A date and what may follow it; years such as 1753 and 9999 stand for no bound.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (date, after) = text.split_at(text.find([' ', 'T', 't']).unwrap_or(text.len()));
        let is_time = |c: char| c.is_ascii_digit() || matches!(c, ' ' | 'T' | 't' | ':' | '.' | '+' | '-' | 'Z' | 'z');
        let after = after.trim_end_matches([' ', 'A', 'P', 'M', 'a', 'p', 'm']);
        let dotted = date.contains('.');
        let parts: Vec<_> = date.split(if dotted { &['.'][..] } else { &['/', '-'] }).collect();
        let [first, second, third] = parts.as_slice() else { return None };
        let is_number = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if !after.chars().all(is_time) || !parts.iter().all(is_number) {
            return None;
        }
        let (month_first, day_first) = if first.len() == 4 && !dotted {
            let day = day(first, second, third);
            (day, day)
        } else {
            (day(third, first, second), day(third, second, first))
        };
        (month_first.or(day_first).is_some()).then_some(Self { month_first, day_first, dotted })
    }

    /// The day by itself, outside of a file that may settle it.
    pub(super) fn alone(self, saved: Saved) -> Option<UsageDay> {
        let mut order = DayOrder::default();
        order.note(saved, [self]);
        order.day(self)
    }
}

fn day(year: &str, month: &str, day: &str) -> Option<UsageDay> {
    let year = Some(year).filter(|year| year.len() == 4)?.parse().ok()?;
    let date = NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)?;
    Some(UsageDay::try_from(date).unwrap_or(if year < 2000 { UsageDay::FIRST } else { UsageDay::LAST }))
}

/// What the dates of a file tell of the order of day and month.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DayOrder {
    month_first: bool,
    day_first: bool,
    saved: Saved,
}

impl DayOrder {
    /// Takes note of dates of the file, which was saved so.
    pub(super) fn note(&mut self, saved: Saved, dates: impl IntoIterator<Item = Written>) {
        self.saved = saved;
        for written in dates {
            self.month_first |= written.day_first.is_none();
            self.day_first |= written.month_first.is_none();
        }
    }

    /// The day of a date of the file; `None` where nothing settles it.
    pub(super) fn day(self, written: Written) -> Option<UsageDay> {
        let (Some(month_first), Some(day_first)) = (written.month_first, written.day_first) else {
            return written.month_first.or(written.day_first);
        };
        let usual = match (self.saved, written.dotted) {
            // The day that the cell holds.
            (Saved::Workbook, true) => Some(day_first),
            (Saved::AsExported | Saved::Workbook, false) => Some(month_first),
            (Saved::Regionally, _) | (Saved::AsExported, true) => None,
        };
        match (self.month_first, self.day_first) {
            _ if month_first == day_first => Some(month_first),
            (true, false) => Some(month_first),
            (false, true) => Some(day_first),
            (false, false) => usual,
            (true, true) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(text: &str, saved: Saved) -> Option<String> {
        Written::read(text)?.alone(saved).map(|day| day.to_string())
    }

    #[test]
    fn days_as_lists_print_them() {
        for (text, expected) in [
            ("3/1/2018 12:00:00 AM", Some("2018-03-01")),
            ("11/30/2026 11:59:59 PM", Some("2026-11-30")),
            ("2/1/2023 0:00", Some("2023-02-01")),
            ("11/30/9999 23:59", Some("2099-12-31")),
            ("1/1/1753", Some("2000-01-01")),
            ("2026-10-04T23:59:59.9999999Z", Some("2026-10-04")),
            ("31/10/2026", Some("2026-10-31")),
            ("31.10.2026 00:00", Some("2026-10-31")),
            ("10.10.2026", Some("2026-10-10")),
            ("01.10.2026", None),
            ("31/31/2026", None),
            ("2026-02-30", None),
            ("2026.10.31", None),
            ("10/4/26", None),
            ("10/4/2026 soon", None),
            ("46300", None),
            ("-1/1/2026", None),
        ] {
            assert_eq!(alone(text, Saved::AsExported).as_deref(), expected, "{text}");
        }
        assert_eq!(alone("1/10/2026", Saved::Regionally), None);
        assert_eq!(alone("1/10/2026", Saved::Workbook).as_deref(), Some("2026-01-10"));
        assert_eq!(alone("01.10.2026", Saved::Workbook).as_deref(), Some("2026-10-01"));
    }

    #[test]
    fn one_date_settles_the_file() {
        let settled = |file: &[&str], saved| {
            let written: Vec<_> = file.iter().map(|text| Written::read(text).unwrap()).collect();
            let mut order = DayOrder::default();
            order.note(saved, written.iter().copied());
            order.day(written[0]).map(|day| day.to_string())
        };
        let october = Some("2026-10-01".to_owned());
        assert_eq!(settled(&["01.10.2026", "31.10.2026"], Saved::Regionally), october);
        assert_eq!(settled(&["10.01.2026", "10/31/2026 12:00:00 AM"], Saved::Regionally), october, "swapped");
        assert_eq!(settled(&["10/01/2026", "11/30/9999 11:59:59 PM"], Saved::Regionally), october, "swapped");
        assert_eq!(settled(&["01/10/2026", "31/10/2026"], Saved::AsExported), october);
        assert_eq!(settled(&["10.01.2026", "10/31/2026"], Saved::Workbook), october, "swapped");
        assert_eq!(settled(&["01.10.2026", "31.10.2026"], Saved::Workbook), october);
        for both in ["31.10.2026", "31/10/2026"] {
            assert_eq!(settled(&["01.10.2026", both, "10/31/2026"], Saved::AsExported), None);
        }
    }
}
