//! Inputs on threads: blocks are taken in order, decided anywhere, and merged.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use crate::ledger::MergeError;
use crate::money::AmountError;
use crate::read::{Block, Input, ReadError};

use super::Engine;
use super::feed::{Feed, FileHead, Job, Task};
use super::worker::{self, Finished, Purpose, Worker};

/// How to run over inputs.
#[derive(Default)]
#[non_exhaustive]
pub struct Run<'r> {
    /// Threads to decide on; by default one.
    pub threads: Option<NonZeroUsize>,
    /// Told how far reading is, from any thread; breaking off ends the run with [`EngineError::Stopped`].
    pub progress: Option<&'r (dyn Fn(Progress) -> ControlFlow<()> + Sync)>,
}

impl<'r> Run<'r> {
    /// On this many threads.
    #[must_use]
    pub const fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Telling this function how far reading is.
    #[must_use]
    pub const fn progress(mut self, progress: &'r (dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Self {
        self.progress = Some(progress);
        self
    }
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("threads", &self.threads).finish_non_exhaustive()
    }
}

/// How far reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Data rows so far.
    pub rows: u64,
    /// Bytes of text so far, unpacked.
    pub bytes: u64,
}

/// What ends a run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// An input cannot be used.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A sum does not fit.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// Ledgers that cannot be one.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// The caller broke off.
    #[error("stopped on request")]
    Stopped,
}

impl Engine {
    pub(super) fn finished(
        &self,
        inputs: Vec<Input<'_>>,
        purpose: Purpose,
        run: &Run<'_>,
    ) -> Result<Finished, EngineError> {
        let (results, opened) = self.on_threads(inputs, purpose, run);
        // An error of reading says more than the stops it caused on other threads.
        let mut finished = Vec::new();
        let mut error = None;
        for result in results {
            match result {
                Ok(worker) => finished.push(worker),
                Err(EngineError::Stopped) => error = error.or(Some(EngineError::Stopped)),
                Err(other) => error = Some(other),
            }
        }
        match error {
            Some(error) => Err(error),
            None => worker::merged(finished, &opened, purpose.wanted(self)),
        }
    }

    /// What each thread made of the blocks it took, and the inputs that were opened.
    fn on_threads(
        &self,
        inputs: Vec<Input<'_>>,
        purpose: Purpose,
        run: &Run<'_>,
    ) -> (Vec<Result<Worker<'_>, EngineError>>, Vec<Arc<FileHead>>) {
        let (rows, stopped) = (AtomicU64::new(0), AtomicBool::new(false));
        let threads = run.threads.map_or(1, NonZeroUsize::get);
        let feed = Mutex::new(Feed::new(inputs, purpose.wanted(self), threads > 1));
        let work = || {
            let result = self.work(&feed, purpose, run, &rows, &stopped);
            if result.is_err() {
                stopped.store(true, Ordering::Relaxed);
            }
            result
        };
        let results = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let first = work();
            let others =
                others.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            std::iter::once(first).chain(others).collect()
        });
        (results, feed.into_inner().unwrap_or_else(PoisonError::into_inner).into_opened())
    }

    #[cfg(feature = "arrow")]
    pub(super) fn finished_batches<E: std::fmt::Display>(
        &self,
        purpose: Purpose,
        name: &str,
        schema: &arrow_schema::Schema,
        batches: impl IntoIterator<Item = Result<arrow_array::RecordBatch, E>>,
        run: &Run<'_>,
    ) -> Result<Finished, EngineError> {
        let mut frame = worker::FrameWorker::new(self, purpose, name, schema)?;
        for batch in batches {
            let rows = frame.add(batch)?;
            if run.progress.is_some_and(|progress| progress(Progress { rows, bytes: 0 }).is_break()) {
                return Err(EngineError::Stopped);
            }
        }
        Ok(frame.finish())
    }

    /// Takes blocks until there are no more.
    fn work<'a>(
        &self,
        feed: &Mutex<Feed<'a>>,
        purpose: Purpose,
        run: &Run<'_>,
        rows: &AtomicU64,
        stopped: &AtomicBool,
    ) -> Result<Worker<'_>, EngineError> {
        let mut worker = Worker::new(self, purpose);
        let mut memory = Block::default();
        let mut decide = |job: Job| -> Result<Block, EngineError> {
            if stopped.load(Ordering::Relaxed) {
                return Err(EngineError::Stopped);
            }
            let added = u64::from(worker.add(&job)?);
            let rows = rows.fetch_add(added, Ordering::Relaxed) + added;
            let progress = Progress { rows, bytes: job.bytes_read };
            if run.progress.is_some_and(|told| told(progress).is_break()) {
                return Err(EngineError::Stopped);
            }
            Ok(job.block)
        };
        loop {
            if stopped.load(Ordering::Relaxed) {
                return Err(EngineError::Stopped);
            }
            let task = feed.lock().unwrap_or_else(PoisonError::into_inner).next(std::mem::take(&mut memory))?;
            match task {
                None => return Ok(worker),
                Some(Task::Decide(job)) => memory = decide(job)?,
                Some(Task::Unpack(mut unpacking)) => {
                    while unpacking.fill() {
                        // Who holds the feed takes a piece and may wait for the next: waiting for him would be for ever.
                        let waiting = match feed.try_lock() {
                            Ok(mut feed) => feed.waiting(std::mem::take(&mut memory))?,
                            Err(TryLockError::Poisoned(feed)) => {
                                feed.into_inner().waiting(std::mem::take(&mut memory))?
                            }
                            Err(TryLockError::WouldBlock) => None,
                        };
                        match waiting {
                            Some(job) => memory = decide(job)?,
                            None => std::thread::yield_now(),
                        }
                    }
                }
            }
        }
    }
}
