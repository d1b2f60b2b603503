//! Result tables as Arrow record batches, and those as CSV and Parquet.
//!
//! Amounts are decimals at the smallest scale that holds every value of the column exactly: `decimal128(38, s)`. Where 38
//! digits do not do they are texts (`large_utf8`): of wider decimals Polars takes none, and DuckDB reads those of a Parquet file as
//! doubles without a word.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, LargeStringArray, RecordBatch, StringArray, UInt64Array};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use chrono::Datelike;

use super::{Dimension, Report, sum_by};
use crate::day::UsageDay;
use crate::ledger::{Ledger, Sums};
use crate::money::Amount;

/// A table of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Table {
    /// Sums by standing, reason and currency.
    Sums,
    /// Sums by customer.
    ByCustomer,
    /// Sums by Azure subscription.
    BySubscription,
    /// Sums by resource group.
    ByResourceGroup,
    /// Sums by day.
    ByDay,
    /// Sums by reseller of record.
    ByReseller,
    /// Observed gaps.
    Gaps,
    /// Rows that could not be read.
    RowIssues,
    /// Facts of each input.
    Files,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 9] = [
        Self::Sums,
        Self::ByCustomer,
        Self::BySubscription,
        Self::ByResourceGroup,
        Self::ByDay,
        Self::ByReseller,
        Self::Gaps,
        Self::RowIssues,
        Self::Files,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sums => "sums",
            Self::ByCustomer => "by_customer",
            Self::BySubscription => "by_subscription",
            Self::ByResourceGroup => "by_resource_group",
            Self::ByDay => "by_day",
            Self::ByReseller => "by_reseller",
            Self::Gaps => "gaps",
            Self::RowIssues => "row_issues",
            Self::Files => "files",
        }
    }

    /// The table with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.as_str() == name)
    }

    const fn dimensions(self) -> &'static [Dimension] {
        match self {
            Self::ByCustomer => &[Dimension::Customer],
            Self::BySubscription => &[Dimension::Customer, Dimension::Subscription],
            Self::ByResourceGroup => &[Dimension::Customer, Dimension::Subscription, Dimension::ResourceGroup],
            Self::ByDay => &[Dimension::Day],
            Self::ByReseller => &[Dimension::Reseller],
            Self::Sums | Self::Gaps | Self::RowIssues | Self::Files => &[],
        }
    }
}

/// A table of a report as a record batch.
///
/// # Errors
///
/// [`ArrowError`] where a sum does not fit.
pub fn record_batch(ledger: &Ledger, report: &Report, table: Table) -> Result<RecordBatch, ArrowError> {
    match table {
        Table::Gaps => gaps(report),
        Table::RowIssues => row_issues(report),
        Table::Files => files(report),
        sums => {
            let dimensions = sums.dimensions().iter().copied().chain([Dimension::Standing, Dimension::Reason, Dimension::Currency]);
            sums_of(ledger, report, &dimensions.collect::<Vec<_>>())
        }
    }
}

fn sums_of(ledger: &Ledger, report: &Report, dimensions: &[Dimension]) -> Result<RecordBatch, ArrowError> {
    let table = sum_by(ledger, dimensions).map_err(|error| ArrowError::ComputeError(error.to_string()))?;
    let mut columns = Columns::default();
    for (index, dimension) in table.dimensions.iter().enumerate() {
        let keys = table.rows.iter().map(|row| row.keys.get(index).map_or("", String::as_str));
        match dimension {
            Dimension::Day => columns.days("usage_day", keys.map(|day| day.parse().ok())),
            // No reason is null; a blank customer or group is a blank text, as in the file.
            Dimension::Customer | Dimension::Subscription => {
                let names = if *dimension == Dimension::Customer { &report.customer_names } else { &report.subscription_names };
                columns.texts(dimension.as_str(), keys.clone());
                let name = format!("{}_name", dimension.as_str());
                columns.optional_texts(&name, keys.map(|key| names.get(key).map(String::as_str)));
            }
            Dimension::Reason => columns.optional_texts("reason", keys.map(|key| Some(key).filter(|key| !key.is_empty()))),
            other => columns.texts(other.as_str(), keys),
        }
    }
    columns.counts("lines", table.rows.iter().map(|row| row.sums.lines));
    let amounts = |of: fn(&Sums) -> Amount| table.rows.iter().map(|row| of(&row.sums)).collect::<Vec<_>>();
    columns.amounts("list_cost", &amounts(|sums| sums.list_cost))?;
    columns.amounts("potential_credit", &amounts(|sums| sums.potential_credit))?;
    columns.amounts("credit", &amounts(|sums| sums.credit))?;
    columns.batch()
}

