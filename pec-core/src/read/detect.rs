//! What an input is, from its first bytes.

use std::borrow::Cow;
use std::io::{self, Chain, Cursor, Read};
use std::sync::Arc;

use serde_json::value::RawValue;
use std::collections::BTreeMap;

use super::blocks::Splitter;
use super::columns::{Binding, Columns};
use super::compressed::{ExpandsTooFar, Gunzip, MAX_EXPANSION};
use super::document::Documents;
use super::{Cutter, Input, MAX_RECORD_BYTES, Pieces, ReadError, ReadErrorKind};

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

/// An input whose header is read: its columns, its text, and how to cut it into records.
pub(crate) struct Opened<'a> {
    pub(crate) name: Arc<str>,
    pub(crate) format: Format,
    pub(crate) gzip: bool,
    pub(crate) binding: Arc<Binding>,
    pub(crate) pieces: Pieces<'a>,
    pub(crate) cutter: Cutter,
}

/// Reads as far as it takes to know what the input is and which of the wanted columns it has.
pub(crate) fn open(input: Input<'_>, wanted: Columns) -> Result<Opened<'_>, ReadError> {
    let Input { name, mut reader } = input;
    let fail = |kind| ReadError::new(&name, kind);
    let mut magic = Vec::new();
    reader.by_ref().take(4).read_to_end(&mut magic).map_err(|error| fail(io_kind(&error)))?;
    let gzip = magic.starts_with(&[0x1f, 0x8b]);
    if magic.starts_with(b"PK\x03\x04") {
        return Err(fail(ReadErrorKind::Zip));
    }
    let whole = Cursor::new(magic).chain(reader);
    let mut text: Box<dyn Read + Send> = if gzip { Box::new(Gunzip::new(whole)) } else { Box::new(whole) };

    let mut head = Vec::new();
    text.by_ref().take(MAX_RECORD_BYTES as u64).read_to_end(&mut head).map_err(|error| fail(io_kind(&error)))?;
    let (format, binding, skip) = bind(&head).map_err(fail)?;
    let binding = Arc::new(binding.only(wanted));
    let splitter = match format {
        Format::Csv => Splitter::Csv,
        Format::JsonLines => Splitter::JsonLines,
        Format::JsonDocument => Splitter::Documents(Documents::default()),
    };
    let mut head = Cursor::new(head);
    head.set_position(skip as u64);
    let text: Chain<_, _> = head.chain(text);
    let pieces = Pieces::new(Arc::clone(&name), Box::new(text));
    Ok(Opened { name, format, gzip, binding, pieces, cutter: Cutter::new(splitter) })
}

pub(super) fn io_kind(error: &io::Error) -> ReadErrorKind {
    if error.get_ref().is_some_and(|inner| inner.is::<ExpandsTooFar>()) {
        ReadErrorKind::Expansion { limit: MAX_EXPANSION }
    } else {
        ReadErrorKind::Io(error.to_string())
    }
}

/// The format, the bound columns and how many bytes the header takes.
fn bind(head: &[u8]) -> Result<(Format, Binding, usize), ReadErrorKind> {
    let (text, bom) = after_mark(head)?;
    if is_json(text) {
        let (format, names) = json_names(text)?;
        // An empty page of an API answer is no error: it has no rows.
        let binding =
            names.map_or_else(|| Ok(Binding::default()), |names| Binding::new(names.iter().map(AsRef::as_ref)));
        return Ok((format, binding?, bom));
    }
    bind_csv(text).map(|(binding, header)| (Format::Csv, binding, bom + header))
}

/// The text after a byte order mark, and how long that is.
pub(super) fn after_mark(head: &[u8]) -> Result<(&[u8], usize), ReadErrorKind> {
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err(ReadErrorKind::Utf16);
    }
    let bom = if head.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    let text = head.get(bom..).unwrap_or_default();
    if text.trim_ascii().is_empty() {
        return Err(ReadErrorKind::Empty);
    }
    // No text has these, a workbook or an image does.
    if !is_json(text) && text.iter().take(512).any(|byte| *byte == 0) {
        return Err(ReadErrorKind::Unrecognised);
    }
    Ok((text, bom))
}

pub(super) fn is_json(text: &[u8]) -> bool {
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
}

fn bind_csv(text: &[u8]) -> Result<(Binding, usize), ReadErrorKind> {
    let (fields, end) = super::delimited::header(text, b',')?;
    let binding = Binding::new(fields.iter().map(AsRef::as_ref));
    // One field that would be a header with another separator: say so.
    let separated =
        |separator: char| fields.len() <= 2 && fields.iter().any(|field| field.matches(separator).count() > 3);
    match binding {
        Err(ReadErrorKind::MissingColumns { missing, .. }) if separated(';') || separated('\t') => {
            Err(ReadErrorKind::MissingColumns {
                missing,
                advice: "the columns seem to be separated by semicolons or tabs; save the file with commas",
            })
        }
        other => other.map(|binding| (binding, end)),
    }
}

/// How JSON holds its records, and the names of the first one's properties; `None` where there is no record.
pub(super) fn json_names(text: &[u8]) -> Result<(Format, Option<Vec<String>>), ReadErrorKind> {
    let line_end = memchr::memchr(b'\n', text.trim_ascii_start()).unwrap_or(text.len());
    let line = text.trim_ascii_start().get(..line_end).unwrap_or(text);
    if let Some(object) = first_object(line)
        && !object.contains_key("items")
        && !object.contains_key("value")
    {
        return Ok((Format::JsonLines, Some(names(object))));
    }
    let mut documents = Documents::default();
    let mut records = Vec::new();
    documents.feed(text, &mut records);
    documents.finish(&mut records);
    let first = records.split(|byte| *byte == b'\n').find(|line| !line.is_empty());
    let Some(first) = first else { return Ok((Format::JsonDocument, None)) };
    let object = first_object(first).ok_or(ReadErrorKind::Unrecognised)?;
    Ok((Format::JsonDocument, Some(names(object))))
}

/// Names may be written with escapes, so they need not be parts of the line.
type Properties<'l> = BTreeMap<Cow<'l, str>, &'l RawValue>;

fn names(object: Properties<'_>) -> Vec<String> {
    object.into_keys().map(Cow::into_owned).collect()
}

fn first_object(line: &[u8]) -> Option<Properties<'_>> {
    serde_json::from_slice(line).ok()
}
