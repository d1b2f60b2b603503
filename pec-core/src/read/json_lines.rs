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
                Ok(text) => {
                    self.read(text, &mut cells).map_err(|error| (found(text, &error), "a JSON object on one line"))
                }
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
        let mut deserializer = serde_json::Deserializer::from_str(line);
        deserializer.deserialize_map(Object { lines: self, cells })?;
        deserializer.end()
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
        let mut place = 0;
        while let Some(column) = map.next_key_seed(Name { lines: self.lines, place })? {
            place += 1;
            match column.and_then(|column| self.cells.get_mut(column as usize)) {
                Some(cell) => *cell = Cell::json(map.next_value::<&'l RawValue>()?.get()),
                None => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
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

    #[test]
    fn broken_lines_are_rows_too() {
        let (rows, _) = rows(b"{\"UnitPrice\": 1\n[1]\n{\"UnitPrice\": 2}\n{\"UnitPrice\": \"\xff\"}\n{} {}\n");
        assert_eq!(rows.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, false, true, false, false]);
        let deep = [b"{\"a\":".to_vec(), vec![b'['; 100_000]].concat();
        assert!(super::tests::rows(&deep).0.first().unwrap().is_err(), "deep JSON is no crash");
    }
}
