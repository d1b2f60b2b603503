//! Comma-separated values: blocks to rows, touching only the columns that are bound.
//!
//! The grammar is that of RFC 4180 with what Python's `csv` forgives: only a quote at the beginning of a field opens
//! one. A record is read beside the one before it where the two are alike, else by bit masks, 64 bytes at a time (`wide`);
//! the rare records whose quotes the masks cannot judge go through [`slow_record`], byte by byte.

use std::borrow::Cow;

use super::chunk::{Chunk, first_of, prefix_xor};
use super::columns::Binding;
use super::last_record::LastRecord;
use super::row::{Cell, Cells, Malformed, Row};
use super::{Column, MAX_RECORD_BYTES, ReadErrorKind};

/// A header that takes nearly all of what is looked at to know the columns was cut off there.
const MAX_HEADER_BYTES: usize = MAX_RECORD_BYTES - 8;

/// Splits blocks of one input into rows.
pub(crate) struct Scanner<'h> {
    /// Which of the input's columns are ours, by their place.
    columns: &'h [Option<Column>],
}

/// A record under construction.
struct Record<'b> {
    bytes: &'b [u8],
    last: LastRecord,
    cells: Cells<'b>,
}

/// How a record ended.
enum Ended {
    /// With as many fields as there are, or fewer, or more.
    At(usize),
    /// Never: a quote is open at the end of the block.
    OpenQuote,
}

impl<'h> Scanner<'h> {
    pub(crate) fn new(binding: &'h Binding) -> Self {
        Self { columns: binding.columns() }
    }

    /// Calls `emit` for every record of a block, in order.
    pub(crate) fn scan(&self, bytes: &[u8], emit: &mut impl FnMut(Result<Row<'_>, Malformed>)) {
        let mut record = Record { bytes, last: LastRecord::default(), cells: Cells::default() };
        let mut start = 0;
        while start < bytes.len() {
            start = match self.beside(&mut record, start) {
                Some(next) => {
                    record.cells.hand_over(emit);
                    next
                }
                None => self.alone(&mut record, start, emit),
            };
        }
    }

    /// Reads the record at `start` beside the one before; where the next begins.
    #[inline]
    fn beside(&self, record: &mut Record<'_>, start: usize) -> Option<usize> {
        let Record { bytes, last, cells } = record;
        let next = last.beside(bytes, start, |index, text| {
            let length = field_length(text)?;
            let (field, rest) = text.split_at_checked(length)?;
            let is_last = index + 1 == self.columns.len();
            (rest.first()? == if is_last { &b'\n' } else { &b',' }).then_some(())?;
            if let Some(column) = self.columns.get(index)? {
                cells.change(*column, cell(field, is_last));
            }
            Some(length)
        })?;
        (next - start <= MAX_RECORD_BYTES).then_some(next)
    }

    /// Reads the record at `start` on its own; where the next begins.
    fn alone(&self, record: &mut Record<'_>, start: usize, emit: &mut impl FnMut(Result<Row<'_>, Malformed>)) -> usize {
        let bytes = record.bytes;
        // Lines may be joined by a quote that was never meant to open a field: only the grammar tells.
        let one_line = |end: &usize| bytes.get(start..*end).is_some_and(|whole| memchr::memchr(b'\n', whole).is_none());
        let ended = record.by_masks(start).filter(one_line);
        let ended = ended.map_or_else(|| record.by_grammar(start, self.columns.len()), Ended::At);
        let end = if let Ended::At(end) = ended { end } else { bytes.len() };
        let whole = bytes.get(start..end).unwrap_or_default();
        let (found, expected) = (record.last.fields(), self.columns.len());
        if let Ended::At(_) = ended {
            if whole.is_empty() || whole == b"\r" {
                return end + 1; // a blank line is no row
            }
            if found == expected && whole.len() > MAX_RECORD_BYTES {
                emit(Err(Malformed::too_long()));
                return end + 1;
            }
            if found == expected {
                for (index, (column, (begin, end))) in self.columns.iter().zip(record.last.places()).enumerate() {
                    if let Some(column) = column {
                        let field = bytes.get(begin..end).unwrap_or_default();
                        record.cells.set(*column, cell(field, index + 1 == expected));
                    }
                }
                record.last.whole();
                record.cells.hand_over(emit);
                return end + 1;
            }
        }
        if let Some(first_line) = memchr::memchr(b'\n', whole) {
            // A missing quote joins lines: the first is the broken one, the others are read on their own.
            emit(Err(Malformed::quote("a quote that does not close on its line", expected)));
            return start + first_line + 1;
        }
        emit(Err(match ended {
            _ if whole.len() > MAX_RECORD_BYTES => Malformed::too_long(),
            Ended::OpenQuote => Malformed::quote("a quote that does not close", expected),
            Ended::At(_) => Malformed::fields(found, expected),
        }));
        end + 1
    }
}

