//! Azure credits drawn down by usage, and what became of them.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;

use pec_core::drawdown::{CreditStatus, CreditUsage, Credits, Drawdown, InvoicedCredit};
use pec_core::engine::{Engine, Progress, Run};
use pec_core::normalise::credit_balance::CreditBalancesRead;
use pec_core::report::{credit_days_batch, credit_months_batch, credits_batch};
use pec_core::tie_out::Invoice;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::access::engine_with;
use crate::arrow_out;
use crate::credits::{PyCredits, json};
use crate::error::{PecError, PecResult};
use crate::pickle::{Saved, saved, with_read, without_read};
use crate::prices::PyPriceList;
use crate::reconcile::{exact, threads_of, width_of};
use crate::source::{Raised, Source, named, parted, raised_by};
use crate::watch::{Seen, watched};

/// What bytes of these are called in errors.
const DRAWDOWN: &str = "drawdown";
const STATUS: &str = "credit status";

/// What goes before the pass that decides lines.
pub(crate) enum FirstPass {
    /// No credit pays.
    None,
    /// The lines are summed, and credits drawn down by them.
    Sum(Credits, Vec<(String, Source)>),
    /// It was made elsewhere, of these lines and others.
    Made(Arc<Drawdown>),
}

/// The sources of the last pass, and the pass before it.
pub(crate) fn passes(
    py: Python<'_>,
    sources: Vec<(String, Source)>,
    credits: Option<&PyCredits>,
    drawdown: Option<&PyDrawdown>,
) -> PyResult<(Vec<(String, Source)>, FirstPass)> {
    let credits = match (credits, drawdown) {
        (None, None) => return Ok((sources, FirstPass::None)),
        (None, Some(made)) => return Ok((sources, FirstPass::Made(Arc::clone(&made.drawdown)))),
        (Some(_), Some(_)) => {
            let text = "both `credits` and `drawdown`; a drawdown is made of credits: pass one of them";
            return Err(PyValueError::new_err(text));
        }
        (Some(credits), None) => credits,
    };
    let (mut last, mut first) = (Vec::new(), Vec::new());
    for (name, source) in sources {
        let (one, other) = source.twice(py)?;
        first.push((name.clone(), one));
        last.push((name, other));
    }
    Ok((last, FirstPass::Sum(credits.credits.clone(), first)))
}

impl FirstPass {
    /// The engine that the lines are decided with.
    pub(crate) fn engine(self, engine: Arc<Engine>, threads: NonZeroUsize, seen: &Seen) -> PecResult<Arc<Engine>> {
        let drawdown = match self {
            Self::None => return Ok(engine),
            Self::Sum(credits, sources) => {
                let usage = sum(&engine, sources, threads, |_| seen.go_on(), &Raised::default())?;
                Arc::new(Drawdown::new(credits, &usage)?)
            }
            Self::Made(drawdown) => drawdown,
        };
        Ok(Arc::new(Engine::clone(&engine).with_drawdown(drawdown)))
    }
}

/// What draws on credits. A pass before the one that is watched only hears Ctrl-C: the bar does not run twice.
fn sum(
    engine: &Engine,
    sources: Vec<(String, Source)>,
    threads: NonZeroUsize,
    progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    raised: &Raised,
) -> PecResult<CreditUsage> {
    let run = Run::default().threads(threads).progress(&progress);
    let (inputs, frames) = parted(sources, raised);
    let mut usage = engine.credit_usage(inputs, &run)?;
    for (name, frame) in frames {
        let schema = frame.schema();
        usage.merge(&engine.credit_usage_of_batches(&name, &schema, frame.slices(), &run)?)?;
    }
    Ok(usage)
}

/// What draws on Azure credits, summed: the first of two passes.
#[pyclass(name = "CreditUsage", module = "pec", frozen)]
pub(crate) struct PyCreditUsage {
    usage: CreditUsage,
}

#[pymethods]
impl PyCreditUsage {
    #[pyo3(signature = (*others))]
    fn merge(&self, py: Python<'_>, others: &Bound<'_, PyTuple>) -> PecResult<Self> {
        let others: Vec<Py<Self>> = others.extract()?;
        py.detach(|| {
            let mut usage = self.usage.clone();
            others.iter().try_for_each(|other| usage.merge(&other.get().usage))?;
            Ok(Self { usage })
        })
    }

