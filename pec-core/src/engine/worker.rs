//! What one thread does: rows of a block to lines, decisions and sums.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::day::UsageDay;
use crate::ledger::{FileFacts, Ledger};
use crate::money::Rate;
use crate::normalise::{Normaliser, RowIssue};
use crate::programme::ProgrammeError;
use crate::read::{Binding, Column, Format, JsonLines, Malformed, Row, Scanner};
#[cfg(feature = "arrow")]
use crate::read::{ReadError, ReadErrorKind};
use crate::reconcile::{Decision, reconcile};
use crate::usage::UsageLine;

use super::feed::{Feed, Job};
use super::{Engine, EngineError};

/// Decides rows and sums them.
pub(super) struct Worker<'e> {
    engine: &'e Engine,
    normaliser: Normaliser,
    ledger: Ledger,
    rates: BTreeMap<UsageDay, RateOrStart>,
    json: JsonLines,
    json_file: Option<usize>,
    /// How many rows each block had: without them no row knows its number.
    rows_of_blocks: Vec<(usize, u32, u32)>,
    last_rows: u32,
}

impl Issue {
    /// The issue of a row, by the names of its input.
    pub(super) fn of(self, file: &Arc<str>, binding: &Binding, row: u64) -> RowIssue {
        let column = self.column.map(|column| binding.spelled(column).to_owned()).unwrap_or_default();
        RowIssue { file: Arc::clone(file), row, column, found: self.found, expected: self.expected }
    }
}

/// A row that could not be read, before its number is known.
pub(super) struct Issue {
    pub(super) column: Option<Column>,
    pub(super) found: String,
    pub(super) expected: String,
}

type OnRow<'r> = dyn FnMut(u64, Result<(&UsageLine<'_>, &Decision), Issue>) -> ControlFlow<()> + 'r;

impl<'e> Worker<'e> {
    pub(super) fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            normaliser: Normaliser::default(),
            ledger: Ledger::new(),
            rates: BTreeMap::new(),
            json: JsonLines::default(),
            json_file: None,
            rows_of_blocks: Vec::new(),
            last_rows: 0,
        }
    }

    /// How many rows the last block had.
    pub(super) const fn last_rows(&self) -> u32 {
        self.last_rows
    }

    /// Decides and sums a block.
    pub(super) fn add(&mut self, job: &Job) -> Result<(), EngineError> {
        let mut ledger = std::mem::take(&mut self.ledger);
        let mut facts = FileFacts::default();
        let mut failed = None;
        self.rows(job, &mut |within, result| {
            facts.rows += 1;
            let recorded = match result {
                Ok((line, decision)) => facts.record(line, decision).and_then(|()| ledger.record(line, decision)),
                Err(issue) => {
                    facts.row_issues += 1;
                    // The number of the row is told once all blocks before are counted; until then its order is enough.
                    ledger.issues_mut().record(job.issue(provisional_row(job.sequence, within), issue));
                    Ok(())
                }
            };
            match recorded {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })
        .or_else(|stopped| failed.map_or(Err(stopped), |error| Err(error.into())))?;
        facts.unknown_columns.extend(self.json.unknown().map(str::to_owned));
        ledger.file(&job.name).merge(&facts)?;
        self.ledger = ledger;
        self.rows_of_blocks.push((job.file, job.sequence, self.last_rows));
        Ok(())
    }

    /// Calls `on_row` for every row of a block with its place in the block.
    pub(super) fn rows(&mut self, job: &Job, on_row: &mut OnRow<'_>) -> Result<(), EngineError> {
        let mut within = 0;
        let mut flow = ControlFlow::Continue(());
        let mut json = std::mem::take(&mut self.json);
        if self.json_file.replace(job.file).is_some_and(|file| file != job.file) {
            json = JsonLines::default();
        }
        let mut emit = |row: Result<Row<'_>, Malformed>| {
            if flow.is_continue() {
                flow = self.row(row, within, on_row);
            }
            within += 1;
        };
        if job.block.too_long {
            emit(Err(Malformed::too_long()));
        } else {
            match job.format {
                Format::Csv => Scanner::new(&job.binding).scan(&job.block.bytes, &mut emit),
                Format::JsonLines | Format::JsonDocument => json.scan(&job.block.bytes, &mut emit),
            }
        }
        self.json = json;
        // A block of 1 MiB has fewer rows than a u32 holds.
        self.last_rows = u32::try_from(within).unwrap_or(u32::MAX);
        if flow.is_break() { Err(EngineError::Stopped) } else { Ok(()) }
    }

    fn row(&mut self, row: Result<Row<'_>, Malformed>, within: u64, on_row: &mut OnRow<'_>) -> ControlFlow<()> {
        let row = match row {
            Ok(row) => row,
            Err(Malformed { found, expected }) => return on_row(within, Err(Issue { column: None, found, expected })),
        };
        let line = match self.normaliser.line(row) {
            Ok(line) => line,
            Err(issue) => {
                let issue = Issue { column: Some(issue.column), found: issue.found, expected: issue.expected };
                return on_row(within, Err(issue));
            }
        };
        let decision =
            rate_of(self.engine, &mut self.rates, &line).map(|rate| reconcile(&line, self.engine.judge(&line), rate));
        match decision {
            Ok(decision) => on_row(within, Ok((&line, &decision))),
            Err(first) => {
                let expected = format!("a day from {first} on: the programme is not known before");
                on_row(within, Err(Issue { column: Some(Column::UsageDate), found: line.day.to_string(), expected }))
            }
        }
    }
}

