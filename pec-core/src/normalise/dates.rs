//! Dates in all their forms, and the order of day and month.
//!
//! Files print `10/1/2026`; a workbook saved in another language prints `1/10/2026` or `01.10.2026`. Days 1 to 12 cannot tell the two
//! apart. `ChargeStartDate` can: it is the first of a month for every Azure plan line, so only one order makes it so. Each
//! row is settled by itself, so the order of rows cannot matter.

use chrono::Datelike;

use crate::day::UsageDay;
use crate::lookup::Meanings;
use crate::read::{Cell, Column, Columns, FileKind, Row};

use super::{CellIssue, Read, utf8};

/// What is expected of a day of consumption.
const EXPECTED: &str = "a date such as `2026-10-04` or `10/4/2026`, from 2000 to 2099";

/// A date as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Day(UsageDay),
    /// Two parts up to 12 that differ, and a year.
    Ambiguous {
        first: u32,
        second: u32,
        year: i32,
    },
}

#[derive(Clone, Copy)]
enum Order {
    MonthFirst,
    DayFirst,
}

impl Written {
    fn in_order(self, order: Order) -> Option<UsageDay> {
        match (self, order) {
            (Self::Day(day), _) => Some(day),
            (Self::Ambiguous { first, second, year }, Order::MonthFirst) => UsageDay::from_ymd(year, first, second),
            (Self::Ambiguous { first, second, year }, Order::DayFirst) => UsageDay::from_ymd(year, second, first),
        }
    }
}

/// Days of consumption, read once for each text that a charge period has them in.
#[derive(Debug, Default)]
pub(super) struct UsageDays {
    /// Does the kind of file write months first, wherever nothing says otherwise?
    month_first: bool,
    known: Meanings<Option<UsageDay>>,
}

const PERIOD: Columns = Columns::of(&[Column::ChargeStartDate, Column::ChargeEndDate]);

impl UsageDays {
    /// Days of a kind of file. Cost Management documents `MM/DD/YYYY`; Partner Center's files exist in both orders.
    pub(super) fn for_kind(kind: FileKind) -> Self {
        Self { month_first: kind == FileKind::CostDetails, ..Self::default() }
    }

    /// The day of consumption of a row, of which these columns changed.
    pub(super) fn of(&mut self, row: Row<'_>, changed: Columns) -> Read<UsageDay> {
        if changed.any(PERIOD) {
            self.known = Meanings::default();
        }
        let column = Column::UsageDate;
        let known = utf8(row, column, self.known.of(row.cell(column), |_| usage_day(row, self.month_first).ok()))?;
        // What is wrong with a day is rarely asked.
        known.map_or_else(|| usage_day(row, self.month_first), Ok)
    }
}

fn usage_day(row: Row<'_>, month_first: bool) -> Read<UsageDay> {
    let issue = |expected| CellIssue::new(row, Column::UsageDate, expected);
    match written(row, Column::UsageDate)? {
        Some(Written::Day(day)) => Ok(day),
        None => Err(issue(EXPECTED)),
        Some(usage) => {
            let (start, end) = (written(row, Column::ChargeStartDate)?, written(row, Column::ChargeEndDate)?);
            // A period that is there and settles nothing is no reason to believe the usual order.
            let usual = if month_first && start.is_none() { usage.in_order(Order::MonthFirst) } else { None };
            settled(usage, start, end).or(usual).ok_or_else(|| {
                issue("an unambiguous date such as `2026-10-04`, or a `ChargeStartDate` that settles day and month")
            })
        }
    }
}

/// The one order of day and month that agrees with the charge period.
fn settled(usage: Written, start: Option<Written>, end: Option<Written>) -> Option<UsageDay> {
    let start = start?;
    let read = |order| {
        let starts = start.in_order(order).filter(|day| day.date().day() == 1)?;
        let used = usage.in_order(order)?;
        let inside = match end.and_then(|end| end.in_order(order)) {
            Some(ends) => starts <= used && used <= ends,
            None => (used.date().year(), used.date().month()) == (starts.date().year(), starts.date().month()),
        };
        Some((used, inside))
    };
    match (read(Order::MonthFirst), read(Order::DayFirst)) {
        (Some((used, _)), None)
        | (None, Some((used, _)))
        | (Some((used, true)), Some((_, false)))
        | (Some((_, false)), Some((used, true))) => Some(used),
        (None, None) | (Some(_), Some(_)) => None,
    }
}

