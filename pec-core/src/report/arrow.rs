//! Result tables as Arrow record batches.
//!
//! Amounts are decimals at the smallest scale that holds every value of the column exactly: `decimal128(38, s)`. Where 38
//! digits do not do they are texts (`large_utf8`): of wider decimals Polars takes none, and DuckDB reads those of a Parquet file as
//! doubles without a word.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, LargeStringArray, RecordBatch, StringArray,
    TimestampMicrosecondArray, UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use chrono::{DateTime, Datelike, Utc};

use super::{Dimension, Report, balance, sum_by};
use crate::access::{Assumed, Assumption};
use crate::day::UsageDay;
use crate::ledger::{Ledger, Sums};
use crate::money::Amount;

/// A table of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Table {
    /// Sums by standing, reason and currency: the others part these.
    ByReason,
    /// Sums by customer.
    ByCustomer,
    /// Sums by Azure subscription.
    BySubscription,
    /// Sums by Azure subscription and day.
    BySubscriptionDay,
    /// Sums by resource group.
    ByResourceGroup,
    /// Sums by day.
    ByDay,
    /// Sums by reseller of record.
    ByReseller,
    /// Observed gaps.
    Gaps,
    /// Credit missed or lost by reason and Azure subscription.
    Losses,
    /// Rows that could not be read.
    RowIssues,
    /// Facts of each input.
    Files,
    /// Azure credits and what became of them.
    Credits,
    /// Their months, beside what the files say.
    CreditMonths,
    /// Each day on which one was drawn, given back or expired.
    CreditDays,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 14] = [
        Self::ByReason,
        Self::ByCustomer,
        Self::BySubscription,
        Self::BySubscriptionDay,
        Self::ByResourceGroup,
        Self::ByDay,
        Self::ByReseller,
        Self::Gaps,
        Self::Losses,
        Self::RowIssues,
        Self::Files,
        Self::Credits,
        Self::CreditMonths,
        Self::CreditDays,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ByReason => "by_reason",
            Self::ByCustomer => "by_customer",
            Self::BySubscription => "by_subscription",
            Self::BySubscriptionDay => "by_subscription_day",
            Self::ByResourceGroup => "by_resource_group",
            Self::ByDay => "by_day",
            Self::ByReseller => "by_reseller",
            Self::Gaps => "gaps",
            Self::Losses => "losses",
            Self::RowIssues => "row_issues",
            Self::Files => "files",
            Self::Credits => "credits",
            Self::CreditMonths => "credit_months",
            Self::CreditDays => "credit_days",
        }
    }

    /// The table with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.as_str() == name)
    }

    /// Has the report anything of it? Without credits there are no tables of them.
    #[must_use]
    pub const fn is_of(self, report: &Report) -> bool {
        report.azure_credits.is_some() || !matches!(self, Self::Credits | Self::CreditMonths | Self::CreditDays)
    }

    const fn dimensions(self) -> &'static [Dimension] {
        match self {
            Self::ByCustomer => &[Dimension::Customer],
            Self::BySubscription => &[Dimension::Customer, Dimension::Subscription],
            Self::BySubscriptionDay => &[Dimension::Customer, Dimension::Subscription, Dimension::Day],
            Self::ByResourceGroup => &[Dimension::Customer, Dimension::Subscription, Dimension::ResourceGroup],
            Self::ByDay => &[Dimension::Day],
            Self::ByReseller => &[Dimension::Reseller],
            Self::ByReason
            | Self::Gaps
            | Self::Losses
            | Self::RowIssues
            | Self::Files
            | Self::Credits
            | Self::CreditMonths
            | Self::CreditDays => &[],
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
        Table::Losses => losses(report),
        Table::RowIssues => row_issues(report),
        Table::Files => files(report),
        Table::Credits => balance::credits_batch(report.azure_credits.as_ref()),
        Table::CreditMonths => balance::credit_months_batch(report.azure_credits.as_ref()),
        Table::CreditDays => balance::credit_days_batch(ledger.drawdown()),
        Table::ByReason
        | Table::ByCustomer
        | Table::BySubscription
        | Table::BySubscriptionDay
        | Table::ByResourceGroup
        | Table::ByDay
        | Table::ByReseller => {
            let dimensions =
                table.dimensions().iter().copied().chain([Dimension::Standing, Dimension::Reason, Dimension::Currency]);
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
            Dimension::Customer => columns.named("customer", keys, &report.customer_names),
            Dimension::Subscription => columns.named("subscription", keys, &report.subscription_names),
            Dimension::Reason => {
                columns.optional_texts("reason", keys.map(|key| Some(key).filter(|key| !key.is_empty())))
            }
            Dimension::ResourceGroup | Dimension::Reseller | Dimension::Standing | Dimension::Currency => {
                columns.texts(dimension.as_str(), keys);
            }
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
    columns.named("customer", gaps.iter().map(|gap| gap.customer.as_str()), &report.customer_names);
    columns.named("subscription", gaps.iter().map(|gap| gap.subscription.as_str()), &report.subscription_names);
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

fn losses(report: &Report) -> Result<RecordBatch, ArrowError> {
    let losses = &report.losses;
    let mut columns = Columns::default();
    columns.texts("standing", losses.iter().map(|loss| loss.standing.as_str()));
    columns.optional_texts("reason", losses.iter().map(|loss| loss.reason.map(|reason| reason.as_str())));
    columns.named("customer", losses.iter().map(|loss| loss.customer.as_str()), &report.customer_names);
    columns.named("subscription", losses.iter().map(|loss| loss.subscription.as_str()), &report.subscription_names);
    columns.texts("currency", losses.iter().map(|loss| loss.currency.as_str()));
    columns.days("first_day", losses.iter().map(|loss| Some(loss.first_day)));
    columns.days("last_day", losses.iter().map(|loss| Some(loss.last_day)));
    columns.counts("days", losses.iter().map(|loss| loss.days));
    columns.counts("lines", losses.iter().map(|loss| loss.lines));
    columns.amounts("list_cost", &losses.iter().map(|loss| loss.list_cost).collect::<Vec<_>>())?;
    columns.amounts("credit_lost", &losses.iter().map(|loss| loss.credit_lost).collect::<Vec<_>>())?;
    columns.flags("ongoing", losses.iter().map(|loss| loss.ongoing));
    let months: Vec<_> = losses.iter().map(|loss| loss.credit_per_month).collect();
    columns.optional_amounts("credit_per_month", &months)?;
    columns.assumptions("assumptions", losses.iter().map(|loss| loss.assumptions));
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
    columns.texts("kind", files.iter().map(|file| file.facts.kind.as_str()));
    columns.texts("format", files.iter().map(|file| file.facts.format.as_str()));
    columns.counts("rows", files.iter().map(|file| file.facts.rows));
    columns.counts("row_issues", files.iter().map(|file| file.facts.row_issues));
    columns.counts("open_period_lines", files.iter().map(|file| file.facts.open_period_lines));
    columns.days("first_day", files.iter().map(|file| file.facts.first_day));
    columns.days("last_day", files.iter().map(|file| file.facts.last_day));
    let totals = || files.iter().map(|file| &file.facts.paid_totals);
    columns.counts("net_lines", totals().map(|totals| totals.net_lines));
    columns.counts("gross_lines", totals().map(|totals| totals.gross_lines));
    columns.counts("other_lines", totals().map(|totals| totals.other_lines));
    columns.amounts("credit_by_flag", &totals().map(|totals| totals.credit_by_flag).collect::<Vec<_>>())?;
    columns.amounts("credit_by_amount", &totals().map(|totals| totals.credit_by_amount).collect::<Vec<_>>())?;
    columns.counts("untold_lines", files.iter().map(|file| file.facts.untold_lines));
    let inferred = || files.iter().map(|file| file.facts.inferred_from_price);
    columns.counts("inferred_from_price_lines", inferred().map(|inferred| inferred.lines));
    columns.amounts("inferred_from_price_credit", &inferred().map(|inferred| inferred.credit).collect::<Vec<_>>())?;
    columns.counts("contradicting_lines", files.iter().map(|file| file.facts.contradicting_lines));
    let by_name = || files.iter().map(|file| file.facts.not_azure_plan_by_name);
    columns.counts("not_azure_plan_by_name_lines", by_name().map(|by_name| by_name.lines));
    columns.counts("not_azure_plan_by_name_paid_lines", by_name().map(|by_name| by_name.paid_lines));
    columns.counts("other_rate_lines", files.iter().map(|file| file.facts.other_rates.lines));
    columns.flags("amounts_were_doubles", files.iter().map(|file| file.facts.amounts_were_doubles));
    columns.counts("not_utf8_lines", files.iter().map(|file| file.facts.not_utf8_lines));
    columns.flags("part_of_answer", files.iter().map(|file| file.facts.part_of_answer));
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

    /// Ids, and their names where files have one.
    fn named<'t>(
        &mut self,
        what: &str,
        ids: impl Iterator<Item = &'t str> + Clone,
        names: &'t BTreeMap<String, String>,
    ) {
        self.texts(what, ids.clone());
        self.optional_texts(&format!("{what}_name"), ids.map(|id| names.get(id).map(String::as_str)));
    }

    pub(super) fn texts<'t>(&mut self, name: &str, texts: impl Iterator<Item = &'t str>) {
        self.add(name, Arc::new(texts.map(Some).collect::<StringArray>()), false);
    }

    pub(super) fn optional_texts<'t>(&mut self, name: &str, texts: impl Iterator<Item = Option<&'t str>>) {
        self.add(name, Arc::new(texts.collect::<StringArray>()), true);
    }

    /// What was assumed, by comma; null where nothing was.
    pub(super) fn assumptions(&mut self, name: &str, assumed: impl Iterator<Item = Assumed>) {
        let listed = |assumed: Assumed| assumed.iter().map(Assumption::as_str).collect::<Vec<_>>().join(", ");
        let texts = assumed.map(|assumed| Some(listed(assumed)).filter(|text| !text.is_empty()));
        self.add(name, Arc::new(texts.collect::<StringArray>()), true);
    }

    pub(super) fn counts(&mut self, name: &str, counts: impl Iterator<Item = u64>) {
        self.add(name, Arc::new(UInt64Array::from_iter_values(counts)), false);
    }

    pub(super) fn optional_counts(&mut self, name: &str, counts: impl Iterator<Item = Option<u64>>) {
        self.add(name, Arc::new(counts.collect::<UInt64Array>()), true);
    }

    pub(super) fn flags(&mut self, name: &str, flags: impl Iterator<Item = bool>) {
        self.add(name, Arc::new(flags.map(Some).collect::<BooleanArray>()), false);
    }

    pub(super) fn days(&mut self, name: &str, days: impl Iterator<Item = Option<UsageDay>>) {
        let since_1970 = |day: UsageDay| day.date().num_days_from_ce() - 719_163;
        self.add(name, Arc::new(days.map(|day| day.map(since_1970)).collect::<Date32Array>()), true);
    }

    /// Moments in UTC, to the microsecond.
    pub(super) fn moments(&mut self, name: &str, moments: impl Iterator<Item = Option<DateTime<Utc>>>) {
        let moments: TimestampMicrosecondArray = moments.map(|at| at.map(|at| at.timestamp_micros())).collect();
        self.add(name, Arc::new(moments.with_timezone("UTC")), true);
    }

    /// Numbers as they were written, whatever their digits.
    pub(super) fn numbers(&mut self, name: &str, numbers: impl Iterator<Item = String>) {
        self.add(name, Arc::new(numbers.map(Some).collect::<LargeStringArray>()), false);
    }

    pub(super) fn amounts(&mut self, name: &str, amounts: &[Amount]) -> Result<(), ArrowError> {
        self.amounts_as(name, amounts, &narrowest(amounts))
    }

    /// Amounts of which some are not told.
    pub(super) fn optional_amounts(&mut self, name: &str, amounts: &[Option<Amount>]) -> Result<(), ArrowError> {
        let known: Vec<_> = amounts.iter().copied().flatten().collect();
        let array = amount_array(name, amounts.iter().copied(), &narrowest(&known))?;
        self.add(name, array, true);
        Ok(())
    }

    /// Amounts in a type that [`amount_type`] gave for them.
    pub(super) fn amounts_as(
        &mut self,
        name: &str,
        amounts: &[Amount],
        data_type: &DataType,
    ) -> Result<(), ArrowError> {
        let array = amount_array(name, amounts.iter().copied().map(Some), data_type)?;
        self.add(name, array, false);
        Ok(())
    }

    /// Amounts of which some are not told.
    pub(super) fn batch(self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.arrays)
    }
}

