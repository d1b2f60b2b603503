//! Exact numbers across the border: `Decimal`, `int` and `str` in, `Decimal` out, never a float.

use std::fmt::Display;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString, PyType};

/// The text of an exact number given from Python.
pub(crate) struct ExactDecimal(String);

impl ExactDecimal {
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// More digits before or after the point than any amount has; a text of them could fill memory.
const MAX_ADJUSTED_EXPONENT: i64 = 200;

impl<'a, 'py> FromPyObject<'a, 'py> for ExactDecimal {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if value.is_instance_of::<PyFloat>() || value.is_instance_of::<PyBool>() {
            return Err(inexact(&value));
        }
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self(text.to_str()?.to_owned()));
        }
        if value.is_instance_of::<PyInt>() {
            return Ok(Self(value.str()?.to_str()?.to_owned()));
        }
        if value.is_instance(decimal_type(value.py())?)? {
            return plain(&value).map(Self);
        }
        // An integer of another library, such as NumPy's.
        if value.hasattr("__index__")? {
            return Ok(Self(value.call_method0("__index__")?.str()?.to_str()?.to_owned()));
        }
        Err(inexact(&value))
    }
}

fn inexact(value: &Bound<'_, PyAny>) -> PyErr {
    let found =
        value.get_type().fully_qualified_name().map_or_else(|_| "another type".to_owned(), |name| name.to_string());
    let number = !value.is_instance_of::<PyBool>() && value.hasattr("__float__").unwrap_or(false);
    let lost = if number { ", a float has already lost some" } else { "" };
    PyTypeError::new_err(format!("cannot be a {found}; pass Decimal or str with the digits as exported{lost}"))
}

/// A `Decimal` without an exponent, as far as that is of a sane length: `str` of it may be `1E-7`.
fn plain(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let adjusted = value.call_method0("adjusted")?.extract::<i64>().unwrap_or(i64::MAX);
    let text = if adjusted.unsigned_abs() <= MAX_ADJUSTED_EXPONENT.unsigned_abs() {
        value.call_method1("__format__", ("f",))?
    } else {
        value.as_any().str()?.into_any()
    };
    Ok(text.cast::<PyString>()?.to_str()?.to_owned())
}

/// An exact amount as a `Decimal`.
pub(crate) fn to_decimal<'py>(py: Python<'py>, amount: &impl Display) -> PyResult<Bound<'py, PyAny>> {
    decimal_type(py)?.call1((amount.to_string(),))
}

fn decimal_type(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")
}
