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
use super::row::{Cell, Malformed};
#[cfg(feature = "xlsx")]
use super::workbook::{Manner, sheet};
use super::zipped::Zip;
use super::{Block, Cutter, Format, Input, MAX_RECORD_BYTES, Pieces, ReadError, ReadErrorKind};

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
        needed: [$($needed:ident),* $(,)?]; documented: $documented:expr;
        $(elsewhere: $elsewhere:expr;)? advice: $advice:literal;
        $($(#[$doc:meta])* $column:ident = $name:literal $(| $alias:literal)*),+ $(,)?
    ) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $kind { $($(#[$doc])* $column),+ }

        impl $crate::read::TableColumn for $kind {
            const ALL: &'static [Self] = &[$(Self::$column),+];
            const NEEDED: &'static [Self] = &[$(Self::$needed),*];
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
    pub(crate) format: Format,
    /// `gzip`, `zip` or `workbook`.
    pub(crate) packed: Option<&'static str>,
    /// How many rows it has, those that cannot be read included.
    pub(crate) rows: u64,
    pub(crate) heading: Heading<C>,
}

/// A row: its number, as a spreadsheet or a list counts, and its cells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableRow<'r, C> {
    pub(crate) number: u64,
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
    let mut reading = Reading { name: &name, heading: Heading::default(), rows: 0, above: 0, emit };
    let (format, packed) = if zip {
        let archive = Zip::hold(whole).map_err(fail)?;
        #[cfg(feature = "xlsx")]
        if archive.is_workbook() {
            let bind = |names: &[String]| Heading::<C>::default().bind(names);
            let sheet = sheet(archive.checked().map_err(fail)?, bind, |_| Manner::default()).map_err(fail)?;
            reading.above = sheet.header_row - 1;
            let format = reading.text(Cursor::new(sheet.text))?;
            let Reading { heading, rows, .. } = reading;
            return Ok(Table { format, packed: Some("workbook"), rows, heading, name });
        }
        (reading.text(archive.only_file().map_err(fail)?)?, Some("zip"))
    } else if gzip {
        (reading.text(Gunzip::new(whole))?, Some("gzip"))
    } else {
        (reading.text(whole)?, None)
    };
    let Reading { heading, rows, .. } = reading;
    Ok(Table { format, packed, rows, heading, name })
}

struct Reading<'r, 'e, C> {
    name: &'r Arc<str>,
    heading: Heading<C>,
    rows: u64,
    /// Rows above the header, which a workbook may have.
    above: u64,
    emit: &'r mut Emit<'e, C>,
}

impl<C: TableColumn> Reading<'_, '_, C> {
    fn text(&mut self, mut text: impl Read + Send) -> Result<Format, ReadError> {
        let name = self.name;
        let fail = |kind| ReadError::new(name, kind);
        let mut head = Vec::new();
        text.by_ref().take(MAX_RECORD_BYTES as u64).read_to_end(&mut head).map_err(|error| fail(io_kind(&error)))?;
        let (first, mark) = after_mark(&head).map_err(fail)?;
        if !is_json(first) {
            let (separator, fields, end) = separated::<C>(first).map_err(fail)?;
            let places = self.heading.bind(&fields).map_err(fail)?;
            let lines = Lines::new(head, mark + end, text);
            self.csv(lines, separator, &places).map_err(|error| fail(io_kind(&error)))?;
            return Ok(Format::Csv);
        }
        let (format, names) = json_names(first).map_err(fail)?;
        if let Some(names) = names {
            self.heading.bind(&names).map_err(fail)?;
        }
        let mut head = Cursor::new(head);
        head.set_position(mark as u64);
        self.json(format, Pieces::new(Arc::clone(name), Box::new(head.chain(text))))?;
        Ok(format)
    }

    /// The rows after a header. Quotes mean what they mean in daily usage.
    fn csv(&mut self, mut lines: Lines<impl Read>, separator: u8, places: &[Option<usize>]) -> io::Result<()> {
        let (mut ends, expected) = (Vec::new(), places.len());
        while let Some((end, closed)) = lines.record(separator, expected, &mut ends)? {
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
        (self.emit)(number, row.map(|cells| TableRow { number, cells, heading: &self.heading }));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use proptest::prelude::*;

    use super::super::row::shorten;
    use super::*;

    table_columns! {
        Fruit;
        needed: [Name, Price]; documented: ["colour"]; advice: "export the fruit";
        Name = "Fruit Name" | "fruit",
        Price = "UnitPrice" | "price",
        Note = "Note",
    }

    /// The names, prices and notes of each row with its number, or what was found; and what is known of the table.
    fn rows(bytes: &[u8]) -> Result<(Vec<String>, Table<Fruit>), String> {
        let mut rows = Vec::new();
        let table = read_table(Input::new("fruit", bytes), &mut |number, row| {
            rows.push(match row {
                Ok(row) => {
                    assert_eq!(row.number, number);
                    let cells = [Fruit::Name, Fruit::Price, Fruit::Note].map(|column| row.cell(column).shown());
                    format!("{number}: {}", cells.join("|"))
                }
                Err(malformed) => format!("{number}: {}", malformed.found),
            });
        });
        let table = table.map_err(|error| error.to_string())?;
        assert_eq!(table.rows, rows.len() as u64);
        Ok((rows, table))
    }

    const CSV: &str =
        "Fruit name,Colour,price,Mine\r\n\"apple, \"\"red\"\"\r\nround\",red,1.10,\r\n\r\npear,green,=2,x\r\n";
    const READ: [&str; 2] = ["2: apple, \"red\"\\r\\nround|1.10|", "3: pear|=2|"];

    fn gzipped(text: &[u8]) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(text).unwrap();
        gzip.finish().unwrap()
    }

    /// An archive of such files, deflated.
    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
        for (name, text) in files {
            let method = rawzip::CompressionMethod::DEFLATE;
            let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
            let mut writer = config.wrap(flate2::write::DeflateEncoder::new(&mut entry, Compression::best()));
            writer.write_all(text).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        bytes
    }

    #[test]
    fn every_container_holds_the_same_rows() {
        let (mac, file) = (("__MACOSX/._fruit.csv", &b"x"[..]), ("fruit.csv", CSV.as_bytes()));
        for (bytes, packed) in [
            (CSV.as_bytes().to_vec(), None),
            (["\u{feff}".as_bytes(), CSV.as_bytes()].concat(), None),
            (CSV.replace("apple, ", "apple; ").replace(',', ";").replace("apple; ", "apple, ").into_bytes(), None),
            (CSV.replace("apple, ", "apple\t").replace(',', "\t").replace("apple\t", "apple, ").into_bytes(), None),
            (gzipped(CSV.as_bytes()), Some("gzip")),
            (zipped(&[file]), Some("zip")),
            (zipped(&[mac, file]), Some("zip")),
        ] {
            let (rows, table) = rows(&bytes).unwrap();
            assert_eq!(
                (rows.as_slice(), table.packed, table.format),
                (&READ.map(str::to_owned)[..], packed, Format::Csv)
            );
            assert_eq!(table.heading.unknown().collect::<Vec<_>>(), ["Mine"]);
            assert_eq!((table.heading.spelled(Fruit::Price), table.heading.has(Fruit::Note)), ("price", false));
        }
    }

    #[test]
    fn json_holds_rows_too() {
        let (one, two) = (r#"{"Fruit": "apple","price": 1.10,"Other":[{"a":1}]}"#, r#"{"price":"2","fruit":null}"#);
        for (text, format) in [
            (format!("{one}\n\n{two}\n"), Format::JsonLines),
            (format!("[{one},\n{two}]"), Format::JsonDocument),
            (format!(r#"{{"totalCount": 2, "items": [{one}, {two}]}}"#), Format::JsonDocument),
            (format!(r#"{{"@odata.context": "x", "value": [{one}, {two}]}}"#), Format::JsonDocument),
        ] {
            let (rows, table) = rows(text.as_bytes()).unwrap();
            assert_eq!((rows, table.format), (vec!["1: apple|1.10|".to_owned(), "2: |2|".to_owned()], format));
            assert_eq!(table.heading.unknown().collect::<Vec<_>>(), ["Other"]);
        }
        assert_eq!(rows(b"[]").unwrap().0, Vec::<String>::new());
        let twice = format!("{one}\n{{\"price\":1,\"unit_price\":2}}\n[1]\n");
        assert_eq!(rows(twice.as_bytes()).unwrap().0[1..], [r#"2: {"price":1,"unit_price":2}"#, "3: [1]"]);
    }

    #[test]
    fn what_is_missing_is_told_with_what_to_export() {
        for text in ["Fruit,Colour\na,b\n", r#"{"fruit": "a"}"#] {
            assert_eq!(rows(text.as_bytes()).unwrap_err(), "fruit: no column `UnitPrice`; export the fruit");
        }
        let twice = rows(b"fruit,price,Fruit name\n").unwrap_err();
        assert_eq!(twice, "fruit: columns `fruit` and `Fruit name` mean the same; keep one of them");
        assert!(rows(b"").unwrap_err().contains("is empty"));
        assert!(rows(b"\x89PNG\0\0").unwrap_err().contains("neither CSV nor JSON"));
    }

    #[test]
    fn archives_of_another_kind_are_refused() {
        let two = zipped(&[("a.csv", b"x"), ("b.csv", b"y")]);
        assert!(rows(&two).unwrap_err().contains("holds 2 files"));
        assert!(rows(&zipped(&[])).is_err());
        let whole = zipped(&[("a.csv", CSV.as_bytes())]);
        assert!(rows(&whole[..whole.len() / 2]).unwrap_err().contains("is broken"));
        let mut damaged = whole;
        damaged[60] ^= 0xff;
        assert!(rows(&damaged).unwrap_err().contains("cannot be read"));
    }

    #[test]
    fn what_expands_too_far_is_refused() {
        let bomb = [b"fruit,price\n".to_vec(), vec![b'\n'; 80 << 20]].concat();
        for packed in [gzipped(&bomb), zipped(&[("a.csv", &bomb)])] {
            assert!(rows(&packed).unwrap_err().contains("unpacks to more than 250 times its size"));
        }
    }

    #[test]
    fn an_endless_line_is_one_issue() {
        let line = [b"a,\"1".to_vec(), vec![b'x'; 3 << 20]].concat();
        for line in [line.clone(), [&b"a,1"[..], &line[4..]].concat()] {
            let text = [b"fruit,price\n".to_vec(), line, b"\npear,2\n".to_vec()].concat();
            assert_eq!(rows(&text).unwrap().0, ["2: a record of more than 1 MiB", "3: pear|2|"]);
        }
        let lines =
            format!("{{\"fruit\":\"a\",\"price\":1}}\n{{\"fruit\":\"{}\"}}\n{{\"price\":3}}\n", "x".repeat(3 << 20));
        assert_eq!(rows(lines.as_bytes()).unwrap().0, ["1: a|1|", "2: a record of more than 1 MiB", "3: |3|"]);
        let deep = format!("{{\"fruit\":\"a\",\"price\":1}}\n{{\"fruit\":{}", "[".repeat(900_000));
        assert!(rows(deep.as_bytes()).unwrap().0[1].starts_with("2: {\"fruit\":[["));
    }

    #[test]
    fn a_missing_quote_breaks_one_row() {
        let text = "fruit,price\na,\"1\nb,2\nc,3\nd,4\ne\n\"f\",6,7";
        let found = [
            "2: a quote that does not close on its line",
            "3: b|2|",
            "4: c|3|",
            "5: d|4|",
            "6: 1 fields",
            "7: 3 fields",
        ];
        assert_eq!(rows(text.as_bytes()).unwrap().0, found);
    }

    proptest! {
        /// Cells come back as they were written, wherever a piece ends and whatever parts them.
        #[test]
        fn prop_cells_come_back(
            cells in proptest::collection::vec((r#"[a-z,;"\r\n\t]{0,30}"#, 0..300_000_usize), 1..6), separator in 0_usize..3,
        ) {
            let separator = [",", ";", "\t"][separator];
            let mut text = format!("fruit{separator}Colour{separator}price\n");
            for (cell, padding) in &cells {
                let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
                text += &[&quoted, &"x".repeat(*padding), "1"].join(separator);
                text += "\n";
            }
            let shown = |text: &str| shorten(text.trim());
            let expected: Vec<_> = (2..).zip(&cells).map(|(row, (cell, _))| format!("{row}: {}|1|", shown(cell))).collect();
            prop_assert_eq!(rows(text.as_bytes()).unwrap().0, expected);
        }

        #[test]
        fn prop_any_bytes_end(text in "[a,\"\n\r;{}\\[\\]:]{0,300}") {
            let _ = rows(format!("fruit,price\n{text}").as_bytes()).unwrap();
            let _ = rows(text.as_bytes());
        }
    }
}
