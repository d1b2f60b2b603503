//! What makes a whole input unusable.

use std::sync::Arc;

/// An input that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {kind}")]
pub struct ReadError {
    file: Arc<str>,
    kind: ReadErrorKind,
}

/// Why an input cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// There is nothing in it.
    #[error("the file is empty; export it again")]
    Empty,
    /// It is a zip archive that is no workbook.
    #[error("this is a zip archive and no workbook; unpack it")]
    Zip,
    /// It is UTF-16 that does not say so.
    #[error("this is UTF-16 text without a byte order mark; save it as UTF-8")]
    Utf16,
    /// It is a web page, or an error in XML that came in the place of the file.
    #[error("this is a web page or XML and no export, perhaps a sign-in page; sign in and export again")]
    Markup,
    /// It is neither CSV nor JSON.
    #[error("this is neither CSV nor JSON text; pass the file as it was exported")]
    Unrecognised,
    /// Its lines end with carriage returns alone.
    #[error("lines end with carriage returns alone; save the file as CSV (UTF-8) with ordinary line ends")]
    LineEnds,
    /// The header row does not end.
    #[error("the header row is longer than 1 MiB; pass the file as it was exported")]
    LongHeader,
    /// A quote in the header row is open at the end of its line: rows would be taken for column names.
    #[error("a quote in the header row does not close on its line; close or remove it")]
    OpenQuoteInHeader,
    /// The first row is one of values.
    #[error(
        "the first row holds values and no names of columns; pass the file with its header row, as it was exported"
    )]
    NoHeader,
    /// A header row of other columns stands among the rows: those behind it would be read by the names of the first one.
    #[error(
        "a header row with its columns in another order stands among the rows; the file was joined of several: pass each of them"
    )]
    OtherHeader,
    /// Needed columns are absent.
    #[error(
        "no column {}; {advice}",
        .missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    )]
    MissingColumns {
        /// The columns, as Microsoft spells them.
        missing: Vec<String>,
        /// What to export.
        advice: &'static str,
    },
    /// A known kind of file in the place of another.
    #[error("this is {recognised}; {place}")]
    Misplaced {
        /// What it is.
        recognised: &'static str,
        /// Where it belongs, or what to do.
        place: &'static str,
    },
    /// A column that only files of another kind have.
    #[error("a file with a column `{column}` is of another kind; {advice}")]
    OtherKind {
        /// The column's header.
        column: String,
        /// What to export.
        advice: &'static str,
    },
    /// A file of costs that says nothing of the credit.
    #[error(
        "this is {recognised}; it cannot show what was credited; export cost details or FOCUS of the billing account, the billing profile or the customer, signed in as the partner, or daily rated usage from Partner Center"
    )]
    CannotShowCredit {
        /// What it is.
        recognised: &'static str,
    },
    /// A workbook or a Parquet file that is broken.
    #[error("this {what} cannot be read: {found}; export it again, or save it as CSV (UTF-8)")]
    NotReadable {
        /// What it is.
        what: &'static str,
        /// What is the matter with it.
        found: String,
    },
    /// A kind of file that this build does not read.
    #[error("this is a {what}, which this build does not read; enable the feature `{feature}`, or pass CSV")]
    NotBuilt {
        /// What it is.
        what: &'static str,
        /// The feature of the library.
        feature: &'static str,
    },
    /// A file that must be held whole and is too large.
    #[error("this file is too large to be held whole (1 GiB); export it in parts, or as CSV with commas")]
    TooLargeToHold,
    /// A zip archive that is no archive of one file.
    #[error("this zip archive holds {files} files; pack the one that was exported, or pass it unpacked")]
    ZipOfSeveral {
        /// How many files it holds.
        files: u64,
    },
    /// A zip archive that is too large to be held, or packed in a way other than deflate.
    #[error("this zip archive {found}; unpack it and pass the file in it")]
    ZipNotReadable {
        /// What is the matter with it.
        found: String,
    },
    /// Two columns mean the same.
    #[error("columns `{first}` and `{second}` mean the same; keep one of them")]
    DuplicateColumn {
        /// The first one's header.
        first: String,
        /// The second one's header.
        second: String,
    },
    /// A frame sends amounts as floats.
    #[error("column `{column}` is {found}, which has already lost digits; load it as text or as decimal128(38, 18)")]
    FloatColumn {
        /// The column's header.
        column: String,
        /// Its type.
        found: String,
    },
    /// A column of a frame that has no text form.
    #[error("column `{column}` is {found}; cast it to string before calling")]
    UnreadableColumn {
        /// The column's header.
        column: String,
        /// Its type.
        found: String,
    },
    /// A gzip stream that unpacks to far more than it holds.
    #[error(
        "unpacks to more than {limit} times its size; if it is really an export, unpack it first and pass the unpacked file"
    )]
    Expansion {
        /// How many times is allowed.
        limit: u64,
    },
    /// Reading failed.
    #[error("cannot be read: {0}; check that the file is complete and try again")]
    Io(String),
}

impl ReadError {
    pub(crate) fn new(file: &Arc<str>, kind: ReadErrorKind) -> Self {
        Self { file: Arc::clone(file), kind }
    }

    /// The input's name.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Why it cannot be used.
    #[must_use]
    pub const fn kind(&self) -> &ReadErrorKind {
        &self.kind
    }
}
