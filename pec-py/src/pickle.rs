//! Results, and what lines are decided with, as bytes and back: pickled, saved, loaded.

use std::fs;
use std::path::{Path, PathBuf};

use pec_core::ledger::Ledger;
use pec_core::normalise::price_list::PricesRead;
use pec_core::report::EvidenceFacts;
use pec_core::saved::SavedError;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::{PecResult, at_path};
use crate::judge::engine;
use crate::reconcile::PyReconciliation;
use crate::write;

/// The file of a saved result in its folder.
const FILE: &str = "result.json";

/// A ledger, and what was read beside its lines.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    ledger: Box<RawValue>,
    evidence: Vec<EvidenceFacts>,
    prices: Option<PricesRead>,
}

pub(crate) fn bytes_of(result: &PyReconciliation) -> PecResult<Vec<u8>> {
    let ledger = String::from_utf8(result.ledger.to_bytes()?).map_err(no_result)?;
    let ledger = RawValue::from_string(ledger).map_err(no_result)?;
    let saved = Saved { ledger, evidence: result.report.evidence.clone(), prices: result.report.prices.clone() };
    Ok(serde_json::to_vec(&saved).map_err(no_result)?)
}

pub(crate) fn of_bytes(bytes: &[u8]) -> PecResult<PyReconciliation> {
    let saved: Saved = serde_json::from_slice(bytes).map_err(no_result)?;
    let ledger = Ledger::from_bytes(saved.ledger.get().as_bytes())?;
    let loaded = PyReconciliation::new(engine()?, saved.evidence, saved.prices, ledger)?;
    Ok(PyReconciliation { loaded: true, ..loaded })
}

/// Writes the file that [`load`] reads.
pub(crate) fn save(result: &PyReconciliation, directory: &Path) -> PecResult<PathBuf> {
    let path = directory.join(FILE);
    fs::write(&path, bytes_of(result)?).map_err(at_path(&path))?;
    Ok(path)
}

/// The result of a folder that [`save`] wrote to, or of the file in it.
pub(crate) fn load(path: &Path) -> PecResult<PyReconciliation> {
    let path = if path.is_dir() { path.join(FILE) } else { path.to_owned() };
    of_bytes(&fs::read(&path).map_err(at_path(&path))?)
}

/// Is everything equal that they show?
pub(crate) fn are_equal(a: &PyReconciliation, b: &PyReconciliation) -> PecResult<bool> {
    Ok(a.report.lines == b.report.lines
        && a.ledger.cells() == b.ledger.cells()
        && a.ledger.drawdown() == b.ledger.drawdown()
        && write::json(&a.report)? == write::json(&b.report)?)
}

/// What takes the partner and evidence that lines were decided with is refused where they are not here.
pub(crate) fn decided_here(result: &PyReconciliation) -> PyResult<()> {
    if !result.loaded {
        return Ok(());
    }
    let text = "a result that was loaded has sums, and not what lines were decided with; reconcile its files again";
    Err(PyValueError::new_err(text))
}

fn no_result(error: impl std::fmt::Display) -> PyErr {
    not_saved("result", error)
}

fn not_saved(what: &'static str, error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(SavedError::Form { what, problem: error.to_string() }.to_string())
}

/// What the core saves, and what was read beside it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithRead<R> {
    content: Box<RawValue>,
    read: R,
}

/// The bytes of the core with what was read.
pub(crate) fn with_read(what: &'static str, content: Vec<u8>, read: &impl Serialize) -> PecResult<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| not_saved(what, error);
    let content = String::from_utf8(content).map_err(|error| failed(&error))?;
    let content = RawValue::from_string(content).map_err(|error| failed(&error))?;
    Ok(serde_json::to_vec(&WithRead { content, read }).map_err(|error| failed(&error))?)
}

/// What [`with_read`] put together: `of_content` makes what the core saved.
pub(crate) fn without_read<T, R: DeserializeOwned>(
    what: &'static str,
    bytes: &[u8],
    of_content: impl FnOnce(&[u8]) -> Result<T, SavedError>,
) -> PecResult<(T, R)> {
    let saved: WithRead<R> = serde_json::from_slice(bytes).map_err(|error| not_saved(what, error))?;
    Ok((of_content(saved.content.get().as_bytes())?, saved.read))
}

/// The bytes of an object that is its own content.
pub(crate) fn json_bytes_of<'py>(
    py: Python<'py>,
    what: &'static str,
    object: &impl Serialize,
) -> PecResult<Bound<'py, PyBytes>> {
    let bytes = serde_json::to_vec(object).map_err(|error| not_saved(what, error))?;
    Ok(PyBytes::new(py, &bytes))
}

/// The object of such bytes.
pub(crate) fn of_json_bytes<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> PecResult<T> {
    Ok(serde_json::from_slice(bytes).map_err(|error| not_saved(what, error))?)
}

/// How an object is made again: by `from_bytes` of its class.
pub(crate) type Reduced<'py> = (Bound<'py, PyAny>, (Bound<'py, PyBytes>,));

/// What `pickle` keeps of an object of these bytes.
pub(crate) fn reduced<'py, T>(object: &Bound<'py, T>, bytes: Bound<'py, PyBytes>) -> PyResult<Reduced<'py>> {
    Ok((object.as_any().get_type().getattr("from_bytes")?, (bytes,)))
}