impl Record<'_> {
    /// Finds the fields of the record at `start` by bit masks. `None` where they cannot judge its quotes.
    fn by_masks(&mut self, start: usize) -> Option<usize> {
        self.last.begin(start);
        let (mut inside, mut field_may_start) = (0_u64, 1_u64);
        for from in (start..self.bytes.len()).step_by(Chunk::BYTES) {
            let chunk = Chunk::at(self.bytes, from);
            let (quotes, commas, breaks) = (chunk.mask(b'"'), chunk.mask(b','), chunk.mask(b'\n'));
            let in_quotes = prefix_xor(quotes) ^ inside;
            let ends = commas | breaks;
            // A quote may open a field at its start, or be the second of a doubled one.
            let strays = quotes & in_quotes & !(((ends | quotes) << 1) | field_may_start);
            let usable = strays.wrapping_sub(1) & !strays; // the bits below the first stray, all without one
            let mut structure = ends & !in_quotes & usable;
            while structure != 0 {
                let bit = structure & structure.wrapping_neg();
                structure ^= bit;
                let at = from + bit.trailing_zeros() as usize;
                self.last.end_field(at);
                if breaks & bit != 0 {
                    return Some(at);
                }
            }
            if strays != 0 {
                return None;
            }
            inside = 0_u64.wrapping_sub(in_quotes >> 63);
            field_may_start = (ends | quotes) >> 63;
        }
        if inside != 0 {
            return None;
        }
        // The last record of an input may lack its line break.
        self.last.end_field(self.bytes.len());
        Some(self.bytes.len())
    }

    /// Finds the fields of the record at `start` byte by byte.
    fn by_grammar(&mut self, start: usize, columns: usize) -> Ended {
        self.last.begin(start);
        let bytes = self.bytes;
        let first_break =
            bytes.get(start..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(bytes.len(), |at| start + at);
        let (end, closed) = slow_record(bytes, start, b',', |at| {
            self.last.end_field(at);
            // Too many fields on more than one line are broken however they end. To look for the end each time would
            // take for ever where line after line opens a quote.
            self.last.fields() <= columns || at <= first_break
        });
        if closed { Ended::At(end) } else { Ended::OpenQuote }
    }
}

/// The cell of a field. A line may end with CR LF.
#[inline]
fn cell(field: &[u8], is_last: bool) -> Cell<'_> {
    Cell::csv(if is_last { field.strip_suffix(b"\r").unwrap_or(field) } else { field })
}

/// How long the field is that a text begins with, up to its separator. `None` near the end of the block and where there is text
/// after a closing quote.
#[inline]
fn field_length(text: &[u8]) -> Option<usize> {
    if let Some((b'"', text)) = text.split_first() {
        return quoted_length(text);
    }
    // Fields that differ from line to line are short.
    text.as_chunks()
        .0
        .iter()
        .zip((0..).step_by(32))
        .find_map(|(chunk, from)| Some(from + first_of(chunk, b',', b'\n')?))
}

/// How long a quoted field is whose text begins here, both quotes included.
#[inline]
fn quoted_length(text: &[u8]) -> Option<usize> {
    let mut between = 0; // all ones after the first of two quotes that stand for one
    for (chunk, from) in text.as_chunks().0.iter().zip((0..).step_by(Chunk::BYTES)) {
        let quotes = Chunk::new(chunk).mask(b'"');
        let closing = quotes & (prefix_xor(quotes) ^ between);
        let doubled = quotes >> 1 | u64::from(text.get(from + Chunk::BYTES) == Some(&b'"')) << 63;
        let closed = closing & !doubled;
        if closed != 0 {
            let after = from + closed.trailing_zeros() as usize + 1;
            return match text.get(after..)? {
                [b',' | b'\n', ..] => Some(after + 1),
                [b'\r', b'\n', ..] => Some(after + 2),
                _ => None,
            };
        }
        between = 0_u64.wrapping_sub(closing >> 63);
    }
    None
}

/// Calls `field` with the end of each field of the record at `start` until it has seen enough; where that is, and
/// whether quotes are closed there.
///
/// A quote that seems to close lines below, with text after it, opens a field of that line: the one before it never closed.
pub(super) fn slow_record(
    bytes: &[u8],
    start: usize,
    separator: u8,
    mut field: impl FnMut(usize) -> bool,
) -> (usize, bool) {
    #[derive(PartialEq)]
    enum At {
        FieldStart,
        Text,
        Quoted,
        Quote,
    }
    let (mut state, mut lines_below) = (At::FieldStart, false);
    for (offset, byte) in bytes.get(start..).unwrap_or_default().iter().enumerate() {
        let at = start + offset;
        state = match (state, byte) {
            (At::Quoted, b'"') => At::Quote,
            (At::Quoted, byte) => {
                lines_below |= *byte == b'\n';
                At::Quoted
            }
            (At::Quote | At::FieldStart, b'"') => At::Quoted,
            (_, byte) if *byte == separator => {
                if !field(at) {
                    return (at, true);
                }
                lines_below = false;
                At::FieldStart
            }
            (_, b'\n') => {
                field(at);
                return (at, true);
            }
            (At::Quote, byte) if lines_below && *byte != b'\r' => return (at, false),
            _ => At::Text,
        };
    }
    field(bytes.len());
    (bytes.len(), state != At::Quoted)
}

