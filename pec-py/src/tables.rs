//! The tables of a result, by name.

use pec_core::engine::Engine;
use pec_core::report::{Table, access_timeline};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arrow_out;
use crate::error::PecResult;

/// The table of access: it shows what lines were decided with, and is no sum of them.
pub(crate) const ACCESS: &str = "access";

/// The names of all tables.
pub(crate) fn names() -> Vec<&'static str> {
    Table::ALL.iter().map(|table| table.as_str()).chain([ACCESS]).collect()
}

/// The error that a name is of no table.
pub(crate) fn unknown(name: &str) -> PyErr {
    PyValueError::new_err(format!("`{name}` is no table of a result; expected one of {}", names().join(", ")))
}

/// Every grant over time; no row without evidence.
pub(crate) fn access<'py>(py: Python<'py>, engine: &Engine) -> PecResult<Bound<'py, PyAny>> {
    let batches = py.detach(|| {
        let timeline = engine.access().map(|access| access.timeline(engine.programme()));
        access_timeline(&timeline.unwrap_or_default())
    })?;
    Ok(arrow_out::table_of(py, batches)?)
}
