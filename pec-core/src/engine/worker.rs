//! What one thread does: blocks to sums.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::ledger::{Address, FileFacts, Ledger};
use crate::money::AmountError;
use crate::normalise::{ACCOUNT, RowIssue};
use crate::read::{Binding, Column};
#[cfg(feature = "arrow")]
use crate::read::{ReadError, ReadErrorKind};

use super::decider::{Decided, Decider};
use super::feed::{FileHead, Job};
use super::{Engine, EngineError};

/// Decides rows and sums them.
pub(super) struct Worker<'e> {
    decider: Decider<'e>,
    books: Books,
    /// How many rows each block had: without them no row knows its number.
    rows_of_blocks: Vec<(usize, u32, u32)>,
}

/// A ledger and where the last line belonged in it: most lines belong where the one before does.
#[derive(Default)]
struct Books {
    ledger: Ledger,
    address: Address,
}

impl Books {
    /// Adds a row of the input that `facts` are of.
    fn add(&mut self, facts: &mut FileFacts, row: Result<Decided<'_>, RowIssue>) -> Result<(), AmountError> {
        facts.rows += 1;
        let Decided { line, decision, changed } = match row {
            Ok(decided) => decided,
            Err(issue) => {
                facts.row_issues += 1;
                self.ledger.issues_mut().record(issue);
                return Ok(());
            }
        };
        facts.record(line, decision)?;
        if changed.any(ACCOUNT) {
            self.address = self.ledger.address(line);
        }
        self.ledger.record_at(self.address, line, decision)
    }
}

impl<'e> Worker<'e> {
    pub(super) fn new(engine: &'e Engine) -> Self {
        Self { decider: Decider::new(engine), books: Books::default(), rows_of_blocks: Vec::new() }
    }

    /// Decides and sums a block; how many rows it had.
    pub(super) fn add(&mut self, job: &Job) -> Result<u32, EngineError> {
        let Self { decider, books, rows_of_blocks } = self;
        let mut facts = FileFacts::default();
        let mut failed = None;
        decider
            .rows(job, &mut |within, result| {
                // The number of the row is told once all blocks before are counted; until then its order is enough.
                let row = provisional_row(job.sequence, within);
                match books.add(&mut facts, result.map_err(|issue| job.issue(row, issue))) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => {
                        failed = Some(error);
                        ControlFlow::Break(())
                    }
                }
            })
            .or_else(|stopped| failed.map_or(Err(stopped), |error| Err(error.into())))?;
        facts.unknown_columns.extend(decider.unknown().map(str::to_owned));
        books.ledger.file(&job.name).merge(&facts)?;
        rows_of_blocks.push((job.file, job.sequence, decider.last_rows()));
        Ok(decider.last_rows())
    }
}

/// Decides and sums the rows of a frame.
#[cfg(feature = "arrow")]
pub(super) struct Frame<'e> {
    decider: Decider<'e>,
    books: Books,
    frames: crate::read::arrow::Frames,
    name: Arc<str>,
    rows: u64,
}

#[cfg(feature = "arrow")]
impl<'e> Frame<'e> {
    pub(super) fn new(engine: &'e Engine, name: &str, schema: &arrow_schema::Schema) -> Result<Self, EngineError> {
        let name: Arc<str> = name.into();
        let frames =
            crate::read::arrow::Frames::new(schema, engine.wanted()).map_err(|kind| ReadError::new(&name, kind))?;
        let mut decider = Decider::new(engine);
        decider.begin(&frames.binding);
        Ok(Self { decider, books: Books::default(), frames, name, rows: 0 })
    }

    /// Decides and sums a batch; how many rows there were up to now.
    pub(super) fn add<E: std::fmt::Display>(
        &mut self,
        batch: Result<arrow_array::RecordBatch, E>,
    ) -> Result<u64, EngineError> {
        let Self { decider, books, frames, name, rows } = self;
        let batch = batch.map_err(|error| ReadError::new(name, ReadErrorKind::Io(error.to_string())))?;
        let mut facts = FileFacts::default();
        let mut failed = None;
        let scanned = frames.scan(&batch, &mut |row| {
            *rows += 1;
            let flow = decider.row(row, 0, &mut |_, result| {
                let row = result.map_err(|issue| issue.of(name, &frames.binding, *rows));
                failed = failed.or(books.add(&mut facts, row).err());
                ControlFlow::Continue(())
            });
            debug_assert!(flow.is_continue(), "nothing above breaks off");
        });
        scanned.map_err(|kind| ReadError::new(name, kind))?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        books.ledger.file(name).merge(&facts)?;
        Ok(*rows)
    }

    pub(super) fn finish(self) -> Ledger {
        let mut ledger = self.books.ledger;
        describe(ledger.file(&self.name), "frame".to_owned(), &self.frames.binding);
        ledger
    }
}

const fn provisional_row(sequence: u32, within: u64) -> u64 {
    ((sequence as u64) << 32) | within
}

/// One ledger of all workers, with rows numbered and inputs described.
pub(super) fn merged(workers: Vec<Worker<'_>>, opened: &[Arc<FileHead>]) -> Result<Ledger, EngineError> {
    let mut first_rows: Vec<BTreeMap<u32, u64>> = opened.iter().map(|_| BTreeMap::new()).collect();
    let mut merged: Option<Ledger> = None;
    for worker in workers {
        for (file, sequence, rows) in &worker.rows_of_blocks {
            if let Some(blocks) = first_rows.get_mut(*file) {
                blocks.insert(*sequence, u64::from(*rows));
            }
        }
        // The first ledger takes in the others, so that there never is a copy more than there were workers.
        match &mut merged {
            None => merged = Some(worker.books.ledger),
            Some(ledger) => ledger.merge(&worker.books.ledger)?,
        }
    }
    let mut ledger = merged.unwrap_or_default();
    let mut blocks_of: BTreeMap<Arc<str>, BTreeMap<u32, u64>> = BTreeMap::new();
    for (head, mut blocks) in opened.iter().map(|file| &file.head).zip(first_rows) {
        let mut next = head.first_row;
        for rows in blocks.values_mut() {
            let first = next;
            next += *rows;
            *rows = first;
        }
        blocks_of.insert(Arc::clone(&head.name), blocks);
        let format = format!("{}{}", head.label, if head.gzip { ", gzip" } else { "" });
        let facts = ledger.file(&head.name);
        facts.amounts_were_doubles = head.doubles;
        describe(facts, format, &head.binding);
    }
    ledger.issues_mut().number(|file, provisional| {
        let sequence = u32::try_from(provisional >> 32).unwrap_or(u32::MAX);
        let first = blocks_of.get(file).and_then(|blocks| blocks.get(&sequence)).copied().unwrap_or_default();
        first + (provisional & u64::from(u32::MAX))
    });
    Ok(ledger)
}

fn describe(facts: &mut FileFacts, format: String, binding: &Binding) {
    facts.format = format;
    facts.unknown_columns.extend(binding.unknown().iter().cloned());
    // An input without rows, such as an empty page of an API answer, has shown no columns.
    if binding.columns().is_empty() {
        return;
    }
    if !binding.has(Column::InvoiceNumber) {
        facts.open_period_lines = 0;
    }
    binding.kind().as_str().clone_into(&mut facts.kind);
    facts.missing_columns.extend(binding.would_say_more().map(str::to_owned));
}