/// Decides and sums the rows of a frame.
#[cfg(feature = "arrow")]
pub(super) struct Frame<'e> {
    worker: Worker<'e>,
    frames: crate::read::arrow::Frames,
    name: Arc<str>,
    rows: u64,
}

#[cfg(feature = "arrow")]
impl<'e> Frame<'e> {
    pub(super) fn new(engine: &'e Engine, name: &str, schema: &arrow_schema::Schema) -> Result<Self, EngineError> {
        let name: Arc<str> = name.into();
        let frames = crate::read::arrow::Frames::new(schema).map_err(|kind| ReadError::new(&name, kind))?;
        Ok(Self { worker: Worker::new(engine), frames, name, rows: 0 })
    }

    /// Decides and sums a batch; how many rows there were up to now.
    pub(super) fn add<E: std::fmt::Display>(
        &mut self,
        batch: Result<arrow_array::RecordBatch, E>,
    ) -> Result<u64, EngineError> {
        let fail = |kind| ReadError::new(&self.name, kind);
        let batch = batch.map_err(|error| fail(ReadErrorKind::Io(error.to_string())))?;
        let mut ledger = std::mem::take(&mut self.worker.ledger);
        let mut facts = FileFacts::default();
        let (mut failed, mut number) = (None, self.rows);
        let scanned = self.frames.scan(&batch, &mut |row| {
            number += 1;
            facts.rows += 1;
            let flow = self.worker.row(Ok(row), 0, &mut |_, result| {
                let recorded = match result {
                    Ok((line, decision)) => facts.record(line, decision).and_then(|()| ledger.record(line, decision)),
                    Err(issue) => {
                        facts.row_issues += 1;
                        ledger.issues_mut().record(issue.of(&self.name, &self.frames.binding, number));
                        Ok(())
                    }
                };
                failed = failed.or(recorded.err());
                ControlFlow::Continue(())
            });
            debug_assert!(flow.is_continue(), "nothing above breaks off");
        });
        scanned.map_err(fail)?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        ledger.file(&self.name).merge(&facts)?;
        self.worker.ledger = ledger;
        self.rows = number;
        Ok(number)
    }

    pub(super) fn finish(self) -> Ledger {
        let mut ledger = self.worker.ledger;
        describe(ledger.file(&self.name), "frame".to_owned(), &self.frames.binding);
        ledger
    }
}

/// The programme's rate of the line's day, looked up once for each day.
fn rate_of(engine: &Engine, known: &mut BTreeMap<UsageDay, RateOrStart>, line: &UsageLine<'_>) -> RateOrStart {
    *known.entry(line.day).or_insert_with(|| {
        engine.credit_rate(line).map_err(|error| match error {
            ProgrammeError::BeforeFirstEntry { first, .. } => first,
            // Errors of loading a programme, which is done.
            ProgrammeError::Unreadable { .. }
            | ProgrammeError::MissingKey { .. }
            | ProgrammeError::WrongValue { .. } => line.day.date(),
        })
    })
}

/// The rate of a day, or the first day on which one is known.
type RateOrStart = Result<Rate, NaiveDate>;

const fn provisional_row(sequence: u32, within: u64) -> u64 {
    ((sequence as u64) << 32) | within
}

/// One ledger of all workers, with rows numbered and inputs described.
pub(super) fn merged(workers: Vec<Worker<'_>>, feed: &Feed<'_>) -> Result<Ledger, EngineError> {
    let mut first_rows: Vec<BTreeMap<u32, u64>> = feed.opened().iter().map(|_| BTreeMap::new()).collect();
    let mut merged: Option<Ledger> = None;
    for worker in workers {
        for (file, sequence, rows) in &worker.rows_of_blocks {
            if let Some(blocks) = first_rows.get_mut(*file) {
                blocks.insert(*sequence, u64::from(*rows));
            }
        }
        // The first ledger takes in the others, so that there never is a copy more than there were workers.
        match &mut merged {
            None => merged = Some(worker.ledger),
            Some(ledger) => ledger.merge(&worker.ledger)?,
        }
    }
    let mut ledger = merged.unwrap_or_default();
    let mut blocks_of: BTreeMap<Arc<str>, BTreeMap<u32, u64>> = BTreeMap::new();
    for (head, mut blocks) in feed.opened().iter().zip(first_rows) {
        let mut next = head.format.first_row();
        for rows in blocks.values_mut() {
            let first = next;
            next += *rows;
            *rows = first;
        }
        blocks_of.insert(Arc::clone(&head.name), blocks);
        let format = format!("{}{}", head.format.as_str(), if head.gzip { ", gzip" } else { "" });
        describe(ledger.file(&head.name), format, &head.binding);
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
    let missing = Column::ALL.iter().filter(|column| column.says_more() && !binding.has(**column));
    facts.missing_columns.extend(missing.map(|column| column.name().to_owned()));
}
