//! Files and frames, reconciled.

use std::fs::{self, File};
use std::io::BufWriter;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use chrono::NaiveDate;
use pec_core::engine::{Engine, EngineError, Run};
use pec_core::ledger::Ledger;
use pec_core::report::{CsvTable, Findings, ParquetTable, Report, Table, record_batch};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::amount::to_decimal;
use crate::arrow_out;
use crate::error::PecResult;
use crate::judge::engine;
use crate::source::{Raised, Source, named, open_input, path_input};
use crate::watch::{Seen, watched};

/// Reads sources, decides every line and sums.
#[pyfunction]
#[pyo3(signature = (sources, /, *, threads=None, progress=None, name=None))]
pub(crate) fn reconcile(
    py: Python<'_>,
    sources: Vec<Source>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
    name: Option<&str>,
) -> PecResult<PyReconciliation> {
    let threads = match threads.map(NonZeroUsize::new) {
        None => std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        Some(threads) => threads.ok_or_else(|| PyValueError::new_err("`threads` is 0; expected 1 or more"))?,
    };
    let (raised, engine) = (Raised::default(), engine()?);
    let work = Work { engine, sources: named(py, sources, name), threads, raised: raised.clone() };
    let result = watched(py, progress, move |seen| work.run(seen));
    result.map_err(|error| match raised.take() {
        None => error,
        Some(cause) => {
            let error = PyErr::from(error);
            error.set_cause(py, Some(cause));
            error.into()
        }
    })
}

struct Work {
    engine: &'static Engine,
    sources: Vec<(String, Source)>,
    threads: NonZeroUsize,
    raised: Raised,
}

impl Work {
    fn run(self, seen: &Seen) -> PecResult<PyReconciliation> {
        let progress = |progress| seen.note(progress);
        let run = Run::default().threads(self.threads).progress(&progress);
        let (mut inputs, mut frames) = (Vec::new(), Vec::new());
        for (name, source) in self.sources {
            match source {
                Source::Path(path) => inputs.push(path_input(&name, &path)),
                Source::Open(file) => inputs.push(open_input(&name, file, self.raised.clone())),
                Source::Frame(frame) => frames.push((name, frame)),
            }
        }
        let mut ledger = self.engine.reconcile(inputs, &run)?;
        for (name, frame) in frames {
            let schema = frame.schema();
            ledger.merge(&self.engine.reconcile_batches(&name, &schema, frame.slices(), &run)?)?;
        }
        PyReconciliation::new(self.engine, ledger)
    }
}

/// Everything a run found.
#[pyclass(name = "Result", module = "pec", frozen)]
pub(crate) struct PyReconciliation {
    ledger: Ledger,
    report: Report,
}

impl PyReconciliation {
    fn new(engine: &Engine, ledger: Ledger) -> PecResult<Self> {
        let report = Report::new(&ledger, engine.programme())?;
        Ok(Self { ledger, report })
    }

    fn table<'py>(&self, py: Python<'py>, table: Table) -> PecResult<Bound<'py, PyAny>> {
        let batch = py.detach(|| record_batch(&self.ledger, &self.report, table))?;
        Ok(arrow_out::table(py, batch)?)
    }

    fn json(&self) -> PecResult<String> {
        Ok(serde_json::to_string(&self.report).map_err(invalid)?)
    }

    fn write(&self, directory: &Path) -> PecResult<Vec<PathBuf>> {
        fs::create_dir_all(directory)?;
        let mut written = Vec::new();
        for table in Table::ALL {
            let batch = record_batch(&self.ledger, &self.report, table)?;
            let mut files = TableFiles::create(directory, table.as_str(), &batch)?;
            files.write(&batch)?;
            files.finish(&mut written)?;
        }
        for (name, text) in [("report.txt", self.report.text()), ("report.json", self.json()? + "\n")] {
            let path = directory.join(name);
            fs::write(&path, text)?;
            written.push(path);
        }
        Ok(written)
    }
}

