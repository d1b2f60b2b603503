//! Rows of a block to lines with their decisions.

use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::access::AccessDay;
use crate::day::UsageDay;
use crate::lookup::Table;
use crate::money::Rate;
use crate::normalise::{ACCOUNT, LISTED_BY, Normaliser, RowIssue};
use crate::product::Listing;
use crate::programme::ProgrammeError;
use crate::read::{Binding, Column, Columns, Format, JsonLines, Malformed, ReadError, ReadErrorKind, Row, Scanner};
use crate::reconcile::{Decision, reconcile};
use crate::usage::UsageLine;

use super::access_days::AccessDays;
use super::feed::Job;
use super::{Engine, EngineError};

/// Decides rows.
pub(super) struct Decider<'e> {
    engine: &'e Engine,
    /// The columns to read.
    wanted: Columns,
    normaliser: Normaliser,
    rates: Table<UsageDay, Option<RateOrStart>>,
    access_days: AccessDays,
    /// What price lists say of the last line's product.
    listing: Listing,
    json: JsonLines,
    json_file: Option<usize>,
    /// Columns that changed since the last decided line.
    changed: Columns,
    last_rows: u32,
    /// A row was the header of another file: what follows is not bound like the rows before.
    other_header: bool,
}

/// A line with its decision.
pub(super) struct Decided<'d> {
    pub(super) line: &'d UsageLine<'d>,
    pub(super) decision: &'d Decision,
    /// Columns that may differ from those of the line decided before.
    pub(super) changed: Columns,
    /// A name is not UTF-8.
    pub(super) lossy_names: bool,
}

/// A row that could not be read, before its number is known.
pub(super) struct Issue {
    column: Option<Column>,
    found: String,
    expected: String,
}

impl Issue {
    /// Of a value that was read and cannot be used.
    pub(super) fn of_value(column: Column, found: impl std::fmt::Display, expected: &str) -> Self {
        Self { column: Some(column), found: found.to_string(), expected: expected.to_owned() }
    }

    /// The issue of a row, by the names of its input.
    pub(super) fn of(self, file: &Arc<str>, binding: &Binding, row: u64) -> RowIssue {
        let column = self.column.map(|column| binding.spelled(column).to_owned()).unwrap_or_default();
        RowIssue { file: Arc::clone(file), row, column, found: self.found, expected: self.expected }
    }
}

/// Called with the place of a row in its block.
pub(super) type OnRow<'r> = dyn FnMut(u64, Result<Decided<'_>, Issue>) -> ControlFlow<()> + 'r;

impl<'e> Decider<'e> {
    /// Decides rows of which these columns are read.
    pub(super) fn new(engine: &'e Engine, wanted: Columns) -> Self {
        Self {
            engine,
            wanted,
            normaliser: Normaliser::default(),
            rates: Table::default(),
            access_days: AccessDays::default(),
            listing: Listing::default(),
            json: JsonLines::new(Arc::default(), wanted),
            json_file: None,
            changed: Columns::ALL,
            last_rows: 0,
            other_header: false,
        }
    }

    /// For lines that are only summed.
    pub(super) fn for_sums(self) -> Self {
        Self { normaliser: self.normaliser.for_sums(), ..self }
    }

    /// How many rows the last block had.
    pub(super) const fn last_rows(&self) -> u32 {
        self.last_rows
    }

    /// Names that were met in JSON and are not known.
    pub(super) fn unknown(&self) -> impl Iterator<Item = &str> {
        self.json.unknown()
    }

    /// Calls `on_row` for every row of a block with its place in the block.
    pub(super) fn rows(&mut self, job: &Job, on_row: &mut OnRow<'_>) -> Result<(), EngineError> {
        let mut within = 0;
        let mut flow = ControlFlow::Continue(());
        self.begin(&job.binding);
        let new = || JsonLines::new(Arc::clone(&job.binding), self.wanted);
        if self.json_file.replace(job.file) != Some(job.file) {
            self.json = new();
        }
        let mut json = std::mem::replace(&mut self.json, new());
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
                Format::Csv => Scanner::new(&job.binding).scan(job.block.bytes(), &mut emit),
                Format::JsonLines | Format::JsonDocument => json.scan(job.block.bytes(), &mut emit),
            }
        }
        self.json = json;
        // A block of 1 MiB has fewer rows than a u32 holds.
        self.last_rows = u32::try_from(within).unwrap_or(u32::MAX);
        self.ended(&job.name, flow)
    }

    /// How the rows of an input ended.
    pub(super) fn ended(&self, name: &Arc<str>, flow: ControlFlow<()>) -> Result<(), EngineError> {
        match flow {
            _ if self.other_header => Err(ReadError::new(name, ReadErrorKind::OtherHeader).into()),
            ControlFlow::Break(()) => Err(EngineError::Stopped),
            ControlFlow::Continue(()) => Ok(()),
        }
    }

    /// Rows of an input that is bound like this follow.
    pub(super) fn begin(&mut self, binding: &Binding) {
        self.normaliser.begin(binding);
    }

    pub(super) fn row(
        &mut self,
        row: Result<Row<'_>, Malformed>,
        within: u64,
        on_row: &mut OnRow<'_>,
    ) -> ControlFlow<()> {
        let row = match row {
            Ok(row) => row,
            Err(Malformed { found, expected }) => return on_row(within, Err(Issue { column: None, found, expected })),
        };
        match self.normaliser.read(row) {
            Ok(changed) => self.changed = self.changed.with(changed),
            Err(_) if self.normaliser.is_other_header(row) => {
                self.other_header = true;
                return ControlFlow::Break(());
            }
            Err(issue) => {
                let issue = Issue { column: Some(issue.column), found: issue.found, expected: issue.expected };
                return on_row(within, Err(issue));
            }
        }
        let mut line = self.normaliser.line();
        if self.changed.any(LISTED_BY) {
            self.listing = self.engine.listing(&line);
        }
        line.product.listing = self.listing;
        let access = match self.engine.access() {
            None => AccessDay::NO_EVIDENCE,
            Some(access) => self.access_days.on(access, self.engine.programme(), &line, self.changed.any(ACCOUNT)),
        };
        match rate_of(self.engine, &mut self.rates, &line) {
            Ok(rate) => {
                let (verdict, cover) = self.engine.judge_with(&line, access);
                let decision = reconcile(&line, verdict, cover, rate);
                let changed = std::mem::replace(&mut self.changed, Columns::NONE);
                let lossy_names = self.normaliser.has_lossy_names();
                on_row(within, Ok(Decided { line: &line, decision: &decision, changed, lossy_names }))
            }
            Err(first) => {
                let expected = format!("a day from {first} on: the programme is not known before");
                on_row(within, Err(Issue { column: Some(Column::UsageDate), found: line.day.to_string(), expected }))
            }
        }
    }
}

/// The programme's rate of the line's day, looked up once for each day.
fn rate_of(engine: &Engine, known: &mut Table<UsageDay, Option<RateOrStart>>, line: &UsageLine<'_>) -> RateOrStart {
    *known.entry(line.day).get_or_insert_with(|| {
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
