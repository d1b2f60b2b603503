//! Frames: record batches on threads. What a batch holds is decided and summed as a block of a file is.

use std::fmt::Display;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::Schema;

use crate::ledger::RunningFacts;
use crate::normalise::RowIssue;
use crate::read::arrow::Frames;
use crate::read::{Binding, Columns, ReadError, ReadErrorKind};

use super::decider::{Decided, Decider, Issue};
use super::run::{Progress, Run, all, on_threads};
use super::worker::{Books, Finished, Purpose, describe, united};
use super::{Engine, EngineError};

/// Decides the rows of a frame.
pub(super) struct Frame<'e> {
    decider: Decider<'e>,
    frames: Frames,
    name: Arc<str>,
    wanted: Columns,
}

/// Where a row of a frame stands.
#[derive(Clone, Copy)]
pub(super) struct FrameRow<'f> {
    name: &'f Arc<str>,
    binding: &'f Binding,
    pub(super) number: u64,
}

impl FrameRow<'_> {
    pub(super) fn issue(&self, issue: Issue) -> RowIssue {
        issue.of(self.name, self.binding, self.number)
    }
}

/// Called with a row and where it stands.
type OnFrameRow<'r> = dyn FnMut(FrameRow<'_>, Result<Decided<'_>, Issue>) -> ControlFlow<()> + 'r;

impl<'e> Frame<'e> {
    pub(super) fn new(engine: &'e Engine, purpose: Purpose, name: &str, schema: &Schema) -> Result<Self, EngineError> {
        let name: Arc<str> = name.into();
        let wanted = purpose.wanted(engine);
        let frames = Frames::new(schema, wanted).map_err(|kind| ReadError::new(&name, kind))?;
        let mut decider = Decider::new(engine, wanted);
        decider.begin(&frames.binding);
        Ok(Self { decider, frames, name, wanted })
    }

    /// Decides the rows of a batch with so many rows before it, until `on_row` breaks off.
    pub(super) fn rows(
        &mut self,
        before: u64,
        batch: &RecordBatch,
        on_row: &mut OnFrameRow<'_>,
    ) -> Result<(), EngineError> {
        let Self { decider, frames, name, .. } = self;
        let mut number = before;
        let mut flow = ControlFlow::Continue(());
        let scanned = frames.scan(batch, &mut |row| {
            if flow.is_break() {
                return;
            }
            number += 1;
            let place = FrameRow { name, binding: &frames.binding, number };
            flow = decider.row(row, 0, &mut |_, result| on_row(place, result));
        });
        scanned.map_err(|kind| ReadError::new(name, kind))?;
        decider.ended(name, flow)
    }
}

/// Decides and sums the rows of a frame.
pub(super) struct FrameWorker<'e> {
    frame: Frame<'e>,
    books: Books,
}

impl<'e> FrameWorker<'e> {
    pub(super) fn new(engine: &'e Engine, purpose: Purpose, name: &str, schema: &Schema) -> Result<Self, EngineError> {
        let frame = Frame::new(engine, purpose, name, schema)?;
        Ok(Self { frame: Frame { decider: frame.decider.for_sums(), ..frame }, books: Books::new(engine, purpose) })
    }

    /// Decides and sums a batch with so many rows before it.
    pub(super) fn add(&mut self, before: u64, batch: &RecordBatch) -> Result<(), EngineError> {
        let Self { frame, books } = self;
        let mut facts = RunningFacts::default();
        let mut failed = None;
        frame
            .rows(before, batch, &mut |place, result| match books.add(&mut facts, result, |issue| place.issue(issue)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            })
            .or_else(|stopped| failed.map_or(Err(stopped), |error| Err(error.into())))?;
        books.ledger.file(&frame.name).merge(&facts.whole()?)?;
        Ok(())
    }

    /// One ledger of all workers on a frame.
    pub(super) fn merged(workers: Vec<Self>) -> Result<Finished, EngineError> {
        let (frames, books): (Vec<_>, Vec<_>) = workers.into_iter().map(|worker| (worker.frame, worker.books)).unzip();
        let mut finished = united(books)?;
        if let Some(Frame { frames, name, wanted, .. }) = frames.first() {
            describe(finished.ledger.file(name), "frame".to_owned(), &frames.binding, *wanted);
        }
        Ok(finished)
    }
}

/// The batches of a frame, each with the rows before it.
pub(super) struct Batches<'n, B> {
    name: &'n str,
    batches: B,
    rows: u64,
}

impl<'n, E: Display, B: Iterator<Item = Result<RecordBatch, E>>> Batches<'n, B> {
    pub(super) fn new(name: &'n str, batches: impl IntoIterator<IntoIter = B>) -> Self {
        Self { name, batches: batches.into_iter(), rows: 0 }
    }

    pub(super) fn next(&mut self) -> Result<Option<(u64, RecordBatch)>, EngineError> {
        let Some(batch) = self.batches.next() else { return Ok(None) };
        let batch = batch.map_err(|error| ReadError::new(&self.name.into(), ReadErrorKind::Io(error.to_string())))?;
        let before = self.rows;
        self.rows += batch.num_rows() as u64;
        Ok(Some((before, batch)))
    }
}

impl Engine {
    pub(super) fn finished_batches<E: Display + Send>(
        &self,
        purpose: Purpose,
        name: &str,
        schema: &Schema,
        batches: impl IntoIterator<Item = Result<RecordBatch, E>, IntoIter: Send>,
        run: &Run<'_>,
    ) -> Result<Finished, EngineError> {
        let batches = Mutex::new(Batches::new(name, batches));
        let (rows, stopped) = (AtomicU64::new(0), AtomicBool::new(false));
        let next = || {
            let mut batches = batches.lock().unwrap_or_else(PoisonError::into_inner);
            if stopped.load(Ordering::Relaxed) { Err(EngineError::Stopped) } else { batches.next() }
        };
        let work = || -> Result<FrameWorker<'_>, EngineError> {
            let mut worker = FrameWorker::new(self, purpose, name, schema)?;
            while let Some((before, batch)) = next()? {
                worker.add(before, &batch)?;
                let added = batch.num_rows() as u64;
                let progress = Progress { rows: rows.fetch_add(added, Ordering::Relaxed) + added, bytes: 0 };
                if run.progress.is_some_and(|told| told(progress).is_break()) {
                    return Err(EngineError::Stopped);
                }
            }
            Ok(worker)
        };
        let workers = on_threads(run.threads.map_or(1, NonZeroUsize::get), || {
            let result = work();
            stopped.fetch_or(result.is_err(), Ordering::Relaxed);
            result
        });
        FrameWorker::merged(all(workers)?)
    }
}
