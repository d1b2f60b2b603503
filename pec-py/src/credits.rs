//! Azure credits.

use std::fs;
use std::path::PathBuf;

use pec_core::credit_offer::Mode;
use pec_core::drawdown::Credits;
use pec_core::normalise::credit_balance::{self, CreditBalancesRead};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::error::{PecResult, at_path};
use crate::pickle::{Saved, saved, with_read, without_read};
use crate::source::path_input;

/// What these bytes are called in errors.
const WHAT: &str = "credits";

/// Credits of customers, and how they are drawn.
#[pyclass(name = "Credits", module = "pec", frozen)]
pub(crate) struct PyCredits {
    pub(crate) credits: Credits,
    pub(crate) read: CreditBalancesRead,
}

#[pymethods]
impl PyCredits {
    #[new]
    #[pyo3(signature = (*paths, mode = None))]
    fn new(py: Python<'_>, paths: &Bound<'_, PyTuple>, mode: Option<&str>) -> PecResult<Self> {
        let paths: Vec<PathBuf> = paths.extract()?;
        let mode = mode.map(mode_named).transpose()?;
        py.detach(|| {
            let is_toml = |path: &&PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
            let (lists, reports): (Vec<_>, Vec<_>) = paths.iter().partition(is_toml);
            let inputs = reports.iter().map(|path| path_input(&path.to_string_lossy(), path));
            let (mut credits, read) = credit_balance::read(inputs)?;
            for path in lists {
                let text = fs::read_to_string(path).map_err(at_path(path))?;
                credits = credits.and(Credits::from_toml(&path.to_string_lossy(), &text)?)?;
            }
            if let Some(mode) = mode {
                credits = credits.mode(mode);
            }
            Ok(Self { credits, read })
        })
    }

    #[getter]
    fn issues<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json(py, &self.read.issues)
    }

    fn __len__(&self) -> usize {
        self.credits.all().len()
    }

    fn __repr__(&self) -> String {
        format!("<pec.Credits: {} credits, {} row issues>", self.credits.all().len(), self.read.issues.len())
    }
}

impl Saved for PyCredits {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        with_read(WHAT, self.credits.to_bytes()?, &self.read)
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        let (credits, read) = without_read(WHAT, bytes, Credits::from_bytes)?;
        Ok(Self { credits, read })
    }
}
saved!(PyCredits);

fn mode_named(name: &str) -> PyResult<Mode> {
    match name {
        "daily" => Ok(Mode::Daily),
        "deck" => Ok(Mode::Deck),
        other => Err(PyValueError::new_err(format!("`{other}` is no mode; expected `daily` or `deck`"))),
    }
}

pub(crate) fn json<'py>(py: Python<'py>, value: &impl serde::Serialize) -> PyResult<Bound<'py, PyAny>> {
    let text = serde_json::to_string(value).map_err(|error| PyValueError::new_err(error.to_string()))?;
    py.import("json")?.getattr("loads")?.call1((text,))
}
