//! Files and frames, reconciled.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use pec_core::engine::{Engine, Run};
use pec_core::ledger::Ledger;
use pec_core::normalise::credit_balance::CreditBalancesRead;
use pec_core::normalise::price_list::PricesRead;
use pec_core::report::{EvidenceFacts, Report, Table, Width, record_batch};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::access::{PyEvidence, PyPartner, engine_with};
use crate::amount::to_decimal;
use crate::arrow_out;
use crate::credits::PyCredits;
use crate::drawdown::{FirstPass, PyDrawdown, passes};
use crate::error::PecResult;
use crate::explain::{self, PyExplanations};
use crate::filter::{Texts, filter_of, names_are_no_ids};
use crate::prices::PyPriceList;
use crate::source::{Raised, Source, named, parted, raised_by};
use crate::watch::{Seen, watched};
use crate::{findings, pickle, tables, write};

/// Reads sources, decides every line and sums.
#[pyfunction]
#[pyo3(signature = (sources, /, *, partner=None, evidence=None, prices=None, credits=None, drawdown=None, threads=None, progress=None, name=None))]
#[expect(clippy::too_many_arguments, reason = "each is an option of the function in Python")]
pub(crate) fn reconcile(
    py: Python<'_>,
    sources: Vec<Source>,
    partner: Option<PyRef<'_, PyPartner>>,
    evidence: Option<PyRef<'_, PyEvidence>>,
    prices: Option<PyRef<'_, PyPriceList>>,
    credits: Option<PyRef<'_, PyCredits>>,
    drawdown: Option<PyRef<'_, PyDrawdown>>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
    name: Option<&str>,
) -> PecResult<PyReconciliation> {
    let threads = threads_of(threads)?;
    let raised = Raised::default();
    let (sources, first) = passes(py, named(py, sources, name), credits.as_deref(), drawdown.as_deref())?;
    let work = Work {
        engine: engine_with(py, partner.as_deref(), evidence.as_deref(), prices.as_deref())?,
        evidence: evidence.as_deref().map(|evidence| evidence.facts.clone()).unwrap_or_default(),
        prices: prices.as_deref().map(|prices| prices.read.clone()),
        balances: credits
            .as_deref()
            .map(|credits| &credits.read)
            .or_else(|| drawdown.as_deref().map(|drawdown| &drawdown.read))
            .cloned(),
        sources,
        first,
        threads,
        raised: raised.clone(),
    };
    watched(py, progress, move |seen| work.run(seen)).map_err(|error| raised_by(py, error, &raised))
}

/// More than that no machine has a use for, and the operating system may refuse.
pub(crate) const MOST_THREADS: usize = 1024;

/// As many threads as are asked for, or as the machine offers.
pub(crate) fn threads_of(threads: Option<usize>) -> PecResult<NonZeroUsize> {
    let Some(threads) = threads else {
        return Ok(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
    };
    let number = NonZeroUsize::new(threads).filter(|_| threads <= MOST_THREADS);
    Ok(number.ok_or_else(|| PyValueError::new_err(format!("`threads` is {threads}; expected 1 to 1,024")))?)
}

/// For a terminal of so many columns, or for a file.
pub(crate) fn width_of(columns: Option<usize>) -> Width {
    columns.map(Width::terminal).unwrap_or_default()
}

struct Work {
    engine: Arc<Engine>,
    evidence: Vec<EvidenceFacts>,
    prices: Option<PricesRead>,
    balances: Option<CreditBalancesRead>,
    sources: Vec<(String, Source)>,
    first: FirstPass,
    threads: NonZeroUsize,
    raised: Raised,
}

impl Work {
    fn run(self, seen: &Seen) -> PecResult<PyReconciliation> {
        let engine = self.first.engine(self.engine, self.threads, seen)?;
        let progress = |progress| seen.note(progress);
        let run = Run::default().threads(self.threads).progress(&progress);
        let (inputs, frames) = parted(self.sources, &self.raised);
        let mut ledger = engine.reconcile(inputs, &run)?;
        for (name, frame) in frames {
            let schema = frame.schema();
            ledger.merge(&engine.reconcile_batches(&name, &schema, frame.slices(), &run)?)?;
        }
        PyReconciliation::new(engine, self.evidence, self.prices, self.balances, ledger)
    }
}

/// Everything a run found.
#[pyclass(name = "Result", module = "pec", frozen)]
pub(crate) struct PyReconciliation {
    pub(crate) engine: Arc<Engine>,
    pub(crate) ledger: Ledger,
    pub(crate) report: Report,
    /// Made of bytes: what its lines were decided with is not here.
    pub(crate) loaded: bool,
}

impl PyReconciliation {
    pub(crate) fn new(
        engine: Arc<Engine>,
        evidence: Vec<EvidenceFacts>,
        prices: Option<PricesRead>,
        balances: Option<CreditBalancesRead>,
        ledger: Ledger,
    ) -> PecResult<Self> {
        let mut report = Report::new(&ledger, engine.programme())?.with_evidence(evidence);
        if let Some(prices) = prices {
            report = report.with_prices(prices);
        }
        if let Some(balances) = balances {
            report = report.with_credit_balances(balances);
        }
        Ok(Self { engine, ledger, report, loaded: false })
    }

    fn batch<'py>(&self, py: Python<'py>, table: Table) -> PecResult<Bound<'py, PyAny>> {
        let batch = py.detach(|| record_batch(&self.ledger, &self.report, table))?;
        Ok(arrow_out::table(py, batch)?)
    }
}

