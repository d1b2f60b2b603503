//! JSON Lines: blocks to rows, building only the cells that are bound.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::chunk::{Chunk, digits};
use super::columns::{Binding, Columns};
use super::last_record::LastRecord;
use super::row::{Cell, Cells, Malformed, Row, shorten};
use super::{Column, MAX_RECORD_BYTES};

/// Splits blocks of one input into rows. Exports keep the order of their properties, so what a name means is
/// remembered by its place.
pub(crate) struct JsonLines {
    binding: Arc<Binding>,
    /// The columns to build cells of.
    wanted: Columns,
    by_place: Vec<Property>,
    /// The names by place are those of a whole record, each once and spelled without escapes.
    walkable: bool,
    unknown: BTreeSet<String>,
}

/// A property by its place in a record.
struct Property {
    /// Its name, the quotes around it and the colon.
    head: Box<str>,
    column: Option<Column>,
}

impl Property {
    fn new(name: &str, column: Option<Column>) -> Self {
        Self { head: format!("\"{name}\":").into(), column }
    }

    fn name(&self) -> &str {
        self.head.get(1..self.head.len().saturating_sub(2)).unwrap_or_default()
    }
}

/// No more names than this are kept of those we do not know.
const MAX_UNKNOWN: usize = 1_000;

impl JsonLines {
    /// Lines of an input that is bound like this, of which only these columns are wanted.
    pub(crate) const fn new(binding: Arc<Binding>, wanted: Columns) -> Self {
        Self { binding, wanted, by_place: Vec::new(), walkable: false, unknown: BTreeSet::new() }
    }

    /// Calls `emit` for every record of a block, in order.
    pub(crate) fn scan(&mut self, bytes: &[u8], emit: &mut impl FnMut(Result<Row<'_>, Malformed>)) {
        let (mut last, mut cells) = (LastRecord::default(), Cells::default());
        let mut start = 0;
        while start < bytes.len() {
            let next = self.walk(bytes, start, &mut last, &mut cells);
            if let Some(next) = next.filter(|next| next - start <= MAX_RECORD_BYTES) {
                cells.hand_over(emit);
                start = next;
                continue;
            }
            last.forget();
            let rest = bytes.get(start..).unwrap_or_default();
            let line = rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
            start += line.len() + 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            if line.len() > MAX_RECORD_BYTES {
                emit(Err(Malformed::too_long()));
                continue;
            }
            let read = match std::str::from_utf8(line) {
                Err(_) => Err(("bytes that are not UTF-8".to_owned(), "UTF-8 text")),
                Ok(text) => self
                    .parse(alone(text))
                    .map_err(|error| (found(text, &error), "a JSON object on one line, each property once")),
            };
            match read {
                Ok(parsed) => {
                    cells.replace(&parsed);
                    cells.hand_over(emit);
                }
                Err((found, expected)) => emit(Err(Malformed { found, expected: expected.into() })),
            }
        }
    }

    /// Names that were met and are not known.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &str> {
        self.unknown.iter().map(String::as_str)
    }

