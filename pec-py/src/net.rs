//! Gross and net: a list cost, its credit, and what is left.

use pec_core::accrual::{self, NetError};
use pec_core::money::{Amount, Number, Rate, Rounding};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::amount::{ExactDecimal, to_decimal};
use crate::error::PecResult;

/// What is left of a list cost.
#[pyfunction]
#[pyo3(signature = (list_cost, rate, /))]
pub(crate) fn net_of(py: Python<'_>, list_cost: ExactDecimal, rate: ExactDecimal) -> PecResult<Bound<'_, PyAny>> {
    let net = accrual::net_of(amount(list_cost)?, fraction(rate)?).map_err(invalid)?;
    Ok(to_decimal(py, &net)?)
}

/// The list cost of a net one.
#[pyfunction]
#[pyo3(signature = (net, rate, /, *, places=15, rounding="half_even"))]
pub(crate) fn gross_up<'py>(
    py: Python<'py>,
    net: ExactDecimal,
    rate: ExactDecimal,
    places: u32,
    rounding: &str,
) -> PecResult<Bound<'py, PyAny>> {
    let list = accrual::gross_up(amount(net)?, fraction(rate)?, places, named(rounding)?).map_err(invalid)?;
    Ok(to_decimal(py, &list)?)
}

/// The credit in a net cost.
#[pyfunction]
#[pyo3(signature = (net, rate, /, *, places=15, rounding="half_even"))]
pub(crate) fn credit_of_net<'py>(
    py: Python<'py>,
    net: ExactDecimal,
    rate: ExactDecimal,
    places: u32,
    rounding: &str,
) -> PecResult<Bound<'py, PyAny>> {
    let credit = accrual::credit_of_net(amount(net)?, fraction(rate)?, places, named(rounding)?).map_err(invalid)?;
    Ok(to_decimal(py, &credit)?)
}

fn number(given: ExactDecimal) -> PyResult<Number> {
    given.into_text().trim().parse().map_err(|error| PyValueError::new_err(format!("{error}")))
}

fn amount(given: ExactDecimal) -> PecResult<Amount> {
    Ok(Amount::from_number(number(given)?)?)
}

fn fraction(given: ExactDecimal) -> PyResult<Rate> {
    let wrong =
        || PyValueError::new_err("expected a rate from 0 to 1 with at most 6 decimals, such as Decimal(\"0.15\")");
    Rate::from_fraction(number(given)?).ok_or_else(wrong)
}

fn named(rounding: &str) -> PyResult<Rounding> {
    match rounding {
        "half_even" => Ok(Rounding::HalfEven),
        "toward_zero" => Ok(Rounding::TowardZero),
        other => {
            Err(PyValueError::new_err(format!("`rounding` is {other:?}; expected \"half_even\" or \"toward_zero\"")))
        }
    }
}

fn invalid(error: NetError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
