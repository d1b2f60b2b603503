//! The Azure Credit Offer.

use std::num::NonZeroU32;
use std::path::PathBuf;

use chrono::NaiveDate;
use pec_core::credit_offer::{CreditOfferError, Forecast, Mode, MonthlyDrawdown, Offer, Plan, Sizing, Table};
use pec_core::money::{Number, Rate};
use pec_core::report::Precision;
use pec_core::saved::Form;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use serde::{Deserialize, Serialize};

use crate::amount::{ExactDecimal, to_decimal};
use crate::error::{PecResult, at_path};
use crate::judge::engine;
use crate::pickle::{Saved, saved};
use crate::reconcile::width_of;

/// What was asked about an offer: the answer is made of it, once more where it comes from bytes.
#[derive(Serialize, Deserialize)]
#[serde(tag = "question", rename_all = "snake_case", deny_unknown_fields)]
enum Question {
    Table {
        credit: Number,
        acr: Vec<Number>,
        on: NaiveDate,
        mode: Mode,
        eligible_share: Rate,
        expires_after: Option<NonZeroU32>,
    },
    Size {
        acr: Number,
        on: NaiveDate,
        eligible_share: Rate,
    },
    Forecast {
        balance: Number,
        acr: Vec<Number>,
        first_month: Option<NaiveDate>,
    },
    Plan {
        offer: Offer,
        today: NaiveDate,
    },
}

/// Serialises to the JSON of the answer.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Table(Table),
    Size(Sizing),
    Forecast(Forecast),
    Plan(Plan),
}

impl Question {
    fn answer(&self) -> PecResult<Answer> {
        let engine = engine()?;
        let programme = engine.programme();
        Ok(match self {
            Self::Table { credit, acr, on, mode, eligible_share, expires_after } => {
                let months = MonthlyDrawdown::new(*credit, acr).mode(*mode).eligible_share(*eligible_share);
                Answer::Table(months.expires_after(*expires_after).table(&programme.on(*on)?)?)
            }
            Self::Size { acr, on, eligible_share } => {
                Answer::Size(Sizing::new(*acr, *eligible_share, &programme.on(*on)?)?)
            }
            Self::Forecast { balance, acr, first_month } => {
                Answer::Forecast(Forecast::new(*balance, acr, *first_month)?)
            }
            Self::Plan { offer, today } => Answer::Plan(Plan::new(offer, &programme.on(*today)?)?),
        })
    }
}

/// An answer about an offer.
#[pyclass(name = "CreditOffer", module = "pec", frozen)]
pub(crate) struct PyCreditOffer {
    question: Question,
    answer: Answer,
}

impl PyCreditOffer {
    fn new(question: Question) -> PecResult<Self> {
        let answer = question.answer()?;
        Ok(Self { question, answer })
    }
}

const FORM: Form = Form::new("answer about an Azure Credit Offer", 1);

impl Saved for PyCreditOffer {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        Ok(FORM.bytes_of(&self.question)?)
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        Self::new(FORM.content_of(bytes)?)
    }
}
saved!(PyCreditOffer, hashed);

#[pymethods]
impl PyCreditOffer {
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.answer).map_err(|error| invalid(error.to_string()))
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let value = py.import("json")?.getattr("loads")?.call1((self.to_json()?,))?;
        exact(&value)?;
        Ok(value)
    }

    #[pyo3(signature = (*, whole_dollars = false, width = None))]
    fn report(&self, whole_dollars: bool, width: Option<usize>) -> PyResult<String> {
        let width = width_of(width);
        match (&self.answer, whole_dollars) {
            (Answer::Table(table), true) => Ok(table.text_in(width, Precision::WholeDollars)),
            (Answer::Table(table), false) => Ok(table.text_in(width, Precision::Cents)),
            (_, true) => Err(PyValueError::new_err("only a table is shown in whole dollars")),
            (Answer::Size(sizing), false) => Ok(sizing.text_in(width)),
            (Answer::Forecast(forecast), false) => Ok(forecast.text_in(width)),
            (Answer::Plan(plan), false) => Ok(plan.text_in(width)),
        }
    }

    fn __repr__(&self) -> PyResult<String> {
        Ok(format!("<pec.CreditOffer: {} characters of JSON>", self.to_json()?.len()))
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
    let eligible_share = share(eligible_share)?;
    PyCreditOffer::new(Question::Table { credit, acr, on, mode, eligible_share, expires_after })
}

/// The size of an offer.
#[pyfunction]
#[pyo3(signature = (*, acr, on, eligible_share = None))]
pub(crate) fn aco_size(
    acr: ExactDecimal,
    on: NaiveDate,
    eligible_share: Option<ExactDecimal>,
) -> PecResult<PyCreditOffer> {
    let (acr, eligible_share) = (number("acr", acr)?, share(eligible_share)?);
    PyCreditOffer::new(Question::Size { acr, on, eligible_share })
}

/// The end of a balance.
#[pyfunction]
#[pyo3(signature = (*, balance, acr, first_month = None))]
pub(crate) fn aco_forecast(
    balance: ExactDecimal,
    acr: Vec<ExactDecimal>,
    first_month: Option<NaiveDate>,
) -> PecResult<PyCreditOffer> {
    let (balance, acr) = (number("balance", balance)?, numbers(acr)?);
    PyCreditOffer::new(Question::Forecast { balance, acr, first_month })
}

/// The plan of an `offer.toml`.
#[pyfunction]
#[pyo3(signature = (path, /, *, today))]
pub(crate) fn aco_plan(path: PathBuf, today: NaiveDate) -> PecResult<PyCreditOffer> {
    let text = std::fs::read_to_string(&path).map_err(at_path(&path))?;
    let offer = Offer::from_toml(&path.to_string_lossy(), &text)?;
    PyCreditOffer::new(Question::Plan { offer, today })
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
