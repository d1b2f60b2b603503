//! Percent cells: `15`, `15.0`, `15%`, `0.15` and the older booleans read alike.

use crate::money::{Number, Rate};
use crate::usage::PartnerEarnedCredit;

/// What is expected of a percent cell.
pub(super) const EXPECTED: &str = "a percentage from 0 to 100, such as `15`, `15%` or `0.15`";

/// Reads a percent cell; a blank one says nothing.
pub(super) fn read(text: &str) -> Result<Option<PartnerEarnedCredit>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    if let Some(flag) = flag(text) {
        return Ok(Some(if flag { PartnerEarnedCredit::Applied } else { PartnerEarnedCredit::Rate(Rate::ZERO) }));
    }
    rate(text).map(|rate| Some(PartnerEarnedCredit::Rate(rate))).ok_or(())
}

/// Reads a percent cell of a file with decimal commas: no percentage has thousands to part.
pub(super) fn read_with_comma(text: &str) -> Result<Option<PartnerEarnedCredit>, ()> {
    read(&text.replacen(',', ".", 1))
}

/// `true` and `false` in their usual spellings.
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    }
}

fn rate(text: &str) -> Option<Rate> {
    if let Some(percent) = text.strip_suffix('%') {
        return Rate::from_percent(percent.trim_end().parse().ok()?);
    }
    let number: Number = text.parse().ok()?;
    // Without a sign a value up to 1 is a fraction: 0.15 and 1 of the v1 API. Nobody is paid one percent.
    Rate::from_fraction(number).or_else(|| Rate::from_percent(number).filter(|rate| *rate > hundredth()))
}

/// One percent: what is not a fraction must be above it.
fn hundredth() -> Rate {
    Rate::from_percent(Number::new(1, 0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_fifteen_percent() {
        let fifteen = rate("15").unwrap();
        assert_eq!(fifteen.to_string(), "0.15");
        for text in ["15.0", "15%", "15 %", "15.00 %", "0.15", ".150", "1.5e1"] {
            assert_eq!(read(text), Ok(Some(PartnerEarnedCredit::Rate(fifteen))), "{text}");
        }
        assert_eq!(read("TRUE"), Ok(Some(PartnerEarnedCredit::Applied)));
        assert_eq!(read("no"), Ok(Some(PartnerEarnedCredit::Rate(Rate::ZERO))));
        assert_eq!(read("1"), Ok(Some(PartnerEarnedCredit::Rate(Rate::ONE))));
        assert_eq!(read("100"), Ok(Some(PartnerEarnedCredit::Rate(Rate::ONE))));
        assert_eq!(read(""), Ok(None));
        for text in ["150", "-15", "x", "%", "15%%", "0.1234567", "true%"] {
            assert_eq!(read(text), Err(()), "{text}");
        }
    }
}
