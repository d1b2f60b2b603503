//! Tables of other kinds than daily usage: a price list, an invoice. They are small beside it, so they are read plainly, row
//! by row, in flat memory: CSV, JSON Lines or JSON documents, packed with gzip or as the only file of a zip archive.

mod heading;
mod lines;

use std::io::{self, Cursor, Read};
use std::sync::Arc;

pub(crate) use heading::Heading;

use self::heading::{object, separated};
use self::lines::Lines;
use super::blocks::Splitter;
use super::compressed::Gunzip;
use super::detect::{after_mark, io_kind, is_json, json_names};
use super::document::Documents;
use super::held::hold;
use super::regional;
use super::row::{Cell, Malformed};
use super::utf16::decoded;
#[cfg(feature = "xlsx")]
use super::workbook::{Manner, sheet};
use super::zipped::Zip;
use super::{Block, Cutter, Decimals, Format, Input, MAX_RECORD_BYTES, Pieces, ReadError, ReadErrorKind};

/// A column of a kind of table; [`table_columns`] makes one.
pub(crate) trait TableColumn: Copy + 'static {
    /// All of them.
    const ALL: &'static [Self];
    /// Without these no row can be used.
    const NEEDED: &'static [Self];
    /// Names that mean nothing to us although Microsoft documents them, as [`normal`] leaves them.
    const DOCUMENTED: &'static [&'static str];
    /// Names that only other kinds of table have, as [`normal`] leaves them: with one of them it is not of this kind.
    const ELSEWHERE: &'static [&'static str] = &[];
    /// Those that hold numbers: they tell what parts decimals.
    const NUMBERS: &'static [Self];
    /// Those that are read as days.
    #[cfg_attr(not(feature = "xlsx"), allow(dead_code, reason = "only workbooks have cells that hold days"))]
    const DAYS: &'static [Self];
    /// What to do where needed columns are missing.
    const ADVICE: &'static str;

    /// Its place in [`ALL`](Self::ALL).
    fn place(self) -> usize;

    /// The name Microsoft documents today, then others, as [`normal`] leaves them.
    fn names(self) -> &'static [&'static str];
}

/// Declares the columns of a kind of table, as `columns!` does those of daily usage.
macro_rules! table_columns {
    (
        $(#[$docs:meta])* $kind:ident;
        needed: [$($needed:ident),* $(,)?]; numbers: [$($number:ident),* $(,)?]; days: [$($day:ident),* $(,)?]; documented: $documented:expr;
        $(elsewhere: $elsewhere:expr;)? advice: $advice:literal;
        $($(#[$doc:meta])* $column:ident = $name:literal $(| $alias:literal)*),+ $(,)?
    ) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $kind { $($(#[$doc])* $column),+ }

        impl $crate::read::TableColumn for $kind {
            const ALL: &'static [Self] = &[$(Self::$column),+];
            const NEEDED: &'static [Self] = &[$(Self::$needed),*];
            const NUMBERS: &'static [Self] = &[$(Self::$number),*];
            const DAYS: &'static [Self] = &[$(Self::$day),*];
            const DOCUMENTED: &'static [&'static str] = &$documented;
            $(const ELSEWHERE: &'static [&'static str] = &$elsewhere;)?
            const ADVICE: &'static str = $advice;

            fn place(self) -> usize {
                self as usize
            }

            fn names(self) -> &'static [&'static str] {
                match self { $(Self::$column => &[$name $(, $alias)*]),+ }
            }
        }
    };
}
pub(crate) use table_columns;

/// What is known of a table once it is read.
#[derive(Debug)]
pub(crate) struct Table<C> {
    pub(crate) name: Arc<str>,
    /// How its rows are written.
    label: &'static str,
    /// `gzip`, `zip` or `workbook`.
    packed: Option<&'static str>,
    /// How many rows it has, those that cannot be read included.
    pub(crate) rows: u64,
    pub(crate) heading: Heading<C>,
}

impl<C> Table<C> {
    /// How its rows are written, and how it is packed.
    pub(crate) fn format(&self) -> String {
        let packed = self.packed.map(|packed| format!(", {packed}")).unwrap_or_default();
        format!("{}{packed}", self.label)
    }
}

/// How a table came to be: it decides what its days can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Saved {
    /// By Microsoft, as far as its separators tell.
    #[default]
    AsExported,
    /// By a spreadsheet of a country where the comma is the decimal sign.
    Regionally,
    /// As a workbook: cells that hold days are written `31.10.2026`, so that others are told from them.
    #[cfg_attr(not(feature = "xlsx"), allow(dead_code, reason = "only workbooks have cells that hold days"))]
    Workbook,
}

/// A row: its number, as a spreadsheet or a list counts, and its cells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableRow<'r, C> {
    pub(crate) number: u64,
    /// What parts the decimals of its numbers.
    pub(crate) decimals: Decimals,
    pub(crate) saved: Saved,
    cells: &'r [Cell<'r>],
    heading: &'r Heading<C>,
}

