//! Why the lines of an Azure subscription earned or did not on a day.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::NaiveDate;
use pec_core::day::UsageDay;
use pec_core::engine::Engine;
use pec_core::normalise::RowIssue;
use pec_core::reconcile::Decision;
use pec_core::report::{Explanation, Explanations};
use pec_core::saved::Form;
use pec_core::usage::UsageLine;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::{PyEvidence, PyPartner, engine_with};
use crate::credits::PyCredits;
use crate::drawdown::{PyDrawdown, passes};
use crate::error::PecResult;
use crate::pickle::{Plain, decided_here, saved};
use crate::prices::PyPriceList;
use crate::reconcile::{PyReconciliation, width_of};
use crate::source::{Raised, Source, named, open_input, path_input};
use crate::watch::{Seen, watched};

/// Reads sources and explains the decisions on a subscription and day.
#[pyfunction]
#[pyo3(signature = (sources, /, *, subscription, day, partner=None, evidence=None, prices=None, credits=None, drawdown=None))]
#[expect(clippy::too_many_arguments, reason = "each is an option of the function in Python")]
pub(crate) fn explain(
    py: Python<'_>,
    sources: Vec<Source>,
    subscription: String,
    day: NaiveDate,
    partner: Option<PyRef<'_, PyPartner>>,
    evidence: Option<PyRef<'_, PyEvidence>>,
    prices: Option<PyRef<'_, PyPriceList>>,
    credits: Option<PyRef<'_, PyCredits>>,
    drawdown: Option<PyRef<'_, PyDrawdown>>,
) -> PecResult<PyExplanations> {
    let engine = engine_with(py, partner.as_deref(), evidence.as_deref(), prices.as_deref())?;
    let day = usage_day(day)?;
    let (sources, first) = passes(py, named(py, sources, None), credits.as_deref(), drawdown.as_deref())?;
    watched(py, None, move |seen| {
        let engine = first.engine(engine, NonZeroUsize::MIN, seen)?;
        explained(&engine, sources, &subscription, day, seen)
    })
}

/// The same of a result, with all that its lines were decided with.
pub(crate) fn of_result(
    result: &PyReconciliation,
    source: &Bound<'_, PyAny>,
    subscription: &str,
    day: NaiveDate,
) -> PecResult<PyExplanations> {
    decided_here(result)?;
    let py = source.py();
    let sources: Vec<Source> = py.import("pec.result")?.getattr("files_of")?.call1((source,))?.extract()?;
    let (engine, day, subscription) = (Arc::clone(&result.engine), usage_day(day)?, subscription.to_owned());
    let sources = named(py, sources, None);
    watched(py, None, move |seen| explained(&engine, sources, &subscription, day, seen))
}

fn usage_day(day: NaiveDate) -> PyResult<UsageDay> {
    UsageDay::try_from(day).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn explained(
    engine: &Arc<Engine>,
    sources: Vec<(String, Source)>,
    subscription: &str,
    day: UsageDay,
    seen: &Seen,
) -> PecResult<PyExplanations> {
    let mut found = Explanations::new(subscription, day);
    for (name, source) in sources {
        add(engine, &name, source, &mut found, seen)?;
    }
    let partner = engine.access().map(|access| access.partner());
    let (nearest_day, nothing) = (found.nearest_day(), found.nothing_found());
    Ok(PyExplanations { nearest_day, nothing, decisions: found.finish(partner, engine.drawdown(), engine.programme()) })
}

fn add(engine: &Arc<Engine>, name: &str, source: Source, found: &mut Explanations, seen: &Seen) -> PecResult<()> {
    let mut failed = Ok(());
    let mut each = |row: u64, line: Result<(&UsageLine<'_>, &Decision), RowIssue>| {
        if let Ok((line, decision)) = line {
            failed = found.add(line, decision, || engine.explain_access(line));
            if failed.is_err() {
                return ControlFlow::Break(());
            }
        }
        // Ctrl-C is looked for now and then.
        if row.is_multiple_of(65_536) { seen.go_on() } else { ControlFlow::Continue(()) }
    };
    let streamed = match source {
        Source::Path(path) => engine.stream(path_input(name, &path), &mut each),
        Source::Open(file, from) => engine.stream(open_input(name, file, from, Raised::default()), &mut each),
        Source::Frame(frame) => {
            let schema = frame.schema();
            engine.stream_batches(name, &schema, frame.slices(), &mut each)
        }
    };
    failed?;
    Ok(streamed?)
}

/// The decisions on a subscription and day.
#[pyclass(name = "Explanations", module = "pec", frozen)]
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PyExplanations {
    nearest_day: Option<UsageDay>,
    /// What is said where there are no decisions.
    nothing: Option<String>,
    decisions: Vec<Explanation>,
}

impl Plain for PyExplanations {
    const FORM: Form = Form::new("explanations", 1);
}
saved!(PyExplanations);

#[pymethods]
impl PyExplanations {
    #[getter]
    fn nearest_day(&self) -> Option<NaiveDate> {
        self.nearest_day.map(UsageDay::date)
    }

    fn to_json(&self) -> PecResult<String> {
        let object = serde_json::json!({ "decisions": self.decisions, "nearest_day": self.nearest_day });
        Ok(serde_json::to_string(&object).map_err(|error| PyValueError::new_err(error.to_string()))?)
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        Ok(py.import("json")?.getattr("loads")?.call1((self.to_json()?,))?)
    }

    #[pyo3(signature = (*, width = None))]
    fn report(&self, width: Option<usize>) -> String {
        let decisions = self.decisions.iter().map(|decision| decision.text_in(width_of(width)));
        self.nothing.clone().into_iter().chain(decisions).collect()
    }

    fn __len__(&self) -> usize {
        self.decisions.len()
    }

    fn __repr__(&self) -> String {
        format!("<pec.Explanations: {} decisions>", self.decisions.len())
    }
}
