//! What an input is, from its first bytes.

use std::borrow::Cow;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use serde_json::value::RawValue;
use std::collections::BTreeMap;

use super::blocks::Splitter;
use super::columns::{Binding, Columns};
use super::compressed::{ExpandsTooFar, Gunzip, MAX_EXPANSION};
use super::document::Documents;
use super::held::hold;
use super::utf16::decoded;
use super::zipped::Zip;
use super::{Cutter, Input, MAX_RECORD_BYTES, Pieces, ReadError, ReadErrorKind};

mod converted;

/// How rows are written in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Comma-separated values with a header row.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// JSON objects in arrays, as API responses hold them.
    JsonDocument,
}

/// What is known of an input whose header is read.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) name: Arc<str>,
    /// How the rows that are read are written.
    pub(crate) format: Format,
    /// What the input is called for that, and what was to be undone to come there.
    pub(crate) label: String,
    pub(crate) gzip: bool,
    pub(crate) binding: Arc<Binding>,
    /// The number of the first data row: as a spreadsheet counts, a header is row 1.
    pub(crate) first_row: u64,
    /// Amounts were stored as binary numbers.
    pub(crate) doubles: bool,
    /// It is a part of an answer; known at its end.
    pub(crate) part: bool,
}

impl Head {
    /// Of an input that is empty.
    pub(crate) fn of_nothing(name: Arc<str>) -> Self {
        Self {
            name,
            format: Format::Csv,
            label: "empty".to_owned(),
            gzip: false,
            binding: Arc::default(),
            first_row: Format::Csv.first_row(),
            doubles: false,
            part: false,
        }
    }
}

/// An input whose header is read: its columns, its text, and how to cut it into records.
pub(crate) struct Opened<'a> {
    pub(crate) head: Head,
    pub(crate) pieces: Pieces<'a>,
    pub(crate) cutter: Cutter,
}

/// Reads as far as it takes to know what the input is and which of the wanted columns it has.
pub(crate) fn open(input: Input<'_>, wanted: Columns) -> Result<Opened<'_>, ReadError> {
    let Input { name, mut reader } = input;
    let fail = |kind| ReadError::new(&name, kind);
    let mut magic = Vec::new();
    reader.by_ref().take(4).read_to_end(&mut magic).map_err(|error| fail(io_kind(&error)))?;
    let (gzip, zip, parquet) = (magic.starts_with(&[0x1f, 0x8b]), magic == b"PK\x03\x04", magic == b"PAR1");
    let whole = Cursor::new(magic).chain(reader);
    let opened = if zip {
        converted::workbook(Zip::hold(whole).map_err(fail)?, wanted)
    } else if parquet {
        converted::parquet(hold(whole).map_err(fail)?, wanted)
    } else {
        text(if gzip { Box::new(Gunzip::new(whole)) } else { Box::new(whole) }, gzip, wanted)
    };
    opened.map_err(fail)?.named(&name)
}

/// An input before it has its name.
struct Found<'a> {
    head: Head,
    text: Box<dyn Read + Send + 'a>,
}

impl<'a> Found<'a> {
    /// CSV text of such columns.
    fn csv(binding: Binding, label: impl Into<String>, text: impl Read + Send + 'a) -> Self {
        let head = Head {
            name: Arc::default(),
            format: Format::Csv,
            label: label.into(),
            gzip: false,
            binding: Arc::new(binding),
            first_row: Format::Csv.first_row(),
            doubles: false,
            part: false,
        };
        Self { head, text: Box::new(text) }
    }

    fn named(self, name: &Arc<str>) -> Result<Opened<'a>, ReadError> {
        let splitter = match self.head.format {
            Format::Csv => Splitter::Csv,
            Format::JsonLines => Splitter::JsonLines,
            Format::JsonDocument => Splitter::Documents(Documents::default()),
        };
        let pieces = Pieces::new(Arc::clone(name), self.text);
        let head = Head { name: Arc::clone(name), ..self.head };
        Ok(Opened { head, pieces, cutter: Cutter::new(splitter) })
    }
}

