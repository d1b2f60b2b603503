//! Files that are held whole, since they cannot be read from one end to the other.

use std::io::Read;

use super::ReadErrorKind;
use super::detect::io_kind;

/// No larger file is held, and no more text is made of one.
pub(super) const MAX_HELD_BYTES: u64 = 1 << 30;

/// All of a file.
pub(super) fn hold(reader: impl Read) -> Result<Vec<u8>, ReadErrorKind> {
    let mut bytes = Vec::new();
    reader.take(MAX_HELD_BYTES + 1).read_to_end(&mut bytes).map_err(|error| io_kind(&error))?;
    within_limit(bytes.len()).map(|()| bytes)
}

/// An error past the limit.
pub(super) fn within_limit(bytes: usize) -> Result<(), ReadErrorKind> {
    if bytes as u64 > MAX_HELD_BYTES { Err(ReadErrorKind::TooLargeToHold) } else { Ok(()) }
}

/// Writes a field of a CSV record.
pub(super) fn write_field(text: &mut Vec<u8>, field: &[u8]) {
    if !field.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        text.extend_from_slice(field);
        return;
    }
    write_quoted(text, field);
}

/// Writes a field of a CSV record in quotes.
pub(super) fn write_quoted(text: &mut Vec<u8>, field: &[u8]) {
    text.push(b'"');
    for byte in field {
        text.extend_from_slice(if *byte == b'"' { b"\"\"" } else { std::slice::from_ref(byte) });
    }
    text.push(b'"');
}

/// Writes a record.
#[cfg(any(feature = "parquet", feature = "xlsx"))]
pub(super) fn write_record<'f>(text: &mut Vec<u8>, fields: impl IntoIterator<Item = &'f [u8]>) {
    for (at, field) in fields.into_iter().enumerate() {
        if at > 0 {
            text.push(b',');
        }
        write_field(text, field);
    }
    text.push(b'\n');
}
