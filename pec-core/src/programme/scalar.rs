//! The single values of a programme file: days, amounts, numbers of decimals, currencies, offsets.

use chrono::{FixedOffset, NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use toml::Value;
use toml::value::Datetime;

/// A TOML date that is a day alone.
pub(super) fn day(found: &Datetime) -> Option<NaiveDate> {
    let date = found.date.filter(|_| found.time.is_none())?;
    NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
}

/// An amount of 0 or more, written as text: digits, at most one point between them.
pub(super) fn amount(value: &Value) -> Option<Decimal> {
    let text = value.as_str()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if is_digits(whole) && is_digits(fraction) { Decimal::from_str_exact(text).ok() } else { None }
}

/// A number of decimals that an amount can have, written as text.
pub(super) fn decimals(value: &Value) -> Option<u32> {
    let digits = value.as_str().filter(|text| is_digits(text))?;
    digits.parse().ok().filter(|decimals| *decimals <= Decimal::MAX_SCALE)
}

/// A currency code: three upper-case letters.
pub(super) fn currency(value: &Value) -> Option<String> {
    let code = value.as_str()?;
    let fits = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    fits.then(|| code.to_owned())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `UTC`, or a sign, hours and minutes.
pub(super) fn offset(value: &Value) -> Option<FixedOffset> {
    let text = value.as_str()?;
    if text == "UTC" {
        return FixedOffset::east_opt(0);
    }
    let (ahead, clock) = match text.split_at_checked(1)? {
        ("+", clock) => (true, clock),
        ("-", clock) => (false, clock),
        _ => return None,
    };
    let time = NaiveTime::parse_from_str(clock, "%H:%M").ok().filter(|_| clock.len() == 5)?;
    let seconds = time.signed_duration_since(NaiveTime::MIN).num_seconds();
    let seconds = i32::try_from(seconds).ok()?;
    if ahead { FixedOffset::east_opt(seconds) } else { FixedOffset::west_opt(seconds) }
}

/// A value for a message: text without its quotes.
pub(super) fn as_written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(switch) => switch.to_string(),
        Value::Datetime(date) => date.to_string(),
        Value::Array(_) => "a list".to_owned(),
        Value::Table(_) => "a table".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        let read = |text: &str| amount(&Value::String(text.to_owned())).map(|found| found.to_string());
        assert_eq!(read("0.15").as_deref(), Some("0.15"));
        assert_eq!(read("0.150").as_deref(), Some("0.150"));
        assert_eq!(read("5000").as_deref(), Some("5000"));
        assert_eq!(read("0.1234567890123456789012345678").as_deref(), Some("0.1234567890123456789012345678"));
        for wrong in ["", ".", "-1", "+1", "1_000", "1e3", ".5", "5.", "1.2.3", " 1", "0.12345678901234567890123456789"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn offsets_are_read_in_full() {
        let read = |text: &str| offset(&Value::String(text.to_owned())).map(|found| found.local_minus_utc());
        assert_eq!(read("UTC"), Some(0));
        assert_eq!(read("+05:30"), Some(19_800));
        assert_eq!(read("-08:00"), Some(-28_800));
        for wrong in ["", "utc", "05:30", "+5:30", "+24:00", "+05:60", "+05:30:00", "\u{e9}"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn decimals_are_those_an_amount_can_have() {
        let read = |text: &str| decimals(&Value::String(text.to_owned()));
        assert_eq!((read("0"), read("2"), read("28")), (Some(0), Some(2), Some(28)));
        for wrong in ["", "-1", "+2", "29", "2.0", "99999999999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