fn text<'a>(text: Box<dyn Read + Send + 'a>, gzip: bool, wanted: Columns) -> Result<Found<'a>, ReadErrorKind> {
    let mut text = decoded(text).map_err(|error| io_kind(&error))?;
    let mut head = Vec::new();
    text.by_ref().take(MAX_RECORD_BYTES as u64).read_to_end(&mut head).map_err(|error| io_kind(&error))?;
    let Bound { format, binding, skip, separator, lines_before } = bind(&head)?;
    let mut head = Cursor::new(head);
    head.set_position(skip as u64);
    let text = head.chain(text);
    let binding = binding.only(wanted)?;
    let found = if separator == b',' {
        Found::csv(binding, format.as_str(), text)
    } else {
        converted::regional(&hold(text)?, separator, binding)?
    };
    let first_row = format.first_row() + lines_before;
    Ok(Found { head: Head { format, gzip, first_row, ..found.head }, ..found })
}

impl Format {
    /// The number of the first data row: as a spreadsheet counts, a header is row 1.
    const fn first_row(self) -> u64 {
        match self {
            Self::Csv => 2,
            Self::JsonLines | Self::JsonDocument => 1,
        }
    }

    /// Its name, as reports show it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::JsonLines => "JSON Lines",
            Self::JsonDocument => "JSON document",
        }
    }
}

pub(super) fn io_kind(error: &io::Error) -> ReadErrorKind {
    if error.get_ref().is_some_and(|inner| inner.is::<ExpandsTooFar>()) {
        ReadErrorKind::Expansion { limit: MAX_EXPANSION }
    } else {
        ReadErrorKind::Io(error.to_string())
    }
}

/// What the beginning of a text tells.
struct Bound {
    format: Format,
    binding: Binding,
    /// How many bytes the header takes.
    skip: usize,
    /// What parts the fields of CSV.
    separator: u8,
    /// How many lines stand before the header.
    lines_before: u64,
}

fn bind(head: &[u8]) -> Result<Bound, ReadErrorKind> {
    let (text, bom) = after_mark(head)?;
    if is_json(text) {
        let (format, names) = json_names(text)?;
        // An empty page of an API answer is no error: it has no rows.
        let binding =
            names.map_or_else(|| Ok(Binding::default()), |names| Binding::new(names.iter().map(AsRef::as_ref)));
        return Ok(Bound { format, binding: binding?, skip: bom, separator: b',', lines_before: 0 });
    }
    if let Some((separator, length)) = separator_line(text) {
        let bound = bind_by(text.get(length..).unwrap_or_default(), separator)?;
        return Ok(Bound { skip: bom + length + bound.skip, lines_before: 1, ..bound });
    }
    bind_csv(text).map(|bound| Bound { skip: bom + bound.skip, ..bound })
}

/// What a first line such as `sep=;` says, by which spreadsheets are told what parts the fields; and how long the line is.
fn separator_line(text: &[u8]) -> Option<(u8, usize)> {
    let end = memchr::memchr(b'\n', text)?;
    let line = text.get(..end)?;
    match line.strip_suffix(b"\r").unwrap_or(line) {
        [name @ .., b'=', separator @ (b',' | b';' | b'\t')] if name.eq_ignore_ascii_case(b"sep") => {
            Some((*separator, end + 1))
        }
        _ => None,
    }
}

fn bind_by(text: &[u8], separator: u8) -> Result<Bound, ReadErrorKind> {
    let (fields, skip) = super::delimited::header(text, separator)?;
    let binding = Binding::new(fields.iter().map(AsRef::as_ref))?;
    Ok(Bound { format: Format::Csv, binding, skip, separator, lines_before: 0 })
}

