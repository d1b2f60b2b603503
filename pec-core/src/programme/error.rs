//! What can be wrong with a programme: its text, or the day it is asked for.

use chrono::NaiveDate;

/// Why a programme could not be read, or could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgrammeError {
    /// The day lies before anything is known of a parameter. No value is guessed.
    #[error(
        "no `{parameter}` is known for `{day}`: its first entry starts on `{first}`; \
         use that day or a later one, or load parameters that reach further back"
    )]
    BeforeFirstEntry {
        /// The parameter's key.
        parameter: &'static str,
        /// The day asked for.
        day: NaiveDate,
        /// The first day with a value.
        first: NaiveDate,
    },

    /// The text is not TOML of the expected shape.
    #[error("`{file}` line {line}, `{text}`: {problem}; correct that line")]
    Unreadable {
        /// `parameters.toml` or `roles.toml`.
        file: &'static str,
        /// The line, counted from 1.
        line: usize,
        /// The line itself.
        text: String,
        /// What the TOML reader found, and what it expected.
        problem: String,
    },

    /// A key that is needed is not there.
    #[error("`{file}` has no `{key}`; add {expected}")]
    MissingKey {
        /// `parameters.toml` or `roles.toml`.
        file: &'static str,
        /// The key.
        key: String,
        /// What to add.
        expected: &'static str,
    },

    /// A value is there and cannot be used.
    #[error("`{file}`: `{key}` is `{found}`; write {expected}")]
    WrongValue {
        /// `parameters.toml` or `roles.toml`.
        file: &'static str,
        /// The key, entries counted from 0: `credit_rate.entries[0].value`.
        key: String,
        /// The value as written.
        found: String,
        /// What to write.
        expected: &'static str,
    },
}
