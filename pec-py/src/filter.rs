//! The conditions of `Result.filter`.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use pec_core::day::UsageDay;
use pec_core::eligibility::RuleId;
use pec_core::ledger::{Filter, Ledger};
use pec_core::reconcile::Standing;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// One text or several.
pub(crate) struct Texts(Vec<String>);

impl<'a, 'py> FromPyObject<'a, 'py> for Texts {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() {
            return Ok(Self(vec![object.extract()?]));
        }
        object.try_iter()?.map(|text| text?.extract()).collect::<PyResult<_>>().map(Self)
    }
}

/// The filter of what was given.
pub(crate) fn filter_of(
    customer: Option<Texts>,
    subscription: Option<Texts>,
    reason: Option<Texts>,
    standing: Option<Texts>,
    [first_day, last_day]: [Option<NaiveDate>; 2],
) -> PyResult<Filter> {
    let ids = |Texts(ids): Texts| ids.iter().map(|id| id.to_ascii_lowercase()).collect::<BTreeSet<_>>();
    Ok(Filter {
        customers: customer.map(ids),
        subscriptions: subscription.map(ids),
        reasons: reason.map(|reasons| named(reasons, RuleId::ALL, "reason")).transpose()?,
        standings: standing.map(|standings| named(standings, &Standing::ALL, "standing")).transpose()?,
        first_day: first_day.map(day).transpose()?,
        last_day: last_day.map(day).transpose()?,
    })
}

/// Names where ids are asked for: a mistake, and not a result without lines.
pub(crate) fn names_are_no_ids(filter: &Filter, ledger: &Ledger) -> PyResult<()> {
    no_names(filter.customers.as_ref(), ledger.customer_names(), "a customer")?;
    no_names(filter.subscriptions.as_ref(), ledger.subscription_names(), "an Azure subscription")
}

fn no_names<'a>(
    asked: Option<&BTreeSet<String>>,
    names: impl Iterator<Item = (&'a str, &'a str)>,
    what: &str,
) -> PyResult<()> {
    let Some(asked) = asked else { return Ok(()) };
    let names: Vec<_> = names.collect();
    let is_id = |text: &str| names.iter().any(|(id, _)| *id == text);
    let named = |(id, name): &&(&str, &str)| {
        let name = name.trim().to_ascii_lowercase();
        name != *id && asked.contains(&name) && !is_id(&name)
    };
    names.iter().find(named).map_or(Ok(()), |(id, name)| {
        Err(PyValueError::new_err(format!("`{name}` is the name of {what}; pass its id, `{id}`")))
    })
}

/// What is called this among what there is.
fn named<T: Copy + Ord + ToString>(names: Texts, all: &[T], what: &str) -> PyResult<BTreeSet<T>> {
    let find = |name: String| {
        all.iter().copied().find(|one| one.to_string() == name).ok_or_else(|| {
            let known: Vec<_> = all.iter().map(ToString::to_string).collect();
            PyValueError::new_err(format!("`{name}` is no {what}; expected one of {}", known.join(", ")))
        })
    };
    names.0.into_iter().map(find).collect()
}

fn day(date: NaiveDate) -> PyResult<UsageDay> {
    UsageDay::try_from(date).map_err(|error| PyValueError::new_err(format!("`{date}`: {error}")))
}