#[pymethods]
impl PyReconciliation {
    #[getter]
    fn lines(&self) -> u64 {
        self.report.lines
    }

    #[getter]
    fn unreadable(&self) -> u64 {
        self.report.row_issues
    }

    #[classattr]
    fn tables(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, tables::names())
    }

    #[pyo3(signature = (name, /))]
    fn table<'py>(&self, py: Python<'py>, name: &str) -> PecResult<Bound<'py, PyAny>> {
        match Table::named(name) {
            Some(table) => self.batch(py, table),
            None if name == tables::ACCESS => self.access(py),
            None => Err(tables::unknown(name).into()),
        }
    }

    #[getter]
    fn by_reason<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::ByReason)
    }

    #[getter]
    fn by_customer<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::ByCustomer)
    }

    #[getter]
    fn by_subscription<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::BySubscription)
    }

    #[getter]
    fn by_subscription_day<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::BySubscriptionDay)
    }

    #[getter]
    fn by_resource_group<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::ByResourceGroup)
    }

    #[getter]
    fn by_day<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::ByDay)
    }

    #[getter]
    fn by_reseller<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::ByReseller)
    }

    #[getter]
    fn gaps<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::Gaps)
    }

    #[getter]
    fn losses<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::Losses)
    }

    #[getter]
    fn credits<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::Credits)
    }

    #[getter]
    fn credit_months<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::CreditMonths)
    }

    #[getter]
    fn credit_days<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::CreditDays)
    }

    #[getter]
    fn row_issues<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::RowIssues)
    }

    #[getter]
    fn files<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.batch(py, Table::Files)
    }

    #[getter]
    fn access<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        pickle::decided_here(self)?;
        tables::access(py, self)
    }

    #[pyo3(signature = (source, /))]
    fn findings<'py>(&self, source: &Bound<'py, PyAny>) -> PecResult<Bound<'py, PyAny>> {
        findings::again(self, source)
    }

    fn to_json(&self, py: Python<'_>) -> PecResult<String> {
        py.detach(|| write::json(&self.report))
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        let value = py.import("json")?.getattr("loads")?.call1((write::json(&self.report)?,))?;
        exact(&value)?;
        Ok(value)
    }

    #[pyo3(signature = (*, width=None))]
    fn report(&self, py: Python<'_>, width: Option<usize>) -> String {
        py.detach(|| self.report.text_in(width_of(width)))
    }

    #[pyo3(signature = (source, /, *, subscription, day))]
    fn explain(&self, source: &Bound<'_, PyAny>, subscription: &str, day: NaiveDate) -> PecResult<PyExplanations> {
        explain::of_result(self, source, subscription, day)
    }

    #[pyo3(signature = (path=None, *, title=None, source=None))]
    fn to_html<'py>(
        slf: &Bound<'py, Self>,
        path: Option<Bound<'py, PyAny>>,
        title: Option<&str>,
        source: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pec.result")?.getattr("to_html")?.call1((slf, path, title, source))
    }

    #[pyo3(signature = (directory, /))]
    fn save<'py>(slf: &Bound<'py, Self>, directory: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pec.result")?.getattr("save")?.call1((slf, directory))
    }

    #[staticmethod]
    #[pyo3(signature = (path, /))]
    fn load(py: Python<'_>, path: PathBuf) -> PecResult<Self> {
        py.detach(|| pickle::load(&path))
    }

    #[pyo3(signature = (*, customer=None, subscription=None, reason=None, standing=None, first_day=None, last_day=None))]
    #[expect(clippy::too_many_arguments, reason = "each is an option of the method in Python")]
    fn filter(
        &self,
        py: Python<'_>,
        customer: Option<Texts>,
        subscription: Option<Texts>,
        reason: Option<Texts>,
        standing: Option<Texts>,
        first_day: Option<NaiveDate>,
        last_day: Option<NaiveDate>,
    ) -> PecResult<Self> {
        let filter = filter_of(customer, subscription, reason, standing, [first_day, last_day])?;
        names_are_no_ids(&filter, &self.ledger)?;
        py.detach(|| {
            let (evidence, prices) = (self.report.evidence.clone(), self.report.prices.clone());
            let (balances, ledger) = (self.report.credit_balances.clone(), self.ledger.filtered(&filter)?);
            let part = Self::new(Arc::clone(&self.engine), evidence, prices, balances, ledger)?;
            Ok(Self { loaded: self.loaded, ..part })
        })
    }

    #[pyo3(signature = (*others))]
    fn merge(&self, py: Python<'_>, others: &Bound<'_, PyTuple>) -> PecResult<Self> {
        let others: Vec<Py<Self>> = others.extract()?;
        py.detach(|| {
            let mut ledger = self.ledger.clone();
            let (mut evidence, mut prices) = (self.report.evidence.clone(), self.report.prices.clone());
            let (mut balances, mut loaded) = (self.report.credit_balances.clone(), self.loaded);
            for other in others.iter().map(Py::get) {
                ledger.merge(&other.ledger)?;
                let new: Vec<_> =
                    other.report.evidence.iter().filter(|facts| !evidence.contains(facts)).cloned().collect();
                evidence.extend(new);
                prices = match (prices, &other.report.prices) {
                    (Some(prices), Some(others)) => Some(prices.with(others)),
                    (prices, others) => prices.or_else(|| others.clone()),
                };
                balances = match (balances, &other.report.credit_balances) {
                    (Some(balances), Some(others)) => Some(balances.with(others)),
                    (balances, others) => balances.or_else(|| others.clone()),
                };
                loaded |= other.loaded;
            }
            let merged = Self::new(Arc::clone(&self.engine), evidence, prices, balances, ledger)?;
            Ok(Self { loaded, ..merged })
        })
    }

    fn __repr__(&self) -> String {
        format!("<pec.Result: {}>", self.report.headline())
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pec.notebook")?.getattr("html")?.call1((slf,))
    }
}

