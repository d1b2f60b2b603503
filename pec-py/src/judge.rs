//! One record, judged.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::NaiveDate;
use pec_core::access::AccessExplanation;
use pec_core::eligibility::{Outcome, Reason, RuleId, rule};
use pec_core::engine::Engine;
use pec_core::ledger::summed_reason;
use pec_core::money::{Amount, Rate};
use pec_core::normalise::RecordNames;
use pec_core::read::Column;
use pec_core::reconcile::{Decision, Standing};
use pec_core::report::{explain, explain_access};
use pec_core::saved::Form;
use pec_core::usage::UsageLine;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDate, PyMapping, PyString, PyTuple};
use serde::{Deserialize, Serialize};

use crate::access::{PyEvidence, PyPartner, engine_with};
use crate::amount::{ExactDecimal, to_decimal};
use crate::error::PecResult;
use crate::pickle::{Plain, saved};
use crate::prices::PyPriceList;

/// The engine with the built-in programme, made once.
pub(crate) fn engine() -> PecResult<Arc<Engine>> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    match ENGINE.get() {
        Some(engine) => Ok(Arc::clone(engine)),
        None => {
            let engine = Arc::new(Engine::new()?);
            Ok(Arc::clone(ENGINE.get_or_init(|| engine)))
        }
    }
}

/// Judges one record of daily rated usage, given as column names and values.
#[pyfunction]
#[pyo3(signature = (record, /, *, partner=None, evidence=None, prices=None))]
pub(crate) fn judge(
    record: &Bound<'_, PyMapping>,
    partner: Option<PyRef<'_, PyPartner>>,
    evidence: Option<PyRef<'_, PyEvidence>>,
    prices: Option<PyRef<'_, PyPriceList>>,
) -> PecResult<PyJudgement> {
    let items = record.items()?;
    let items = items.iter().map(|item| item.extract()).collect::<PyResult<Vec<(Bound<'_, PyString>, _)>>>()?;
    let names = items.iter().map(|(name, _)| name.to_str()).collect::<PyResult<Vec<_>>>()?;
    let bound = bound(&names)?;
    let mut texts = Vec::with_capacity(names.len());
    for ((column, name), (_, value)) in bound.columns().iter().zip(names).zip(&items) {
        if let Some(column) = *column {
            texts.push((column, text(column, value).map_err(|error| in_column(record.py(), name, error))?));
        }
    }
    let engine = engine_with(record.py(), partner.as_deref(), evidence.as_deref(), prices.as_deref())?;
    let mut record = bound.record(texts);
    let line = record.line()?;
    let decision = engine.decide(&line)?;
    PyJudgement::new(&line, &decision, engine.explain_access(&line).as_ref())
}

/// Which columns the names are: records come one after the other, and have the names of the one before.
fn bound(names: &[&str]) -> PecResult<RecordNames> {
    static LAST: Mutex<Option<(Vec<String>, RecordNames)>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    match &*last {
        Some((known, bound)) if known == names => Ok(bound.clone()),
        _ => {
            let bound = RecordNames::new(names.iter().copied())?;
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            *last = Some((names, bound.clone()));
            Ok(bound)
        }
    }
}

/// The cell that a value would be in a file.
fn text(column: Column, value: &Bound<'_, PyAny>) -> PyResult<String> {
    if value.is_none() {
        return Ok(String::new());
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_str()?.to_owned());
    }
    if value.is_instance_of::<PyDate>() {
        return value.call_method0("isoformat")?.extract();
    }
    if column == Column::HasPartnerEarnedCredit && value.is_instance_of::<PyBool>() {
        return Ok(value.is_truthy()?.to_string());
    }
    value.extract::<ExactDecimal>().map(ExactDecimal::into_text)
}

fn in_column(py: Python<'_>, name: &str, error: PyErr) -> PyErr {
    if error.is_instance_of::<PyTypeError>(py) {
        PyTypeError::new_err(format!("column `{name}`: {}", error.value(py)))
    } else {
        error
    }
}

/// What a record earns, and why.
#[pyclass(name = "Judgement", module = "pec", frozen)]
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PyJudgement {
    usage_day: NaiveDate,
    customer: String,
    subscription: String,
    resource_group: String,
    resource: String,
    reseller: Option<String>,
    currency: String,
    outcome: Outcome,
    standing: Standing,
    reason: Option<RuleId>,
    findings: Vec<PyFinding>,
    paid_rate: Rate,
    list_cost: Amount,
    potential_credit: Amount,
    credit: Amount,
    /// What evidence shows of access, as JSON.
    access: Option<String>,
    explanation: String,
}

impl Plain for PyJudgement {
    const FORM: Form = Form::new("judgement", 1);
}
saved!(PyJudgement, hashed);

