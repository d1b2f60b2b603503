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
use pyo3::types::PyTuple;

use crate::amount::{ExactDecimal, to_decimal};
use crate::error::PecResult;
use crate::pickle::{Saved, saved, with_read, without_read};
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

impl Saved for PyPriceList {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        with_read(WHAT, self.list.to_bytes()?, &self.read)
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        let (list, read) = without_read(WHAT, bytes, PriceList::from_bytes)?;
        Ok(Self { list: Arc::new(list), read })
    }
}
saved!(PyPriceList);

fn invalid(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}
