//! Inputs on threads: blocks are taken in order, decided anywhere, and merged.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};

use crate::ledger::MergeError;
use crate::money::AmountError;
use crate::read::{Block, Input, ReadError};

use super::Engine;
use super::feed::{Feed, Job, Task};
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
        let (rows, stopped) = (AtomicU64::new(0), AtomicBool::new(false));
        let threads = run.threads.map_or(1, NonZeroUsize::get);
        let feed = Mutex::new(Feed::new(inputs, purpose.wanted(self), threads > 1));
        let workers = on_threads(threads, || {
            let result = self.work(&feed, purpose, run, &rows, &stopped);
            stopped.fetch_or(result.is_err(), Ordering::Relaxed);
            result
        });
        let opened = feed.into_inner().unwrap_or_else(PoisonError::into_inner).into_opened();
        worker::merged(all(workers)?, &opened, purpose.wanted(self))
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

/// What the same work came to on each of so many threads, this one among them.
pub(super) fn on_threads<T: Send>(threads: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(&work)).collect();
        let first = work();
        let others =
            others.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        std::iter::once(first).chain(others).collect()
    })
}

/// What all threads came to, or why they did not.
pub(super) fn all<T>(results: Vec<Result<T, EngineError>>) -> Result<Vec<T>, EngineError> {
    let mut finished = Vec::new();
    let mut error = None;
    for result in results {
        match result {
            Ok(done) => finished.push(done),
            Err(EngineError::Stopped) => error = error.or(Some(EngineError::Stopped)),
            // An error of reading says more than the stops it caused on other threads.
            Err(other) => error = Some(other),
        }
    }
    error.map_or(Ok(finished), Err)
}
