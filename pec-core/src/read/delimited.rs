//! Comma-separated values: blocks to rows, touching only the columns that are bound.
//!
//! The grammar is that of RFC 4180 with what Python's `csv` forgives: only a quote at the beginning of a field opens
//! one. Structure is found 64 bytes at a time as bit masks (`wide`); the rare records whose quotes the masks
//! cannot judge go through [`slow_record`], byte by byte.

use std::borrow::Cow;

use wide::u8x32;

use super::columns::{Binding, blank_cells};
use super::row::{Cell, Malformed, Row};
use super::{Column, MAX_RECORD_BYTES, ReadErrorKind};

/// A header that takes nearly all of what is looked at to know the columns was cut off there.
const MAX_HEADER_BYTES: usize = MAX_RECORD_BYTES - 8;

/// Splits blocks of one input into rows.
pub(crate) struct Scanner {
    /// Which of the input's columns are ours.
    bound: Vec<(usize, Column)>,
    /// How many columns the input has.
    columns: usize,
}

/// A record under construction.
struct Record<'b> {
    bytes: &'b [u8],
    start: usize,
    /// How many fields have ended.
    fields: usize,
    /// Where each field ends: all of them, since noting a place is cheaper than asking whether it is wanted.
    ends: Vec<usize>,
    cells: [Cell<'b>; Column::COUNT],
}

/// How a record ended.
enum Ended {
    /// Rows go on at this place.
    At(usize),
    /// The record beginning here needs the slow way.
    Slow(usize),
}

impl Scanner {
    pub(crate) fn new(binding: &Binding) -> Self {
        let columns = binding.columns();
        let bound = columns.iter().enumerate().filter_map(|(index, column)| Some((index, (*column)?)));
        Self { bound: bound.collect(), columns: columns.len() }
    }

