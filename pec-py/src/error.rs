//! Errors of the core as exceptions of `pec.errors`; what Python has a name for keeps that name.

use std::path::Path;

use arrow_schema::ArrowError;
use pec_core::credit_offer::OfferFileError;
use pec_core::drawdown::CreditsError;
use pec_core::engine::EngineError;
use pec_core::ledger::MergeError;
use pec_core::money::AmountError;
use pec_core::normalise::RowIssue;
use pec_core::normalise::credit_balance::CreditBalancesError;
use pec_core::normalise::evidence::EvidenceError;
use pec_core::partner::PartnerError;
use pec_core::programme::ProgrammeError;
use pec_core::read::ReadError;
use pec_core::saved::SavedError;
use pec_core::tie_out::InvoiceError;
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// Anything that ends a call.
#[derive(Debug)]
pub(crate) enum PecError {
    Read(ReadError),
    /// Another file that cannot be used.
    File {
        message: String,
        file: String,
    },
    Row(RowIssue),
    Amount(AmountError),
    Programme(ProgrammeError),
    Python(PyErr),
}

pub(crate) type PecResult<T> = Result<T, PecError>;

impl From<EngineError> for PecError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Read(error) => Self::Read(error),
            EngineError::Amount(error) => Self::Amount(error),
            EngineError::Merge(error) => error.into(),
            stopped @ (EngineError::Stopped | _) => Self::Python(PyRuntimeError::new_err(stopped.to_string())),
        }
    }
}

impl From<InvoiceError> for PecError {
    fn from(error: InvoiceError) -> Self {
        match error {
            InvoiceError::Read(error) => Self::Read(error),
            InvoiceError::Amount(error) => Self::Amount(error),
            other => Self::Python(PyRuntimeError::new_err(other.to_string())),
        }
    }
}

macro_rules! from {
    ($($error:ty => $variant:ident),+) => {
        $(impl From<$error> for PecError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })+
    };
}

impl From<EvidenceError> for PecError {
    fn from(error: EvidenceError) -> Self {
        Self::File { message: error.to_string(), file: error.file().to_owned() }
    }
}

impl From<OfferFileError> for PecError {
    fn from(error: OfferFileError) -> Self {
        Self::File { message: error.to_string(), file: error.file().to_owned() }
    }
}

impl From<PartnerError> for PecError {
    fn from(error: PartnerError) -> Self {
        Self::File { message: error.to_string(), file: error.file().to_owned() }
    }
}

impl From<CreditsError> for PecError {
    fn from(error: CreditsError) -> Self {
        Self::File { message: error.to_string(), file: error.file().to_owned() }
    }
}

impl From<CreditBalancesError> for PecError {
    fn from(error: CreditBalancesError) -> Self {
        match error {
            CreditBalancesError::Read(error) => Self::Read(error),
            CreditBalancesError::Credits(error) => error.into(),
            other => Self::Python(PyRuntimeError::new_err(other.to_string())),
        }
    }
}

impl From<SavedError> for PecError {
    fn from(error: SavedError) -> Self {
        match error {
            SavedError::Amount(error) => Self::Amount(error),
            other @ (SavedError::Form { .. } | SavedError::Version { .. } | _) => {
                Self::Python(PyValueError::new_err(other.to_string()))
            }
        }
    }
}

impl From<MergeError> for PecError {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::Amount(error) => Self::Amount(error),
            other @ (MergeError::Drawdown | MergeError::Filtered | _) => {
                Self::Python(PyValueError::new_err(other.to_string()))
            }
        }
    }
}

from!(ReadError => Read, RowIssue => Row, AmountError => Amount, ProgrammeError => Programme, PyErr => Python);

impl From<ArrowError> for PecError {
    fn from(error: ArrowError) -> Self {
        if let ArrowError::IoError(_, error) = error {
            error.into()
        } else {
            Self::Python(PyValueError::new_err(error.to_string()))
        }
    }
}

impl From<std::io::Error> for PecError {
    fn from(error: std::io::Error) -> Self {
        Self::Python(error.into())
    }
}

/// An error at a path, as Python's own `open` raises it: with number, text and file name.
pub(crate) fn at_path(path: &Path) -> impl FnOnce(std::io::Error) -> PyErr {
    move |error| match error.raw_os_error() {
        Some(number) => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default().to_owned();
            PyOSError::new_err((number, text, path.as_os_str().to_owned()))
        }
        None => error.into(),
    }
}

impl From<PecError> for PyErr {
    fn from(error: PecError) -> Self {
        Python::attach(|py| {
            let message = |error: &dyn std::fmt::Display| error.to_string();
            match error {
                PecError::Read(error) => raised(py, "ReadError", (message(&error), error.file().to_owned())),
                PecError::File { message, file } => raised(py, "ReadError", (message, file)),
                PecError::Row(issue) => {
                    let text =
                        format!("column `{}`: found `{}`, expected {}", issue.column, issue.found, issue.expected);
                    raised(py, "RowIssueError", (text, issue.column, issue.found, issue.expected))
                }
                PecError::Amount(error) => raised(py, "AmountError", (message(&error),)),
                PecError::Programme(error) => raised(py, "ProgrammeError", (message(&error),)),
                PecError::Python(error) => error,
            }
        })
    }
}

/// An exception of `pec.errors`, where they are written so that they have attributes and can be pickled.
fn raised<'py>(py: Python<'py>, class: &str, arguments: impl pyo3::call::PyCallArgs<'py>) -> PyErr {
    let exception =
        py.import("pec.errors").and_then(|errors| errors.getattr(class)).and_then(|class| class.call1(arguments));
    exception.map_or_else(std::convert::identity, PyErr::from_value)
}