impl PyJudgement {
    fn new(line: &UsageLine<'_>, decision: &Decision, access: Option<&AccessExplanation>) -> PecResult<Self> {
        let json = access.map(serde_json::to_string).transpose();
        Ok(Self {
            usage_day: line.day.date(),
            customer: line.customer.to_string(),
            subscription: line.subscription.to_string(),
            resource_group: line.resource_group.to_lowercase(),
            resource: line.resource.to_lowercase(),
            reseller: Some(line.reseller.to_string()).filter(|reseller| !reseller.is_empty()),
            currency: line.currency.to_string(),
            outcome: decision.verdict.outcome(),
            standing: decision.standing,
            reason: summed_reason(decision),
            findings: decision.verdict.findings().map(PyFinding::of).collect(),
            paid_rate: decision.paid,
            list_cost: decision.list_cost,
            potential_credit: decision.potential_credit,
            credit: decision.credit,
            access: json.map_err(|error| PyValueError::new_err(error.to_string()))?,
            explanation: explain(line, decision) + &access.map(explain_access).unwrap_or_default(),
        })
    }
}

#[pymethods]
impl PyJudgement {
    #[getter]
    fn usage_day(&self) -> NaiveDate {
        self.usage_day
    }

    #[getter]
    fn customer(&self) -> &str {
        &self.customer
    }

    #[getter]
    fn subscription(&self) -> &str {
        &self.subscription
    }

    #[getter]
    fn resource_group(&self) -> &str {
        &self.resource_group
    }

    #[getter]
    fn resource(&self) -> &str {
        &self.resource
    }

    #[getter]
    fn reseller(&self) -> Option<&str> {
        self.reseller.as_deref()
    }

    #[getter]
    fn currency(&self) -> &str {
        &self.currency
    }

    #[getter]
    fn outcome(&self) -> &'static str {
        match self.outcome {
            Outcome::Eligible => "eligible",
            Outcome::Ineligible => "ineligible",
            Outcome::Undetermined => "undetermined",
        }
    }

    #[getter]
    fn standing(&self) -> &'static str {
        self.standing.as_str()
    }

    #[getter]
    fn reason(&self) -> Option<&'static str> {
        self.reason.map(|rule| rule.as_str())
    }

    #[getter]
    fn primary(&self) -> Option<PyFinding> {
        self.findings.first().cloned()
    }

    #[getter]
    fn findings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.findings.iter().cloned())
    }

    #[getter]
    fn paid_rate<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_decimal(py, &self.paid_rate)
    }

    #[getter]
    fn list_cost<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_decimal(py, &self.list_cost)
    }

    #[getter]
    fn potential_credit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_decimal(py, &self.potential_credit)
    }

    #[getter]
    fn credit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_decimal(py, &self.credit)
    }

    #[getter]
    fn access<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(json) = &self.access else { return Ok(None) };
        Ok(Some(py.import("json")?.getattr("loads")?.call1((json,))?))
    }

    fn explain(&self) -> &str {
        &self.explanation
    }

    fn __repr__(&self) -> String {
        let reason = self.reason().map(|reason| format!(", reason={reason:?}")).unwrap_or_default();
        format!(
            "Judgement(standing={:?}{reason}, list_cost={} {}, credit={})",
            self.standing(),
            self.list_cost,
            self.currency,
            self.credit
        )
    }
}

/// What a rule found on a record.
#[pyclass(name = "Finding", module = "pec", frozen)]
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PyFinding {
    rule: RuleId,
    column: Option<Cow<'static, str>>,
}

impl Plain for PyFinding {
    const FORM: Form = Form::new("finding", 1);
}
saved!(PyFinding, hashed);

impl PyFinding {
    fn of(reason: Reason) -> Self {
        Self { rule: reason.rule(), column: reason.column().map(Cow::Borrowed) }
    }
}

#[pymethods]
impl PyFinding {
    #[getter]
    fn rule(&self) -> &'static str {
        self.rule.as_str()
    }

    #[getter]
    fn sentence(&self) -> &'static str {
        rule(self.rule).sentence
    }

    #[getter]
    fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    #[getter]
    fn owner(&self) -> String {
        rule(self.rule).owner.to_string()
    }

    #[getter]
    fn can_act(&self) -> bool {
        rule(self.rule).can_act
    }

    #[getter]
    fn remedy(&self) -> &'static str {
        rule(self.rule).remedy
    }

    #[getter]
    fn source(&self) -> String {
        rule(self.rule).source.to_string()
    }

    fn __repr__(&self) -> String {
        let column = self.column.as_ref().map(|column| format!(", column={column:?}")).unwrap_or_default();
        format!("Finding({:?}{column})", self.rule())
    }
}
