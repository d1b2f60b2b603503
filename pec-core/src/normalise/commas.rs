//! What spreadsheets do to numbers and ids.

use std::borrow::Cow;

use crate::money::Number;
use crate::read::Decimals;

/// What is expected of a number that may be read in two ways.
const AMBIGUOUS: &str =
    "a number with a decimal comma, as elsewhere in this file: here the point may part thousands or decimals";

/// A number of a file with decimal commas, with a point instead.
///
/// A point in front of three digits may part thousands, and nothing in the cell tells; it is refused. Where it cannot part
/// thousands, the cell is one that the spreadsheet left as it was.
pub(super) fn with_point(text: &str) -> Result<Cow<'_, str>, &'static str> {
    match text.split_once(',') {
        Some((whole, _)) if whole.contains('.') && !parts_thousands(whole) => Ok(text.into()),
        Some((whole, decimals)) => Ok(format!("{}.{decimals}", whole.replace('.', "")).into()),
        None if parts_thousands(text) && text.matches('.').count() == 1 => Err(AMBIGUOUS),
        None if parts_thousands(text) => Ok(text.replace('.', "").into()),
        None => Ok(text.into()),
    }
}

/// A number of a file with such decimals; what was expected where it is none.
pub(super) fn number(text: &str, decimals: Decimals) -> Result<Number, String> {
    let text = if decimals == Decimals::Comma { with_point(text)? } else { text.into() };
    text.parse::<Number>().map_err(|error| error.to_string())
}

/// Are there points, each in front of three digits, as between thousands?
fn parts_thousands(text: &str) -> bool {
    let mut groups = text.trim_start_matches(['-', '+']).split('.');
    let first = groups.next().unwrap_or_default();
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let leads = (1..=3).contains(&first.len()) && digits(first) && !first.starts_with('0');
    leads && text.contains('.') && groups.all(|group| group.len() == 3 && digits(group))
}

/// What is expected in the place of an id that lost digits.
pub(super) const WHOLE_ID: &str = "the whole id; a spreadsheet made a number of it, and its digits are lost";

/// Is this an id of many digits of which a spreadsheet kept the first, as in `1.23E+11`?
pub(super) fn lost_digits(id: &[u8]) -> bool {
    let Some(at) = id.iter().position(|byte| matches!(byte, b'E' | b'e')) else { return false };
    let (number, exponent) = id.split_at(at);
    let exponent = exponent.get(1..).unwrap_or_default();
    let exponent = exponent.strip_prefix(b"+").unwrap_or(exponent);
    let is_number = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    let one_digit = matches!(number, [b'0'..=b'9'] | [b'0'..=b'9', b'.' | b',', ..]);
    one_digit && is_number(exponent) && number.get(2..).unwrap_or_default().iter().all(u8::is_ascii_digit)
}

/// The same of the id of a product or a SKU: `5E10` may be one, `5E+10` is a number.
pub(super) fn lost_digits_of_sku(id: &[u8]) -> bool {
    id.contains(&b'+') && lost_digits(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_decimal_commas() {
        for (text, expected) in [
            ("0,045", "0.045"),
            ("24", "24"),
            ("-1,5", "-1.5"),
            ("8,5E-05", "8.5E-05"),
            ("1.234,5", "1234.5"),
            ("1.234.567", "1234567"),
            ("0.045", "0.045"),
            ("12.5", "12.5"),
            ("1.2345", "1.2345"),
            ("", ""),
        ] {
            assert_eq!(with_point(text).as_deref(), Ok(expected), "{text}");
        }
        for ambiguous in ["1.234", "-12.345", "999.000"] {
            assert_eq!(with_point(ambiguous), Err(AMBIGUOUS), "{ambiguous}");
        }
        // What is no number stays none.
        assert_eq!(with_point("1,2,3").as_deref(), Ok("1.2,3"));
        assert_eq!(with_point("12.3,4").as_deref(), Ok("12.3,4"));
    }

    #[test]
    fn ids_that_became_numbers() {
        assert!([&b"1.23E+11"[..], b"1,23457E+17", b"4E+15", b"1.5e17"].into_iter().all(lost_digits));
        assert!(lost_digits_of_sku(b"5E+10") && !lost_digits_of_sku(b"5E10"));
        let whole =
            [&b"4612345"[..], b"3f47bcf1-965d-40a1-a2bc-3d5db3653250", b"", b"E+11", b"1.23E", b"12E+3x", b"1e2f3a"];
        assert!(!whole.into_iter().any(lost_digits));
    }
}
