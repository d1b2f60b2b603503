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
    names: RecordNames,
    texts: Vec<(Column, String)>,
    normaliser: Normaliser,
}

/// The names that records have in common, and which column each is: found once for all of them.
///
/// ```
/// use pec_core::{normalise::RecordNames, read::Column};
/// let names = RecordNames::new(["UsageDate", "EntitlementId", "UnitPrice", "Quantity", "CreditType", "Mine"])?;
/// assert_eq!(names.columns().last(), Some(&None));
/// let texts = ["2026-10-04", "3f47bcf1-965d-40a1-a2bc-3d5db3653250", "0.045", "24", ""];
/// let mut record = names.record(names.columns().iter().flatten().copied().zip(texts));
/// assert_eq!(record.line()?.list_cost.amount().to_string(), "1.08");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RecordNames {
    name: Arc<str>,
    binding: Arc<Binding>,
}

impl RecordNames {
    /// Which column each name is, told by all of them together: kinds of files give one name several meanings.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where a needed column is absent or two mean the same.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, ReadError> {
        let name: Arc<str> = NAME.into();
        let binding = Binding::new(names).map_err(|kind| ReadError::new(&name, kind))?;
        Ok(Self { name, binding: Arc::new(binding) })
    }

    /// The column of each name, in their order; names of no meaning have none.
    #[must_use]
    pub fn columns(&self) -> &[Option<Column>] {
        self.binding.columns()
    }

    /// A record of these names.
    #[must_use]
    pub fn record<T: Into<String>>(&self, texts: impl IntoIterator<Item = (Column, T)>) -> Record {
        let mut normaliser = Normaliser::default();
        normaliser.begin(&self.binding);
        let texts = texts.into_iter().map(|(column, text)| (column, text.into())).collect();
        Record { names: self.clone(), texts, normaliser }
    }
}

impl Record {
    /// A record of these columns; names of no meaning are passed over.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where a needed column is absent or two mean the same.
    pub fn new<N: AsRef<str>, T: Into<String>>(columns: impl IntoIterator<Item = (N, T)>) -> Result<Self, ReadError> {
        let (names, texts): (Vec<N>, Vec<T>) = columns.into_iter().unzip();
        let names = RecordNames::new(names.iter().map(AsRef::as_ref))?;
        let texts = names.columns().iter().zip(texts).filter_map(|(column, text)| Some(((*column)?, text)));
        Ok(names.record(texts))
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
            file: Arc::clone(&self.names.name),
            row: 1,
            column: self.names.binding.spelled(issue.column).to_owned(),
            found: issue.found,
            expected: issue.expected,
        })?;
        Ok(self.normaliser.line())
    }
}
