//! One record given by names and texts, outside any file.

use std::sync::Arc;

use crate::read::{Binding, Cell, Cells, Column, ReadError};
use crate::usage::UsageLine;

use super::{Normaliser, RowIssue};

/// What issues call the file of a record.
const NAME: &str = "record";

/// A record of daily rated usage given as names and texts.
///
/// Takes the same road as a row of a file: same names, same spellings, same issues.
///
/// ```
/// use pec_core::normalise::Record;
/// let mut record = Record::new([
///     ("UsageDate", "10/4/2026"), ("ChargeStartDate", "10/1/2026"), ("EntitlementId", "3f47bcf1-965d-40a1-a2bc-3d5db3653250"),
///     ("UnitPrice", "0.045"), ("Quantity", "24"), ("PartnerEarnedCreditPercentage", "15"),
/// ])?;
/// assert_eq!(record.line()?.list_cost.amount().to_string(), "1.08");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Record {
    name: Arc<str>,
    binding: Binding,
    texts: Vec<(Column, String)>,
    normaliser: Normaliser,
}

impl Record {
    /// Which column each name of a record is, told by all of them together: kinds of files give one name several meanings.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where a needed column is absent or two mean the same.
    pub fn columns<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Vec<Option<Column>>, ReadError> {
        let binding = Binding::new(names).map_err(|kind| ReadError::new(&NAME.into(), kind))?;
        Ok(binding.columns().to_vec())
    }

    /// A record of these columns; names of no meaning are passed over.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where a needed column is absent or two mean the same.
    pub fn new<N: AsRef<str>, T: Into<String>>(columns: impl IntoIterator<Item = (N, T)>) -> Result<Self, ReadError> {
        let columns: Vec<(N, String)> = columns.into_iter().map(|(name, text)| (name, text.into())).collect();
        let name: Arc<str> = NAME.into();
        let binding =
            Binding::new(columns.iter().map(|(name, _)| name.as_ref())).map_err(|kind| ReadError::new(&name, kind))?;
        let texts =
            binding.columns().iter().zip(columns).filter_map(|(column, (_, text))| Some(((*column)?, text))).collect();
        let mut normaliser = Normaliser::default();
        normaliser.begin(&binding);
        Ok(Self { name, binding, texts, normaliser })
    }

    /// The usage line.
    ///
    /// # Errors
    ///
    /// [`RowIssue`] for the first column that cannot be read.
    pub fn line(&mut self) -> Result<UsageLine<'_>, RowIssue> {
        let mut cells = Cells::default();
        for (column, text) in &self.texts {
            cells.set(*column, Cell::plain(text.as_bytes()));
        }
        let read = self.normaliser.read(cells.row());
        read.map_err(|issue| RowIssue {
            file: Arc::clone(&self.name),
            row: 1,
            column: self.binding.spelled(issue.column).to_owned(),
            found: issue.found,
            expected: issue.expected,
        })?;
        Ok(self.normaliser.line())
    }
}