/// The fields of the header row, and where the rows begin. It is one line: rows that it swallowed would not be counted.
pub(super) fn header(text: &[u8], separator: u8) -> Result<(Vec<Cow<'_, str>>, usize), ReadErrorKind> {
    let blank = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let mut ends = Vec::new();
    let (end, closed) = slow_record(text, blank, separator, |at| {
        ends.push(at);
        true
    });
    // What writes CR LF where there was a CR LF makes it CR CR LF.
    let whole = text.get(blank..end).unwrap_or_default().trim_ascii_end();
    if !closed || whole.contains(&b'\n') {
        return Err(ReadErrorKind::OpenQuoteInHeader);
    }
    if whole.len() >= MAX_HEADER_BYTES {
        return Err(ReadErrorKind::LongHeader);
    }
    if whole.contains(&b'\r') {
        return Err(ReadErrorKind::LineEnds);
    }
    let mut start = blank;
    let fields = ends.into_iter().map(|at| {
        let field = text.get(start..at).unwrap_or_default();
        start = at + 1;
        Cell::csv(field.strip_suffix(b"\r").unwrap_or(field)).text()
    });
    let fields: Result<Vec<_>, _> = fields.collect();
    Ok((fields.map_err(|_| ReadErrorKind::Unrecognised)?, (end + 1).min(text.len())))
}

#[cfg(test)]
mod tests {
    use super::super::columns::Columns;
    use super::*;
    use proptest::prelude::*;

    const HEADER: &str = "UsageDate,EntitlementId,UnitPrice,Quantity,Tags,CreditType";

    /// (usage date, credit type) of each row, or the issue's text.
    fn rows(text: &str) -> Vec<Result<(String, String), String>> {
        let binding = Binding::new(HEADER.split(',')).unwrap();
        let mut rows = Vec::new();
        Scanner::new(&binding).scan(text.as_bytes(), &mut |row| {
            rows.push(match row {
                Ok(row) => {
                    let text = |column| row.cell(column).text().unwrap().into_owned();
                    Ok((text(Column::UsageDate), text(Column::CreditType)))
                }
                Err(malformed) => Err(malformed.found),
            });
        });
        rows
    }

    fn ok(date: &str, credit: &str) -> Result<(String, String), String> {
        Ok((date.into(), credit.into()))
    }

    #[test]
    fn quotes_line_breaks_and_ends() {
        let tags = "\"{\"\"a\"\": \"\"x,\ny\"\"}\"";
        let text = format!("1,s,2,3,{tags},none\r\n\r\n\n2,s,2,3,,\"x\"\r\n3,s,2,3,\"\",last");
        assert_eq!(rows(&text), [ok("1", "none"), ok("2", "x"), ok("3", "last")]);
    }

    #[test]
    fn a_quote_inside_text_is_text() {
        assert_eq!(
            rows("1,s,2,3,5\" disk,a\n2,s,2,3,x\"\"y,b\n3,s,2,3,\"p\" q\"r,c\n"),
            [ok("1", "a"), ok("2", "b"), ok("3", "c")]
        );
    }

    #[test]
    fn a_wrong_number_of_fields_is_an_issue() {
        assert_eq!(
            rows("1,s,2\n2,s,2,3,,b\n3,s,2,3,,c,d\n"),
            [Err("3 fields".into()), ok("2", "b"), Err("7 fields".into())]
        );
    }

    #[test]
    fn a_missing_quote_loses_one_row() {
        let text = "1,s,2,3,\"open,a\n2,s,2,3,\"x, y\",b\n3,s,2,3,,c\n";
        let found = rows(text);
        assert!(found.first().unwrap().is_err());
        assert_eq!(found.get(1..).unwrap(), [ok("2", "b"), ok("3", "c")]);
        let text = "1,s,2,3,,a\n2,s,2,3,\"open,b\n3,s,2,3,,c\n";
        let found = rows(text);
        assert_eq!((found.len(), found.first(), found.get(2)), (3, Some(&ok("1", "a")), Some(&ok("3", "c"))));
    }

