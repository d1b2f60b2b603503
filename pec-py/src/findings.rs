//! What was decided of each line, as a stream of record batches: files are read again while the batches are taken.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pec_core::engine::{Engine, EngineError};
use pec_core::report::Findings;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatchReader;

use crate::error::PecResult;
use crate::pickle::decided_here;
use crate::reconcile::PyReconciliation;
use crate::source::{Source, named, path_input};

/// Batches that wait to be taken.
const AHEAD: usize = 2;

/// The findings of a result's own files, as an `arro3.core.RecordBatchReader`.
pub(crate) fn again<'py>(result: &PyReconciliation, source: &Bound<'py, PyAny>) -> PecResult<Bound<'py, PyAny>> {
    let py = source.py();
    whole(result)?;
    let sources: Vec<Source> = py.import("pec.result")?.getattr("files_of")?.call1((source,))?.extract()?;
    let mut inputs = Vec::with_capacity(sources.len());
    for (name, source) in named(py, sources, None) {
        let Source::Path(path) = source else {
            let text =
                "lines are read again, which takes files: pass the path, glob or folder that the result was made of";
            return Err(PyTypeError::new_err(text).into());
        };
        if !result.ledger.files().contains_key(&name) {
            let text = format!("`{name}` is no input of this result; pass the source that it was made of");
            return Err(PyValueError::new_err(text).into());
        }
        inputs.push((name, path));
    }
    let findings = Findings::new(&result.ledger);
    let schema = findings.schema()?;
    let (batches, taken) = sync_channel(AHEAD);
    let work = Work { engine: Arc::clone(&result.engine), findings, batches };
    std::thread::Builder::new().name("pec-findings".into()).spawn(move || {
        work.run(inputs.iter().map(|(name, path)| (name.as_str(), path_input(name, path))));
    })?;
    Ok(PyRecordBatchReader::new(Box::new(Lines { schema, taken })).into_arro3(py)?)
}

/// Lines cannot be told of a part of a result.
pub(crate) fn whole(result: &PyReconciliation) -> PyResult<()> {
    decided_here(result)?;
    if result.ledger.filter().is_none() {
        return Ok(());
    }
    let text = "a result that was filtered has no lines of its own; take the findings of the whole one and filter them";
    Err(PyValueError::new_err(text))
}

/// Decides lines as fast as their batches are taken.
struct Work {
    engine: Arc<Engine>,
    findings: Findings,
    batches: SyncSender<Result<RecordBatch, ArrowError>>,
}

impl Work {
    fn run<'i>(mut self, inputs: impl Iterator<Item = (&'i str, pec_core::read::Input<'static>)>) {
        for (name, input) in inputs {
            let engine = Arc::clone(&self.engine);
            let streamed = engine.stream(input, &mut |row, line| match line {
                Ok((line, decision)) if self.findings.add(name, row, line, decision) => self.hand_on(),
                _ => ControlFlow::Continue(()),
            });
            match streamed {
                Ok(()) => {}
                // Who took the batches has gone.
                Err(EngineError::Stopped) => return,
                Err(error) => return drop(self.batches.send(Err(ArrowError::ExternalError(Box::new(error))))),
            }
        }
        let _ = self.hand_on();
    }

    fn hand_on(&mut self) -> ControlFlow<()> {
        match self.batches.send(self.findings.take()) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

/// Batches as they come.
struct Lines {
    schema: SchemaRef,
    taken: Receiver<Result<RecordBatch, ArrowError>>,
}

impl Iterator for Lines {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.taken.recv().ok()
    }
}

impl RecordBatchReader for Lines {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}
