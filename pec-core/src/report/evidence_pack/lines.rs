//! The lines of a pack as record batches.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType};

use crate::ledger::{Ledger, summed_reason};
use crate::money::Amount;
use crate::reconcile::Decision;
use crate::report::arrow::{Columns, amount_type};
use crate::usage::UsageLine;

/// Rows of a batch.
const BATCH_ROWS: usize = 32_768;

/// Collects lines.
#[derive(Debug)]
pub(super) struct Lines {
    amounts: DataType,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    day: crate::day::UsageDay,
    texts: [String; TEXTS.len()],
    unit_price: String,
    quantity: String,
    money: [Amount; MONEY.len()],
    outcome: [String; OUTCOME.len()],
    file: String,
    row: u64,
}

/// Where the charge arose, and for what.
const TEXTS: [&str; 7] =
    ["subscription", "resource_group", "resource", "reseller", "product_name", "sku_name", "meter_name"];
const MONEY: [&str; 3] = ["list_cost", "credit", "potential_credit"];
const OUTCOME: [&str; 4] = ["currency", "standing", "reason", "findings"];

impl Lines {
    /// For lines of this ledger: it knows which decimal type holds every amount.
    pub(super) fn new(ledger: &Ledger) -> Self {
        let (decimals, largest) = ledger.widest();
        Self { amounts: amount_type(decimals, largest), rows: Vec::new() }
    }

    /// Adds a line; true when a batch is full.
    pub(super) fn add(&mut self, file: &str, row: u64, line: &UsageLine<'_>, decision: &Decision) -> bool {
        let lower = str::to_ascii_lowercase;
        let findings: Vec<_> = decision.verdict.findings().map(|reason| reason.rule().as_str()).collect();
        self.rows.push(Row {
            day: line.day,
            texts: [
                line.subscription.to_string(),
                lower(line.resource_group),
                lower(line.resource),
                line.reseller.as_str().to_owned(),
                line.product_name.to_owned(),
                line.sku_name.to_owned(),
                line.meter_name.to_owned(),
            ],
            unit_price: line.unit_price.to_string(),
            quantity: line.quantity.to_string(),
            money: [decision.list_cost, decision.credit, decision.potential_credit],
            outcome: [
                line.currency.to_string(),
                decision.standing.to_string(),
                summed_reason(decision).map_or_else(String::new, |reason| reason.to_string()),
                findings.join(", "),
            ],
            file: file.to_owned(),
            row,
        });
        self.rows.len() >= BATCH_ROWS
    }

    /// The lines since the last batch.
    pub(super) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let rows = std::mem::take(&mut self.rows);
        let mut columns = Columns::default();
        columns.days("usage_day", rows.iter().map(|row| Some(row.day)));
        for (place, name) in TEXTS.iter().enumerate() {
            columns.texts(name, rows.iter().map(|row| row.texts.get(place).map_or("", String::as_str)));
        }
        columns.numbers("unit_price", rows.iter().map(|row| row.unit_price.clone()));
        columns.numbers("quantity", rows.iter().map(|row| row.quantity.clone()));
        for (place, name) in MONEY.iter().enumerate() {
            let amounts: Vec<_> = rows.iter().filter_map(|row| row.money.get(place)).copied().collect();
            columns.amounts_as(name, &amounts, &self.amounts)?;
        }
        for (place, name) in OUTCOME.iter().enumerate() {
            columns.texts(name, rows.iter().map(|row| row.outcome.get(place).map_or("", String::as_str)));
        }
        columns.texts("file", rows.iter().map(|row| row.file.as_str()));
        columns.counts("row", rows.iter().map(|row| row.row));
        columns.batch()
    }
}
