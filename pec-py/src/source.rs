//! What can be read: paths, open files, frames.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use pec_core::read::Input;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::arrow_in::Frame;
use crate::error::PecError;

/// Something that holds rows.
pub(crate) enum Source {
    Path(PathBuf),
    /// With the place to begin at, where it was read before.
    Open(Py<PyAny>, Option<Py<PyAny>>),
    Frame(Frame),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Source {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() || object.hasattr("__fspath__")? {
            return Ok(Self::Path(object.extract()?));
        }
        if Frame::is_one(&object)? {
            let frame = object.extract().or_else(|error| match without_wide_integers(&object)? {
                Some(frame) => frame.extract(),
                None => Err(no_table(&object, error)),
            });
            return frame.map(Self::Frame);
        }
        if object.hasattr("read")? {
            return Ok(Self::Open(object.to_owned().unbind(), None));
        }
        let found = object.get_type().fully_qualified_name()?;
        let advice = advice(&object)?;
        Err(PyTypeError::new_err(format!(
            "cannot read a `{found}`; pass a path, an open file, or a Polars, pandas, PyArrow or DuckDB table{advice}"
        )))
    }
}

/// What to do with an object that could be one of these.
fn advice(object: &Bound<'_, PyAny>) -> PyResult<&'static str> {
    for (name, advice) in [("collect", "; call .collect() first"), ("to_table", "; call .to_table() first")] {
        if object.hasattr(name)? {
            return Ok(advice);
        }
    }
    if object.is_instance_of::<PyBytes>() {
        return Ok("; wrap bytes in io.BytesIO");
    }
    if object.is_instance_of::<PyDict>() {
        return Ok("; make a table of records, as polars.DataFrame(records) does");
    }
    Ok("")
}

/// A Polars table with its integers of 128 bits as texts: Arrow has no such type.
fn without_wide_integers<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let class = object.get_type();
    if !class.module()?.to_cow()?.starts_with("polars") || class.name()? != "DataFrame" {
        return Ok(None);
    }
    let polars = object.py().import("polars")?;
    let texts = PyDict::new(object.py());
    for name in ["Int128", "UInt128"] {
        // Older ones do not have both.
        if let Some(wide) = polars.getattr_opt(name)? {
            texts.set_item(wide, polars.getattr("String")?)?;
        }
    }
    object.call_method1("cast", (texts,)).map(Some)
}

/// The error of a table, or that a column alone, such as a `Series`, is none.
fn no_table(object: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    let py = object.py();
    let has = |name: &str| object.hasattr(name).unwrap_or_default();
    if has("columns") || has("schema") || !error.is_instance_of::<PyValueError>(py) {
        return error;
    }
    let found = object.get_type().fully_qualified_name().map_or_else(|_| "column".to_owned(), |name| name.to_string());
    let told =
        PyTypeError::new_err(format!("cannot read a `{found}`, which is no table; pass the table with all columns"));
    told.set_cause(py, Some(error));
    told
}

impl Source {
    /// The same rows to be read twice: an open file must be able to go back, a table is held.
    pub(crate) fn twice(self, py: Python<'_>) -> PyResult<(Self, Self)> {
        Ok(match self {
            Self::Path(path) => (Self::Path(path.clone()), Self::Path(path)),
            Self::Open(file, _) => {
                let from = file.bind(py).call_method0("tell").map_err(|cause| {
                    let text = "Azure credits are drawn by all lines before any is decided, and this open file cannot be \
                                read twice; pass a path or a table";
                    let error = PyTypeError::new_err(text);
                    error.set_cause(py, Some(cause));
                    error
                })?;
                let from = from.unbind();
                (Self::Open(file.clone_ref(py), Some(from.clone_ref(py))), Self::Open(file, Some(from)))
            }
            Self::Frame(frame) => {
                let (first, second) = frame.twice();
                (Self::Frame(first), Self::Frame(second))
            }
        })
    }

    /// The name to report it by.
    fn name(&self, py: Python<'_>, given: Option<&str>) -> String {
        match self {
            Self::Path(path) => path.to_string_lossy().into_owned(),
            Self::Open(file, _) => given.map(str::to_owned).unwrap_or_else(|| {
                file.bind(py)
                    .getattr("name")
                    .and_then(|name| name.extract::<String>())
                    .unwrap_or_else(|_| "file".to_owned())
            }),
            Self::Frame(_) => given.unwrap_or("frame").to_owned(),
        }
    }
}

