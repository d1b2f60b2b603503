//! The catalogue of rules, and of what verdicts assume.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pec_core::access::Assumption;
use pec_core::eligibility::RuleId;
use pec_core::eligibility::{self, Rule};
use pec_core::report::assumption_sentences;
use pec_core::saved::Form;
use pyo3::prelude::*;

use crate::error::PecResult;
use crate::pickle::{Saved, saved};

/// A rule of the catalogue.
#[pyclass(name = "Rule", module = "pec", frozen)]
pub(crate) struct PyRule(&'static Rule);

const FORM: Form = Form::new("rule", 1);

/// A rule is known by its id.
impl Saved for PyRule {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        Ok(FORM.bytes_of(self.0.id)?)
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        Ok(Self(eligibility::rule(FORM.content_of::<RuleId>(bytes)?)))
    }
}
saved!(PyRule, hashed);

/// Every rule, in rank order.
#[pyfunction]
pub(crate) fn rules() -> Vec<PyRule> {
    eligibility::rules().iter().map(PyRule).collect()
}

/// What a verdict may rest on that nothing proves, and what would prove it.
#[pyfunction]
pub(crate) fn assumptions() -> BTreeMap<&'static str, String> {
    let sentence = |assumption: Assumption| {
        let (what, proof) = assumption_sentences(assumption);
        (assumption.as_str(), format!("{what}; {proof}"))
    };
    Assumption::ALL.into_iter().map(sentence).collect()
}

#[pymethods]
impl PyRule {
    #[getter]
    fn id(&self) -> &'static str {
        self.0.id.as_str()
    }

    #[getter]
    fn rank(&self) -> u8 {
        self.0.rank
    }

    #[getter]
    fn group(&self) -> String {
        self.0.group.to_string()
    }

    #[getter]
    fn sentence(&self) -> &'static str {
        self.0.sentence
    }

    #[getter]
    fn owner(&self) -> String {
        self.0.owner.to_string()
    }

    #[getter]
    fn can_act(&self) -> bool {
        self.0.can_act
    }

    #[getter]
    fn remedy(&self) -> &'static str {
        self.0.remedy
    }

    #[getter]
    fn source(&self) -> String {
        self.0.source.to_string()
    }

    #[getter]
    fn source_dated(&self) -> NaiveDate {
        self.0.source.dated()
    }

    fn __repr__(&self) -> String {
        format!("Rule({:?}, rank={}, group={:?})", self.0.id.as_str(), self.0.rank, self.group())
    }
}