fn amount_array(
    name: &str,
    amounts: impl Iterator<Item = Option<Amount>>,
    data_type: &DataType,
) -> Result<ArrayRef, ArrowError> {
    let DataType::Decimal128(precision, scale) = data_type else {
        return Ok(Arc::new(
            amounts.map(|amount| amount.map(|amount| amount.to_string())).collect::<LargeStringArray>(),
        ));
    };
    let does_not_fit = || ArrowError::ComputeError(format!("an amount of `{name}` does not fit {data_type}"));
    let at_scale = |amount: Amount| {
        let digits = amount.at_scale(scale.unsigned_abs().into()).and_then(|digits| i128::try_from(digits).ok());
        digits.ok_or_else(does_not_fit)
    };
    let digits = amounts.map(|amount| amount.map(at_scale).transpose()).collect::<Result<Decimal128Array, _>>()?;
    Ok(Arc::new(digits.with_precision_and_scale(*precision, *scale)?))
}

/// The type that holds all of these.
fn narrowest(amounts: &[Amount]) -> DataType {
    let decimals =
        amounts.iter().fold(2, |most, amount| if amount.at_scale(most).is_some() { most } else { amount.decimals() });
    amount_type(decimals, amounts.iter().map(|amount| amount.abs()).max().unwrap_or_default())
}

/// The type that holds amounts of so many decimals, none above `largest`.
pub(super) fn amount_type(decimals: u32, largest: Amount) -> DataType {
    let scale = i8::try_from(decimals.max(2)).unwrap_or(i8::MAX);
    // `largest` has its digits before the point, a point and its decimals.
    let whole = largest.abs().to_string().split('.').next().map_or(0, str::len);
    let digits = whole + usize::from(scale.unsigned_abs());
    if digits <= 38 { DataType::Decimal128(38, scale) } else { DataType::LargeUtf8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_type_that_is_exact() {
        let amount = |text: &str| Amount::from_number(text.parse().unwrap()).unwrap();
        assert_eq!(amount_type(0, Amount::ZERO), DataType::Decimal128(38, 2));
        assert_eq!(amount_type(30, amount("99999999")), DataType::Decimal128(38, 30));
        assert_eq!(amount_type(30, amount("100000000")), DataType::LargeUtf8);
    }
}
