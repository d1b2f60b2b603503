//! Exports of access compared, and the alert on what they show.

use std::ops::ControlFlow;

use pec_core::access::{Comparison, carrying};
use pec_core::engine::Engine;
use pec_core::money::AmountError;
use pec_core::normalise::RowIssue;
use pec_core::reconcile::Decision;
use pec_core::report::{Alert, AtStake, DiffReport};
use pec_core::saved::Form;
use pec_core::usage::UsageLine;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::{PyEvidence, PyPartner};
use crate::error::PecResult;
use crate::judge::engine;
use crate::pickle::{Plain, saved};
use crate::reconcile::{exact, width_of};
use crate::source::{Raised, Source, named, open_input, path_input};
use crate::watch::{Seen, watched};

/// Compares an old and a new export, with the credit at stake where there is usage.
#[pyfunction]
#[pyo3(signature = (old, new, /, *, partner, usage=None))]
pub(crate) fn access_diff(
    py: Python<'_>,
    old: PyRef<'_, PyEvidence>,
    new: PyRef<'_, PyEvidence>,
    partner: PyRef<'_, PyPartner>,
    usage: Option<Vec<Source>>,
) -> PecResult<PyAccessDiff> {
    let engine = engine()?;
    let facts = (old.facts.clone(), new.facts.clone());
    let (old, new, partner) = (old.evidence.clone(), new.evidence.clone(), partner.partner.clone());
    let usage = usage.map(|sources| named(py, sources, None));
    watched(py, None, move |seen| {
        let compared = Comparison::new(&partner, old, new, engine.programme());
        let at_stake = match usage {
            None => None,
            Some(sources) => {
                let mut found = AtStake::new(&compared);
                for (name, source) in sources {
                    add(&engine, &name, source, &mut found, seen)?;
                }
                Some(found.finish())
            }
        };
        let (old, new) = facts;
        Ok(PyAccessDiff { report: DiffReport::new(compared.diff(), at_stake).with_evidence(old, new) })
    })
}

fn add(engine: &Engine, name: &str, source: Source, found: &mut AtStake<'_>, seen: &Seen) -> PecResult<()> {
    let mut failed: Option<AmountError> = None;
    let mut each = |row: u64, line: Result<(&UsageLine<'_>, &Decision), RowIssue>| {
        failed = found.add(line).err();
        // Ctrl-C is looked for now and then.
        match &failed {
            Some(_) => ControlFlow::Break(()),
            None if row.is_multiple_of(65_536) => seen.go_on(),
            None => ControlFlow::Continue(()),
        }
    };
    let read = match source {
        Source::Path(path) => engine.stream(path_input(name, &path), &mut each),
        Source::Open(file, from) => engine.stream(open_input(name, file, from, Raised::default()), &mut each),
        Source::Frame(frame) => {
            let schema = frame.schema();
            engine.stream_batches(name, &schema, frame.slices(), &mut each)
        }
    };
    if let Some(error) = failed {
        return Err(error.into());
    }
    Ok(read?)
}

/// The alert on the deletion of access that carries PEC, as Bicep.
#[pyfunction]
#[pyo3(signature = (evidence, /, *, partner, subscription=None, action_group=None))]
pub(crate) fn access_alert(
    py: Python<'_>,
    evidence: PyRef<'_, PyEvidence>,
    partner: PyRef<'_, PyPartner>,
    subscription: Option<&str>,
    action_group: Option<&str>,
) -> PecResult<String> {
    let engine = engine()?;
    let (evidence, partner) = (evidence.evidence.clone(), partner.partner.clone());
    py.detach(|| {
        let mut alert = Alert::new(carrying(&partner, evidence, engine.programme()));
        if let Some(id) = subscription {
            alert = alert.subscription(id);
        }
        if let Some(id) = action_group {
            alert = alert.action_group(id);
        }
        if alert.is_empty() {
            let message = "no grant in an Azure subscription carries PEC by these exports; see `pec explain`";
            return Err(PyValueError::new_err(message).into());
        }
        Ok(alert.bicep())
    })
}

/// What two exports say differently of access that carries PEC.
#[pyclass(name = "AccessDiff", module = "pec", frozen)]
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PyAccessDiff {
    report: DiffReport,
}

impl Plain for PyAccessDiff {
    const FORM: Form = Form::new("access diff", 1);
}
saved!(PyAccessDiff);

#[pymethods]
impl PyAccessDiff {
    #[getter]
    fn has_loss(&self) -> bool {
        self.report.has_loss()
    }

    #[getter]
    fn may_hide_loss(&self) -> bool {
        self.report.may_hide_loss()
    }

    fn to_json(&self) -> PecResult<String> {
        Ok(serde_json::to_string(&self.report).map_err(|error| PyValueError::new_err(error.to_string()))?)
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        let value = py.import("json")?.getattr("loads")?.call1((self.to_json()?,))?;
        exact(&value)?;
        Ok(value)
    }

    #[pyo3(signature = (*, width = None))]
    fn report(&self, py: Python<'_>, width: Option<usize>) -> String {
        py.detach(|| self.report.text_in(width_of(width)))
    }

    fn __repr__(&self) -> String {
        let DiffReport { lost, ending, gained, unchanged, .. } = &self.report;
        let (lost, ending, gained) = (lost.len(), ending.len(), gained.len());
        format!("<pec.AccessDiff: {lost} lost, {ending} ending, {gained} gained, {unchanged} unchanged>")
    }
}
