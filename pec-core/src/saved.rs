//! What is made of many rows, as bytes: for another process, another machine, another day.
//!
//! JSON, amounts as texts: exact, and the same bytes for the same content. Each kind of content has a name and a version of
//! its form; another version is refused, and so is everything that the form does not have. Nothing in it is run, and no
//! number in it asks for memory.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::money::AmountError;

/// Why something cannot be saved, or made of bytes again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SavedError {
    /// These are other bytes.
    #[error("these bytes are no saved {what} ({problem}); save it again")]
    Form {
        /// What was expected.
        what: &'static str,
        /// What is wrong with them.
        problem: String,
    },
    /// Another version of the form.
    #[error(
        "this {what} was saved in version {found} of the form, expected version {expected}; save it again with this version of pec"
    )]
    Version {
        /// What was expected.
        what: &'static str,
        /// The version that was found.
        found: u32,
        /// The version that this library writes and reads.
        expected: u32,
    },
    /// A sum does not fit.
    #[error(transparent)]
    Amount(#[from] AmountError),
}

/// A form of bytes: what it holds, and its version.
///
/// ```
/// use pec_core::saved::Form;
///
/// let form = Form::new("list of days", 1);
/// let bytes = form.bytes_of(["2026-10-04"])?;
/// assert_eq!(form.content_of::<Vec<String>>(&bytes)?, ["2026-10-04"]);
/// let error = Form::new("list of days", 2).content_of::<Vec<String>>(&bytes).unwrap_err();
/// assert!(error.to_string().starts_with("this list of days was saved in version 1 of the form, expected version 2"));
/// # Ok::<(), pec_core::saved::SavedError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    what: &'static str,
    version: u32,
}

/// What any version of any form has.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved<T> {
    format: String,
    version: u32,
    content: T,
}

impl Form {
    /// The form of what is called so in errors.
    #[must_use]
    pub const fn new(what: &'static str, version: u32) -> Self {
        Self { what, version }
    }

    /// The name that the bytes carry.
    fn format(self) -> String {
        format!("pec {}", self.what)
    }

    /// The content as bytes.
    ///
    /// # Errors
    ///
    /// [`SavedError::Form`] where it is no JSON, such as a map whose keys are no texts.
    pub fn bytes_of(self, content: impl Serialize) -> Result<Vec<u8>, SavedError> {
        let saved = Saved { format: self.format(), version: self.version, content };
        serde_json::to_vec(&saved).map_err(|error| self.problem(error))
    }

    /// The content of such bytes.
    ///
    /// # Errors
    ///
    /// [`SavedError`] for other bytes, and for those of another version.
    pub fn content_of<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, SavedError> {
        let head: Head = serde_json::from_slice(bytes).map_err(|error| self.problem(error))?;
        let format = self.format();
        if head.format != format {
            return Err(self.problem(format_args!("`format` is not `{format}`")));
        }
        if head.version != self.version {
            let (what, found, expected) = (self.what, head.version, self.version);
            return Err(SavedError::Version { what, found, expected });
        }
        let saved: Saved<T> = serde_json::from_slice(bytes).map_err(|error| self.problem(error))?;
        Ok(saved.content)
    }

    /// The error of bytes that are no such form.
    pub(crate) fn problem(self, problem: impl std::fmt::Display) -> SavedError {
        SavedError::Form { what: self.what, problem: problem.to_string() }
    }

    /// What is at a place, or the error that there is nothing.
    pub(crate) fn found<T>(self, all: &[T], place: u32) -> Result<&T, SavedError> {
        all.get(place as usize).ok_or_else(|| self.problem("a number points to nothing"))
    }
}