/// Sources with the name of each, no two alike: rows are found again by the name of their source.
pub(crate) fn named(py: Python<'_>, sources: Vec<Source>, given: Option<&str>) -> Vec<(String, Source)> {
    let mut taken = BTreeSet::new();
    let name = |source: Source| {
        let name = source.name(py, given);
        let mut unique = name.clone();
        let mut number = 1;
        while !taken.insert(unique.clone()) {
            number += 1;
            unique = format!("{name} ({number})");
        }
        (unique, source)
    };
    sources.into_iter().map(name).collect()
}

/// The first exception that a Python file raised while it was read.
#[derive(Clone, Default)]
pub(crate) struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    fn keep(&self, error: PyErr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// An error with the exception of a Python file as its cause, where there was one.
pub(crate) fn raised_by(py: Python<'_>, error: PecError, raised: &Raised) -> PecError {
    match raised.take() {
        None => error,
        Some(cause) => {
            let error = PyErr::from(error);
            error.set_cause(py, Some(cause));
            error.into()
        }
    }
}

/// What is read as bytes, and what is a table.
pub(crate) fn parted(sources: Vec<(String, Source)>, raised: &Raised) -> (Vec<Input<'static>>, Vec<(String, Frame)>) {
    let (mut inputs, mut frames) = (Vec::new(), Vec::new());
    for (name, source) in sources {
        match source {
            Source::Path(path) => inputs.push(path_input(&name, &path)),
            Source::Open(file, from) => inputs.push(open_input(&name, file, from, raised.clone())),
            Source::Frame(frame) => frames.push((name, frame)),
        }
    }
    (inputs, frames)
}

/// A file as an input of the core.
pub(crate) fn path_input(name: &str, path: &Path) -> Input<'static> {
    Input::new(name, LazyFile::Closed(path.to_owned()))
}

/// An open Python file as an input of the core.
pub(crate) fn open_input(name: &str, file: Py<PyAny>, from: Option<Py<PyAny>>, raised: Raised) -> Input<'static> {
    Input::new(name, PyRead { file, from, rest: Vec::new(), used: 0, raised })
}

/// A file that is open only while it is read: an export may have thousands of them.
enum LazyFile {
    Closed(PathBuf),
    Open(File),
    Ended,
}

impl Read for LazyFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self {
                Self::Closed(path) => *self = Self::Open(File::open(path)?),
                Self::Open(file) => {
                    let read = file.read(buffer)?;
                    if read == 0 && !buffer.is_empty() {
                        *self = Self::Ended;
                    }
                    return Ok(read);
                }
                Self::Ended => return Ok(0),
            }
        }
    }
}

/// A Python object with `.read(size)` that gives bytes or text.
struct PyRead {
    file: Py<PyAny>,
    /// Where to begin, before the first read.
    from: Option<Py<PyAny>>,
    rest: Vec<u8>,
    used: usize,
    raised: Raised,
}

/// How much is asked of Python at once.
const CHUNK: usize = 1 << 20;

impl PyRead {
    fn chunk(&mut self) -> PyResult<Vec<u8>> {
        Python::attach(|py| {
            if let Some(from) = self.from.take() {
                self.file.bind(py).call_method1("seek", (from,))?;
            }
            let chunk = self.file.bind(py).call_method1("read", (CHUNK,))?;
            if let Ok(bytes) = chunk.cast::<PyBytes>() {
                return Ok(bytes.as_bytes().to_vec());
            }
            if chunk.is_instance_of::<PyString>() {
                // Text that is no UTF-8 stays visible as such, and only its cell fails.
                let bytes = chunk.call_method1("encode", ("utf-8", "surrogatepass"))?;
                return Ok(bytes.cast::<PyBytes>()?.as_bytes().to_vec());
            }
            let found = chunk.get_type().fully_qualified_name()?;
            Err(PyTypeError::new_err(format!("`read` gave a `{found}`; expected bytes or str")))
        })
    }
}

impl Read for PyRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.rest.len() && !buffer.is_empty() {
            self.rest = self.chunk().map_err(|error| {
                let text = error.to_string();
                self.raised.keep(error);
                io::Error::other(text)
            })?;
            self.used = 0;
        }
        let read = self.rest.get(self.used..).unwrap_or_default().read(buffer)?;
        self.used += read;
        Ok(read)
    }
}
