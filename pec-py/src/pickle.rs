//! Results as bytes and back: pickled, saved, loaded.

use std::fs;
use std::path::{Path, PathBuf};

use pec_core::ledger::{Ledger, SavedError};
use pec_core::normalise::price_list::PricesRead;
use pec_core::report::EvidenceFacts;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
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
    let loaded = PyReconciliation::new(engine()?, saved.evidence, saved.prices, None, ledger)?;
    Ok(PyReconciliation { loaded: true, ..loaded })
}

/// Writes the file that [`load`] reads; a result with Azure credits has none.
pub(crate) fn save(result: &PyReconciliation, directory: &Path) -> PecResult<Option<PathBuf>> {
    let path = directory.join(FILE);
    if result.ledger.drawdown().is_some() {
        // None of an earlier result must stay beside the tables of this one.
        return match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at_path(&path)(error).into()),
            _ => Ok(None),
        };
    }
    fs::write(&path, bytes_of(result)?).map_err(at_path(&path))?;
    Ok(Some(path))
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
    PyValueError::new_err(SavedError::Form(error.to_string()).to_string())
}
