//! Rows that could not be read.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::read::{Column, Malformed, Row, TableColumn, TableRow};

/// A row that could not be read: where, what was found, what was expected.
///
/// Rows are counted as a spreadsheet does: in CSV the header is row 1; in JSON Lines, JSON documents and frames the
/// first record is row 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[error("{file}: row {row}, column `{column}`: found `{found}`, expected {expected}")]
pub struct RowIssue {
    /// The input.
    #[serde(serialize_with = "text", deserialize_with = "shared")]
    pub file: Arc<str>,
    /// The row in it.
    pub row: u64,
    /// The column, as the input spells it; blank where the row as a whole is meant.
    pub column: String,
    /// What was found, at most 60 characters of it.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

fn shared<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(deserializer).map(Into::into)
}

fn text<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// A cell that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CellIssue {
    pub(crate) column: Column,
    pub(crate) found: String,
    pub(crate) expected: String,
}

impl CellIssue {
    pub(crate) fn new(row: Row<'_>, column: Column, expected: &str) -> Self {
        Self { column, found: row.cell(column).shown(), expected: expected.to_owned() }
    }
}

impl RowIssue {
    /// The issue of a cell of a table.
    pub(crate) fn of_cell<C: TableColumn>(file: &Arc<str>, row: TableRow<'_, C>, column: C, expected: &str) -> Self {
        Self {
            file: Arc::clone(file),
            row: row.number,
            column: row.spelled(column).to_owned(),
            found: row.cell(column).shown(),
            expected: expected.trim_start_matches("expected ").to_owned(),
        }
    }

    /// The issue of a row of a table that has no cells.
    pub(crate) fn of_row(file: &Arc<str>, row: u64, malformed: Malformed) -> Self {
        let Malformed { found, expected } = malformed;
        Self { file: Arc::clone(file), row, column: String::new(), found, expected }
    }
}
