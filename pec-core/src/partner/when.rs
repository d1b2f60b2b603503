//! Moments as a partner file writes them.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Deserializer};

/// A moment as a partner file writes it: a day, which begins at 00:00 UTC, or an instant with its offset.
#[derive(Clone, Copy)]
pub(super) struct When(pub(super) DateTime<Utc>);

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text,
            toml::Value::Datetime(at) => at.to_string(),
            other @ (toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Array(_)
            | toml::Value::Table(_)) => other.type_str().to_owned(),
        };
        let day = || text.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let instant = || DateTime::parse_from_rfc3339(&text).ok().and_then(|at| without_leap_second(at.to_utc()));
        let expected = "expected a day such as 2026-07-01, or an instant such as 2026-07-01T14:00:00Z";
        day().or_else(instant).map(Self).ok_or_else(|| serde::de::Error::custom(format!("found `{text}`, {expected}")))
    }
}

/// `23:59:60` is the first second of the next day, as it is in exports.
fn without_leap_second(at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match at.nanosecond().checked_sub(1_000_000_000) {
        None => Some(at),
        Some(fraction) => at.with_nanosecond(fraction)?.checked_add_signed(TimeDelta::seconds(1)),
    }
}
