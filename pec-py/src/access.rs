//! A partner and its evidence of access.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use pec_core::access::{Access, Evidence, EvidenceKind};
use pec_core::engine::Engine;
use pec_core::normalise::evidence::{EvidenceInput, Manifest, ManifestFile, read, read_all};
use pec_core::partner::Partner;
use pec_core::report::EvidenceFacts;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::error::{PecResult, at_path};
use crate::judge::engine;
use crate::pickle::{Saved, saved, with_read, without_read};
use crate::prices::PyPriceList;
use crate::reconcile::threads_of;
use crate::tables;

/// The name of the file that says what a folder of evidence holds.
const MANIFEST: &str = "manifest.json";

/// What bytes of evidence are called in errors.
const WHAT: &str = "evidence";

/// Who earns.
#[pyclass(name = "Partner", module = "pec", frozen)]
pub(crate) struct PyPartner {
    pub(crate) partner: Partner,
    /// The engine of the partner without evidence.
    engine: OnceLock<Arc<Engine>>,
}

#[pymethods]
impl PyPartner {
    #[new]
    #[pyo3(signature = (path, /))]
    fn new(path: PathBuf) -> PecResult<Self> {
        let text = fs::read_to_string(&path).map_err(at_path(&path))?;
        Ok(Self::of(Partner::from_toml(&path.to_string_lossy(), &text)?))
    }

    #[classmethod]
    #[pyo3(signature = (text, /, name = "partner.toml"))]
    fn from_toml(_class: &Bound<'_, PyType>, text: &str, name: &str) -> PecResult<Self> {
        Ok(Self::of(Partner::from_toml(name, text)?))
    }

    fn __repr__(&self) -> String {
        format!("<pec.Partner: {:?}, {} resellers>", self.partner.kind, self.partner.resellers.len())
    }
}

impl Saved for PyPartner {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        Ok(self.partner.to_bytes()?)
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        Ok(Self::of(Partner::from_bytes(bytes)?))
    }
}
saved!(PyPartner, hashed);

impl PyPartner {
    const fn of(partner: Partner) -> Self {
        Self { partner, engine: OnceLock::new() }
    }
}

/// What exports show of access.
#[pyclass(name = "Evidence", module = "pec")]
#[derive(Default)]
pub(crate) struct PyEvidence {
    pub(crate) evidence: Evidence,
    pub(crate) facts: Vec<EvidenceFacts>,
    /// Where each file was; none where the evidence came as bytes.
    pub(crate) paths: Vec<PathBuf>,
    /// The engine of the last partner with this evidence: what has been compiled once is not compiled for each call.
    compiled: Mutex<Option<(Partner, Arc<Engine>)>>,
}

#[pymethods]
impl PyEvidence {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    #[pyo3(signature = (path, /, *, kind = None, taken_at = None))]
    fn read(
        &mut self,
        py: Python<'_>,
        path: PathBuf,
        kind: Option<&str>,
        taken_at: Option<DateTime<Utc>>,
    ) -> PecResult<()> {
        let kind = kind.map(kind_named).transpose()?;
        py.detach(|| {
            let content = fs::read(&path).map_err(at_path(&path))?;
            let taken = taken_at.map_or_else(|| file_time(&path), Ok)?;
            let mut input = EvidenceInput::new(path.to_string_lossy(), &content, taken);
            if let Some(kind) = kind {
                input = input.kind(kind);
            }
            self.add(&input, &path, taken_at.is_none())
        })
    }

    #[pyo3(signature = (folder, /))]
    fn read_folder(&mut self, py: Python<'_>, folder: PathBuf) -> PecResult<()> {
        py.detach(|| {
            let path = folder.join(MANIFEST);
            let text = fs::read(&path).map_err(at_path(&path))?;
            let files = Manifest::parse(&path.to_string_lossy(), &text)?.files;
            let load = |file: &ManifestFile| -> PecResult<Vec<u8>> {
                let path = folder.join(&file.path);
                Ok(fs::read(&path).map_err(at_path(&path))?)
            };
            let summaries = read_all(&mut self.evidence, &files, threads_of(None)?, load)?;
            self.compiled = Mutex::default();
            self.facts.extend(summaries.iter().map(|summary| EvidenceFacts::new(summary, false)));
            self.paths.extend(files.iter().map(|file| folder.join(&file.path)));
            Ok(())
        })
    }

    fn __copy__(&self) -> Self {
        let (evidence, facts, paths) = (self.evidence.clone(), self.facts.clone(), self.paths.clone());
        Self { evidence, facts, paths, compiled: Mutex::default() }
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.__copy__()
    }