    #[test]
    fn a_quote_that_closes_in_the_text_of_a_line_below_lost_one_row() {
        let text = "1,s,2,3,\"open,a\n2,s,2,3,,b\n3,s,2,3,\"open,c\n4,s,2,3,,d\n";
        let open = Err("a quote that does not close on its line".into());
        assert_eq!(rows(text), [open.clone(), ok("2", "b"), open.clone(), ok("4", "d")]);
        let text = "1,s,2,3,\"open,a\n2,s,2,3,\"x, y\",b\n3,s,2,3,\"x\ny\",c\n";
        assert_eq!(rows(text), [open, ok("2", "b"), ok("3", "c")]);
    }

    /// What a plain reading of the grammar gives, without masks; and whether no quote is open at the end.
    fn plain(text: &str) -> (Vec<usize>, bool) {
        let (mut counts, mut at, mut all_closed) = (Vec::new(), 0, true);
        while at < text.len() {
            let mut fields = 0;
            let (end, closed) = slow_record(text.as_bytes(), at, b',', |_| {
                fields += 1;
                true
            });
            all_closed &= closed;
            if !text.get(at..end).unwrap().trim_end_matches('\r').is_empty() {
                counts.push(fields);
            }
            at = end + 1;
        }
        (counts, all_closed)
    }

    proptest! {
        /// Well-quoted cells of any content come back as they were.
        #[test]
        fn prop_quoted_cells_come_back(cells in proptest::collection::vec("[a-z,\"\n\r ]{0,90}", 1..40)) {
            let text: String = cells.iter().map(|cell| format!("1,s,2,3,,\"{}\"\n", cell.replace('"', "\"\""))).collect();
            let expected: Vec<_> = cells.iter().map(|cell| ok("1", cell.trim())).collect();
            prop_assert_eq!(rows(&text), expected);
        }

        /// The fast way and the plain one count the same fields where no lines are joined.
        #[test]
        fn prop_fast_is_plain(lines in proptest::collection::vec("[a,\"]{0,20}", 1..20)) {
            let text = lines.join("\n");
            let (counts, closed) = plain(&text);
            if !closed || counts.len() != lines.iter().filter(|line| !line.is_empty()).count() {
                return Ok(());
            }
            let found = rows(&text);
            prop_assert_eq!(found.len(), counts.len());
            for (found, count) in found.iter().zip(counts) {
                prop_assert_eq!(found.is_ok(), count == 6);
            }
        }

        /// A row is the same whatever came before it: read beside another, or on its own. What is said to be unchanged is.
        #[test]
        fn prop_rows_do_not_depend_on_those_before(
            rows in proptest::collection::vec((0_usize..6, r#"[a-z,"\n\r]{0,80}"#, 0_u8..4), 1..40),
            broken in r#"[a,"\n\r]{0,3}"#, at in 0_usize..4000,
        ) {
            let mut cells = ["one".to_owned(), "\"t\"\"wo\"".into(), "3".into(), String::new(), "x".repeat(150), "6".into()];
            let mut text = String::new();
            for (column, cell, kind) in rows {
                cells[column] = match kind {
                    0 => cell.replace([',', '"', '\n', '\r'], "-"),
                    _ => format!("\"{}\"", cell.replace('"', "\"\"")),
                };
                text += &cells.join(",");
                text += if kind == 3 { "\r\n" } else { "\n" };
            }
            text.insert_str(at.min(text.len()), &broken);
            let binding = Binding::new(HEADER.split(',')).unwrap();
            let scanner = Scanner::new(&binding);
            let texts = |row: Row<'_>| Column::ALL.iter().map(|column| row.cell(*column)).map(|cell| (cell.raw().to_vec(), cell.is_plain())).collect::<Vec<_>>();
            let (mut together, mut before) = (Vec::new(), None::<Vec<_>>);
            scanner.scan(text.as_bytes(), &mut |row| {
                let found = row.map(|row| {
                    let (changed, now) = (row.changed(), texts(row));
                    for (column, (old, new)) in Column::ALL.iter().zip(before.iter().flatten().zip(&now)) {
                        assert!(old == new || changed.any(Columns::of(&[*column])), "{column:?} changed");
                    }
                    before = Some(now.clone());
                    now
                });
                together.push(found.map_err(|malformed| malformed.found));
            });
            let (mut alone, mut start) = (Vec::new(), 0);
            while start < text.len() {
                let mut record = Record { bytes: text.as_bytes(), last: LastRecord::default(), cells: Cells::default() };
                start = scanner.alone(&mut record, start, &mut |row| alone.push(row.map(texts).map_err(|malformed| malformed.found)));
            }
            prop_assert_eq!(together, alone);
        }

        #[test]
        fn prop_any_bytes_end(text in "[a,\"\n\r]{0,300}") {
            let lines = text.lines().count();
            prop_assert!(rows(&text).len() <= lines);
        }
    }
}
