//! What makes a whole file of evidence unusable.

use std::sync::Arc;

use crate::access::EvidenceKind;

/// A file of evidence that cannot be used, and why. Nothing of it was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {kind}")]
pub struct EvidenceError {
    file: Arc<str>,
    kind: EvidenceErrorKind,
}

/// Why a file of evidence cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceErrorKind {
    /// There is nothing in it.
    #[error("the file is empty; export it again (an export of nothing is `[]`)")]
    Empty,
    /// It is packed.
    #[error("this is a packed file or a workbook; unpack it, or export JSON")]
    Packed,
    /// It is a web page.
    #[error("this is a web page, perhaps a sign-in page; export JSON")]
    Html,
    /// It is not text.
    #[error("line {line}: this is not UTF-8 text; save it as UTF-8")]
    NotText {
        /// The line; the first is 1.
        line: usize,
    },
    /// It is not JSON.
    #[error("line {line}, column {column}: this is not JSON; export it again with `-o json` or `ConvertTo-Json`")]
    NotJson {
        /// The line; the first is 1.
        line: usize,
        /// The column; the first is 1.
        column: usize,
    },
    /// The JSON text ends too early.
    #[error("line {line}: the JSON text ends too early, the file is cut off; export it again")]
    CutOff {
        /// The last line.
        line: usize,
    },
    /// It is JSON, but neither an array nor an object.
    #[error("found `{found}`, expected a JSON array or object; export it again")]
    NoEntries {
        /// What was found.
        found: String,
    },
    /// The content does not tell what it is.
    #[error("cannot tell what this file holds; say which of {} it is", names(EvidenceKind::ALL))]
    UnknownKind,
    /// Several kinds are in it.
    #[error("this file holds {}; say which to read", names(.found))]
    SeveralKinds {
        /// Those that were found.
        found: Vec<EvidenceKind>,
    },
    /// It is said to be of one kind and is of another.
    #[error("said to be `{given}`, but it holds `{found}`; correct the kind or the file")]
    OtherKind {
        /// The kind it is said to be of.
        given: EvidenceKind,
        /// What it holds.
        found: EvidenceKind,
    },
    /// Members without their group.
    #[error("these are members of a group that is not told; name its object id as `group` in the manifest")]
    NoGroup,
    /// An AOBO checker file without its groups.
    #[error("no row with `GroupName` and `ObjectID`; expected the tab-separated file of the AOBO checker")]
    NoAgentGroups,
    /// A manifest that is none.
    #[error("{0}")]
    Manifest(ManifestError),
}

/// What is wrong with a manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// It is not of the form that is expected.
    #[error("line {line}: {message}")]
    Form {
        /// The line; the first is 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Its version is unknown.
    #[error("version `{found}` is unknown, expected `1`; this release cannot read it")]
    Version {
        /// What was found; blank where there is none.
        found: String,
    },
    /// A path leaves the folder.
    #[error("`{path}` is not a path inside the folder, expected one such as `contoso/role_assignments.json`")]
    Path {
        /// The path.
        path: String,
    },
    /// A kind is unknown.
    #[error("`{path}`: kind `{found}` is unknown, expected one of {}", names(EvidenceKind::ALL))]
    Kind {
        /// The file.
        path: String,
        /// What was found.
        found: String,
    },
    /// A field cannot be read.
    #[error("`{path}`: `{field}`: found `{found}`, expected {expected}")]
    Field {
        /// The file; blank for the manifest as a whole.
        path: String,
        /// The field.
        field: &'static str,
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
}

fn names(kinds: &[EvidenceKind]) -> String {
    kinds.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", ")
}

impl EvidenceError {
    pub(super) fn new(file: &Arc<str>, kind: EvidenceErrorKind) -> Self {
        Self { file: Arc::clone(file), kind }
    }

    /// The file's name.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Why it cannot be used.
    #[must_use]
    pub const fn kind(&self) -> &EvidenceErrorKind {
        &self.kind
    }
}

impl From<&serde_json::Error> for EvidenceErrorKind {
    fn from(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        if error.is_eof() { Self::CutOff { line } } else { Self::NotJson { line, column } }
    }
}
