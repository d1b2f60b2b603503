//! Azure credits, and what became of them.

use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use pec_core::credit_offer::Mode;
use pec_core::drawdown::{CreditStatus, Credits, Drawdown};
use pec_core::engine::{Engine, Run};
use pec_core::normalise::credit_balance::{self, CreditBalancesRead};
use pec_core::report::{credit_days_batch, credit_months_batch, credits_batch};
use pec_core::tie_out::Invoice;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::access::engine_with;
use crate::arrow_out;
use crate::error::{PecError, PecResult, at_path};
use crate::prices::PyPriceList;
use crate::reconcile::{exact, threads_of};
use crate::source::{Raised, Source, named, parted, path_input, raised_by};
use crate::watch::{Seen, watched};

/// Credits of customers, and how they are drawn.
#[pyclass(name = "Credits", module = "pec", frozen)]
pub(crate) struct PyCredits {
    credits: Credits,
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

fn mode_named(name: &str) -> PyResult<Mode> {
    match name {
        "daily" => Ok(Mode::Daily),
        "deck" => Ok(Mode::Deck),
        other => Err(PyValueError::new_err(format!("`{other}` is no mode; expected `daily` or `deck`"))),
    }
}

fn json<'py>(py: Python<'py>, value: &impl serde::Serialize) -> PyResult<Bound<'py, PyAny>> {
    let text = serde_json::to_string(value).map_err(|error| PyValueError::new_err(error.to_string()))?;
    py.import("json")?.getattr("loads")?.call1((text,))
}

/// The first of two passes, where credits were given.
pub(crate) struct FirstPass(Option<(Credits, Vec<(String, Source)>)>);

/// The sources of the last pass, and the pass before it.
pub(crate) fn passes(
    py: Python<'_>,
    sources: Vec<(String, Source)>,
    credits: Option<&PyCredits>,
) -> PyResult<(Vec<(String, Source)>, FirstPass)> {
    let Some(credits) = credits else { return Ok((sources, FirstPass(None))) };
    let (mut last, mut first) = (Vec::new(), Vec::new());
    for (name, source) in sources {
        let (one, other) = source.twice(py)?;
        first.push((name.clone(), one));
        last.push((name, other));
    }
    Ok((last, FirstPass(Some((credits.credits.clone(), first)))))
}

impl FirstPass {
    /// The engine that the lines are decided with.
    pub(crate) fn engine(self, engine: Arc<Engine>, threads: NonZeroUsize, seen: &Seen) -> PecResult<Arc<Engine>> {
        let Some((credits, sources)) = self.0 else { return Ok(engine) };
        let drawdown = draw_down(&engine, credits, sources, threads, seen, &Raised::default())?;
        Ok(Arc::new(Engine::clone(&engine).with_drawdown(drawdown)))
    }
}

fn draw_down(
    engine: &Engine,
    credits: Credits,
    sources: Vec<(String, Source)>,
    threads: NonZeroUsize,
    seen: &Seen,
    raised: &Raised,
) -> PecResult<Drawdown> {
    // A pass before the one that is watched: Ctrl-C is heard, and the bar does not run twice.
    let progress = |_| seen.go_on();
    let run = Run::default().threads(threads).progress(&progress);
    let (inputs, frames) = parted(sources, raised);
    let mut usage = engine.credit_usage(inputs, &run)?;
    for (name, frame) in frames {
        let schema = frame.schema();
        usage.merge(&engine.credit_usage_of_batches(&name, &schema, frame.slices(), &run)?)?;
    }
    Ok(Drawdown::new(credits, &usage)?)
}

/// Draws credits down by usage, and compares.
#[pyfunction]
#[pyo3(signature = (daily, /, *, credits, prices=None, invoice=None, threads=None, progress=None))]
pub(crate) fn aco_balance(
    py: Python<'_>,
    daily: Vec<Source>,
    credits: PyRef<'_, PyCredits>,
    prices: Option<PyRef<'_, PyPriceList>>,
    invoice: Option<Vec<Source>>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PecResult<PyCreditStatus> {
    let (engine, threads) = (engine_with(py, None, None, prices.as_deref())?, threads_of(threads)?);
    let (daily, invoice) = (named(py, daily, None), named(py, invoice.unwrap_or_default(), None));
    let (read, credits, raised) = (credits.read.clone(), credits.credits.clone(), Raised::default());
    let kept = raised.clone();
    let work = move |seen: &Seen| {
        let mut lines = Invoice::default();
        let (files, tables) = parted(invoice, &kept);
        if !tables.is_empty() {
            let text = "an invoice is read from files; pass paths or open files, no table";
            return Err(PecError::Python(PyTypeError::new_err(text)));
        }
        for file in files {
            lines.read(file)?;
        }
        let drawdown = draw_down(&engine, credits, daily, threads, seen, &kept)?;
        let status = drawdown.status(lines.azure_credits())?;
        Ok(PyCreditStatus { status, drawdown, read })
    };
    watched(py, progress, work).map_err(|error| raised_by(py, error, &raised))
}

/// What became of credits.
#[pyclass(name = "CreditStatus", module = "pec", frozen)]
pub(crate) struct PyCreditStatus {
    status: CreditStatus,
    drawdown: Drawdown,
    read: CreditBalancesRead,
}

#[pymethods]
impl PyCreditStatus {
    #[getter]
    fn credits<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        Ok(arrow_out::table(py, credits_batch(Some(&self.status))?)?)
    }

    #[getter]
    fn months<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        Ok(arrow_out::table(py, credit_months_batch(Some(&self.status))?)?)
    }

    #[getter]
    fn days<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        Ok(arrow_out::table(py, credit_days_batch(Some(&self.drawdown))?)?)
    }

    #[getter]
    fn issues<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json(py, &self.read.issues)
    }

    fn to_json(&self) -> PecResult<String> {
        let (CreditStatus { credits, months, invoices, .. }, days) = (&self.status, self.drawdown.ledger());
        let object = serde_json::json!({
            "credits": credits, "months": months, "invoices": invoices, "days": days, "issues": self.read.issues
        });
        Ok(serde_json::to_string(&object).map_err(|error| PyValueError::new_err(error.to_string()))?)
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        let value = py.import("json")?.getattr("loads")?.call1((self.to_json()?,))?;
        exact(&value)?;
        Ok(value)
    }

    fn report(&self) -> String {
        self.status.text(&self.drawdown.ledger(), &self.read)
    }

    fn __repr__(&self) -> String {
        format!("<pec.CreditStatus: {} credits, {} months>", self.status.credits.len(), self.status.months.len())
    }
}
