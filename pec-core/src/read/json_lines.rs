//! JSON Lines: blocks to rows, building only the cells that are bound.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::{blank_cells, known};
use super::row::{Cell, Malformed, Row, shorten};
use super::{Column, MAX_RECORD_BYTES};

/// Splits blocks of one input into rows. Exports keep the order of their properties, so what a name means is
/// remembered by its place.
#[derive(Default)]
pub(crate) struct JsonLines {
    by_place: Vec<(Box<str>, Option<Column>)>,
    /// The names by place are those of a whole record, each once and spelled without escapes.
    walkable: bool,
    unknown: BTreeSet<String>,
}

/// No more names than this are kept of those we do not know.
const MAX_UNKNOWN: usize = 1_000;

impl JsonLines {
    /// Calls `emit` for every record of a block, in order.
    pub(crate) fn scan(&mut self, bytes: &[u8], emit: &mut impl FnMut(Result<Row<'_>, Malformed>)) {
        let mut start = 0;
        let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
        // Checked once for the block where possible; only a block with other bytes is checked line by line.
        let whole = std::str::from_utf8(bytes).ok();
        for end in ends {
            let line = bytes.get(start..end).unwrap_or_default();
            let text = whole.and_then(|whole| whole.get(start..end));
            start = end + 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let mut cells = blank_cells();
            let read = match text.map_or_else(|| std::str::from_utf8(line), Ok) {
                Err(_) => Err(("bytes that are not UTF-8".to_owned(), "UTF-8 text")),
                Ok(_) if line.len() > MAX_RECORD_BYTES => {
                    emit(Err(Malformed::too_long()));
                    continue;
                }
                Ok(text) => self
                    .read(text, &mut cells)
                    .map_err(|error| (found(text, &error), "a JSON object on one line, each property once")),
            };
            match read {
                Ok(()) => emit(Ok(Row::new(&cells))),
                Err((found, expected)) => emit(Err(Malformed { found, expected: expected.into() })),
            }
        }
    }

    /// Names that were met and are not known.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &str> {
        self.unknown.iter().map(String::as_str)
    }

    fn read<'l>(&mut self, line: &'l str, cells: &mut [Cell<'l>; Column::COUNT]) -> serde_json::Result<()> {
        // What is not certainly JSON is left to the parser: a line must be read alike whatever came before it.
        let plain = self.walkable && !line.trim_ascii_end().bytes().any(|byte| byte < b' ');
        if plain && self.read_as_before(line, cells).is_some() {
            return Ok(());
        }
        *cells = blank_cells();
        self.walkable = false;
        let mut deserializer = serde_json::Deserializer::from_str(line);
        deserializer.deserialize_map(Object { lines: self, cells })?;
        deserializer.end()
    }

    /// The cells of a record whose properties are those of the one before, in their order, with plain values: nearly every
    /// record of an export. `None` leaves the record to the parser.
    fn read_as_before<'l>(&self, line: &'l str, cells: &mut [Cell<'l>; Column::COUNT]) -> Option<()> {
        let mut walk = Walk { line, rest: line.trim_ascii().as_bytes() };
        for (place, (name, column)) in self.by_place.iter().enumerate() {
            walk.take(if place == 0 { b"{" } else { b"," })?;
            walk.take(b"\"")?;
            walk.rest = walk.rest.strip_prefix(name.as_bytes())?;
            walk.rest = walk.rest.strip_prefix(b"\"")?;
            walk.take(b":")?;
            let value = walk.value()?;
            if let Some(cell) = column.and_then(|column| cells.get_mut(column as usize)) {
                *cell = Cell::json(value);
            }
        }
        walk.take(b"}")?;
        walk.rest.is_empty().then_some(())
    }

    /// Which column the name at this place of a record is.
    fn column(&mut self, place: usize, name: &str) -> Option<Column> {
        if let Some((known, column)) = self.by_place.get(place)
            && &**known == name
        {
            return *column;
        }
        let column = Column::named(name);
        if column.is_none() && self.unknown.len() < MAX_UNKNOWN && !known(name) {
            self.unknown.insert(shorten(name));
        }
        let entry = (name.into(), column);
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
    line: &'l str,
    rest: &'l [u8],
}

impl<'l> Walk<'l> {
    /// Goes past these bytes, after white space.
    fn take(&mut self, expected: &[u8]) -> Option<()> {
        self.rest = self.rest.trim_ascii_start().strip_prefix(expected)?;
        Some(())
    }

