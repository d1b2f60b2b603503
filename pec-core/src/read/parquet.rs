//! Parquet files, as Cost Management exports them: row group by row group to CSV text, so that they take the road of any file.
//!
//! Their amounts may be doubles. A frame's are refused, since whoever made it had a choice; an export's are taken as the shortest
//! decimal that is the same double, which is what a person would read, and the report says so.

use std::io::{self, Read};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, LargeStringArray, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};

use super::columns::{Binding, Columns};
use super::held::write_record;
use super::{Column, ReadErrorKind};

/// The rows of a file as CSV text without a header.
pub(super) struct ParquetText {
    batches: ParquetRecordBatchReader,
    text: Vec<u8>,
    used: usize,
}

/// A file that is opened.
pub(super) struct ParquetFile {
    pub(super) text: ParquetText,
    /// The columns of the text.
    pub(super) binding: Binding,
    /// Are amounts stored as floats?
    pub(super) doubles: bool,
}

/// Rows that become text at once.
const BATCH_ROWS: usize = 4096;

/// Opens a file of which these columns are wanted.
pub(super) fn open(bytes: Vec<u8>, wanted: Columns) -> Result<ParquetFile, ReadErrorKind> {
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).map_err(|error| broken(&error))?;
    unpacked(&builder)?;
    let schema = builder.schema().clone();
    let binding = Binding::new(schema.fields().iter().map(|field| field.name().as_str()))?.only(wanted)?;
    let mut roots = Vec::new();
    let mut doubles = false;
    for (at, (field, column)) in schema.fields().iter().zip(binding.columns()).enumerate() {
        let Some(column) = column else { continue };
        if !arrow_cast::can_cast_types(field.data_type(), &DataType::LargeUtf8) {
            let (column, found) = (field.name().clone(), field.data_type().to_string());
            return Err(ReadErrorKind::UnreadableColumn { column, found });
        }
        doubles |= Column::AMOUNTS.contains(column) && field.data_type().is_floating();
        roots.push(at);
    }
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let batches = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(|error| broken(&error))?;
    Ok(ParquetFile {
        text: ParquetText { batches, text: Vec::new(), used: 0 },
        binding: binding.bound_alone(),
        doubles,
    })
}

/// Can its columns be unpacked? Asked before the first row is read.
fn unpacked(builder: &ParquetRecordBatchReaderBuilder<bytes::Bytes>) -> Result<(), ReadErrorKind> {
    let groups = builder.metadata().row_groups().iter();
    let other = groups
        .flat_map(RowGroupMetaData::columns)
        .map(ColumnChunkMetaData::compression)
        .find(|codec| matches!(codec, Compression::BROTLI(_) | Compression::LZO));
    other.map_or(Ok(()), |codec| {
        let name = codec.to_string();
        let name = name.split('(').next().unwrap_or_default();
        let found = format!("it is packed with {name}, and only Snappy, gzip, zstd and LZ4 are unpacked");
        Err(ReadErrorKind::NotReadable { what: "Parquet file", found })
    })
}

fn broken(error: &ParquetError) -> ReadErrorKind {
    ReadErrorKind::NotReadable { what: "Parquet file", found: error.to_string() }
}

impl Read for ParquetText {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.used == self.text.len() && !buffer.is_empty() {
            let Some(batch) = self.batches.next() else { return Ok(0) };
            self.text.clear();
            self.used = 0;
            write_rows(&mut self.text, &batch.map_err(io::Error::other)?).map_err(io::Error::other)?;
        }
        let read = self.text.get(self.used..).unwrap_or_default().read(buffer)?;
        self.used += read;
        Ok(read)
    }
}

fn write_rows(text: &mut Vec<u8>, batch: &RecordBatch) -> Result<(), arrow_schema::ArrowError> {
    let columns: Vec<LargeStringArray> = batch.columns().iter().map(|array| texts(array)).collect::<Result<_, _>>()?;
    for row in 0..batch.num_rows() {
        write_record(
            text,
            columns.iter().map(|texts| if texts.is_valid(row) { texts.value(row).as_bytes() } else { b"" }),
        );
    }
    Ok(())
}

/// A column as texts; of a float, the shortest decimal that is the same float.
fn texts(array: &dyn Array) -> Result<LargeStringArray, arrow_schema::ArrowError> {
    if let Some(floats) = array.as_primitive_opt::<Float64Type>() {
        return Ok(floats.iter().map(|float| float.map(|float| float.to_string())).collect());
    }
    if let Some(floats) = array.as_primitive_opt::<Float32Type>() {
        return Ok(floats.iter().map(|float| float.map(|float| float.to_string())).collect());
    }
    Ok(arrow_cast::cast(array, &DataType::LargeUtf8)?.as_string::<i64>().clone())
}
