//! Objects as bytes and back: pickled, saved, loaded, compared, copied.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use pec_core::ledger::Ledger;
use pec_core::normalise::credit_balance::CreditBalancesRead;
use pec_core::normalise::price_list::PricesRead;
use pec_core::report::{EvidenceFacts, Report};
use pec_core::saved::{Form, SavedError};
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

/// What is made of its bytes again.
pub(crate) trait Saved: Sized {
    /// The same for equal objects.
    fn bytes(&self) -> PecResult<Vec<u8>>;

    /// The object of such bytes.
    fn of_bytes(bytes: &[u8]) -> PecResult<Self>;

    /// Is everything equal that they show?
    fn equals(&self, other: &Self) -> PecResult<bool> {
        Ok(self.bytes()? == other.bytes()?)
    }
}

/// What is its own content: data and nothing else.
pub(crate) trait Plain: Serialize + DeserializeOwned {
    const FORM: Form;
}

impl<T: Plain> Saved for T {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        Ok(Self::FORM.bytes_of(self)?)
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        Ok(Self::FORM.content_of(bytes)?)
    }
}

/// Gives a class that is [`Saved`] what `pickle`, `copy` and `==` ask for. `hashed` where its objects are values that a
/// set or a cache may hold, and no tables; `mutable` where a copy is another object, which the class then makes itself.
macro_rules! saved {
    ($class:ty, mutable) => {
        #[pyo3::pymethods]
        impl $class {
            fn to_bytes<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, pyo3::types::PyBytes>> {
                let bytes = py.detach(|| $crate::pickle::Saved::bytes(self))?;
                Ok(pyo3::types::PyBytes::new(py, &bytes))
            }

            #[classmethod]
            #[pyo3(signature = (data, /))]
            fn from_bytes(_class: &Bound<'_, pyo3::types::PyType>, py: Python<'_>, data: &[u8]) -> PecResult<Self> {
                py.detach(|| $crate::pickle::Saved::of_bytes(data))
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PecResult<$crate::pickle::Reduced<'py>> {
                let bytes = slf.borrow().to_bytes(slf.py())?;
                Ok((slf.as_any().get_type().getattr("from_bytes")?, (bytes,)))
            }

            fn __eq__(&self, py: Python<'_>, other: &Self) -> PecResult<bool> {
                py.detach(|| $crate::pickle::Saved::equals(self, other))
            }
        }
    };
    ($class:ty) => {
        $crate::pickle::saved!($class, mutable);

        #[pyo3::pymethods]
        impl $class {
            fn __copy__(slf: Py<Self>) -> Py<Self> {
                slf
            }

            fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
                slf
            }
        }
    };
    ($class:ty, hashed) => {
        $crate::pickle::saved!($class);

        #[pyo3::pymethods]
        impl $class {
            fn __hash__(&self) -> PecResult<u64> {
                $crate::pickle::hash(self)
            }
        }
    };
}
pub(crate) use saved;

/// How an object is made again: by `from_bytes` of its class.
pub(crate) type Reduced<'py> = (Bound<'py, PyAny>, (Bound<'py, PyBytes>,));

/// The same for equal objects, in every process.
pub(crate) fn hash(object: &impl Saved) -> PecResult<u64> {
    let mut hasher = DefaultHasher::new();
    object.bytes()?.hash(&mut hasher);
    Ok(hasher.finish())
}

/// The file of a saved result in its folder.
const FILE: &str = "result.json";

/// A ledger, and what was read beside its lines.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedResult {
    ledger: Box<RawValue>,
    evidence: Vec<EvidenceFacts>,
    prices: Option<PricesRead>,
    balances: Option<CreditBalancesRead>,
}

impl Saved for PyReconciliation {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        let ledger = String::from_utf8(self.ledger.to_bytes()?).map_err(no_result)?;
        let ledger = RawValue::from_string(ledger).map_err(no_result)?;
        let Report { evidence, prices, credit_balances, .. } = &self.report;
        let (evidence, prices, balances) = (evidence.clone(), prices.clone(), credit_balances.clone());
        let saved = SavedResult { ledger, evidence, prices, balances };
        Ok(serde_json::to_vec(&saved).map_err(no_result)?)
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        let saved: SavedResult = serde_json::from_slice(bytes).map_err(no_result)?;
        let ledger = Ledger::from_bytes(saved.ledger.get().as_bytes())?;
        let loaded = Self::new(engine()?, saved.evidence, saved.prices, saved.balances, ledger)?;
        Ok(Self { loaded: true, ..loaded })
    }

    fn equals(&self, other: &Self) -> PecResult<bool> {
        Ok(self.report.lines == other.report.lines
            && self.ledger.cells() == other.ledger.cells()
            && self.ledger.drawdown() == other.ledger.drawdown()
            && write::json(&self.report)? == write::json(&other.report)?)
    }
}
saved!(PyReconciliation);

/// Writes the file that [`load`] reads.
pub(crate) fn save(result: &PyReconciliation, directory: &Path) -> PecResult<PathBuf> {
    let path = directory.join(FILE);
    fs::write(&path, result.bytes()?).map_err(at_path(&path))?;
    Ok(path)
}

/// The result of a folder that [`save`] wrote to, or of the file in it.
pub(crate) fn load(path: &Path) -> PecResult<PyReconciliation> {
    let path = if path.is_dir() { path.join(FILE) } else { path.to_owned() };
    PyReconciliation::of_bytes(&fs::read(&path).map_err(at_path(&path))?)
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