    #[getter]
    fn files<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        let text = serde_json::to_string(&self.facts).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(py.import("json")?.getattr("loads")?.call1((text,))?)
    }

    fn __repr__(&self) -> String {
        let entries: u64 = self.facts.iter().map(|facts| u64::from(facts.entries)).sum();
        format!("<pec.Evidence: {} files, {entries} entries>", self.facts.len())
    }
}

impl Saved for PyEvidence {
    fn bytes(&self) -> PecResult<Vec<u8>> {
        with_read(WHAT, self.evidence.to_bytes()?, &self.facts)
    }

    fn of_bytes(bytes: &[u8]) -> PecResult<Self> {
        let (evidence, facts) = without_read(WHAT, bytes, Evidence::from_bytes)?;
        Ok(Self { evidence, facts, ..Self::default() })
    }
}
saved!(PyEvidence, mutable);

impl PyEvidence {
    fn add(&mut self, input: &EvidenceInput<'_>, path: &Path, taken_at_is_file_time: bool) -> PecResult<()> {
        self.compiled = Mutex::default();
        let summary = read(&mut self.evidence, input)?;
        self.facts.push(EvidenceFacts::new(&summary, taken_at_is_file_time));
        self.paths.push(path.to_owned());
        Ok(())
    }

    fn engine(&self, partner: &Partner) -> PecResult<Arc<Engine>> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, engine)) = compiled.as_ref().filter(|(known, _)| known == partner) {
            return Ok(Arc::clone(engine));
        }
        let engine = compile(partner, self.evidence.clone())?;
        *compiled = Some((partner.clone(), Arc::clone(&engine)));
        Ok(engine)
    }
}

fn kind_named(name: &str) -> PyResult<EvidenceKind> {
    EvidenceKind::parse(name).ok_or_else(|| {
        let known: Vec<_> = EvidenceKind::ALL.iter().map(|kind| kind.as_str()).collect();
        PyValueError::new_err(format!("`{name}` is no kind of evidence; expected one of {}", known.join(", ")))
    })
}

/// When the file was last written.
fn file_time(path: &Path) -> PecResult<DateTime<Utc>> {
    let written = fs::metadata(path).and_then(|data| data.modified()).map_err(at_path(path))?;
    let since = written.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Ok(DateTime::<Utc>::UNIX_EPOCH + since)
}

/// The engine with a partner, its evidence and price lists; the one that all share where there is none of them.
pub(crate) fn engine_with(
    py: Python<'_>,
    partner: Option<&PyPartner>,
    evidence: Option<&PyEvidence>,
    prices: Option<&PyPriceList>,
) -> PecResult<Arc<Engine>> {
    let engine = engine_of(py, partner, evidence)?;
    Ok(match prices {
        None => engine,
        Some(prices) => Arc::new(Engine::clone(&engine).with_prices(Arc::clone(&prices.list))),
    })
}

fn engine_of(py: Python<'_>, partner: Option<&PyPartner>, evidence: Option<&PyEvidence>) -> PecResult<Arc<Engine>> {
    let Some(PyPartner { partner, engine: without_evidence, .. }) = partner else {
        return match evidence {
            None => engine(),
            Some(_) => Err(PyValueError::new_err("evidence without a partner; say who you are with `partner`").into()),
        };
    };
    py.detach(|| match (evidence, without_evidence.get()) {
        (Some(evidence), _) => evidence.engine(partner),
        (None, Some(engine)) => Ok(Arc::clone(engine)),
        (None, None) => {
            let engine = compile(partner, Evidence::new())?;
            Ok(Arc::clone(without_evidence.get_or_init(|| engine)))
        }
    })
}

fn compile(partner: &Partner, evidence: Evidence) -> PecResult<Arc<Engine>> {
    Ok(Arc::new(Engine::new()?.with_access(Access::new(partner.clone(), evidence))))
}

/// Every grant over time, as a table.
#[pyfunction]
#[pyo3(signature = (*, partner, evidence))]
pub(crate) fn access_timeline<'py>(
    py: Python<'py>,
    partner: PyRef<'py, PyPartner>,
    evidence: PyRef<'py, PyEvidence>,
) -> PecResult<Bound<'py, PyAny>> {
    let engine = engine_with(py, Some(&partner), Some(&evidence), None)?;
    let of = || engine.access().map(|access| access.timeline(engine.programme())).unwrap_or_default();
    tables::timeline(py, of)
}