    fn __repr__(&self) -> String {
        format!("<pec.CreditUsage: {} customers>", self.usage.customers())
    }
}

impl Saved for PyCreditUsage {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        Ok(self.usage.to_bytes()?)
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        Ok(Self { usage: CreditUsage::from_bytes(bytes)? })
    }
}
saved!(PyCreditUsage);

/// Sums what draws on Azure credits.
#[pyfunction]
#[pyo3(signature = (sources, /, *, prices=None, threads=None, progress=None, name=None))]
pub(crate) fn credit_usage(
    py: Python<'_>,
    sources: Vec<Source>,
    prices: Option<PyRef<'_, PyPriceList>>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
    name: Option<&str>,
) -> PecResult<PyCreditUsage> {
    let (engine, threads) = (engine_with(py, None, None, prices.as_deref())?, threads_of(threads)?);
    let (sources, raised) = (named(py, sources, name), Raised::default());
    let kept = raised.clone();
    let work = move |seen: &Seen| {
        let usage = sum(&engine, sources, threads, |progress| seen.note(progress), &kept)?;
        Ok(PyCreditUsage { usage })
    };
    watched(py, progress, work).map_err(|error| raised_by(py, error, &raised))
}

/// What credits pay of customers' usage, day by day.
#[pyclass(name = "Drawdown", module = "pec", frozen)]
pub(crate) struct PyDrawdown {
    drawdown: Arc<Drawdown>,
    /// What was read of balance reports for it.
    pub(crate) read: CreditBalancesRead,
}

#[pymethods]
impl PyDrawdown {
    #[new]
    #[pyo3(signature = (credits, usage, /))]
    fn new(py: Python<'_>, credits: &PyCredits, usage: &PyCreditUsage) -> PecResult<Self> {
        let drawdown = py.detach(|| Drawdown::new(credits.credits.clone(), &usage.usage))?;
        Ok(Self { drawdown: Arc::new(drawdown), read: credits.read.clone() })
    }

    fn status(&self, py: Python<'_>) -> PecResult<PyCreditStatus> {
        py.detach(|| PyCreditStatus::new(Drawdown::clone(&self.drawdown), Vec::new(), self.read.clone()))
    }

    fn __repr__(&self) -> String {
        let (credits, days) = (self.drawdown.balances().len(), self.drawdown.customer_days().len());
        format!("<pec.Drawdown: {credits} credits, {days} days of usage>")
    }
}

impl Saved for PyDrawdown {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        with_read(DRAWDOWN, self.drawdown.to_bytes()?, &self.read)
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        let (drawdown, read) = without_read(DRAWDOWN, bytes, Drawdown::from_bytes)?;
        Ok(Self { drawdown: Arc::new(drawdown), read })
    }
}
saved!(PyDrawdown);

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
        let usage = sum(&engine, daily, threads, |_| seen.go_on(), &kept)?;
        PyCreditStatus::new(Drawdown::new(credits, &usage)?, lines.azure_credits(), read)
    };
    watched(py, progress, work).map_err(|error| raised_by(py, error, &raised))
}

/// What became of credits.
#[pyclass(name = "CreditStatus", module = "pec", frozen)]
pub(crate) struct PyCreditStatus {
    status: CreditStatus,
    drawdown: Drawdown,
    /// The Azure credits of the invoices that it was compared with.
    invoiced: Vec<InvoicedCredit>,
    read: CreditBalancesRead,
}

impl PyCreditStatus {
    fn new(drawdown: Drawdown, invoiced: Vec<InvoicedCredit>, read: CreditBalancesRead) -> PecResult<Self> {
        let status = drawdown.status(invoiced.clone())?;
        Ok(Self { status, drawdown, invoiced, read })
    }
}

impl Saved for PyCreditStatus {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        with_read(STATUS, self.drawdown.to_bytes()?, &(&self.invoiced, &self.read))
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        let (drawdown, (invoiced, read)) = without_read(STATUS, bytes, Drawdown::from_bytes)?;
        Self::new(drawdown, invoiced, read)
    }
}
saved!(PyCreditStatus);

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

    #[pyo3(signature = (*, width = None))]
    fn report(&self, width: Option<usize>) -> String {
        self.status.text_in(width_of(width), &self.drawdown.ledger(), &self.read)
    }

    fn __repr__(&self) -> String {
        format!("<pec.CreditStatus: {} credits, {} months>", self.status.credits.len(), self.status.months.len())
    }
}
