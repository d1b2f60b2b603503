//! Record batches as CSV and as Parquet.

use std::io::Write;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType};

/// Writes batches of one schema as CSV. Texts that a spreadsheet would run as a formula get a `'` before them.
pub struct CsvTable<W: Write> {
    writer: csv::Writer<W>,
    headed: bool,
}

impl<W: Write> CsvTable<W> {
    /// A table to this writer.
    pub fn new(writer: W) -> Self {
        Self { writer: csv::Writer::from_writer(writer), headed: false }
    }

    /// Writes the rows of a batch, and the header before the first.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where writing fails.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let schema = batch.schema();
        if !self.headed {
            self.writer.write_record(schema.fields().iter().map(|field| field.name())).map_err(external)?;
            self.headed = true;
        }
        let options = cell_format();
        let arrays: Vec<_> = batch.columns().iter().map(without_zone).collect();
        let columns = arrays.iter().map(|column| {
            // Amounts are never `Utf8`, so a minus before them stays a minus.
            let is_text = matches!(column.data_type(), DataType::Utf8);
            ArrayFormatter::try_new(column, &options).map(|formatter| (formatter, is_text))
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            for (formatter, is_text) in &columns {
                let cell = formatter.value(row).try_to_string()?;
                self.writer.write_field(if *is_text { harmless(cell) } else { cell }).map_err(external)?;
            }
            self.writer.write_record(None::<&[u8]>).map_err(external)?;
        }
        Ok(())
    }

    /// Ends the table.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where writing fails.
    pub fn finish(mut self) -> Result<(), ArrowError> {
        self.writer.flush().map_err(external)
    }
}

impl<W: Write> std::fmt::Debug for CsvTable<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvTable").field("headed", &self.headed).finish_non_exhaustive()
    }
}

fn external(error: impl std::error::Error + Send + Sync + 'static) -> ArrowError {
    ArrowError::ExternalError(Box::new(error))
}

/// How cells are written.
pub(super) fn cell_format() -> FormatOptions<'static> {
    FormatOptions::new().with_timestamp_format(Some("%Y-%m-%dT%H:%M:%S%.fZ"))
}

/// Moments without their zone, which is UTC; its name would have to be looked up to be written.
pub(super) fn without_zone(column: &ArrayRef) -> ArrayRef {
    match column.as_primitive_opt::<TimestampMicrosecondType>() {
        Some(moments) => Arc::new(moments.clone().with_timezone_opt(None::<&str>)),
        None => Arc::clone(column),
    }
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

/// Writes batches of one schema as Parquet (Snappy).
#[cfg(feature = "parquet")]
pub struct ParquetTable<W: Write + Send>(parquet::arrow::ArrowWriter<W>);

#[cfg(feature = "parquet")]
impl<W: Write + Send> ParquetTable<W> {
    /// A table of this schema to this writer.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where the schema cannot be written.
    pub fn new(writer: W, schema: arrow_schema::SchemaRef) -> Result<Self, ArrowError> {
        let properties = parquet::file::properties::WriterProperties::builder()
            .set_compression(parquet::basic::Compression::SNAPPY)
            .set_created_by("pec".to_owned())
            .build();
        let writer = parquet::arrow::ArrowWriter::try_new(writer, schema, Some(properties)).map_err(external)?;
        Ok(Self(writer))
    }

    /// Writes the rows of a batch.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where writing fails.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        self.0.write(batch).map_err(external)
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where writing fails.
    pub fn finish(self) -> Result<(), ArrowError> {
        self.0.close().map(drop).map_err(external)
    }
}

#[cfg(feature = "parquet")]
impl<W: Write + Send> std::fmt::Debug for ParquetTable<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetTable").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Amount;
    use crate::report::arrow::Columns;

    #[test]
    fn formulas_are_harmless_and_amounts_stay() {
        let mut columns = Columns::default();
        columns.texts("text", ["=1+1", "-x", "a,b", "ok"].into_iter());
        let amounts: Vec<_> = ["-1.5", "0.1234567890123456", "2", "0"]
            .map(|text| Amount::from_number(text.parse().unwrap()).unwrap())
            .into();
        columns.amounts("amount", &amounts).unwrap();
        let mut bytes = Vec::new();
        let mut table = CsvTable::new(&mut bytes);
        table.write(&columns.batch().unwrap()).unwrap();
        table.finish().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let expected = "text,amount\n'=1+1,-1.5000000000000000\n'-x,0.1234567890123456\n\"a,b\",2.0000000000000000\nok,0.0000000000000000\n";
        assert_eq!(text, expected);
    }
}
