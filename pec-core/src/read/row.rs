//! A row: cells of text by column.

use std::borrow::Cow;

use super::columns::{Column, Columns};

/// The cells of one record, by column. A column the input lacks is a blank cell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    cells: &'a [Cell<'a>; Column::COUNT],
    changed: Columns,
}

impl<'a> Row<'a> {
    pub(crate) fn cell(self, column: Column) -> Cell<'a> {
        self.cells.get(column as usize).copied().unwrap_or_default()
    }

    /// The columns whose cells may differ from those of the row that was handed over before.
    pub(crate) const fn changed(self) -> Columns {
        self.changed
    }
}

/// The cells of a row under construction, over those of the row before.
#[derive(Clone, Debug)]
pub(crate) struct Cells<'a> {
    cells: [Cell<'a>; Column::COUNT],
    changed: Columns,
}

impl Default for Cells<'_> {
    /// Blank cells, none of which was handed over yet.
    fn default() -> Self {
        Self { cells: [Cell::plain(b""); Column::COUNT], changed: Columns::ALL }
    }
}

impl<'a> Cells<'a> {
    /// Sets the cell of a column.
    #[inline]
    pub(crate) fn set(&mut self, column: Column, cell: Cell<'a>) {
        if self.cells.get(column as usize) != Some(&cell) {
            self.change(column, cell);
        }
    }

    /// Sets the cell of a column where it is known to differ.
    #[inline]
    pub(crate) fn change(&mut self, column: Column, cell: Cell<'a>) {
        if let Some(old) = self.cells.get_mut(column as usize) {
            *old = cell;
            self.changed = self.changed.with(Columns::of(&[column]));
        }
    }

    /// Sets all cells.
    pub(crate) fn replace(&mut self, cells: &[Cell<'a>; Column::COUNT]) {
        for (column, cell) in Column::ALL.iter().zip(cells) {
            self.set(*column, *cell);
        }
    }

    /// Hands the row over.
    #[inline]
    pub(crate) fn hand_over(&mut self, emit: &mut impl FnMut(Result<Row<'_>, Malformed>)) {
        emit(Ok(Row { cells: &self.cells, changed: self.changed }));
        self.changed = Columns::NONE;
    }

    /// The row, without handing it over.
    pub(crate) const fn row(&self) -> Row<'_> {
        Row { cells: &self.cells, changed: self.changed }
    }
}

fn fields(number: usize) -> String {
    format!("{number} {}", if number == 1 { "field" } else { "fields" })
}

/// A record that has no cells to speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// The beginning of what was found.
    pub(crate) found: String,
    /// What was expected.
    pub(crate) expected: String,
}

impl Malformed {
    pub(crate) fn fields(found: usize, expected: usize) -> Self {
        Self { found: fields(found), expected: format!("{}, as in the header row", fields(expected)) }
    }

    pub(crate) fn quote(found: &str, expected: usize) -> Self {
        Self { found: found.to_owned(), expected: format!("{}, as in the header row", fields(expected)) }
    }

    pub(crate) fn too_long() -> Self {
        Self {
            found: "a record of more than 1 MiB".into(),
            expected: "records of at most 1 MiB; look for a missing quote".into(),
        }
    }
}

/// A cell: its bytes, and how to make text of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    bytes: &'a [u8],
    escape: Escape,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Escape {
    /// The bytes are the text.
    #[default]
    None,
    /// A whole CSV field with its quotes.
    Csv,
    /// The inside of a JSON string with backslashes.
    Json,
}

/// A cell whose bytes are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotUtf8;

impl<'a> Cell<'a> {
    pub(crate) const fn plain(bytes: &'a [u8]) -> Self {
        Self { bytes, escape: Escape::None }
    }

    /// A CSV field as it stands between two separators. `NULL` without quotes is how databases write that nothing is there.
    #[inline]
    pub(crate) fn csv(field: &'a [u8]) -> Self {
        match field {
            b"NULL" | b"null" => Self::default(),
            [b'"', inner @ .., b'"'] if memchr::memchr(b'"', inner).is_none() => Self::plain(inner),
            [b'"', ..] => Self { bytes: field, escape: Escape::Csv },
            _ => Self::plain(field),
        }
    }