    fn parse<'l>(&mut self, line: &'l str) -> serde_json::Result<[Cell<'l>; Column::COUNT]> {
        self.walkable = false;
        let mut cells = [Cell::default(); Column::COUNT];
        let mut deserializer = serde_json::Deserializer::from_str(line);
        deserializer.deserialize_map(Object { lines: self, cells: &mut cells })?;
        deserializer.end()?;
        Ok(cells)
    }

    /// Reads a record whose properties are those of the one before, in their order, with plain values: nearly every record of an
    /// export. Where the next begins; `None` leaves the record to the parser.
    fn walk<'b>(&self, bytes: &'b [u8], start: usize, last: &mut LastRecord, cells: &mut Cells<'b>) -> Option<usize> {
        self.walkable.then_some(())?;
        let mut property = |index, text| {
            let (length, column, value) = self.property(text, index)?;
            if let Some(column) = column {
                cells.set(column, Cell::json(value));
            }
            Some(length)
        };
        if let Some(next) = last.beside(bytes, start, &mut property) {
            return Some(next);
        }
        last.begin(start);
        let mut begin = start;
        for index in 0..self.by_place.len() {
            let end = begin + property(index, bytes.get(begin..)?)?;
            last.end_field(end);
            begin = end + 1;
        }
        last.whole();
        Some(begin)
    }

    /// The property at a place of a record, which a text begins with: its length up to the comma or the line break, its column and
    /// the text of its value.
    fn property<'b>(&self, text: &'b [u8], index: usize) -> Option<(usize, Option<Column>, &'b [u8])> {
        let property = self.by_place.get(index)?;
        let mut walk = Walk { rest: text };
        if index == 0 {
            walk.take(b"{")?;
        }
        match walk.rest.strip_prefix(property.head.as_bytes()) {
            Some(rest) => walk.rest = rest,
            None => walk.head(property.name())?,
        }
        walk.blanks();
        let value = walk.value()?;
        if index + 1 < self.by_place.len() {
            walk.take(b",")?;
        } else {
            walk.take(b"}")?;
            walk.blanks();
            walk.rest = walk.rest.strip_prefix(b"\r").unwrap_or(walk.rest).strip_prefix(b"\n")?;
        }
        Some((text.len() - walk.rest.len() - 1, property.column, value))
    }

    /// Which column the name at this place of a record is.
    fn column(&mut self, place: usize, name: &str) -> Option<Column> {
        if let Some(known) = self.by_place.get(place)
            && known.name() == name
        {
            return known.column;
        }
        let (column, unknown) = self.binding.named(name);
        if unknown && self.unknown.len() < MAX_UNKNOWN {
            self.unknown.insert(shorten(name));
        }
        let column = column.filter(|column| self.wanted.any(Columns::of(&[*column])));
        let entry = Property::new(name, column);
        match self.by_place.get_mut(place) {
            Some(old) => *old = entry,
            // A record of thousands of properties teaches nothing more.
            None if place < 4 * Column::COUNT => self.by_place.push(entry),
            None => {}
        }
        column
    }
}

/// A walk along a line of JSON.
struct Walk<'l> {
    rest: &'l [u8],
}

impl<'l> Walk<'l> {
    /// Goes past blanks. Other white space is left to the parser: a line break ends the record.
    fn blanks(&mut self) {
        while let Some(rest) = self.rest.strip_prefix(b" ") {
            self.rest = rest;
        }
    }

    /// Goes past these bytes, after blanks.
    fn take(&mut self, expected: &[u8]) -> Option<()> {
        self.blanks();
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    /// Goes past a name and its colon, with blanks between them.
    fn head(&mut self, name: &str) -> Option<()> {
        self.take(b"\"")?;
        self.rest = self.rest.strip_prefix(name.as_bytes())?.strip_prefix(b"\"")?;
        self.take(b":")
    }

    /// Goes past a string, number, boolean or null, and gives it as it stands.
    fn value(&mut self) -> Option<&'l [u8]> {
        let length = match self.rest.split_first()? {
            (b'"', text) => 1 + usual_length(text).or_else(|| string_length(text))?,
            (b't' | b'n', _) => 4,
            (b'f', _) => 5,
            _ => usual_number_length(self.rest).or_else(|| number_length(self.rest))?,
        };
        let (value, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let is_word = value.first().is_some_and(u8::is_ascii_alphabetic);
        (!is_word || matches!(value, b"true" | b"false" | b"null")).then_some(value)
    }
}

/// How many bytes a string takes after its opening quote, the closing one included, where it is ASCII and nothing but quotes is
/// escaped in it.
fn usual_length(text: &[u8]) -> Option<usize> {
    let mut escape_before = 0;
    for (index, chunk) in text.as_chunks().0.iter().enumerate() {
        let chunk = Chunk::new(chunk);
        let (quotes, escapes) = (chunk.mask(b'"'), chunk.mask(b'\\'));
        let escaped = escapes << 1 | escape_before;
        let closing = quotes & !escaped;
        // Up to the closing quote, or all of it.
        let inside = closing.wrapping_sub(1) & !closing;
        let unusual = escaped & !quotes | chunk.at_most(b' ' - 1) | !chunk.at_most(0x7f);
        if unusual & inside != 0 {
            return None;
        }
        if closing != 0 {
            return Some(index * Chunk::BYTES + closing.trailing_zeros() as usize + 1);
        }
        escape_before = escapes >> 63;
    }
    None
}

/// How many bytes a string takes after its opening quote, the closing one included.
fn string_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let stop = at + memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        // What is not certainly JSON is left to the parser: a line must be read alike whatever came before it.
        if text.get(at..stop)?.iter().any(|byte| *byte < b' ') {
            return None;
        }
        match text.get(stop)? {
            // What equals the record before is UTF-8, as that is; only what differs is checked.
            b'"' => return std::str::from_utf8(text.get(..stop)?).ok().map(|_| stop + 1),
            _ => at = stop + escape_length(text.get(stop + 1..)?)?,
        }
    }
}

