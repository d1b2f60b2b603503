//! Text with semicolons or tabs, as spreadsheets save it where the comma is the decimal sign, as CSV with commas.
//!
//! Whether commas are decimal is settled for the whole file: they are where a number of the file has one. A file is held for
//! that; those that went through a spreadsheet have at most a million rows.

use super::columns::{Binding, Column, Decimals};
use super::delimited::slow_record;
use super::held::{within_limit, write_field};
use super::row::Cell;
use super::{MAX_RECORD_BYTES, ReadErrorKind};

/// The rows of such a text as CSV, and its decimal sign.
pub(super) fn converted(text: &[u8], separator: u8, binding: &Binding) -> Result<(Vec<u8>, Decimals), ReadErrorKind> {
    let mut converting = Converting {
        text,
        separator,
        columns: binding.columns(),
        csv: Vec::with_capacity(text.len()),
        decimals: Decimals::Point,
    };
    let mut start = 0;
    while start < text.len() {
        start = converting.record(start);
        within_limit(converting.csv.len())?;
    }
    Ok((converting.csv, converting.decimals))
}

struct Converting<'t> {
    text: &'t [u8],
    separator: u8,
    columns: &'t [Option<Column>],
    csv: Vec<u8>,
    decimals: Decimals,
}

impl Converting<'_> {
    /// Converts the record at `start`; where the next begins. A quote that does not close where the record should end is the
    /// matter of its first line: that line is kept as it is, and the next one is read on its own.
    fn record(&mut self, start: usize) -> usize {
        let text = self.text;
        let line_end =
            text.get(start..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(text.len(), |at| start + at);
        let window = text.get(..(start + MAX_RECORD_BYTES).min(text.len())).unwrap_or(text);
        let mut ends = Vec::with_capacity(self.columns.len());
        let (end, closed) = slow_record(window, start, self.separator, |at| {
            ends.push(at);
            ends.len() <= self.columns.len() || at <= line_end
        });
        let whole = closed && ends.len() <= self.columns.len().max(1);
        if !whole && end > line_end {
            self.csv.extend_from_slice(text.get(start..=line_end.min(text.len() - 1)).unwrap_or_default());
            return line_end + 1;
        }
        let mut begin = start;
        for (at, end) in ends.iter().enumerate() {
            if at > 0 {
                self.csv.push(b',');
            }
            let field = text.get(begin..*end).unwrap_or_default();
            self.field(at, if at + 1 == ends.len() { field.strip_suffix(b"\r").unwrap_or(field) } else { field });
            begin = end + 1;
        }
        self.csv.push(b'\n');
        end + 1
    }

    fn field(&mut self, at: usize, field: &[u8]) {
        if let Some(Some(column)) = self.columns.get(at)
            && Column::NUMBERS.contains(column)
            && Cell::csv(field).text().is_ok_and(|text| has_decimal_comma(&text))
        {
            self.decimals = Decimals::Comma;
        }
        match field {
            [b'"', .., b'"'] => self.csv.extend_from_slice(field),
            _ => write_field(&mut self.csv, field),
        }
    }
}

/// A number with one comma and, at most, points in front of it.
fn has_decimal_comma(text: &str) -> bool {
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-'));
    let digits = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'e' | b'E' | b'+' | b'-' | b'%' | b' '))
    };
    text.split_once(',')
        .is_some_and(|(whole, rest)| number(whole) && digits(rest) && rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Decimals) {
        let headers = ["UsageDate", "EntitlementId", "UnitPrice", "Quantity", "CreditType", "Tags"];
        let binding = Binding::new(headers).unwrap();
        let (csv, decimals) = converted(text.as_bytes(), b';', &binding).unwrap();
        (String::from_utf8(csv).unwrap(), decimals)
    }

    #[test]
    fn separators_become_commas_and_commas_stay_what_they_were() {
        assert_eq!(
            read("d;s;0,5;1;;a, b\r\nd;s;\"0.5\";1;;\"x;\"\"y\"\"\nz\"\n"),
            ("d,s,\"0,5\",1,,\"a, b\"\nd,s,\"0.5\",1,,\"x;\"\"y\"\"\nz\"\n".into(), Decimals::Comma)
        );
        assert_eq!(read("d;s;0.5;1;;a, 5,5\n").1, Decimals::Point, "only numbers tell");
        assert_eq!(read("d;s;1.234,5;1;;\n").1, Decimals::Comma);
        assert_eq!(read("").0, "");
    }

    #[test]
    fn a_missing_quote_loses_one_line() {
        let (csv, _) = read("d;s;1;1;;\"open\nd;s;2;1;;x\n");
        assert!(csv.ends_with("d,s,2,1,,x\n"), "{csv}");
    }
}
