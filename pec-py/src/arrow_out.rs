//! Tables out: `arro3.core.Table`, which any frame library takes without a copy.

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use pyo3::prelude::*;
use pyo3_arrow::PyTable;

pub(crate) fn table(py: Python<'_>, batch: RecordBatch) -> PyResult<Bound<'_, PyAny>> {
    table_of(py, vec![batch])
}

/// Batches of one schema, at least one, as a table.
pub(crate) fn table_of(py: Python<'_>, batches: Vec<RecordBatch>) -> PyResult<Bound<'_, PyAny>> {
    let schema = batches.first().map_or_else(|| Schema::empty().into(), RecordBatch::schema);
    PyTable::try_new(batches, schema)?.into_arro3(py)
}