    /// Calls `emit` for every record of a block, in order.
    pub(crate) fn scan(&self, bytes: &[u8], emit: &mut impl FnMut(Result<Row<'_>, Malformed>)) {
        let mut record = Record { bytes, start: 0, fields: 0, ends: vec![0; self.columns], cells: blank_cells() };
        let mut at = 0;
        while at < bytes.len() {
            at = match self.scan_fast(&mut record, at, emit) {
                Ended::At(next) => next,
                Ended::Slow(start) => self.scan_slow(&mut record, start, emit),
            };
        }
    }

    /// Records from `from` on, until the end or one that needs another way.
    fn scan_fast<'b>(
        &self,
        record: &mut Record<'b>,
        from: usize,
        emit: &mut impl FnMut(Result<Row<'_>, Malformed>),
    ) -> Ended {
        let bytes = record.bytes;
        record.begin(from);
        let (mut inside, mut field_may_start) = (0_u64, 1_u64);
        let mut chunk_start = from;
        while chunk_start < bytes.len() {
            let chunk = chunk(bytes, chunk_start);
            let (quotes, commas, breaks) = (mask(&chunk, b'"'), mask(&chunk, b','), mask(&chunk, b'\n'));
            let in_quotes = prefix_xor(quotes) ^ inside;
            let ends = commas | breaks;
            // A quote may open a field at its start, or be the second of a doubled one.
            let strays = quotes & in_quotes & !(((ends | quotes) << 1) | field_may_start);
            let usable = strays.wrapping_sub(1) & !strays; // the bits below the first stray, all without one
            let mut structure = ends & !in_quotes & usable;
            while structure != 0 {
                let at = chunk_start + structure.trailing_zeros() as usize;
                structure &= structure - 1;
                record.end_field(at);
                if bytes.get(at) == Some(&b'\n')
                    && let Err(next) = self.end_record(record, at, emit)
                {
                    return Ended::At(next);
                }
            }
            if strays != 0 {
                return Ended::Slow(record.start);
            }
            inside = 0_u64.wrapping_sub(in_quotes >> 63);
            field_may_start = (ends | quotes) >> 63;
            chunk_start += 64;
        }
        if record.start >= bytes.len() {
            return Ended::At(bytes.len());
        }
        if inside != 0 {
            return Ended::Slow(record.start);
        }
        // The last record of an input may lack its line break.
        record.end_field(bytes.len());
        match self.end_record(record, bytes.len(), emit) {
            Ok(()) => Ended::At(bytes.len()),
            Err(next) => Ended::At(next),
        }
    }

    /// One record from `start`, byte by byte; where the next begins.
    fn scan_slow<'b>(
        &self,
        record: &mut Record<'b>,
        start: usize,
        emit: &mut impl FnMut(Result<Row<'_>, Malformed>),
    ) -> usize {
        record.begin(start);
        let bytes = record.bytes;
        let first_break =
            bytes.get(start..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(bytes.len(), |at| start + at);
        let (end, closed) = slow_record(bytes, start, |at| {
            record.end_field(at);
            // Too many fields on more than one line are broken however they end. To look for the end each time would
            // take for ever where line after line opens a quote.
            record.fields <= self.columns || at <= first_break
        });
        if closed {
            return self.end_record(record, end, emit).err().unwrap_or(end + 1);
        }
        // A quote is open at the end of the block: its first line is the broken one.
        record.fields = usize::MAX;
        self.end_record(record, end, emit).err().unwrap_or(end + 1)
    }

    /// Hands over the record that ends at `end`. `Err` with the place to go on where its quotes swallowed lines.
    fn end_record(
        &self,
        record: &mut Record<'_>,
        end: usize,
        emit: &mut impl FnMut(Result<Row<'_>, Malformed>),
    ) -> Result<(), usize> {
        let whole = record.bytes.get(record.start..end).unwrap_or_default();
        let (found, expected) = (record.fields, self.columns);
        if whole.is_empty() || whole == b"\r" {
            // A blank line is no row.
        } else if found == expected && whole.len() > MAX_RECORD_BYTES {
            emit(Err(Malformed::too_long()));
        } else if found == expected {
            record.cut_cells(&self.bound);
            emit(Ok(Row::new(&record.cells)));
        } else if let Some(first_line) = memchr::memchr(b'\n', whole) {
            // A missing quote joins lines: the first is the broken one, the others are read on their own.
            let found = "a quote that does not close on its line".to_owned();
            emit(Err(Malformed { found, expected: format!("{expected} fields, as in the header row") }));
            return Err(record.start + first_line + 1);
        } else if whole.len() > MAX_RECORD_BYTES {
            emit(Err(Malformed::too_long()));
        } else if found == usize::MAX {
            let found = "a quote that does not close".to_owned();
            emit(Err(Malformed { found, expected: format!("{expected} fields, as in the header row") }));
        } else {
            emit(Err(Malformed::fields(found, expected)));
        }
        record.begin(end + 1);
        Ok(())
    }
}

impl<'b> Record<'b> {
    fn begin(&mut self, start: usize) {
        self.start = start;
        self.fields = 0;
    }

    /// Ends a field before `end`.
    #[inline]
    fn end_field(&mut self, end: usize) {
        if let Some(place) = self.ends.get_mut(self.fields) {
            *place = end;
        }
        self.fields += 1;
    }

    /// Cuts the cells of the bound columns out of the record.
    #[inline]
    fn cut_cells(&mut self, bound: &[(usize, Column)]) {
        for (index, column) in bound {
            let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(self.start, |end| end + 1);
            let end = self.ends.get(*index).copied().unwrap_or_default();
            let field = self.bytes.get(start..end).unwrap_or_default();
            // A line may end with CR LF.
            let field = if index + 1 == self.fields { field.strip_suffix(b"\r").unwrap_or(field) } else { field };
            if let Some(cell) = self.cells.get_mut(*column as usize) {
                *cell = Cell::csv(field);
            }
        }
    }
}

/// The 64 bytes at `start`, zeros past the end.
#[inline]
pub(super) fn chunk(bytes: &[u8], start: usize) -> Cow<'_, [u8; 64]> {
    let rest = bytes.get(start..).unwrap_or_default();
    match rest.first_chunk::<64>() {
        Some(chunk) => Cow::Borrowed(chunk),
        None => {
            let mut padded = [0; 64];
            padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            Cow::Owned(padded)
        }
    }
}

/// One bit for each of 64 bytes: is it this byte?
#[inline]
pub(super) fn mask(chunk: &[u8; 64], byte: u8) -> u64 {
    let wanted = u8x32::splat(byte);
    let half = |half: Option<&[u8; 32]>| u64::from(u8x32::new(*half.unwrap_or(&[0; 32])).simd_eq(wanted).to_bitmask());
    half(chunk.first_chunk()) | half(chunk.last_chunk()) << 32
}

/// Each bit the parity of the bits up to and with it: between an opening quote and its closing one.
#[inline]
pub(super) const fn prefix_xor(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    bits
}

/// Calls `field` with the end of each field of the record at `start` until it has seen enough; where that is, and
/// whether quotes are closed there.
fn slow_record(bytes: &[u8], start: usize, mut field: impl FnMut(usize) -> bool) -> (usize, bool) {
    #[derive(PartialEq)]
    enum At {
        FieldStart,
        Text,
        Quoted,
        Quote,
    }
    let mut state = At::FieldStart;
    for (offset, byte) in bytes.get(start..).unwrap_or_default().iter().enumerate() {
        let at = start + offset;
        state = match (state, byte) {
            (At::Quoted, b'"') => At::Quote,
            (At::Quoted, _) | (At::Quote | At::FieldStart, b'"') => At::Quoted,
            (_, b',') => {
                if !field(at) {
                    return (at, true);
                }
                At::FieldStart
            }
            (_, b'\n') => {
                field(at);
                return (at, true);
            }
            _ => At::Text,
        };
    }
    field(bytes.len());
    (bytes.len(), state != At::Quoted)
}

/// The fields of the header row, and where the rows begin. It is one line: rows that it swallowed would not be counted.
pub(super) fn header(text: &[u8]) -> Result<(Vec<Cow<'_, str>>, usize), ReadErrorKind> {
    let blank = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let mut ends = Vec::new();
    let (end, closed) = slow_record(text, blank, |at| {
        ends.push(at);
        true
    });
    let whole = text.get(blank..end).unwrap_or_default();
    let whole = whole.strip_suffix(b"\r").unwrap_or(whole);
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

    /// What a plain reading of the grammar gives, without masks.
    fn plain(text: &str) -> Vec<usize> {
        let (mut counts, mut at) = (Vec::new(), 0);
        while at < text.len() {
            let mut fields = 0;
            let (end, _) = slow_record(text.as_bytes(), at, |_| {
                fields += 1;
                true
            });
            if !text.get(at..end).unwrap().trim_end_matches('\r').is_empty() {
                counts.push(fields);
            }
            at = end + 1;
        }
        counts
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
            let counts = plain(&text);
            let closed = slow_record(text.as_bytes(), text.rfind('\n').map_or(0, |at| at + 1), |_| true).1;
            if !closed || counts.len() != lines.iter().filter(|line| !line.is_empty()).count() {
                return Ok(());
            }
            let found = rows(&text);
            prop_assert_eq!(found.len(), counts.len());
            for (found, count) in found.iter().zip(counts) {
                prop_assert_eq!(found.is_ok(), count == 6);
            }
        }

        #[test]
        fn prop_any_bytes_end(text in "[a,\"\n\r]{0,300}") {
            let lines = text.lines().count();
            prop_assert!(rows(&text).len() <= lines);
        }
    }
}
