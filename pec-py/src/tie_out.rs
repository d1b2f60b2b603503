//! Daily lines against an invoice.

use std::num::NonZeroUsize;
use std::sync::Arc;

use chrono::NaiveDate;
use pec_core::engine::{Engine, Run};
use pec_core::report::untied_batch;
use pec_core::saved::Form;
use pec_core::tie_out::{DailyCharges, Invoice, TieOut, tie_out as compare};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use serde::{Deserialize, Serialize};

use crate::amount::to_decimal;
use crate::arrow_out;
use crate::error::{PecError, PecResult};
use crate::judge::engine;
use crate::pickle::{Plain, saved};
use crate::reconcile::{threads_of, width_of};
use crate::source::{Raised, Source, named, parted, raised_by};
use crate::watch::{Seen, watched};

/// Sums daily lines as an invoice charges them, and compares.
#[pyfunction]
#[pyo3(signature = (daily, /, *, invoice, threads=None, progress=None))]
pub(crate) fn tie_out(
    py: Python<'_>,
    daily: Vec<Source>,
    invoice: Vec<Source>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PecResult<PyTieOut> {
    let threads = threads_of(threads)?;
    let raised = Raised::default();
    let work = Work {
        engine: engine()?,
        daily: named(py, daily, None),
        invoice: named(py, invoice, None),
        threads,
        raised: raised.clone(),
    };
    watched(py, progress, move |seen| work.run(seen)).map_err(|error| raised_by(py, error, &raised))
}

struct Work {
    engine: Arc<Engine>,
    daily: Vec<(String, Source)>,
    invoice: Vec<(String, Source)>,
    threads: NonZeroUsize,
    raised: Raised,
}

impl Work {
    fn run(self, seen: &Seen) -> PecResult<PyTieOut> {
        let mut invoice = Invoice::default();
        let (files, tables) = parted(self.invoice, &self.raised);
        if !tables.is_empty() {
            let text = "an invoice is read from files; pass paths or open files, no table";
            return Err(PecError::Python(PyTypeError::new_err(text)));
        }
        for file in files {
            invoice.read(file)?;
        }
        let progress = |progress| seen.note(progress);
        let run = Run::default().threads(self.threads).progress(&progress);
        let (inputs, frames) = parted(self.daily, &self.raised);
        let mut charges: DailyCharges = self.engine.daily_charges(inputs, &run)?;
        for (name, frame) in frames {
            let schema = frame.schema();
            charges.merge(&self.engine.daily_charges_of_batches(&name, &schema, frame.slices(), &run)?)?;
        }
        Ok(PyTieOut(compare(&charges, &invoice)?))
    }
}

/// What a comparison found.
#[pyclass(name = "TieOut", module = "pec", frozen)]
#[derive(Serialize, Deserialize)]
pub(crate) struct PyTieOut(TieOut);

impl Plain for PyTieOut {
    const FORM: Form = Form::new("tie-out", 1);
}
saved!(PyTieOut);

impl PyTieOut {
    fn json(&self) -> PecResult<String> {
        Ok(serde_json::to_string(&self.0).map_err(|error| PyValueError::new_err(error.to_string()))?)
    }
}

#[pymethods]
impl PyTieOut {
    #[getter]
    fn keys(&self) -> u64 {
        self.0.keys
    }

    #[getter]
    fn tied(&self) -> u64 {
        self.0.tied
    }

    #[getter]
    fn unreadable(&self) -> u64 {
        self.0.row_issues
    }

    #[getter]
    fn untied<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        Ok(arrow_out::table(py, untied_batch(&self.0)?)?)
    }

    fn to_json(&self, py: Python<'_>) -> PecResult<String> {
        py.detach(|| self.json())
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        let value = py.import("json")?.getattr("loads")?.call1((self.json()?,))?;
        exact(&value)?;
        Ok(value)
    }

    #[pyo3(signature = (*, width = None))]
    fn report(&self, py: Python<'_>, width: Option<usize>) -> String {
        py.detach(|| self.0.text_in(width_of(width)))
    }

    fn __repr__(&self) -> String {
        format!("<pec.TieOut: {} keys, {} tied, {} unreadable>", self.0.keys, self.0.tied, self.0.row_issues)
    }
}

/// Keys whose texts are days in the JSON of a tie-out, and amounts.
const DAYS: [&str; 4] = ["first_day", "last_day", "first_charged", "last_charged"];
const AMOUNTS: [&str; 9] =
    ["daily", "invoice", "difference", "tolerance", "total_daily", "total_invoice", "pricing", "billing", "amount"];

/// Makes the texts of amounts `Decimal`s and those of days `date`s, in place.
fn exact(value: &Bound<'_, PyAny>) -> PyResult<()> {
    if let Ok(list) = value.cast::<PyList>() {
        return list.iter().try_for_each(|item| exact(&item));
    }
    let Ok(dict) = value.cast::<PyDict>() else { return Ok(()) };
    for (key, value) in dict.items().extract::<Vec<(String, Bound<'_, PyAny>)>>()? {
        match value.cast::<PyString>() {
            Ok(text) if AMOUNTS.contains(&key.as_str()) => dict.set_item(key, to_decimal(dict.py(), text)?)?,
            Ok(text) if DAYS.contains(&key.as_str()) => {
                dict.set_item(
                    key,
                    text.to_str()?.parse::<NaiveDate>().map_err(|error| PyValueError::new_err(error.to_string()))?,
                )?;
            }
            _ => exact(&value)?,
        }
    }
    Ok(())
}
