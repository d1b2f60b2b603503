//! The tables of a result, by name.

use pec_core::access::AccessTimeline;
use pec_core::report::{Table, access_of, access_timeline};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arrow_out;
use crate::error::PecResult;
use crate::reconcile::PyReconciliation;

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

/// Every grant over time that belongs to a result; no row without evidence.
pub(crate) fn access<'py>(py: Python<'py>, result: &PyReconciliation) -> PecResult<Bound<'py, PyAny>> {
    let (engine, ledger) = (&result.engine, &result.ledger);
    timeline(py, || engine.access().map(|access| access_of(ledger, access, engine.programme())).unwrap_or_default())
}

/// A timeline as a table.
pub(crate) fn timeline<'py, 'a>(
    py: Python<'py>,
    timeline: impl FnOnce() -> AccessTimeline<'a> + Send,
) -> PecResult<Bound<'py, PyAny>> {
    let batches = py.detach(|| access_timeline(&timeline()))?;
    Ok(arrow_out::table_of(py, batches)?)
}
