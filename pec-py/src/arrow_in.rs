//! Frames in: any object with the Arrow PyCapsule interface, without a copy.

use arrow_array::RecordBatchReader;
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;

/// A frame as a stream of record batches.
pub(crate) struct Frame(Box<dyn RecordBatchReader + Send>);

impl Frame {
    /// Does the object have the interface?
    pub(crate) fn is_one(object: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(object.hasattr("__arrow_c_stream__")? || object.hasattr("__arrow_c_array__")?)
    }

    pub(crate) fn into_reader(self) -> Box<dyn RecordBatchReader + Send> {
        self.0
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Frame {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        object.extract::<AnyRecordBatch>()?.into_reader().map(Self)
    }
}
