//! Bytes to rows of text with their positions.
//!
//! This layer knows formats and column names, never money: a row is cells of text, bound by header name.
//!
//! ```text
//! input ─> (gzip) ─> pieces ─> blocks of whole records ─> rows
//!          one at a time, in order                       any number at once
//! ```

#[cfg(feature = "arrow")]
pub(crate) mod arrow;
mod blocks;
mod chunk;
mod columns;
mod compressed;
mod delimited;
mod detect;
mod document;
mod error;
mod held;
mod json_lines;
mod last_record;
#[cfg(feature = "parquet")]
mod parquet;
mod regional;
mod row;
mod table;
mod utf16;
#[cfg(feature = "xlsx")]
mod workbook;
mod zipped;

use std::io::Read;
use std::sync::Arc;

pub(crate) use blocks::{Block, Cutter, Pieces};
pub use columns::Column;
pub(crate) use columns::{Binding, Columns, Decimals, FileKind, PriceColumn};
pub(crate) use delimited::Scanner;
pub(crate) use detect::{Format, Head, Opened, open};
pub use error::{ReadError, ReadErrorKind};
pub(crate) use json_lines::JsonLines;
pub(crate) use row::{Cell, Cells, Malformed, NotUtf8, Row, shorten};
pub(crate) use table::{Saved, TableColumn, TableRow, read_table, table_columns};

/// No record is longer: a longer one becomes a row issue, so that an endless line cannot fill memory.
pub const MAX_RECORD_BYTES: usize = 1 << 20;

/// A named stream of bytes: a file, a blob, a buffer.
///
/// ```
/// use pec_core::read::Input;
/// let input = Input::new("usage.csv", &b"UsageDate,EntitlementId\n"[..]);
/// assert_eq!(input.name(), "usage.csv");
/// ```
pub struct Input<'a> {
    name: Arc<str>,
    reader: Box<dyn Read + Send + 'a>,
}

impl<'a> Input<'a> {
    /// A stream and the name to report it by. Reads are large, so the stream needs no buffer of its own.
    pub fn new(name: impl Into<Arc<str>>, reader: impl Read + Send + 'a) -> Self {
        Self { name: name.into(), reader: Box::new(reader) }
    }

    /// The same stream by another name.
    pub(crate) fn named(self, name: String) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The name to report it by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl std::fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input").field("name", &self.name).finish_non_exhaustive()
    }
}