/// The days of a charge period; `None` where its texts do not settle them.
pub(super) fn charge_period(start: &str, end: &str) -> Option<(UsageDay, UsageDay)> {
    let (start, end) = (parse(start.trim().as_bytes())?, parse(end.trim().as_bytes())?);
    let read = |order| {
        let (first, last) = (start.in_order(order)?, end.in_order(order)?);
        (first <= last).then_some((first, last))
    };
    let (months, days) = (read(Order::MonthFirst), read(Order::DayFirst));
    let (Some(month_first), Some(day_first)) = (months, days) else { return months.or(days) };
    let begins_a_month = |(first, _): &(UsageDay, UsageDay)| first.date().day() == 1;
    match (begins_a_month(&month_first), begins_a_month(&day_first)) {
        _ if month_first == day_first => Some(month_first),
        (true, false) => Some(month_first),
        (false, true) => Some(day_first),
        _ => None,
    }
}

fn written(row: Row<'_>, column: Column) -> Read<Option<Written>> {
    let cell: Cell<'_> = row.cell(column);
    if cell.is_plain()
        && let Some(written) = parse(cell.raw().trim_ascii())
    {
        return Ok(Some(written));
    }
    Ok(parse(utf8(row, column, cell.text())?.as_bytes()))
}

/// Reads a date and what may follow it; `None` where there is none.
fn parse(text: &[u8]) -> Option<Written> {
    let mut rest = text;
    let (first, digits) = number(&mut rest)?;
    let separator = take(&mut rest, b"/-.")?;
    let (second, _) = number(&mut rest)?;
    (take(&mut rest, b"/-.")? == separator).then_some(())?;
    let (third, third_digits) = number(&mut rest)?;
    if digits == 4 && separator != b'.' {
        let day = UsageDay::from_ymd(i32::try_from(first).ok()?, second, third)?;
        return utc(day, rest).map(Written::Day);
    }
    let year = i32::try_from(third).ok()?;
    let year = match third_digits {
        4 => year,
        2 => 2000 + year,
        _ => return None,
    };
    // Slashed dates are days; a time of day after one is not zoned and says nothing.
    (rest.is_empty() || matches!(rest, [b' ' | b'T', b'0'..=b'9', ..])).then_some(())?;
    match (first, second) {
        _ if first == second || second > 12 => UsageDay::from_ymd(year, first, second).map(Written::Day),
        _ if first > 12 => UsageDay::from_ymd(year, second, first).map(Written::Day),
        _ if first == 0 || second == 0 || UsageDay::from_ymd(year, 1, 1).is_none() => None,
        _ => Some(Written::Ambiguous { first, second, year }),
    }
}

/// The UTC day of an ISO date followed by `rest`: nothing, or a time with or without an offset.
fn utc(day: UsageDay, mut rest: &[u8]) -> Option<UsageDay> {
    if rest.is_empty() {
        return Some(day);
    }
    take(&mut rest, b"T t")?;
    let (hour, _) = number(&mut rest)?;
    take(&mut rest, b":")?;
    let (minute, _) = number(&mut rest)?;
    if take(&mut rest, b":").is_some() {
        number(&mut rest).filter(|(second, _)| *second < 61)?;
        if take(&mut rest, b".,").is_some() {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            rest = rest.get(digits..).filter(|_| digits > 0)?;
        }
    }
    (hour < 24 && minute < 60).then_some(())?;
    // Databases put a space before the zone, and may write its name.
    let zone = rest.strip_prefix(b" ").unwrap_or(rest);
    let minutes = i64::from(hour * 60 + minute) - if zone == b"UTC" { 0 } else { offset_minutes(zone)? };
    let date = day.date() + chrono::TimeDelta::days(minutes.div_euclid(24 * 60));
    date.try_into().ok()
}

