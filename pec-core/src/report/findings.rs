//! Per-line results as record batches.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, SchemaRef};

use super::arrow::{Columns, amount_type};
use crate::access::Assumed;
use crate::day::UsageDay;
use crate::ledger::{Ledger, Portion, SplitParts, Sums, decided};
use crate::money::Amount;
use crate::reconcile::Decision;
use crate::usage::UsageLine;

/// Collects decided lines into record batches of one schema: where the line stands, what was decided, its money.
///
/// The ledger of the same input comes first: it knows which decimal type holds every amount.
#[derive(Debug)]
pub struct Findings {
    parts: SplitParts,
    amounts: DataType,
    rows: Vec<Row>,
    texts: String,
}

/// Texts are ends in one long text.
#[derive(Debug)]
struct Row {
    row: u64,
    day: UsageDay,
    ends: [usize; TEXTS.len()],
    assumptions: Assumed,
    money: [Amount; 3],
}

const TEXTS: [&str; 9] =
    ["file", "customer", "subscription", "resource_group", "resource", "reseller", "currency", "standing", "reason"];
/// Rows of a batch.
const BATCH_ROWS: usize = 32_768;

impl Findings {
    /// For the lines that made this ledger.
    #[must_use]
    pub fn new(ledger: &Ledger) -> Self {
        let (decimals, largest) = ledger.widest();
        let (amounts, parts) = (amount_type(decimals, largest), ledger.split_parts());
        Self { parts, amounts, rows: Vec::new(), texts: String::new() }
    }

    /// The schema of the batches.
    ///
    /// # Errors
    ///
    /// None: an empty batch always can be made.
    pub fn schema(&self) -> Result<SchemaRef, ArrowError> {
        let (amounts, parts) = (self.amounts.clone(), SplitParts::default());
        Self { parts, amounts, rows: Vec::new(), texts: String::new() }.take().map(|batch| batch.schema())
    }

    /// Adds a line; true when a batch is full and should be [taken](Self::take). A line that Azure credit pays in part gets
    /// two rows, one for each portion.
    pub fn add(&mut self, file: &str, row: u64, line: &UsageLine<'_>, decision: &Decision) -> bool {
        if let Some(portions) = self.parts.next(line, decision) {
            for portion in portions {
                self.push(file, row, line, &portion);
            }
        } else {
            let Decision { list_cost, potential_credit, credit, .. } = *decision;
            let sums = Sums { lines: 1, list_cost, potential_credit, credit };
            self.push(file, row, line, &Portion { decided: decided(decision), sums });
        }
        self.rows.len() >= BATCH_ROWS
    }

    fn push(&mut self, file: &str, row: u64, line: &UsageLine<'_>, portion: &Portion) {
        let (standing, reason, assumptions) = portion.decided;
        let reason = reason.map_or("", |reason| reason.as_str());
        let texts = [
            file,
            line.customer.as_str(),
            line.subscription.as_str(),
            line.resource_group,
            line.resource,
            line.reseller.as_str(),
            line.currency.as_str(),
            standing.as_str(),
            reason,
        ];
        let ends = texts.map(|text| {
            self.texts.push_str(text);
            self.texts.len()
        });
        let Sums { list_cost, potential_credit, credit, .. } = portion.sums;
        let money = [list_cost, potential_credit, credit];
        self.rows.push(Row { row, day: line.day, ends, assumptions, money });
    }

    /// The lines added since the last batch.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where an amount does not fit, because the ledger was another one.
    pub fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let rows = std::mem::take(&mut self.rows);
        let texts = std::mem::take(&mut self.texts);
        let mut columns = Columns::default();
        let text = |row: usize, column: usize| {
            let end = rows.get(row).and_then(|row| row.ends.get(column)).copied().unwrap_or_default();
            let start = match column {
                0 => row.checked_sub(1).and_then(|before| rows.get(before)).and_then(|row| row.ends.last()).copied(),
                column => rows.get(row).and_then(|row| row.ends.get(column - 1)).copied(),
            };
            texts.get(start.unwrap_or_default()..end).unwrap_or_default()
        };
        columns.texts("file", (0..rows.len()).map(|row| text(row, 0)));
        columns.counts("row", rows.iter().map(|row| row.row));
        columns.days("usage_day", rows.iter().map(|row| Some(row.day)));
        for (column, name) in TEXTS.iter().enumerate().skip(1) {
            let lower = matches!(*name, "customer" | "subscription" | "resource_group" | "resource");
            if lower {
                let folded: Vec<String> = (0..rows.len()).map(|row| text(row, column).to_ascii_lowercase()).collect();
                columns.texts(name, folded.iter().map(String::as_str));
            } else if *name == "reason" {
                columns.optional_texts(
                    name,
                    (0..rows.len()).map(|row| Some(text(row, column)).filter(|text| !text.is_empty())),
                );
            } else {
                columns.texts(name, (0..rows.len()).map(|row| text(row, column)));
            }
        }
        columns.assumptions("assumptions", rows.iter().map(|row| row.assumptions));
        for (index, name) in ["list_cost", "potential_credit", "credit"].iter().enumerate() {
            let amounts: Vec<Amount> = rows.iter().filter_map(|row| row.money.get(index)).copied().collect();
            columns.amounts_as(name, &amounts, &self.amounts)?;
        }
        columns.batch()
    }
}