fn gaps(report: &Report) -> Result<RecordBatch, ArrowError> {
    let gaps = &report.gaps;
    let mut columns = Columns::default();
    columns.texts("customer", gaps.iter().map(|gap| gap.customer.as_str()));
    columns.texts("subscription", gaps.iter().map(|gap| gap.subscription.as_str()));
    columns.texts("scope", gaps.iter().map(|gap| gap.scope.as_str()));
    columns.texts("currency", gaps.iter().map(|gap| gap.currency.as_str()));
    columns.days("first_day", gaps.iter().map(|gap| Some(gap.first_day)));
    columns.days("last_day", gaps.iter().map(|gap| Some(gap.last_day)));
    columns.counts("days", gaps.iter().map(|gap| gap.days));
    columns.counts("lines", gaps.iter().map(|gap| gap.lines));
    columns.amounts("list_cost", &gaps.iter().map(|gap| gap.list_cost).collect::<Vec<_>>())?;
    columns.amounts("credit_lost", &gaps.iter().map(|gap| gap.credit_lost).collect::<Vec<_>>())?;
    columns.flags("ongoing", gaps.iter().map(|gap| gap.ongoing));
    columns.flags("never_earned", gaps.iter().map(|gap| gap.never_earned));
    columns.batch()
}

fn row_issues(report: &Report) -> Result<RecordBatch, ArrowError> {
    let issues = &report.issues;
    let mut columns = Columns::default();
    columns.texts("file", issues.iter().map(|issue| &*issue.file));
    columns.counts("row", issues.iter().map(|issue| issue.row));
    columns.texts("column", issues.iter().map(|issue| issue.column.as_str()));
    columns.texts("found", issues.iter().map(|issue| issue.found.as_str()));
    columns.texts("expected", issues.iter().map(|issue| issue.expected.as_str()));
    columns.batch()
}

fn files(report: &Report) -> Result<RecordBatch, ArrowError> {
    let files = &report.files;
    let mut columns = Columns::default();
    columns.texts("file", files.iter().map(|file| file.file.as_str()));
    columns.texts("format", files.iter().map(|file| file.facts.format.as_str()));
    columns.counts("rows", files.iter().map(|file| file.facts.rows));
    columns.counts("row_issues", files.iter().map(|file| file.facts.row_issues));
    columns.days("first_day", files.iter().map(|file| file.facts.first_day));
    columns.days("last_day", files.iter().map(|file| file.facts.last_day));
    let totals = || files.iter().map(|file| &file.facts.paid_totals);
    columns.counts("net_lines", totals().map(|totals| totals.net_lines));
    columns.counts("gross_lines", totals().map(|totals| totals.gross_lines));
    columns.counts("other_lines", totals().map(|totals| totals.other_lines));
    columns.amounts("credit_by_flag", &totals().map(|totals| totals.credit_by_flag).collect::<Vec<_>>())?;
    columns.amounts("credit_by_amount", &totals().map(|totals| totals.credit_by_amount).collect::<Vec<_>>())?;
    columns.batch()
}

/// Columns of a batch under construction.
#[derive(Default)]
pub(super) struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    fn add(&mut self, name: &str, array: ArrayRef, nullable: bool) {
        self.fields.push(Field::new(name, array.data_type().clone(), nullable));
        self.arrays.push(array);
    }

    pub(super) fn texts<'t>(&mut self, name: &str, texts: impl Iterator<Item = &'t str>) {
        self.add(name, Arc::new(texts.map(Some).collect::<StringArray>()), false);
    }

    pub(super) fn optional_texts<'t>(&mut self, name: &str, texts: impl Iterator<Item = Option<&'t str>>) {
        self.add(name, Arc::new(texts.collect::<StringArray>()), true);
    }

    pub(super) fn counts(&mut self, name: &str, counts: impl Iterator<Item = u64>) {
        self.add(name, Arc::new(UInt64Array::from_iter_values(counts)), false);
    }

    fn flags(&mut self, name: &str, flags: impl Iterator<Item = bool>) {
        self.add(name, Arc::new(flags.map(Some).collect::<BooleanArray>()), false);
    }

    pub(super) fn days(&mut self, name: &str, days: impl Iterator<Item = Option<UsageDay>>) {
        let since_1970 = |day: UsageDay| day.date().num_days_from_ce() - 719_163;
        self.add(name, Arc::new(days.map(|day| day.map(since_1970)).collect::<Date32Array>()), true);
    }

    fn amounts(&mut self, name: &str, amounts: &[Amount]) -> Result<(), ArrowError> {
        let decimals = amounts.iter().map(|amount| amount.decimals()).max().unwrap_or(2).max(2);
        let largest = amounts.iter().map(|amount| amount.abs()).max().unwrap_or_default();
        self.amounts_as(name, amounts, &amount_type(decimals, largest))
    }

    /// Amounts in a type that [`amount_type`] gave for them.
    pub(super) fn amounts_as(&mut self, name: &str, amounts: &[Amount], data_type: &DataType) -> Result<(), ArrowError> {
        let does_not_fit = || ArrowError::ComputeError(format!("an amount of `{name}` does not fit {data_type}"));
        let array: ArrayRef = if let DataType::Decimal128(precision, scale) = data_type {
            let at_scale = |amount: &Amount| amount.at_scale(scale.unsigned_abs().into()).and_then(|digits| i128::try_from(digits).ok());
            let digits = amounts.iter().map(|amount| at_scale(amount).ok_or_else(does_not_fit));
            let array = Decimal128Array::from_iter_values(digits.collect::<Result<Vec<_>, _>>()?);
            Arc::new(array.with_precision_and_scale(*precision, *scale)?)
        } else {
            Arc::new(amounts.iter().map(|amount| Some(amount.to_string())).collect::<LargeStringArray>())
        };
        self.add(name, array, false);
        Ok(())
    }

    pub(super) fn batch(self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.arrays)
    }
}