impl<'r, C: TableColumn> TableRow<'r, C> {
    /// The cell of a column; blank where the table lacks it.
    pub(crate) fn cell(self, column: C) -> Cell<'r> {
        self.cells.get(column.place()).copied().unwrap_or_default()
    }

    /// The header of a column, as the table spells it.
    pub(crate) fn spelled(self, column: C) -> &'r str {
        self.heading.spelled(column)
    }
}

/// Gets each row, or why a row has no cells, with the row's number.
type Emit<'e, C> = dyn FnMut(u64, Result<TableRow<'_, C>, Malformed>) + 'e;

/// Reads a table from its first row to its last.
pub(crate) fn read_table<C: TableColumn>(input: Input<'_>, emit: &mut Emit<'_, C>) -> Result<Table<C>, ReadError> {
    let Input { name, mut reader } = input;
    let fail = |kind| ReadError::new(&name, kind);
    let mut magic = Vec::new();
    reader.by_ref().take(4).read_to_end(&mut magic).map_err(|error| fail(io_kind(&error)))?;
    let is = |bytes: &[u8]| magic.starts_with(bytes);
    let (gzip, zip) = (is(&[0x1f, 0x8b]), is(b"PK\x03\x04"));
    let whole = Cursor::new(magic).chain(reader);
    let mut reading = Reading {
        name: &name,
        heading: Heading::default(),
        rows: 0,
        above: 0,
        decimals: Decimals::Point,
        saved: Saved::AsExported,
        emit,
    };
    let (label, packed) = if zip {
        let archive = Zip::hold(whole).map_err(fail)?;
        #[cfg(feature = "xlsx")]
        if archive.is_workbook() {
            let bind = |names: &[String]| Heading::<C>::default().bind(names);
            let sheet = sheet(archive.checked().map_err(fail)?, bind, |places| manner::<C>(places)).map_err(fail)?;
            (reading.above, reading.saved) = (sheet.header_row - 1, Saved::Workbook);
            let label = reading.text(Cursor::new(sheet.text))?;
            let Reading { heading, rows, .. } = reading;
            return Ok(Table { label, packed: Some("workbook"), rows, heading, name });
        }
        (reading.text(archive.only_file().map_err(fail)?)?, Some("zip"))
    } else if gzip {
        (reading.text(Gunzip::new(whole))?, Some("gzip"))
    } else {
        (reading.text(whole)?, None)
    };
    let Reading { heading, rows, .. } = reading;
    Ok(Table { label, packed, rows, heading, name })
}

fn is_one_of<C: TableColumn>(columns: &[C], place: Option<usize>) -> bool {
    columns.iter().any(|column| Some(column.place()) == place)
}

/// How the cells of a workbook are written where its columns are those.
#[cfg(feature = "xlsx")]
fn manner<C: TableColumn>(places: &[Option<usize>]) -> Manner {
    let days = (0..).zip(places).filter(|(_, place)| is_one_of(C::DAYS, **place)).map(|(at, _)| at).collect();
    Manner { dotted: !C::DAYS.is_empty(), days, ..Manner::default() }
}

struct Reading<'r, 'e, C> {
    name: &'r Arc<str>,
    heading: Heading<C>,
    rows: u64,
    /// Rows above the header, which a workbook may have.
    above: u64,
    decimals: Decimals,
    saved: Saved,
    emit: &'r mut Emit<'e, C>,
}

