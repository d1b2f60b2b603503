//! Long work beside a caller that stays awake: Ctrl-C stops it, progress is told.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use pec_core::engine::Progress;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::error::PecResult;

/// How often the caller looks for signals and tells progress.
const TICK: Duration = Duration::from_millis(100);
/// How long stopped work may take to end; work that waits for a read of Python's is left behind.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the work shows of itself.
#[derive(Default)]
pub(crate) struct Seen {
    rows: AtomicU64,
    bytes: AtomicU64,
    stop: AtomicBool,
}

impl Seen {
    /// For [`pec_core::engine::Run::progress`], from any thread.
    pub(crate) fn note(&self, progress: Progress) -> ControlFlow<()> {
        self.rows.fetch_max(progress.rows, Ordering::Relaxed);
        self.bytes.fetch_max(progress.bytes, Ordering::Relaxed);
        self.go_on()
    }

    /// For work that counts rows only.
    pub(crate) fn note_rows(&self, rows: usize) {
        self.rows.fetch_add(u64::try_from(rows).unwrap_or_default(), Ordering::Relaxed);
    }

    /// Breaks off where the caller wants it.
    pub(crate) fn go_on(&self) -> ControlFlow<()> {
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn tell(&self, py: Python<'_>, progress: Option<&Py<PyAny>>) -> PyResult<()> {
        let Some(progress) = progress else { return Ok(()) };
        progress.call1(py, (self.rows.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))).map(|_| ())
    }
}

/// Runs work on a thread of its own, without the interpreter, while the caller handles signals and tells progress as
/// `progress(rows, bytes)`. What the caller's handlers raise stops the work.
pub(crate) fn watched<T: Send + 'static>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(&Seen) -> PecResult<T> + Send + 'static,
) -> PecResult<T> {
    let seen = Arc::new(Seen::default());
    let (done, waiting) = mpsc::channel();
    let for_work = Arc::clone(&seen);
    let thread = std::thread::Builder::new().name("pec".into()).spawn(move || {
        // The caller may have gone.
        drop(done.send(work(&for_work)));
    })?;
    let for_waiting = Arc::clone(&seen);
    let told = progress.as_ref();
    let result = py.detach(move || {
        loop {
            match waiting.recv_timeout(TICK) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Timeout) => {
                    let awake = Python::attach(|py| py.check_signals().and_then(|()| for_waiting.tell(py, told)));
                    if let Err(raised) = awake {
                        for_waiting.stop.store(true, Ordering::Relaxed);
                        drop(waiting.recv_timeout(PATIENCE));
                        return Err(raised.into());
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return match thread.join() {
                        Err(panic) => std::panic::resume_unwind(panic),
                        Ok(()) => Err(PyRuntimeError::new_err("the work ended without a result").into()),
                    };
                }
            }
        }
    })?;
    seen.tell(py, told)?;
    Ok(result)
}
