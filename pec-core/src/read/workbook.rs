//! Workbooks (`.xlsx`): the first sheet with a header that is known becomes CSV text, so that it takes the road of any file.
//!
//! A workbook keeps numbers as doubles, of which Excel writes 15 digits, and dates as days since 1899-12-30.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Reader, Xlsx, XlsxCellReader};
use chrono::{Datelike, NaiveDate, TimeDelta};

use super::ReadErrorKind;
use super::held::{within_limit, write_record};

/// A sheet as CSV text, its header first.
pub(super) struct Sheet<H> {
    pub(super) name: String,
    pub(super) text: Vec<u8>,
    /// Where the rows begin in the text.
    pub(super) rows_at: usize,
    /// The row of the header, as the workbook counts.
    pub(super) header_row: u64,
    pub(super) header: H,
}

/// How cells of a sheet become text.
#[derive(Default)]
pub(super) struct Manner {
    /// Write dates as `10/4/2026`: their day and month may have been swapped when the sheet was made, and the reader of dates
    /// finds that out for that form.
    pub(super) slashed: bool,
    /// Write dates as `4.10.2026`.
    pub(super) dotted: bool,
    /// Columns of days: their plain numbers are days too.
    pub(super) days: BTreeSet<usize>,
    /// Columns of ids: their numbers above 15 digits have lost some.
    pub(super) ids: BTreeSet<usize>,
}

/// A header stands within so many rows.
const HEADER_ROWS: usize = 20;
/// No header has more columns.
const MAX_COLUMNS: usize = 1_000;

/// The first sheet of which `bind` takes a row as its header; else what the most telling refusal was.
pub(super) fn sheet<H>(
    bytes: Vec<u8>,
    mut bind: impl FnMut(&[String]) -> Result<H, ReadErrorKind>,
    manner: impl Fn(&H) -> Manner,
) -> Result<Sheet<H>, ReadErrorKind> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut refusal = None;
    for name in workbook.sheet_names() {
        let cells = workbook.worksheet_cells_reader(&name).map_err(|error| broken(&error))?;
        let mut rows = Rows { cells, next: None, ended: false };
        for _ in 0..HEADER_ROWS {
            let Some((header_row, cells)) = rows.next()? else { break };
            let fields = fields(cells, &Manner::default());
            match bind(&fields) {
                Ok(header) => {
                    let manner = manner(&header);
                    return written(name, rows, header_row, &fields, header, &manner);
                }
                Err(error) => refusal = Some(worse(refusal, error)),
            }
        }
    }
    Err(refusal.unwrap_or(ReadErrorKind::Empty))
}

/// The refusal that tells more: a kind that is known, then a header that lacks the least.
fn worse(first: Option<ReadErrorKind>, second: ReadErrorKind) -> ReadErrorKind {
    let lacks = |error: &ReadErrorKind| {
        if let ReadErrorKind::MissingColumns { missing, .. } = error {
            return missing.len() + 1;
        }
        let known = matches!(error, ReadErrorKind::CannotShowCredit { .. } | ReadErrorKind::DuplicateColumn { .. });
        if known { 0 } else { usize::MAX }
    };
    match first {
        Some(first) if lacks(&first) <= lacks(&second) => first,
        _ => second,
    }
}

fn written<H>(
    name: String,
    mut rows: Rows<'_>,
    header_row: u64,
    names: &[String],
    header: H,
    manner: &Manner,
) -> Result<Sheet<H>, ReadErrorKind> {
    let mut text = Vec::new();
    write_record(&mut text, names.iter().map(String::as_bytes));
    let rows_at = text.len();
    while let Some((_, cells)) = rows.next()? {
        let mut fields = fields(cells, manner);
        // Blank cells at the end of a row are not stored.
        fields.resize(fields.len().max(names.len()), String::new());
        write_record(&mut text, fields.iter().map(String::as_bytes));
        within_limit(text.len())?;
    }
    Ok(Sheet { name, text, rows_at, header_row, header })
}