/// Keys whose texts are amounts, and days, in the JSON of a report.
const AMOUNTS: [&str; 20] = [
    "amount",
    "granted",
    "drawn_before",
    "expired_before",
    "drawn",
    "expired",
    "balance",
    "used",
    "usage",
    "flagged",
    "reported",
    "subtotal",
    "per_day",
    "list_cost",
    "potential_credit",
    "credit",
    "credit_lost",
    "credit_per_month",
    "credit_by_flag",
    "credit_by_amount",
];
/// Keys of files that hold several of them.
const DECIMALS: [&str; 2] = ["list_cost", "rates"];
const DAYS: [&str; 11] = [
    "first_day",
    "last_day",
    "programme_verified_through",
    "effective",
    "expiry",
    "ended_on",
    "likely",
    "earliest",
    "latest",
    "usage_day",
    "month",
];

/// Makes the texts of amounts `Decimal`s and those of days `date`s, in place.
pub(crate) fn exact(value: &Bound<'_, PyAny>) -> PyResult<()> {
    if let Ok(list) = value.cast::<PyList>() {
        return list.iter().try_for_each(|item| exact(&item));
    }
    let Ok(dict) = value.cast::<PyDict>() else { return Ok(()) };
    for (key, value) in dict.items().extract::<Vec<(String, Bound<'_, PyAny>)>>()? {
        match value.cast::<PyString>() {
            Ok(text) if AMOUNTS.contains(&key.as_str()) => dict.set_item(key, to_decimal(dict.py(), text)?)?,
            Ok(text) if DAYS.contains(&key.as_str()) => {
                dict.set_item(key, text.to_str()?.parse::<NaiveDate>().map_err(invalid)?)?
            }
            _ if DECIMALS.contains(&key.as_str()) => all_exact(&value)?,
            _ => exact(&value)?,
        }
    }
    Ok(())
}

/// Makes all texts of a list or of a dict `Decimal`s, in place.
fn all_exact(value: &Bound<'_, PyAny>) -> PyResult<()> {
    if let Ok(list) = value.cast::<PyList>() {
        for (place, text) in list.iter().enumerate() {
            list.set_item(place, to_decimal(list.py(), text.cast::<PyString>()?)?)?;
        }
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        for (key, text) in dict.items().extract::<Vec<(String, Bound<'_, PyString>)>>()? {
            dict.set_item(key, to_decimal(dict.py(), &text)?)?;
        }
    }
    Ok(())
}

fn invalid(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}