    /// The literal text of a JSON value.
    pub(crate) fn json(literal: &'a [u8]) -> Self {
        match literal {
            b"null" => Self::default(),
            [b'"', inner @ .., b'"'] if memchr::memchr(b'\\', inner).is_none() => Self::plain(inner),
            [b'"', inner @ .., b'"'] => Self { bytes: inner, escape: Escape::Json },
            plain => Self::plain(plain),
        }
    }

    /// The bytes as found, for telling two cells apart; not the text where there are escapes.
    pub(crate) const fn raw(self) -> &'a [u8] {
        self.bytes
    }

    /// Is there no text, or only white space?
    pub(crate) fn is_blank(self) -> bool {
        self.bytes.iter().all(u8::is_ascii_whitespace)
            || (!self.is_plain() && self.text().is_ok_and(|text| text.is_empty()))
    }

    /// Are the raw bytes the text itself?
    pub(crate) fn is_plain(self) -> bool {
        self.escape == Escape::None
    }

    /// The text, trimmed of surrounding white space.
    pub(crate) fn text(self) -> Result<Cow<'a, str>, NotUtf8> {
        match self.escape {
            Escape::None => {
                let text = std::str::from_utf8(self.bytes).map_err(|_| NotUtf8)?;
                Ok(Cow::Borrowed(text.trim()))
            }
            Escape::Csv => {
                let text = String::from_utf8(unquote(self.bytes)).map_err(|_| NotUtf8)?;
                Ok(Cow::Owned(text.trim().to_owned()))
            }
            Escape::Json => {
                let quoted = [b"\"", self.bytes, b"\""].concat();
                let text: String = serde_json::from_slice(&quoted).map_err(|_| NotUtf8)?;
                Ok(Cow::Owned(text.trim().to_owned()))
            }
        }
    }

    /// The text, with `\u{fffd}` where it is not UTF-8; and whether it was all there.
    pub(crate) fn lossy_text(self) -> (Cow<'a, str>, bool) {
        let lossy = |bytes: &[u8]| (Cow::Owned(String::from_utf8_lossy(bytes).trim().to_owned()), false);
        match (self.text(), self.escape) {
            (Ok(text), _) => (text, true),
            (Err(NotUtf8), Escape::Csv) => lossy(&unquote(self.bytes)),
            (Err(NotUtf8), Escape::None | Escape::Json) => lossy(self.bytes),
        }
    }

    /// The text for a message: what can be shown of it, at most 60 characters.
    pub(crate) fn shown(self) -> String {
        let text = self.text().map_or_else(|_| String::from_utf8_lossy(self.bytes).into_owned(), Cow::into_owned);
        shorten(&text)
    }
}

/// At most 60 characters of a text, control characters made visible.
pub(crate) fn shorten(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(60)
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}

/// The value of a CSV field that opens with a quote, by the grammar of Python's `csv`: `""` is a quote; after the
/// closing quote everything up to the separator is taken as it stands.
fn unquote(field: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(field.len());
    let mut bytes = field.iter().skip(1).copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'"' {
            value.push(byte);
        } else if bytes.peek() == Some(&b'"') {
            value.push(b'"');
            bytes.next();
        } else {
            value.extend(bytes.by_ref());
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_fields() {
        let text = |field: &'static str| Cell::csv(field.as_bytes()).text().unwrap().into_owned();
        assert_eq!(text("plain"), "plain");
        assert_eq!(text("\"a, b\""), "a, b");
        assert_eq!(text("\"{\"\"k\"\": \"\"v\"\"}\""), "{\"k\": \"v\"}");
        assert_eq!(text("\"ab\"cd"), "abcd");
        assert_eq!(text("\""), "");
        assert_eq!(text("5\" disk"), "5\" disk");
        assert_eq!(text("\"\""), "");
        assert_eq!((text("NULL"), text("null")), (String::new(), String::new()));
        assert_eq!((text("\"NULL\""), text("NULLABLE")), ("NULL".into(), "NULLABLE".into()), "these are texts");
    }

    #[test]
    fn json_values() {
        let text = |literal: &'static str| Cell::json(literal.as_bytes()).text().unwrap().into_owned();
        assert_eq!(text("null"), "");
        assert_eq!(text("0.1835431430074643112595"), "0.1835431430074643112595");
        assert_eq!(text(r#""a\u0041\"""#), "aA\"");
        assert_eq!(text("true"), "true");
    }

    #[test]
    fn messages_are_short_and_visible() {
        assert_eq!(shorten("a\nb"), "a\\nb");
        assert_eq!(shorten(&"x".repeat(100)).chars().count(), 61);
    }
}