/// How many bytes an escape takes, its backslash included.
fn escape_length(after: &[u8]) -> Option<usize> {
    match after.split_first()? {
        (b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', _) => Some(2),
        (b'u', digits) => digits.get(..4)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

/// How many bytes the number takes that a text begins with, where it is short and has no exponent.
fn usual_number_length(text: &[u8]) -> Option<usize> {
    let digits = digits(text.first_chunk()?);
    let at = |place: u32| text.get(place as usize);
    let sign = u32::from(text.first() == Some(&b'-'));
    let whole = (digits >> sign).trailing_ones();
    let mut end = sign + whole;
    if whole == 0 || whole > 1 && at(sign) == Some(&b'0') {
        return None;
    }
    if at(end) == Some(&b'.') {
        let decimals = digits.checked_shr(end + 1)?.trailing_ones();
        end += 1 + decimals;
        if decimals == 0 {
            return None;
        }
    }
    // What goes on beyond the 32 bytes looked at ends with a digit here.
    (end < 32 && !matches!(at(end), Some(b'e' | b'E' | b'.'))).then_some(end as usize)
}

/// How many bytes the number takes that a text begins with.
fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| text.get(from..)?.iter().position(|byte| !byte.is_ascii_digit());
    let sign = usize::from(text.first() == Some(&b'-'));
    let whole = digits(sign).filter(|whole| *whole == 1 || (*whole > 1 && text.get(sign) != Some(&b'0')))?;
    let mut length = sign + whole;
    if text.get(length) == Some(&b'.') {
        length += 1 + digits(length + 1).filter(|decimals| *decimals > 0)?;
    }
    if matches!(text.get(length), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(text.get(length + 1), Some(b'+' | b'-')));
        length += 1 + signed + digits(length + 1 + signed).filter(|exponent| *exponent > 0)?;
    }
    Some(length)
}

/// A record without what joining files and cutting it out of a list leave around it: a byte order mark, a comma.
fn alone(line: &str) -> &str {
    let line = line.trim_start_matches('\u{feff}').trim_end();
    line.strip_suffix(',').unwrap_or(line)
}

fn found(line: &str, error: &serde_json::Error) -> String {
    format!("{} (at character {})", shorten(line), error.column())
}

struct Object<'s, 'l> {
    lines: &'s mut JsonLines,
    cells: &'s mut [Cell<'l>; Column::COUNT],
}

impl<'l> Visitor<'l> for Object<'_, 'l> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'l>>(self, mut map: M) -> Result<(), M::Error> {
        let (mut place, mut seen) = (0, 0_u64);
        while let Some(column) = map.next_key_seed(Name { lines: self.lines, place })? {
            place += 1;
            match column.and_then(|column| Some((column, self.cells.get_mut(column as usize)?))) {
                Some((column, cell)) => {
                    // Of two prices neither is the price.
                    if seen & 1 << column as u32 != 0 {
                        return Err(serde::de::Error::custom("a property twice"));
                    }
                    seen |= 1 << column as u32;
                    *cell = Cell::json(map.next_value::<&'l RawValue>()?.get().as_bytes());
                }
                None => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        self.lines.by_place.truncate(place);
        let escaped = |name: &str| name.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'));
        self.lines.walkable = place > 0 && !self.lines.by_place.iter().any(|property| escaped(property.name()));
        Ok(())
    }
}

struct Name<'s> {
    lines: &'s mut JsonLines,
    place: usize,
}

