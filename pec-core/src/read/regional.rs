//! Text with semicolons or tabs, as spreadsheets save it where the comma is the decimal sign, as CSV with commas.
//!
//! Whether commas are decimal is settled for the whole file: they are where a number of the file has one that cannot part
//! thousands, as that of `1,234` can. A file is held for that; those that went through a spreadsheet have at most a million rows.

use super::columns::Decimals;
use super::delimited::slow_record;
use super::held::{within_limit, write_field, write_quoted};
use super::row::Cell;
use super::{MAX_RECORD_BYTES, ReadErrorKind};

/// The rows of such a text as CSV, and its decimal sign. `numbers` says of each column whether it holds numbers.
pub(super) fn converted(text: &[u8], separator: u8, numbers: &[bool]) -> Result<(Vec<u8>, Decimals), ReadErrorKind> {
    let mut converting =
        Converting { text, separator, numbers, csv: Vec::with_capacity(text.len()), decimals: Decimals::Point };
    let mut start = 0;
    while start < text.len() {
        start = converting.record(start);
        within_limit(converting.csv.len())?;
    }
    Ok((converting.csv, converting.decimals))
}

/// What such a text is called.
pub(super) const fn label(separator: u8, decimals: Decimals) -> &'static str {
    match (separator, decimals) {
        (b';', Decimals::Point) => "CSV with semicolons",
        (b';', Decimals::Comma) => "CSV with semicolons and decimal commas",
        (_, Decimals::Point) => "CSV with tabs",
        (_, Decimals::Comma) => "CSV with tabs and decimal commas",
    }
}

struct Converting<'t> {
    text: &'t [u8],
    separator: u8,
    numbers: &'t [bool],
    csv: Vec<u8>,
    decimals: Decimals,
}

impl Converting<'_> {
    /// Converts the record at `start`; where the next begins. A quote that does not close where the record should end is the
    /// matter of its first line: that line becomes a record of one field, so that nobody takes it for a row, and the next one
    /// is read on its own. So does a line that is too long.
    fn record(&mut self, start: usize) -> usize {
        let text = self.text;
        let line_end =
            text.get(start..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(text.len(), |at| start + at);
        let window = text.get(..(start + MAX_RECORD_BYTES).min(text.len())).unwrap_or(text);
        let mut ends = Vec::with_capacity(self.numbers.len());
        let (end, closed) = slow_record(window, start, self.separator, |at| {
            ends.push(at);
            ends.len() <= self.numbers.len() || at <= line_end
        });
        let too_many = ends.len() > self.numbers.len() && end > line_end;
        if !closed || too_many || end - start >= MAX_RECORD_BYTES {
            let line = text.get(start..line_end).unwrap_or_default();
            write_quoted(&mut self.csv, line.strip_suffix(b"\r").unwrap_or(line));
            self.csv.push(b'\n');
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
        if self.numbers.get(at) == Some(&true) && Cell::csv(field).text().is_ok_and(|text| has_decimal_comma(&text)) {
            self.decimals = Decimals::Comma;
        }
        match field {
            [b'"', .., b'"'] => self.csv.extend_from_slice(field),
            _ => write_field(&mut self.csv, field),
        }
    }
}

/// A number with one comma and, at most, points in front of it; not one whose comma may part thousands.
fn has_decimal_comma(text: &str) -> bool {
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-'));
    let digits = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'e' | b'E' | b'+' | b'-' | b'%' | b' '))
    };
    let Some((whole, rest)) = text.split_once(',') else { return false };
    let leads = whole.trim_start_matches(['-', '+']);
    let parts_thousands = (1..=3).contains(&leads.len())
        && !leads.starts_with('0')
        && !leads.contains('.')
        && rest.len() == 3
        && rest.bytes().all(|byte| byte.is_ascii_digit());
    number(whole) && digits(rest) && rest.starts_with(|c: char| c.is_ascii_digit()) && !parts_thousands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Decimals) {
        let numbers = [false, false, true, true, false, false];
        let (csv, decimals) = converted(text.as_bytes(), b';', &numbers).unwrap();
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
    fn a_comma_that_may_part_thousands_tells_nothing() {
        for thousands in ["1,234", "-12,345", "999,000"] {
            assert_eq!(read(&format!("d;s;{thousands};2.75;;\n")).1, Decimals::Point, "{thousands}");
            assert_eq!(read(&format!("d;s;{thousands};2,75;;\n")).1, Decimals::Comma, "{thousands}");
        }
        for decimal in ["0,234", "1234,567", "1.234,567", "1,2345", "1,23", ",234"] {
            assert_eq!(read(&format!("d;s;{decimal};1;;\n")).1, Decimals::Comma, "{decimal}");
        }
    }

    #[test]
    fn a_missing_quote_loses_one_line() {
        let open = "\"d;s;1;1;;\"\"open\"\n";
        assert_eq!(read("d;s;1;1;;\"open\nd;s;2;1;;x\n").0, format!("{open}d,s,2,1,,x\n"));
        assert_eq!(read("d;s;1;1;;\"open").0, open, "at the end too");
        // Its commas make no row of it.
        assert_eq!(read("a,b,c,d,e;\"\r\nd;s;2;1;;x\n").0, "\"a,b,c,d,e;\"\"\"\nd,s,2,1,,x\n");
    }

    #[test]
    fn a_line_that_is_too_long_stays_one() {
        let long = "x;".repeat(MAX_RECORD_BYTES);
        let (csv, _) = read(&format!("{long}\nd;s;2;1;;x\n"));
        assert!(csv.starts_with("\"x;x") && csv.ends_with(";\"\nd,s,2,1,,x\n") && csv.matches('\n').count() == 2);
    }
}