    /// Goes past a string, number, boolean or null and gives its literal text.
    fn value(&mut self) -> Option<&'l str> {
        self.rest = self.rest.trim_ascii_start();
        let start = self.line.len() - self.line_end() - self.rest.len();
        let length = match self.rest.split_first()? {
            (b'"', text) => 1 + string_length(text)?,
            _ => {
                let length = self.rest.iter().position(|byte| matches!(byte, b',' | b'}' | b' '))?;
                is_plain(self.rest.get(..length)?).then_some(length)?
            }
        };
        self.rest = self.rest.get(length..)?;
        self.line.get(start..start + length)
    }

    /// The white space at the end of the line, which `rest` does not have.
    fn line_end(&self) -> usize {
        self.line.len() - self.line.trim_ascii_end().len()
    }
}

/// How many bytes a string takes after its opening quote, the closing one included.
fn string_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let stop = at + memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        match text.get(stop)? {
            b'"' => return Some(stop + 1),
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

/// A number or a word of JSON.
fn is_plain(literal: &[u8]) -> bool {
    matches!(literal, b"true" | b"false" | b"null") || is_number(literal)
}

fn is_number(literal: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = literal.strip_prefix(b"-").unwrap_or(literal);
    let whole = digits(rest);
    let mut rest = rest.get(whole..).filter(|_| whole == 1 || (whole > 1 && !rest.starts_with(b"0")));
    if let Some(decimals) = rest.and_then(|rest| rest.strip_prefix(b".")) {
        let count = digits(decimals);
        rest = decimals.get(count..).filter(|_| count > 0);
    }
    if let Some([b'e' | b'E', exponent @ ..]) = rest {
        let exponent = exponent.strip_prefix(b"-").or(exponent.strip_prefix(b"+")).unwrap_or(exponent);
        let count = digits(exponent);
        rest = exponent.get(count..).filter(|_| count > 0);
    }
    rest.is_some_and(<[u8]>::is_empty)
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
                    *cell = Cell::json(map.next_value::<&'l RawValue>()?.get());
                }
                None => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        self.lines.by_place.truncate(place);
        let escaped = |name: &str| name.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'));
        self.lines.walkable = !self.lines.by_place.iter().any(|(name, _)| escaped(name));
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
        let (mut lines, mut rows) = (JsonLines::default(), Vec::new());
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

    proptest! {
        /// A record read like the one before is what the parser makes of it.
        #[test]
        fn prop_as_before_is_as_parsed(values in proptest::collection::vec((r#"[a-z "\\\\{},:]{0,12}"#, -99..99_i32, 0_u8..5), 1..6), spaced in any::<bool>()) {
            let value = |(text, number, kind): &(String, i32, u8)| match kind {
                0 => serde_json::json!(number),
                1 => serde_json::json!(null),
                2 => serde_json::json!(true),
                _ => serde_json::json!(text),
            };
            let line = |values: &[(String, i32, u8)]| {
                let fields: Vec<_> = values.iter().zip(Column::ALL).map(|(v, column)| format!("\"{}\":{}{}", column.name(), if spaced { " " } else { "" }, value(v))).collect();
                format!("{{{}}}", fields.join(if spaced { ", " } else { "," }))
            };
            let (first, second) = (line(&values), line(&values.iter().rev().cloned().collect::<Vec<_>>()));
            let (mut fresh, mut warm) = (JsonLines::default(), JsonLines::default());
            let (mut parsed, mut walked, mut unused) = (blank_cells(), blank_cells(), blank_cells());
            fresh.read(&second, &mut parsed).unwrap();
            warm.read(&first, &mut unused).unwrap();
            prop_assert!(warm.read_as_before(&second, &mut walked).is_some());
            prop_assert_eq!(parsed, walked);
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