/// Minutes east of UTC; no zone means UTC.
pub(super) fn offset_minutes(mut rest: &[u8]) -> Option<i64> {
    let sign = match take(&mut rest, b"Zz+-") {
        None => return rest.is_empty().then_some(0),
        Some(b'Z' | b'z') => return rest.is_empty().then_some(0),
        Some(b'-') => -1,
        Some(_) => 1,
    };
    let digits: Vec<u8> = rest.iter().copied().filter(|byte| *byte != b':').collect();
    let text = std::str::from_utf8(&digits)
        .ok()
        .filter(|text| matches!(text.len(), 2 | 4) && text.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (hours, minutes) = text.split_at(2);
    let hours: i64 = hours.parse().ok()?;
    let minutes: i64 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    (hours < 15 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// One to four digits and how many there were.
fn number(rest: &mut &[u8]) -> Option<(u32, usize)> {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, after) = rest.split_at_checked(digits).filter(|_| (1..=4).contains(&digits))?;
    *rest = after;
    Some((number.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')), digits))
}

fn take(rest: &mut &[u8], any: &[u8]) -> Option<u8> {
    let (first, after) = rest.split_first().filter(|(first, _)| any.contains(first))?;
    *rest = after;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Option<String> {
        match parse(text.as_bytes())? {
            Written::Day(day) => Some(day.to_string()),
            Written::Ambiguous { .. } => Some("ambiguous".into()),
        }
    }

    fn settle(usage: &str, start: &str, end: &str) -> Option<String> {
        let read = |text: &str| parse(text.as_bytes());
        settled(read(usage)?, read(start), read(end)).map(|day| day.to_string())
    }

    #[test]
    fn charge_periods_settle_their_order() {
        let period = |start, end| charge_period(start, end).map(|(first, last)| format!("{first} {last}"));
        let october = Some("2026-10-01 2026-10-31".to_owned());
        for (start, end) in
            [("10/1/2026", "10/31/2026"), ("1/10/2026", "31/10/2026"), ("2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z")]
        {
            assert_eq!(period(start, end), october, "{start}");
        }
        assert_eq!(period("10/5/2026", "10/31/2026"), None, "the 10th of May to the 31st of October, or the 5th");
        assert_eq!(period("10/5/2026", "10/5/2026"), None);
        assert_eq!(period("10/31/2026", "10/1/2026"), None);
        assert_eq!(period("", "10/1/2026"), None);
    }

    #[test]
    fn published_forms() {
        for (text, expected) in [
            ("2018-11-13T00:00:00Z", "2018-11-13"),
            ("2021-05-01T00:00:00", "2021-05-01"),
            ("2019-02-04T09:22:40.1767993-08:00", "2019-02-04"),
            ("2019-02-04T20:22:40-08:00", "2019-02-05"),
            ("2019-02-04T01:00:00+0200", "2019-02-03"),
            ("2026-10-04 23:59", "2026-10-04"),
            ("2026-10-04 00:00:00 UTC", "2026-10-04"),
            ("2026-10-04 01:00:00.0000000 +02:00", "2026-10-03"),
            ("2026/10/04", "2026-10-04"),
            ("9/30/2020", "2020-09-30"),
            ("30/9/2020", "2020-09-30"),
            ("10-31-19", "2019-10-31"),
            ("10/10/2019 12:00:00 AM", "2019-10-10"),
            ("10/1/2019", "ambiguous"),
            // Where a spreadsheet writes days first, it may have read months as days before.
            ("04.10.2026", "ambiguous"),
            ("31.10.2026", "2026-10-31"),
        ] {
            assert_eq!(day(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "0001-01-01T00:00:00",
            "2026-13-01",
            "2026-02-30",
            "13/13/2026",
            "10/1",
            "1/1/1999",
            "20261004",
            "10/31-2019",
            "2026.10.04",
            "31.10-2026",
            "2026-10-04X",
            "2026-10-04T25:00",
            "2026-10-04 00:00 CET",
            "2026-10-04 00:00  UTC",
            "45000",
            "2026-10-04T00:00+99:00",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn the_charge_period_settles_day_and_month() {
        let oct = Some("2026-10-03".to_owned());
        assert_eq!(settle("10/3/2026", "10/1/2026", "10/31/2026"), oct);
        assert_eq!(settle("3/10/2026", "1/10/2026", "31/10/2026"), oct);
        assert_eq!(settle("3/10/2026", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"), oct);
        assert_eq!(settle("3/1/2026", "1/1/2026", "31/1/2026").as_deref(), Some("2026-01-03"));
        assert_eq!(settle("1/3/2026", "1/1/2026", "").as_deref(), Some("2026-01-03"));
        assert_eq!(settle("9/5/2020", "10/1/2020", "10/31/2020").as_deref(), Some("2020-09-05"), "late usage");
        assert_eq!(settle("12/5/2019", "1/1/2020", "1/31/2020"), None, "late usage that nothing settles");
        assert_eq!(settle("3/10/2026", "", ""), None);
        assert_eq!(settle("3/10/2026", "2/3/2026", ""), None);
    }

    proptest! {
        #[test]
        fn prop_both_orders_of_a_month_read_alike(day in 1_u32..=31, month in 1_u32..=12) {
            let expected = UsageDay::from_ymd(2026, month, day);
            prop_assume!(expected.is_some());
            let (us, eu) = (format!("{month}/{day}/2026"), format!("{day:02}/{month:02}/2026"));
            let (us_start, eu_start) = (format!("{month}/1/2026"), format!("01/{month:02}/2026"));
            let read = |usage: &str, start: &str| match parse(usage.as_bytes()) {
                Some(Written::Day(day)) => Some(day),
                Some(usage) => settled(usage, parse(start.as_bytes()), None),
                None => None,
            };
            prop_assert_eq!(read(&us, &us_start), expected);
            prop_assert_eq!(read(&eu, &eu_start), expected);
        }

        #[test]
        fn prop_never_panics(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = parse(&text);
        }
    }
}