impl<'l> DeserializeSeed<'l> for Name<'_> {
    type Value = Option<Column>;

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<Column>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.lines.column(self.place, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &[u8]) -> (Vec<Result<String, String>>, Vec<String>) {
        let (mut lines, mut rows) = (JsonLines::new(Arc::default(), Columns::ALL), Vec::new());
        lines.scan(text, &mut |row| {
            rows.push(
                row.map(|row| row.cell(Column::UnitPrice).text().unwrap().into_owned())
                    .map_err(|malformed| malformed.found),
            );
        });
        (rows, lines.unknown().map(str::to_owned).collect())
    }

    #[test]
    fn numbers_keep_their_text() {
        let text = b"{\"UnitPrice\": 0.1835431430074643112595, \"Mine\": {\"a\": [1]}}\n\n{\"unitPrice\":\"1.10\"}\n{\"X\":1,\"UnitPrice\":null}";
        let (rows, unknown) = rows(text);
        assert_eq!(rows, [Ok("0.1835431430074643112595".into()), Ok("1.10".into()), Ok(String::new())]);
        assert_eq!(unknown, ["Mine", "X"]);
    }

    /// What every row of a text is, as columns' texts or what was found.
    fn cells(lines: &mut JsonLines, text: &str) -> Vec<Result<Vec<String>, String>> {
        let mut rows = Vec::new();
        lines.scan(text.as_bytes(), &mut |row| {
            let texts = |row: Row<'_>| Column::ALL.iter().map(|column| row.cell(*column).shown()).collect();
            rows.push(row.map(texts).map_err(|malformed| malformed.found));
        });
        rows
    }

    proptest! {
        /// A record is the same whatever came before it: read beside another, walked, or parsed.
        #[test]
        fn prop_rows_do_not_depend_on_those_before(
            rows in proptest::collection::vec(proptest::collection::vec((r#"[a-z "\\{},:]{0,40}"#, -99..99_i32, 0_u8..7), 5), 1..12),
            broken in "[a-z{}\",:0-9\t]{0,5}", at in 0_usize..2000,
        ) {
            let value = |(text, number, kind): &(String, i32, u8)| match kind {
                0 => serde_json::json!(number),
                1 => serde_json::json!(null),
                2 => serde_json::json!(true),
                3 => serde_json::json!(text),
                _ => serde_json::json!("the same, mostly, and long enough for more than one lane"),
            };
            let line = |values: &Vec<(String, i32, u8)>| {
                let fields: Vec<_> = values.iter().zip(Column::ALL).map(|(v, column)| format!("\"{}\":{}", column.name(), value(v))).collect();
                format!("{{{}}}\n", fields.join(","))
            };
            let mut text: String = rows.iter().map(line).collect();
            // An object without properties is a record too.
            text.insert_str(0, "{}\n{}\n");
            // A broken place, often.
            let place = text.char_indices().map(|(place, _)| place).nth(at);
            if let Some(place) = place {
                text.insert_str(place, &broken);
            }
            let together = cells(&mut JsonLines::new(Arc::default(), Columns::ALL), &text);
            let alone: Vec<_> = text.split_inclusive('\n').flat_map(|line| cells(&mut JsonLines::new(Arc::default(), Columns::ALL), line)).collect();
            prop_assert_eq!(together, alone);
        }
    }

    proptest! {
        #[test]
        fn prop_usual_numbers_are_as_long_as_others(text in "-?[0-9]{0,12}(\\.[0-9]{0,22})?([eE][+-]?[0-9]{0,2})?[,} .x]?[0-9,]{32}") {
            let usual = usual_number_length(text.as_bytes());
            prop_assert!(usual.is_none() || usual == number_length(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn usual_numbers_are_usual() {
        for (number, length) in [("0.475078", 8), ("-12", 3), ("0", 1), ("108880680096917.5", 17)] {
            assert_eq!(usual_number_length(format!("{number},{}", "x".repeat(32)).as_bytes()), Some(length));
        }
    }

    #[test]
    fn broken_lines_are_rows_too() {
        let (rows, _) = rows(b"{\"UnitPrice\": 1\n[1]\n{\"UnitPrice\": 2}\n{\"UnitPrice\": \"\xff\"}\n{} {}\n");
        assert_eq!(rows.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, false, true, false, false]);
        let deep = [b"{\"a\":".to_vec(), vec![b'['; 100_000]].concat();
        assert!(super::tests::rows(&deep).0.first().unwrap().is_err(), "deep JSON is no crash");
    }
}
