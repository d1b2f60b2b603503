//! Results as files.

use std::fs::{self, File};
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use pec_core::engine::{Engine, EngineError};
use pec_core::ledger::Ledger;
use pec_core::report::{CsvTable, Findings, ParquetTable, Report, Table, record_batch};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::{PecResult, at_path};
use crate::findings::whole;
use crate::pickle;
use crate::reconcile::PyReconciliation;
use crate::source::{Source, named, path_input};
use crate::watch::{Seen, watched};

/// The object of `pec reconcile --json`.
pub(crate) fn json(report: &Report) -> PecResult<String> {
    Ok(serde_json::to_string(report).map_err(|error| PyValueError::new_err(error.to_string()))?)
}

/// Writes a result: every table as CSV and Parquet, the report as text and JSON, and the result itself.
#[pyfunction]
#[pyo3(signature = (result, directory, /))]
pub(crate) fn write_result(py: Python<'_>, result: &PyReconciliation, directory: PathBuf) -> PecResult<Vec<PathBuf>> {
    py.detach(|| {
        let mut written = write_tables(&result.ledger, &result.report, &directory)?;
        written.push(pickle::save(result, &directory)?);
        Ok(written)
    })
}

fn write_tables(ledger: &Ledger, report: &Report, directory: &Path) -> PecResult<Vec<PathBuf>> {
    let mut written = Vec::new();
    for table in Table::ALL.into_iter().filter(|table| table.is_of(report)) {
        let batch = record_batch(ledger, report, table)?;
        let mut files = TableFiles::create(directory, table.as_str(), &batch)?;
        files.write(&batch)?;
        files.finish(&mut written)?;
    }
    for (name, text) in [("report.txt", report.text()), ("report.json", json(report)? + "\n")] {
        let path = directory.join(name);
        fs::write(&path, text).map_err(at_path(&path))?;
        written.push(path);
    }
    Ok(written)
}

/// A table as a CSV file and a Parquet file.
struct TableFiles {
    paths: [PathBuf; 2],
    csv: CsvTable<BufWriter<File>>,
    parquet: ParquetTable<BufWriter<File>>,
}

impl TableFiles {
    fn create(directory: &Path, name: &str, first: &RecordBatch) -> PecResult<Self> {
        let paths = ["csv", "parquet"].map(|ending| directory.join(format!("{name}.{ending}")));
        let [csv, parquet] = &paths;
        let create = |path: &Path| File::create(path).map(BufWriter::new).map_err(at_path(path));
        let csv = CsvTable::new(create(csv)?);
        let parquet = ParquetTable::new(create(parquet)?, first.schema())?;
        Ok(Self { paths, csv, parquet })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        self.csv.write(batch)?;
        self.parquet.write(batch)
    }

    fn finish(self, written: &mut Vec<PathBuf>) -> Result<(), ArrowError> {
        self.csv.finish()?;
        self.parquet.finish()?;
        written.extend(self.paths);
        Ok(())
    }
}

/// Reads files a second time and writes what was decided of each line.
#[pyfunction]
#[pyo3(signature = (paths, result, directory, /, *, progress=None))]
pub(crate) fn write_findings(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    result: &PyReconciliation,
    directory: PathBuf,
    progress: Option<Py<PyAny>>,
) -> PecResult<Vec<PathBuf>> {
    whole(result)?;
    let sources = named(py, paths.into_iter().map(Source::Path).collect(), None);
    let findings = Findings::new(&result.ledger);
    let engine = Arc::clone(&result.engine);
    watched(py, progress, move |seen| {
        fs::create_dir_all(&directory).map_err(at_path(&directory))?;
        let mut writer = FindingsWriter::create(findings, &directory)?;
        for (name, source) in sources {
            if let Source::Path(path) = source {
                writer.add(&engine, &name, &path, seen)?;
            }
        }
        writer.finish()
    })
}

struct FindingsWriter {
    findings: Findings,
    files: TableFiles,
}

impl FindingsWriter {
    fn create(mut findings: Findings, directory: &Path) -> PecResult<Self> {
        let files = TableFiles::create(directory, "findings", &findings.take()?)?;
        Ok(Self { findings, files })
    }

    fn add(&mut self, engine: &Engine, name: &str, path: &Path, seen: &Seen) -> PecResult<()> {
        let mut failed = None;
        let streamed = engine.stream(path_input(name, path), &mut |row, line| {
            let Ok((line, decision)) = line else { return ControlFlow::Continue(()) };
            if !self.findings.add(name, row, line, decision) {
                return ControlFlow::Continue(());
            }
            if let Err(error) = self.flush(seen) {
                failed = Some(error);
                return ControlFlow::Break(());
            }
            seen.go_on()
        });
        match (streamed, failed) {
            (Err(EngineError::Stopped), Some(error)) => Err(error.into()),
            (streamed, _) => Ok(streamed?),
        }
    }

    fn flush(&mut self, seen: &Seen) -> Result<(), ArrowError> {
        let batch = self.findings.take()?;
        seen.note_rows(batch.num_rows());
        self.files.write(&batch)
    }

    fn finish(mut self) -> PecResult<Vec<PathBuf>> {
        let batch = self.findings.take()?;
        let mut written = Vec::new();
        self.files.write(&batch)?;
        self.files.finish(&mut written)?;
        Ok(written)
    }
}
