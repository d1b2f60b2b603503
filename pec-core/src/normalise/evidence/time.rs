//! Instants in all the forms that exports write.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use crate::normalise::dates::offset_minutes;

/// What is expected of an instant.
pub(super) const EXPECTED: &str = "an instant such as `2026-10-04T08:30:00Z`";

/// An instant of RFC 3339 or of .NET's JSON. No zone means UTC.
pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Some(ticks) = text.strip_prefix("/Date(") {
        return ticks.strip_suffix(")/").and_then(since_1970);
    }
    // Years of four digits only: chrono would take a sign and more.
    text.get(..5)?.strip_suffix('-').filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?;
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    let (local, zone) = forms.iter().find_map(|form| NaiveDateTime::parse_and_remainder(text, form).ok())?;
    let offset = TimeDelta::minutes(offset_minutes(zone.trim_start().as_bytes())?);
    without_leap_second(local)?.checked_sub_signed(offset).map(|local| local.and_utc())
}

/// An instant, or a day for its first instant.
pub(super) fn instant_or_day(text: &str) -> Option<DateTime<Utc>> {
    let day = || NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().filter(|day| (1..=9999).contains(&day.year()));
    instant(text).or_else(|| day().map(|day| day.and_time(NaiveTime::MIN).and_utc()))
}

/// `23:59:60` is the first second of the next day: leap seconds have no place in differences of instants.
fn without_leap_second(local: NaiveDateTime) -> Option<NaiveDateTime> {
    match local.nanosecond().checked_sub(1_000_000_000) {
        None => Some(local),
        Some(fraction) => local.with_nanosecond(fraction)?.checked_add_signed(TimeDelta::seconds(1)),
    }
}

/// Milliseconds since 1970 in UTC; the offset that may follow says how it was shown and changes nothing.
fn since_1970(text: &str) -> Option<DateTime<Utc>> {
    let digits = text.char_indices().find(|(at, c)| *at > 0 && matches!(c, '+' | '-')).map_or(text.len(), |(at, _)| at);
    let at = DateTime::from_timestamp_millis(text.get(..digits)?.parse().ok()?)?;
    (0..=9999).contains(&at.year()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms() {
        for (text, expected) in [
            ("2026-10-04T08:30:00Z", "2026-10-04T08:30:00+00:00"),
            ("2026-10-04T08:30:00.1Z", "2026-10-04T08:30:00.100+00:00"),
            ("2026-10-04T08:30:00.1234567+00:00", "2026-10-04T08:30:00.123456700+00:00"),
            ("2026-10-04T08:30:00.123456789012Z", "2026-10-04T08:30:00.123456789+00:00"),
            ("2026-10-04T08:30:00", "2026-10-04T08:30:00+00:00"),
            ("2026-10-04 08:30:00 +0200", "2026-10-04T06:30:00+00:00"),
            ("2026-10-04T23:30:00-08:00", "2026-10-05T07:30:00+00:00"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00"),
            ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500+00:00"),
            ("/Date(1791102600000)/", "2026-10-04T08:30:00+00:00"),
            ("/Date(1791102600000+0200)/", "2026-10-04T08:30:00+00:00"),
            ("/Date(-62135596800000)/", "0001-01-01T00:00:00+00:00"),
            ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999900+00:00"),
        ] {
            let read = instant(text).map(|at| at.to_rfc3339());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "2026-10-04",
            "10/4/2026 8:30:00 AM",
            "2026-10-04T25:00:00Z",
            "2026-13-04T08:30:00Z",
            "2026-10-04T08:30:00X",
            "2026-10-04T08:30:00+99:00",
            "+12026-10-04T08:30:00Z",
            "/Date(9223372036854775807)/",
            "/Date()/",
            "/Date(1",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
        let day = instant_or_day("2026-10-04").map(|at| at.to_rfc3339());
        assert_eq!(day.as_deref(), Some("2026-10-04T00:00:00+00:00"));
    }

    proptest! {
        #[test]
        fn prop_never_panics(text in "(/Date\\()?[0-9T:.Z +()/-]{0,40}|\\PC{0,20}") {
            let _ = instant_or_day(&text);
        }
    }
}