/// The type that holds amounts of so many decimals, none above `largest`.
pub(super) fn amount_type(decimals: u32, largest: Amount) -> DataType {
    let scale = i8::try_from(decimals.max(2)).unwrap_or(i8::MAX);
    // `largest` has its digits before the point, a point and its decimals.
    let whole = largest.abs().to_string().split('.').next().map_or(0, str::len);
    let digits = whole + usize::from(scale.unsigned_abs());
    if digits <= 38 { DataType::Decimal128(38, scale) } else { DataType::LargeUtf8 }
}

/// Writes batches of one schema as CSV. Texts that a spreadsheet would run as a formula get a `'` before them.
pub struct CsvTable<W: Write> {
    writer: csv::Writer<W>,
    headed: bool,
}

impl<W: Write> CsvTable<W> {
    /// A table to this writer.
    pub fn new(writer: W) -> Self {
        Self { writer: csv::Writer::from_writer(writer), headed: false }
    }

    /// Writes the rows of a batch, and the header before the first.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where writing fails.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let schema = batch.schema();
        if !self.headed {
            self.writer.write_record(schema.fields().iter().map(|field| field.name())).map_err(external)?;
            self.headed = true;
        }
        let options = FormatOptions::new();
        let columns = batch.columns().iter().map(|column| {
            // Amounts are never `Utf8`, so a minus before them stays a minus.
            let is_text = matches!(column.data_type(), DataType::Utf8);
            ArrayFormatter::try_new(column, &options).map(|formatter| (formatter, is_text))
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            for (formatter, is_text) in &columns {
                let cell = formatter.value(row).try_to_string()?;
                self.writer.write_field(if *is_text { harmless(cell) } else { cell }).map_err(external)?;
            }
            self.writer.write_record(None::<&[u8]>).map_err(external)?;
        }
        Ok(())
    }

    /// Ends the table.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where writing fails.
    pub fn finish(mut self) -> Result<(), ArrowError> {
        self.writer.flush().map_err(external)
    }
}

impl<W: Write> std::fmt::Debug for CsvTable<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvTable").field("headed", &self.headed).finish_non_exhaustive()
    }
}

fn external(error: impl std::error::Error + Send + Sync + 'static) -> ArrowError {
    ArrowError::ExternalError(Box::new(error))
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

/// Writes batches of one schema as Parquet (Snappy).
#[cfg(feature = "parquet")]
pub struct ParquetTable<W: Write + Send>(parquet::arrow::ArrowWriter<W>);

#[cfg(feature = "parquet")]
impl<W: Write + Send> ParquetTable<W> {
    /// A table of this schema to this writer.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where the schema cannot be written.
    pub fn new(writer: W, schema: arrow_schema::SchemaRef) -> Result<Self, ArrowError> {
        let properties = parquet::file::properties::WriterProperties::builder()
            .set_compression(parquet::basic::Compression::SNAPPY)
            .set_created_by("pec".to_owned())
            .build();
        let writer = parquet::arrow::ArrowWriter::try_new(writer, schema, Some(properties)).map_err(external)?;
        Ok(Self(writer))
    }

    /// Writes the rows of a batch.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where writing fails.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        self.0.write(batch).map_err(external)
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] where writing fails.
    pub fn finish(self) -> Result<(), ArrowError> {
        self.0.close().map(drop).map_err(external)
    }
}

#[cfg(feature = "parquet")]
impl<W: Write + Send> std::fmt::Debug for ParquetTable<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetTable").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_harmless_and_amounts_stay() {
        let mut columns = Columns::default();
        columns.texts("text", ["=1+1", "-x", "a,b", "ok"].into_iter());
        let amounts: Vec<_> = ["-1.5", "0.1234567890123456", "2", "0"].map(|text| Amount::from_number(text.parse().unwrap()).unwrap()).into();
        columns.amounts("amount", &amounts).unwrap();
        let mut bytes = Vec::new();
        let mut table = CsvTable::new(&mut bytes);
        table.write(&columns.batch().unwrap()).unwrap();
        table.finish().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let expected = "text,amount\n'=1+1,-1.5000000000000000\n'-x,0.1234567890123456\n\"a,b\",2.0000000000000000\nok,0.0000000000000000\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn the_smallest_type_that_is_exact() {
        let amount = |text: &str| Amount::from_number(text.parse().unwrap()).unwrap();
        assert_eq!(amount_type(0, Amount::ZERO), DataType::Decimal128(38, 2));
        assert_eq!(amount_type(30, amount("99999999")), DataType::Decimal128(38, 30));
        assert_eq!(amount_type(30, amount("100000000")), DataType::LargeUtf8);
    }
}
