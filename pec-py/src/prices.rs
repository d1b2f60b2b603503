//! Price lists.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use pec_core::day::UsageDay;
use pec_core::money::Number;
use pec_core::normalise::price_list::{PricesRead, read};
use pec_core::product::PriceList;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple, PyType};

use crate::amount::{ExactDecimal, to_decimal};
use crate::error::{PecError, PecResult};
use crate::pickle::{Reduced, reduced, with_read, without_read};
use crate::source::path_input;

/// What these bytes are called in errors.
const WHAT: &str = "price list";

/// Price lists of Partner Center.
#[pyclass(name = "PriceList", module = "pec", frozen)]
pub(crate) struct PyPriceList {
    pub(crate) list: Arc<PriceList>,
    pub(crate) read: PricesRead,
}

#[pymethods]
impl PyPriceList {
    #[new]
    #[pyo3(signature = (*paths))]
    fn new(py: Python<'_>, paths: &Bound<'_, PyTuple>) -> PecResult<Self> {
        let paths: Vec<PathBuf> = paths.extract()?;
        py.detach(|| {
            let (list, read) = read(paths.iter().map(|path| path_input(&path.to_string_lossy(), path)))?;
            Ok(Self { list: Arc::new(list), read })
        })
    }

    #[pyo3(signature = (product, sku, day, quantity, /, *, meter = ""))]
    fn cost<'py>(
        &self,
        py: Python<'py>,
        product: &str,
        sku: &str,
        day: NaiveDate,
        quantity: ExactDecimal,
        meter: &str,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let day = UsageDay::try_from(day).map_err(invalid)?;
        let quantity: Number = quantity.into_text().parse().map_err(invalid)?;
        let Some(entry) = self.list.entry(product, sku, meter, day) else { return Ok(None) };
        let cost = entry.tier_cost(quantity).map_err(|error| invalid(format!("{product} {sku}: {error}")))?;
        to_decimal(py, &cost).map(Some)
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyBytes>> {
        let bytes = py.detach(|| self.bytes())?;
        Ok(PyBytes::new(py, &bytes))
    }

    #[classmethod]
    #[pyo3(signature = (data, /))]
    fn from_bytes(_class: &Bound<'_, PyType>, py: Python<'_>, data: &[u8]) -> PecResult<Self> {
        let (list, read) = py.detach(|| without_read(WHAT, data, PriceList::from_bytes))?;
        Ok(Self { list: Arc::new(list), read })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PecResult<Reduced<'py>> {
        Ok(reduced(slf, slf.get().to_bytes(slf.py())?)?)
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> PecResult<bool> {
        Ok(self.read == other.read
            && py.detach(|| Ok::<_, PecError>(self.list.to_bytes()? == other.list.to_bytes()?))?)
    }

    #[getter]
    fn files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = serde_json::to_string(&self.read.files).map_err(invalid)?;
        py.import("json")?.getattr("loads")?.call1((text,))
    }

    fn __repr__(&self) -> String {
        let files = &self.read.files;
        let prices: u64 = files.iter().map(|file| file.consumption + file.third_party + file.marketplace).sum();
        format!("<pec.PriceList: {} files, {prices} prices>", files.len())
    }
}

impl PyPriceList {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        with_read(WHAT, self.list.to_bytes()?, &self.read)
    }
}

fn invalid(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}