/// The rows of a sheet that hold anything.
struct Rows<'w> {
    cells: XlsxCellReader<'w, Cursor<Vec<u8>>>,
    /// The first cell of the next row.
    next: Option<Placed>,
    /// The sheet has ended: whoever asks its reader again is told that the file is broken.
    ended: bool,
}

type Cells = Vec<(usize, Data)>;
/// A cell with its row and column.
type Placed = ((u32, u32), Data);

impl Rows<'_> {
    /// The next row, as the workbook counts, and its cells with their columns.
    fn next(&mut self) -> Result<Option<(u64, Cells)>, ReadErrorKind> {
        let mut cells = Cells::new();
        let mut number = None;
        loop {
            let cell = match self.next.take() {
                Some(cell) => Some(cell),
                None => self.cell()?,
            };
            let Some(((row, column), value)) = cell else { break };
            if *number.get_or_insert(row) != row {
                self.next = Some(((row, column), value));
                break;
            }
            cells.push((column as usize, value));
        }
        Ok(number.map(|number| (u64::from(number) + 1, cells)))
    }

    /// The next cell that holds anything.
    fn cell(&mut self) -> Result<Option<Placed>, ReadErrorKind> {
        while !self.ended {
            let Some(cell) = self.cells.next_cell().map_err(|error| broken(&error))? else {
                self.ended = true;
                break;
            };
            let (row, column) = cell.get_position();
            if column as usize >= MAX_COLUMNS {
                return Err(broken(&format!("a cell in column {}", column + 1)));
            }
            let value: Data = cell.get_value().clone().into();
            let blank = value == Data::Empty || matches!(&value, Data::String(text) if text.trim().is_empty());
            if !blank {
                return Ok(Some(((row, column), value)));
            }
        }
        Ok(None)
    }
}

/// The cells of a row as texts, in the place of their columns.
fn fields(cells: Cells, manner: &Manner) -> Vec<String> {
    let mut fields = Vec::new();
    for (column, value) in cells {
        if fields.len() <= column {
            fields.resize(column + 1, String::new());
        }
        if let Some(field) = fields.get_mut(column) {
            *field = shown(value, column, manner);
        }
    }
    fields
}

fn shown(value: Data, column: usize, manner: &Manner) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text,
        Data::Int(number) => number.to_string(),
        Data::Bool(truth) => truth.to_string(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(time) => date(&time).map_or_else(|| time.as_f64().to_string(), |date| day(date, manner)),
        Data::Float(number) if manner.days.contains(&column) => {
            let serial = number.to_string().parse().ok().and_then(of_serial);
            serial.map_or_else(|| number.to_string(), |date| day(date, manner))
        }
        // The shortest decimal that is the same double: what the cell shows. An id of more than 15 digits has lost some, and
        // the reader of ids knows that by its exponent.
        Data::Float(number) if manner.ids.contains(&column) && number >= 1e15 => format!("{number:E}"),
        Data::Float(number) => number.to_string(),
    }
}

fn date(time: &ExcelDateTime) -> Option<NaiveDate> {
    let (year, month, day, ..) = time.is_datetime().then(|| time.to_ymd_hms_milli())?;
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
}

/// The day of a serial number, from 2000 to 2099.
fn of_serial(serial: i64) -> Option<NaiveDate> {
    (36_526..73_051).contains(&serial).then_some(())?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(TimeDelta::days(serial))
}

fn day(date: NaiveDate, manner: &Manner) -> String {
    if manner.dotted {
        format!("{}.{}.{}", date.day(), date.month(), date.year())
    } else if manner.slashed {
        format!("{}/{}/{}", date.month(), date.day(), date.year())
    } else {
        date.to_string()
    }
}

fn broken(error: &impl Display) -> ReadErrorKind {
    ReadErrorKind::NotReadable { what: "workbook", found: super::shorten(&error.to_string()) }
}