impl<C: TableColumn> Reading<'_, '_, C> {
    /// Reads the rows of a text; how they are written.
    fn text(&mut self, text: impl Read + Send) -> Result<&'static str, ReadError> {
        let name = self.name;
        let fail = |kind| ReadError::new(name, kind);
        let mut text = decoded(text).map_err(|error| fail(io_kind(&error)))?;
        let mut head = Vec::new();
        text.by_ref().take(MAX_RECORD_BYTES as u64).read_to_end(&mut head).map_err(|error| fail(io_kind(&error)))?;
        let (first, mark) = after_mark(&head).map_err(fail)?;
        if !is_json(first) {
            let (separator, fields, end) = separated::<C>(first).map_err(fail)?;
            let places = self.heading.bind(&fields).map_err(fail)?;
            if separator != b',' {
                let mut head = Cursor::new(head);
                head.set_position((mark + end) as u64);
                return self.regional(&hold(head.chain(text)).map_err(fail)?, separator, &places);
            }
            let lines = Lines::new(head, mark + end, text);
            self.csv(lines, &places).map_err(|error| fail(io_kind(&error)))?;
            return Ok(Format::Csv.as_str());
        }
        let (format, names) = json_names(first).map_err(fail)?;
        if let Some(names) = names {
            self.heading.bind(&names).map_err(fail)?;
        }
        let mut head = Cursor::new(head);
        head.set_position(mark as u64);
        self.json(format, Pieces::new(Arc::clone(name), Box::new(head.chain(text))))?;
        Ok(format.as_str())
    }

    /// The rows after a header with another separator, as spreadsheets save them.
    fn regional(&mut self, text: &[u8], separator: u8, places: &[Option<usize>]) -> Result<&'static str, ReadError> {
        let fail = |kind| ReadError::new(self.name, kind);
        let numbers: Vec<bool> = places.iter().map(|place| is_one_of(C::NUMBERS, *place)).collect();
        let (csv, decimals) = regional::converted(text, separator, &numbers).map_err(fail)?;
        self.decimals = decimals;
        if separator == b';' || decimals == Decimals::Comma {
            self.saved = Saved::Regionally;
        }
        self.csv(Lines::new(csv, 0, io::empty()), places).map_err(|error| fail(io_kind(&error)))?;
        Ok(regional::label(separator, decimals))
    }

    /// The rows after a header. Quotes mean what they mean in daily usage.
    fn csv(&mut self, mut lines: Lines<impl Read>, places: &[Option<usize>]) -> io::Result<()> {
        let (mut ends, expected) = (Vec::new(), places.len());
        while let Some((end, closed)) = lines.record(expected, &mut ends)? {
            let whole = lines.held.get(lines.start..end).unwrap_or_default();
            let (too_long, length) = (whole.len() > MAX_RECORD_BYTES, whole.len());
            if whole.is_empty() || whole == b"\r" {
                lines.start = end + 1; // a blank line is no row
                continue;
            }
            self.rows += 1;
            if closed && !too_long && ends.len() == expected {
                let whole = whole.strip_suffix(b"\r").unwrap_or(whole);
                let mut cells = vec![Cell::default(); C::ALL.len()];
                let mut begin = 0;
                for (place, end) in places.iter().zip(&ends) {
                    let end = end.saturating_sub(lines.start).min(whole.len());
                    if let Some(cell) = place.and_then(|place| cells.get_mut(place)) {
                        *cell = Cell::csv(whole.get(begin..end).unwrap_or_default());
                    }
                    begin = end + 1;
                }
                self.hand_over(self.above + self.rows + 1, Ok(&cells));
                lines.start = end + 1;
                continue;
            }
            let first_line = memchr::memchr(b'\n', whole);
            let malformed = match first_line {
                Some(_) => Malformed::quote("a quote that does not close on its line", expected),
                None if too_long => Malformed::too_long(),
                None if !closed => Malformed::quote("a quote that does not close", expected),
                None => Malformed::fields(ends.len(), expected),
            };
            self.hand_over(self.above + self.rows + 1, Err(malformed));
            // A missing quote joins lines: the first is the broken one, the others are read on their own.
            lines.start += first_line.unwrap_or(length) + 1;
            if too_long && first_line.is_none() {
                lines.skip_line()?;
            }
        }
        Ok(())
    }

    fn json(&mut self, format: Format, mut pieces: Pieces<'_>) -> Result<(), ReadError> {
        let documents = format == Format::JsonDocument;
        let splitter = if documents { Splitter::Documents(Documents::default()) } else { Splitter::JsonLines };
        let mut cutter = Cutter::new(splitter);
        let mut memory = Block::default();
        while let Some(piece) = pieces.next(std::mem::take(&mut memory))? {
            memory = cutter.cut(piece).map_or_else(|spent| spent, |block| self.records(block));
        }
        if let Some(rest) = cutter.rest(memory) {
            self.records(rest);
        }
        Ok(())
    }

    /// The records of a block, one a line.
    fn records(&mut self, block: Block) -> Block {
        for line in block.bytes().split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            self.rows += 1;
            let parsed = if block.too_long || line.len() > MAX_RECORD_BYTES {
                Err(Malformed::too_long())
            } else {
                object(line).and_then(|properties| self.heading.cells(properties, line))
            };
            self.hand_over(self.rows, parsed.as_deref().map_err(Clone::clone));
        }
        block
    }

    fn hand_over(&mut self, number: u64, row: Result<&[Cell<'_>], Malformed>) {
        let Self { decimals, saved, heading, .. } = self;
        (self.emit)(number, row.map(|cells| TableRow { number, decimals: *decimals, saved: *saved, cells, heading }));
    }
}

#[cfg(test)]
mod tests;