#[pymethods]
impl PyReconciliation {
    #[getter]
    fn lines(&self) -> u64 {
        self.report.lines
    }

    #[getter]
    fn row_issues(&self) -> u64 {
        self.report.row_issues
    }

    #[getter]
    fn sums<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.table(py, Table::Sums)
    }

    #[getter]
    fn by_customer<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.table(py, Table::ByCustomer)
    }

    #[getter]
    fn by_subscription<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.table(py, Table::BySubscription)
    }

    #[getter]
    fn by_resource_group<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.table(py, Table::ByResourceGroup)
    }

    #[getter]
    fn by_day<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.table(py, Table::ByDay)
    }

    #[getter]
    fn by_reseller<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.table(py, Table::ByReseller)
    }

    #[getter]
    fn gaps<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.table(py, Table::Gaps)
    }

    #[getter]
    fn issues<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.table(py, Table::RowIssues)
    }

    #[getter]
    fn files<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        self.table(py, Table::Files)
    }

    fn to_json(&self, py: Python<'_>) -> PecResult<String> {
        py.detach(|| self.json())
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PecResult<Bound<'py, PyAny>> {
        let value = py.import("json")?.getattr("loads")?.call1((self.json()?,))?;
        exact(&value)?;
        Ok(value)
    }

    fn report(&self, py: Python<'_>) -> String {
        py.detach(|| self.report.text())
    }

    #[pyo3(signature = (directory, /))]
    fn save(&self, py: Python<'_>, directory: PathBuf) -> PecResult<Vec<PathBuf>> {
        py.detach(|| self.write(&directory))
    }

    #[pyo3(signature = (other, /))]
    fn merge(&self, py: Python<'_>, other: &Self) -> PecResult<Self> {
        py.detach(|| {
            let mut ledger = self.ledger.clone();
            ledger.merge(&other.ledger)?;
            Self::new(engine()?, ledger)
        })
    }

    fn __repr__(&self) -> String {
        let gaps = self.report.gaps.len();
        format!("<pec.Result: {} lines, {} row issues, {gaps} gaps>", self.report.lines, self.report.row_issues)
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pec.notebook")?.getattr("html")?.call1((slf,))
    }
}

/// Keys whose texts are amounts, and days, in the JSON of a report.
const AMOUNTS: [&str; 6] = ["list_cost", "potential_credit", "credit", "credit_lost", "credit_by_flag", "credit_by_amount"];
const DAYS: [&str; 3] = ["first_day", "last_day", "programme_verified_through"];

/// Makes the texts of amounts `Decimal`s and those of days `date`s, in place.
fn exact(value: &Bound<'_, PyAny>) -> PyResult<()> {
    if let Ok(list) = value.cast::<PyList>() {
        return list.iter().try_for_each(|item| exact(&item));
    }
    let Ok(dict) = value.cast::<PyDict>() else { return Ok(()) };
    for (key, value) in dict.items().extract::<Vec<(String, Bound<'_, PyAny>)>>()? {
        match value.cast::<PyString>() {
            Ok(text) if AMOUNTS.contains(&key.as_str()) => dict.set_item(key, to_decimal(dict.py(), text)?)?,
            Ok(text) if DAYS.contains(&key.as_str()) => dict.set_item(key, text.to_str()?.parse::<NaiveDate>().map_err(invalid)?)?,
            _ => exact(&value)?,
        }
    }
    Ok(())
}

fn invalid(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
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
        let csv = CsvTable::new(BufWriter::new(File::create(csv)?));
        let parquet = ParquetTable::new(BufWriter::new(File::create(parquet)?), first.schema())?;
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
    let sources = named(py, paths.into_iter().map(Source::Path).collect(), None);
    let findings = Findings::new(&result.ledger);
    let engine = engine()?;
    watched(py, progress, move |seen| {
        fs::create_dir_all(&directory)?;
        let mut writer = FindingsWriter::create(findings, &directory)?;
        for (name, source) in sources {
            if let Source::Path(path) = source {
                writer.add(engine, &name, &path, seen)?;
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
