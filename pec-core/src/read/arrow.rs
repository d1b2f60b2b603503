//! Record batches to rows of text.
//!
//! Columns are bound by name like those of a file and cast to text, so that a frame takes the same road as a file. Amounts as
//! floats are refused: they have lost digits before they came here.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, LargeStringArray, RecordBatch, StringArray, StringViewArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType, Schema};

use super::columns::{Binding, Columns};
use super::row::{Cell, Cells, Malformed, Row};
use super::{Column, ReadErrorKind};

/// The bound columns of batches of one schema.
pub(crate) struct Frames {
    pub(crate) binding: Arc<Binding>,
}

impl Frames {
    /// Binds the wanted columns of a schema.
    pub(crate) fn new(schema: &Schema, wanted: Columns) -> Result<Self, ReadErrorKind> {
        let binding = Binding::new(schema.fields().iter().map(|field| field.name().as_str()))?.only(wanted)?;
        for (field, column) in schema.fields().iter().zip(binding.columns()) {
            let (name, found) = (|| field.name().clone(), || field.data_type().to_string());
            if column.is_some_and(|column| Column::AMOUNTS.contains(&column)) && is_floating(field.data_type()) {
                return Err(ReadErrorKind::FloatColumn { column: name(), found: found() });
            }
            if column.is_some() && !arrow_cast::can_cast_types(field.data_type(), &DataType::LargeUtf8) {
                return Err(ReadErrorKind::UnreadableColumn { column: name(), found: found() });
            }
        }
        Ok(Self { binding: Arc::new(binding) })
    }

    /// Calls `emit` for every row of a batch, in order.
    pub(crate) fn scan(
        &self,
        batch: &RecordBatch,
        emit: &mut impl FnMut(Result<Row<'_>, Malformed>),
    ) -> Result<(), ReadErrorKind> {
        let mut columns: Vec<(Column, Texts)> = Vec::new();
        for (column, array) in self.binding.columns().iter().zip(batch.columns()) {
            let Some(column) = column else { continue };
            let texts = Texts::of(array).map_err(|_| ReadErrorKind::UnreadableColumn {
                column: self.binding.spelled(*column).to_owned(),
                found: array.data_type().to_string(),
            })?;
            columns.push((*column, texts));
        }
        let mut cells = Cells::default();
        for row in 0..batch.num_rows() {
            for (column, texts) in &columns {
                cells.set(*column, Cell::plain(texts.at(row).as_bytes()));
            }
            cells.hand_over(emit);
        }
        Ok(())
    }
}

/// Are these floats, in whatever form they are packed?
fn is_floating(data_type: &DataType) -> bool {
    if let DataType::Dictionary(_, values) = data_type {
        return is_floating(values);
    }
    if let DataType::RunEndEncoded(_, values) = data_type {
        return is_floating(values.data_type());
    }
    data_type.is_floating()
}

/// The texts of values of which some have none, as a day that no calendar has. These say so, and only their rows fail.
fn one_by_one(array: &dyn Array) -> Result<LargeStringArray, ArrowError> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options)?;
    let text = |row| formatter.value(row).try_to_string().unwrap_or_else(|error| error.to_string());
    Ok((0..array.len()).map(|row| array.is_valid(row).then(|| text(row))).collect())
}

/// A column as texts. Texts are read where they lie, in each form that frames keep them in; anything else is cast.
enum Texts {
    Short(StringArray),
    Long(LargeStringArray),
    Views(StringViewArray),
}

impl Texts {
    fn of(array: &dyn Array) -> Result<Self, ArrowError> {
        Ok(if let Some(texts) = array.as_string_opt() {
            Self::Short(texts.clone())
        } else if let Some(texts) = array.as_string_view_opt() {
            Self::Views(texts.clone())
        } else if let Some(texts) = array.as_string_opt() {
            Self::Long(texts.clone())
        } else {
            Self::Long(match arrow_cast::cast(array, &DataType::LargeUtf8) {
                Ok(texts) => texts.as_string().clone(),
                Err(_) => one_by_one(array)?,
            })
        })
    }

    /// The text of a row; null is blank.
    #[inline]
    fn at(&self, row: usize) -> &str {
        let (valid, text) = match self {
            Self::Short(texts) => (texts.is_valid(row), texts.value(row)),
            Self::Long(texts) => (texts.is_valid(row), texts.value(row)),
            Self::Views(texts) => (texts.is_valid(row), texts.value(row)),
        };
        if valid { text } else { "" }
    }
}