/// The text after a byte order mark, and how long that is.
pub(super) fn after_mark(head: &[u8]) -> Result<(&[u8], usize), ReadErrorKind> {
    let bom = if head.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    let text = head.get(bom..).unwrap_or_default();
    if text.trim_ascii().is_empty() {
        return Err(ReadErrorKind::Empty);
    }
    if text.trim_ascii_start().starts_with(b"<") {
        return Err(ReadErrorKind::Markup);
    }
    if matches!(text, [0, 1..=255, 0, 1..=255, ..] | [1..=255, 0, 1..=255, 0, ..]) {
        return Err(ReadErrorKind::Utf16);
    }
    // A cell may hold one that went wrong; a workbook, an archive or an image is full of them.
    let beginning = text.get(..512).unwrap_or(text);
    if !is_json(text) && memchr::memchr_iter(0, beginning).count() > beginning.len() / 16 {
        return Err(ReadErrorKind::Unrecognised);
    }
    Ok((text, bom))
}

pub(super) fn is_json(text: &[u8]) -> bool {
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Commas part the fields, unless something else makes a header of the first line.
fn bind_csv(text: &[u8]) -> Result<Bound, ReadErrorKind> {
    let commas = bind_by(text, b',');
    if !matches!(commas, Err(ReadErrorKind::MissingColumns { .. })) {
        return commas;
    }
    let first_line = text.trim_ascii_start().split(|byte| *byte == b'\n').next().unwrap_or_default();
    let separates = |separator: &u8| memchr::memchr_iter(*separator, first_line).count() > 3;
    [b';', b'\t'].into_iter().find(separates).map_or(commas, |separator| bind_by(text, separator))
}

/// How JSON holds its records, and the names of the first one's properties; `None` where there is no record.
pub(super) fn json_names(text: &[u8]) -> Result<(Format, Option<Vec<String>>), ReadErrorKind> {
    let line_end = memchr::memchr(b'\n', text.trim_ascii_start()).unwrap_or(text.len());
    let line = text.trim_ascii_start().get(..line_end).unwrap_or(text);
    if let Some(object) = first_object(line)
        && !object
            .keys()
            .any(|name| ["items", "value", "properties"].iter().any(|list| name.eq_ignore_ascii_case(list)))
    {
        return Ok((Format::JsonLines, Some(names(object))));
    }
    let mut documents = Documents::default();
    let mut records = Vec::new();
    documents.feed(text, &mut records);
    documents.finish(&mut records);
    let first = records.split(|byte| *byte == b'\n').find(|line| !line.is_empty());
    let Some(first) = first else { return Ok((Format::JsonDocument, None)) };
    let Some(object) = first_object(first) else {
        return after_a_broken_record(text, &records).ok_or(ReadErrorKind::Unrecognised);
    };
    if object.contains_key("columns") && object.contains_key("rows") {
        return Err(ReadErrorKind::CannotShowCredit { recognised: "an answer of a cost query, which sums costs" });
    }
    Ok((Format::JsonDocument, Some(names(object))))
}

/// The same, where the first record is broken: it is an issue of its own, and the next tells.
fn after_a_broken_record(text: &[u8], records: &[u8]) -> Option<(Format, Option<Vec<String>>)> {
    let lines = || text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    // A document on many lines has no whole object on its second one, or not alone.
    if text.trim_ascii_start().starts_with(b"{")
        && let Some(object) = lines().nth(1).and_then(first_object)
    {
        return Some((Format::JsonLines, Some(names(object))));
    }
    let next = records.split(|byte| *byte == b'\n').filter(|record| !record.is_empty()).nth(1)?;
    Some((Format::JsonDocument, Some(names(first_object(next)?))))
}

/// Names may be written with escapes, so they need not be parts of the line.
type Properties<'l> = BTreeMap<Cow<'l, str>, &'l RawValue>;

fn names(object: Properties<'_>) -> Vec<String> {
    object.into_keys().map(Cow::into_owned).collect()
}

fn first_object(line: &[u8]) -> Option<Properties<'_>> {
    serde_json::from_slice(line).ok()
}
