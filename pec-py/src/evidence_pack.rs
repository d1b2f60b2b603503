//! What a support request on one customer needs, as files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufWriter;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use pec_core::access::Access;
use pec_core::day::UsageDay;
use pec_core::engine::{Engine, EngineError, Run};
use pec_core::report::{CsvTable, EvidenceFacts, EvidencePack, EvidencePackOf};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::access::{PyEvidence, PyPartner, engine_with};
use crate::error::{PecError, PecResult, at_path};
use crate::source::{Source, named, path_input};
use crate::watch::{Seen, watched};

/// Reads files twice, the second time for the customer's lines, and writes the pack.
#[pyfunction]
#[pyo3(signature = (paths, directory, /, *, customer, partner, evidence, subscriptions=Vec::new(), from_=None, until=None, progress=None))]
#[expect(clippy::too_many_arguments, reason = "options are keywords")]
pub(crate) fn write_evidence_pack(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    directory: PathBuf,
    customer: String,
    partner: PyRef<'_, PyPartner>,
    evidence: PyRef<'_, PyEvidence>,
    subscriptions: Vec<String>,
    from_: Option<NaiveDate>,
    until: Option<NaiveDate>,
    progress: Option<Py<PyAny>>,
) -> PecResult<Vec<PathBuf>> {
    let day = |day: Option<NaiveDate>| day.map(UsageDay::try_from).transpose().map_err(invalid);
    let of = EvidencePackOf { customer, subscriptions, from: day(from_)?, until: day(until)? };
    let sources = named(py, paths.into_iter().map(Source::Path).collect(), None);
    let usage: Vec<_> = (sources.into_iter())
        .filter_map(|(name, source)| if let Source::Path(path) = source { Some((name, path)) } else { None })
        .collect();
    if evidence.paths.len() != evidence.facts.len() {
        let text =
            "evidence of another process has no files here, which the pack gives digests of; read its files here";
        return Err(PyValueError::new_err(text).into());
    }
    let digest = |(name, path): &(String, PathBuf)| Ok((name.clone(), sha256(py, path)?));
    let work = Work {
        engine: engine_with(py, Some(&partner), Some(&evidence), None)?,
        facts: evidence.facts.clone(),
        sha256_of_usage: usage.iter().map(digest).collect::<PyResult<_>>()?,
        sha256_of_evidence: evidence.paths.iter().map(|path| sha256(py, path)).collect::<PyResult<_>>()?,
        usage,
        of,
        directory,
    };
    watched(py, progress, move |seen| work.run(seen))
}

/// The digest that `sha256sum` prints.
fn sha256(py: Python<'_>, path: &Path) -> PyResult<String> {
    let file = py.import("io")?.call_method1("open", (path, "rb"))?;
    let digest = py.import("hashlib")?.call_method1("file_digest", (&file, "sha256"));
    file.call_method0("close")?;
    digest?.call_method0("hexdigest")?.extract()
}

struct Work {
    engine: Arc<Engine>,
    facts: Vec<EvidenceFacts>,
    usage: Vec<(String, PathBuf)>,
    sha256_of_usage: BTreeMap<String, String>,
    sha256_of_evidence: Vec<String>,
    of: EvidencePackOf,
    directory: PathBuf,
}

impl Work {
    fn run(self, seen: &Seen) -> PecResult<Vec<PathBuf>> {
        let progress = |progress| seen.note(progress);
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let inputs = self.usage.iter().map(|(name, path)| path_input(name, path));
        let ledger = self.engine.reconcile(inputs, &Run::default().threads(threads).progress(&progress))?;
        let Some(access) = self.engine.access() else { return Err(invalid("there is no evidence").into()) };
        let mut pack = self.pack(&ledger, access)?;
        fs::create_dir_all(&self.directory).map_err(at_path(&self.directory))?;
        let (mut written, path) = (Vec::new(), self.directory.join("lines.csv"));
        let mut lines = CsvTable::new(BufWriter::new(File::create(&path).map_err(at_path(&path))?));
        for (name, path) in &self.usage {
            self.add(&mut pack, &mut lines, name, path, seen)?;
        }
        lines.write(&pack.take()?)?;
        lines.finish()?;
        written.push(path);
        let files = pack.finish(&self.facts, &self.sha256_of_usage, &self.sha256_of_evidence)?;
        for (name, batch) in &files.tables {
            let path = self.directory.join(format!("{name}.csv"));
            let mut table = CsvTable::new(BufWriter::new(File::create(&path).map_err(at_path(&path))?));
            table.write(batch)?;
            table.finish()?;
            written.push(path);
        }
        let path = self.directory.join("index.html");
        fs::write(&path, files.page).map_err(at_path(&path))?;
        written.push(path);
        Ok(written)
    }

    fn pack<'a>(&'a self, ledger: &'a pec_core::ledger::Ledger, access: &'a Access) -> PecResult<EvidencePack<'a>> {
        Ok(EvidencePack::new(ledger, self.engine.programme(), access, &self.of).map_err(invalid)?)
    }

    /// Adds the lines of a file.
    fn add(
        &self,
        pack: &mut EvidencePack<'_>,
        lines: &mut CsvTable<BufWriter<File>>,
        name: &str,
        path: &Path,
        seen: &Seen,
    ) -> PecResult<()> {
        let mut failed: Option<PecError> = None;
        let streamed = self.engine.stream(path_input(name, path), &mut |row, line| {
            let Ok((line, decision)) = line else { return ControlFlow::Continue(()) };
            let added = pack.add(name, row, line, decision).map_err(PecError::from);
            let written = added.and_then(|full| if full { Ok(lines.write(&pack.take()?)?) } else { Ok(()) });
            if let Err(error) = written {
                failed = Some(error);
                return ControlFlow::Break(());
            }
            if row.is_multiple_of(65_536) { seen.go_on() } else { ControlFlow::Continue(()) }
        });
        match (streamed, failed) {
            (Err(EngineError::Stopped), Some(error)) => Err(error),
            (streamed, _) => Ok(streamed?),
        }
    }
}

fn invalid(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}
