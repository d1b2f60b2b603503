//! Frames in: any object with the Arrow PyCapsule interface, without a copy.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;

/// A frame as a stream of record batches.
pub(crate) struct Frame(Box<dyn RecordBatchReader + Send>);

/// Rows handed on at once: a frame may be one batch of millions, and between batches the caller is heard.
const SLICE_ROWS: usize = 32_768;

impl Frame {
    /// Does the object have the interface?
    pub(crate) fn is_one(object: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(object.hasattr("__arrow_c_stream__")? || object.hasattr("__arrow_c_array__")?)
    }

    /// The same rows twice, held and not copied.
    pub(crate) fn twice(self) -> (Self, Self) {
        let schema = self.0.schema();
        // An error stays where it is: both readings end there, with it.
        let batches: Vec<Result<RecordBatch, String>> =
            self.0.map(|batch| batch.map_err(|error| error.to_string())).collect();
        let again = batches.clone();
        let reader = |batches: Vec<Result<RecordBatch, String>>| {
            let batches = batches.into_iter().map(|batch| batch.map_err(ArrowError::ComputeError));
            Self(Box::new(RecordBatchIterator::new(batches, Arc::clone(&schema))))
        };
        (reader(batches), reader(again))
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    /// The rows in batches of a size that can be worked on, without a copy.
    pub(crate) fn slices(self) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
        self.0.flat_map(|batch| {
            let (batch, error) = match batch {
                Ok(batch) => (Some(batch), None),
                Err(error) => (None, Some(Err(error))),
            };
            let slices = batch.into_iter().flat_map(|batch| {
                let rows = batch.num_rows();
                (0..rows).step_by(SLICE_ROWS).map(move |start| Ok(batch.slice(start, SLICE_ROWS.min(rows - start))))
            });
            slices.chain(error)
        })
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Frame {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        object.extract::<AnyRecordBatch>()?.into_reader().map(Self)
    }
}
