//! The Azure Credit Offer.

use std::num::NonZeroU32;
use std::path::PathBuf;

use chrono::NaiveDate;
use pec_core::credit_offer::{CreditOfferError, Forecast, Mode, MonthlyDrawdown, Offer, Plan, Sizing};
use pec_core::money::{Number, Rate};
use pec_core::report::Precision;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use serde::Serialize;

use crate::amount::{ExactDecimal, to_decimal};
use crate::error::{PecResult, at_path};
use crate::judge::engine;

/// An answer about an offer: data, and its text.
#[pyclass(name = "CreditOffer", module = "pec", frozen)]
pub(crate) struct PyCreditOffer {
    json: String,
    text: String,
    whole_dollars: Option<String>,
}

impl PyCreditOffer {
    fn new(answer: &impl Serialize, text: String, whole_dollars: Option<String>) -> PecResult<Self> {
        let json = serde_json::to_string(answer).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self { json, text, whole_dollars })
    }
}

#[pymethods]
impl PyCreditOffer {
    fn to_json(&self) -> &str {
        &self.json
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let value = py.import("json")?.getattr("loads")?.call1((&self.json,))?;
        exact(&value)?;
        Ok(value)
    }

    #[pyo3(signature = (*, whole_dollars = false))]
    fn report(&self, whole_dollars: bool) -> PyResult<&str> {
        match (&self.whole_dollars, whole_dollars) {
            (_, false) => Ok(&self.text),
            (Some(text), true) => Ok(text),
            (None, true) => Err(PyValueError::new_err("only a table is shown in whole dollars")),
        }
    }

    fn __repr__(&self) -> String {
        format!("<pec.CreditOffer: {} characters of JSON>", self.json.len())
    }
}

/// The table of the deck.
#[pyfunction]
#[pyo3(signature = (*, credit, acr, on, mode = "deck", eligible_share = None, expires_after = None))]
pub(crate) fn aco_table(
    credit: ExactDecimal,
    acr: Vec<ExactDecimal>,
    on: NaiveDate,
    mode: &str,
    eligible_share: Option<ExactDecimal>,
    expires_after: Option<NonZeroU32>,
) -> PecResult<PyCreditOffer> {
    let (credit, acr) = (number("credit", credit)?, numbers(acr)?);
    let mode = match mode {
        "deck" => Mode::Deck,
        "daily" => Mode::Daily,
        other => return Err(invalid(format!("`{other}` is no mode; expected `deck` or `daily`")).into()),
    };
    let table = MonthlyDrawdown::new(credit, &acr)
        .mode(mode)
        .eligible_share(share(eligible_share)?)
        .expires_after(expires_after)
        .table(&engine()?.programme().on(on)?)?;
    PyCreditOffer::new(&table, table.text(Precision::Cents), Some(table.text(Precision::WholeDollars)))
}

/// The size of an offer.
#[pyfunction]
#[pyo3(signature = (*, acr, on, eligible_share = None))]
pub(crate) fn aco_size(
    acr: ExactDecimal,
    on: NaiveDate,
    eligible_share: Option<ExactDecimal>,
) -> PecResult<PyCreditOffer> {
    let sizing = Sizing::new(number("acr", acr)?, share(eligible_share)?, &engine()?.programme().on(on)?)?;
    PyCreditOffer::new(&sizing, sizing.text(), None)
}

/// The end of a balance.
#[pyfunction]
#[pyo3(signature = (*, balance, acr, first_month = None))]
pub(crate) fn aco_forecast(
    balance: ExactDecimal,
    acr: Vec<ExactDecimal>,
    first_month: Option<NaiveDate>,
) -> PecResult<PyCreditOffer> {
    let forecast = Forecast::new(number("balance", balance)?, &numbers(acr)?, first_month)?;
    PyCreditOffer::new(&forecast, forecast.text(), None)
}

/// The plan of an `offer.toml`.
#[pyfunction]
#[pyo3(signature = (path, /, *, today))]
pub(crate) fn aco_plan(path: PathBuf, today: NaiveDate) -> PecResult<PyCreditOffer> {
    let text = std::fs::read_to_string(&path).map_err(at_path(&path))?;
    let offer = Offer::from_toml(&path.to_string_lossy(), &text)?;
    let plan = Plan::new(&offer, &engine()?.programme().on(today)?)?;
    PyCreditOffer::new(&plan, plan.text(), None)
}

fn number(name: &str, given: ExactDecimal) -> PyResult<Number> {
    let text = given.into_text();
    text.trim().parse().map_err(|error| invalid(format!("{name}: found `{text}`, {error}")))
}

fn numbers(given: Vec<ExactDecimal>) -> PyResult<Vec<Number>> {
    given.into_iter().map(|month| number("acr", month)).collect()
}

fn share(given: Option<ExactDecimal>) -> PyResult<Rate> {
    let Some(given) = given else { return Ok(Rate::ONE) };
    let share = number("eligible_share", given)?;
    let expected = "expected a share from 0 to 1 with at most six decimals, such as 0.8";
    Rate::from_fraction(share).ok_or_else(|| invalid(format!("eligible_share: found `{share}`, {expected}")))
}

fn invalid(message: String) -> PyErr {
    PyValueError::new_err(message)
}

impl From<CreditOfferError> for crate::error::PecError {
    fn from(error: CreditOfferError) -> Self {
        match error {
            CreditOfferError::Programme(error) => Self::Programme(error),
            CreditOfferError::Sum(error) => Self::Amount(error),
            other @ (CreditOfferError::Amount { .. } | _) => Self::Python(invalid(other.to_string())),
        }
    }
}

/// Keys whose texts are days, and those whose texts are amounts, in these answers.
const DAYS: [&str; 10] =
    ["on", "verified_through", "first_month", "day", "today", "since", "earliest", "latest", "published", "deadline"];
const AMOUNTS: [&str; 20] = [
    "acr",
    "balance",
    "balance_start",
    "balance_end",
    "used",
    "above",
    "pec",
    "pec_exact",
    "invoice",
    "invoice_exact",
    "expired",
    "granted",
    "credit",
    "threshold",
    "shortfall",
    "ratio",
    "value_to_customer",
    "value_to_partner",
    "pec_forgone",
    "monthly_acr",
];

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
                let day = text.to_str()?.parse::<NaiveDate>();
                dict.set_item(key, day.map_err(|error| invalid(error.to_string()))?)?;
            }
            _ => exact(&value)?,
        }
    }
    Ok(())
}
