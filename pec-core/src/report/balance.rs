//! Azure credits: what became of them, as text and as tables.

use std::collections::BTreeMap;

#[cfg(feature = "arrow")]
use arrow_array::RecordBatch;
#[cfg(feature = "arrow")]
use arrow_schema::ArrowError;

#[cfg(feature = "arrow")]
use super::arrow::Columns;
use super::setting::{Column, Grid, Text, Width, heading, line, visible, wrapped};
use super::text::{ISSUES_SHOWN, cents, count, named};
use crate::day::UsageDay;
#[cfg(feature = "arrow")]
use crate::drawdown::Drawdown;
use crate::drawdown::{
    Because, CreditBalance, CreditMonth, CreditState, CreditStatus, Difference, Figure, InvoicedBeside, LedgerDay,
    Outlook,
};
use crate::money::Amount;
use crate::normalise::credit_balance::CreditBalancesRead;

impl CreditStatus {
    /// The credits, their months, what does not agree, what of balance reports could not be used, and each day of their
    /// [ledger](crate::drawdown::Drawdown::ledger), as text.
    #[must_use]
    pub fn text(&self, days: &[LedgerDay], read: &CreditBalancesRead) -> String {
        self.text_in(Width::FILE, days, read)
    }

    /// The same of this width.
    #[must_use]
    pub fn text_in(&self, width: Width, days: &[LedgerDay], read: &CreditBalancesRead) -> String {
        let mut text = Text::new(width);
        self.write(&mut text, &BTreeMap::new(), Some(read));
        write_days(&mut text, days);
        text.finish()
    }

    pub(super) fn write(&self, text: &mut Text, names: &BTreeMap<String, String>, read: Option<&CreditBalancesRead>) {
        heading(text, "Azure credits");
        if self.credits.is_empty() {
            let unread = read.is_some_and(|read| !read.issues.is_empty());
            line(text, if unread { "no credit could be read" } else { "no credit is listed" });
        }
        if let Some(read) = read {
            write_unread(text, read);
        }
        for state in &self.credits {
            write_credit(text, state, &named(names, &state.balance.credit.customer));
        }
        let rows: Vec<_> = self.months.iter().map(month_row).collect();
        let columns = Grid::fit(text, &MONTH, &MONTH_HEADS, &rows);
        if !self.months.is_empty() {
            heading(text, "Azure credits, month by month");
            columns.head(text);
        }
        for months in self.months.chunk_by(|a, b| (&a.customer, a.currency) == (&b.customer, b.currency)) {
            if let Some(first) = months.first() {
                line(text, &format!("{} ({})", named(names, &first.customer), first.currency));
            }
            for month in months {
                columns.row(text, &month_row(month));
                month.differences.iter().for_each(|difference| write_difference(text, difference));
            }
        }
        for beside in &self.invoices {
            write_invoiced(text, beside, &named(names, &beside.invoiced.customer));
        }
    }
}

/// Rows of balance reports that say something of credits, and could not be used.
fn write_unread(text: &mut Text, read: &CreditBalancesRead) {
    let (issues, rows) = (read.issues.len(), read.files.iter().map(|file| file.rows).sum());
    if issues == 0 {
        return;
    }
    line(text, &format!("{} of {} rows of balance reports could not be used:", count(issues as u64), count(rows)));
    for issue in read.issues.iter().take(ISSUES_SHOWN) {
        wrapped(text, &visible(&format!("  {issue}")));
    }
    let more = issues.saturating_sub(ISSUES_SHOWN);
    if more > 0 {
        line(text, &format!("  ... and {} more; `--json` has all", count(more as u64)));
    }
}

fn write_credit(text: &mut Text, CreditState { balance, outlook }: &CreditState, customer: &str) {
    let CreditBalance { credit, drawn_before, expired_before, drawn, expired, balance, ended_on, .. } = balance;
    let (id, currency) = (&credit.id, credit.currency);
    line(
        text,
        &format!("{id} of {customer}: {} {currency}, {} to {}", cents(credit.granted), credit.effective, credit.expiry),
    );
    let parts = [
        (*drawn_before, "drawn before"),
        (*expired_before, "expired before"),
        (*drawn, "drawn"),
        (*expired, "expired"),
        (*balance, "left"),
    ];
    let shown = parts.iter().filter(|(amount, what)| !amount.is_zero() || matches!(*what, "drawn" | "left"));
    let sum: Vec<_> = shown.map(|(amount, what)| format!("{} {what}", cents(*amount))).collect();
    line(text, &format!("  {} granted = {}", cents(credit.granted), sum.join(" + ")));
    match (ended_on, outlook) {
        (Some(day), _) => line(text, &format!("  nothing is left since {day}")),
        (None, Some(outlook)) => write_outlook(text, outlook, credit.expiry),
        (None, None) => {}
    }
}

fn write_outlook(text: &mut Text, outlook: &Outlook, expiry: UsageDay) {
    let ends =
        |day: Option<UsageDay>| day.map_or_else(|| format!("not before it expires on {expiry}"), |day| day.to_string());
    let (days, per_day) = (outlook.days, cents(outlook.per_day));
    let range = if outlook.earliest == outlook.latest {
        String::new()
    } else {
        format!(", between {} and {}", ends(outlook.earliest), ends(outlook.latest))
    };
    wrapped(
        text,
        &format!(
            "  ends {}{range}, if usage goes on as on its last {days} days ({per_day} a day; the range is that of their busiest and quietest seven)",
            ends(outlook.likely)
        ),
    );
}

const MONTH: [Column; 7] = columns();
const MONTH_HEADS: [&str; 7] = ["month", "usage", "drawn", "flagged", "reported", "expired", "balance"];
const DAY: [Column; 4] = columns();
const DAY_HEADS: [&str; 4] = ["day", "drawn", "expired", "balance"];

/// A date, and amounts.
const fn columns<const N: usize>() -> [Column; N] {
    let mut columns = [Column::Right(14); N];
    if let Some(first) = columns.first_mut() {
        *first = Column::Left(11);
    }
    columns
}

/// Every movement of each credit.
fn write_days(text: &mut Text, days: &[LedgerDay]) {
    if days.is_empty() {
        return;
    }
    heading(text, "Azure credits, day by day");
    let rows: Vec<_> = days.iter().map(day_row).collect();
    let columns = Grid::fit(text, &DAY, &DAY_HEADS, &rows);
    columns.head(text);
    for days in days.chunk_by(|a, b| (&a.customer, a.currency, &a.credit_id) == (&b.customer, b.currency, &b.credit_id))
    {
        if let Some(LedgerDay { credit_id, customer, currency, .. }) = days.first() {
            line(text, &visible(&format!("{credit_id} of {customer} ({currency})")));
        }
        days.iter().for_each(|day| columns.row(text, &day_row(day)));
    }
}

fn day_row(day: &LedgerDay) -> Vec<String> {
    let LedgerDay { usage_day, drawn, expired, balance, .. } = day;
    vec![usage_day.to_string(), cents(*drawn), cents(*expired), cents(*balance)]
}

fn month_row(month: &CreditMonth) -> Vec<String> {
    let CreditMonth { usage, flagged, drawn, expired, balance, reported, .. } = month;
    let reported = reported.map_or_else(String::new, cents);
    let amounts = [cents(*usage), cents(*drawn), cents(*flagged), reported, cents(*expired), cents(*balance)];
    std::iter::once(month_name(month.month)).chain(amounts).collect()
}

fn write_difference(text: &mut Text, Difference { between: [first, second], amount, because }: &Difference) {
    let (more, amount) = if *amount < Amount::ZERO { ("less", -*amount) } else { ("more", *amount) };
    let causes: Vec<_> = because.iter().map(|because| sentence(*because)).collect();
    let causes = if causes.is_empty() { "nothing that is known explains it".to_owned() } else { causes.join("; ") };
    wrapped(text, &format!("  {} {} {more} than {}: {causes}", cents(amount), figure(*first), figure(*second)));
}

fn write_invoiced(text: &mut Text, beside: &InvoicedBeside, customer: &str) {
    let InvoicedBeside { invoiced, drawn, differences } = beside;
    let billed = if invoiced.billing_currency == invoiced.currency {
        String::new()
    } else {
        format!(" ({} {} as billed)", cents(invoiced.subtotal), invoiced.billing_currency)
    };
    line(
        text,
        &format!(
            "invoice, {customer}: {} {} of Azure credit{billed}, {} drawn",
            cents(invoiced.list_cost),
            invoiced.currency,
            cents(*drawn)
        ),
    );
    for difference in differences {
        write_difference(text, difference);
    }
}

const fn figure(figure: Figure) -> &'static str {
    match figure {
        Figure::Drawn => "drawn",
        Figure::Flagged => "flagged in daily lines",
        Figure::Reported => "in the balance report",
        Figure::Invoiced => "on the invoice",
    }
}

const fn sentence(because: Because) -> &'static str {
    match because {
        Because::CreditOnlyAtMonthEnd => "some credit is only set at the month's end, and never shows in daily lines",
        Because::Expired => "a credit expired in the month",
        Because::Refund => "refunds gave something back",
        Because::DaysWithoutUsage => "the files have no usage on some days on which the credit was in force",
        Because::BalanceEnded => "the balance ended in the month, and which lines it paid last is Microsoft's choice",
    }
}

fn month_name(month: UsageDay) -> String {
    month.date().format("%Y-%m").to_string()
}

/// The table of credits.
///
/// # Errors
///
/// [`ArrowError`] where a sum does not fit.
#[cfg(feature = "arrow")]
pub fn credits_batch(status: Option<&CreditStatus>) -> Result<RecordBatch, ArrowError> {
    let states: &[CreditState] = status.map_or(&[], |status| &status.credits);
    let all = || states.iter().map(|state| &state.balance);
    let amounts = |of: fn(&CreditBalance) -> Amount| all().map(of).collect::<Vec<_>>();
    let end =
        |of: fn(&Outlook) -> Option<UsageDay>| states.iter().map(move |state| state.outlook.as_ref().and_then(of));
    let mut columns = Columns::default();
    columns.texts("credit_id", all().map(|of| of.credit.id.as_str()));
    columns.texts("customer", all().map(|of| of.credit.customer.as_str()));
    columns.texts("currency", all().map(|of| of.credit.currency.as_str()));
    columns.days("effective", all().map(|of| Some(of.credit.effective)));
    columns.days("expiry", all().map(|of| Some(of.credit.expiry)));
    columns.amounts("granted", &amounts(|of| of.credit.granted))?;
    columns.amounts("drawn_before", &amounts(|of| of.drawn_before))?;
    columns.amounts("expired_before", &amounts(|of| of.expired_before))?;
    columns.amounts("drawn", &amounts(|of| of.drawn))?;
    columns.amounts("expired", &amounts(|of| of.expired))?;
    columns.amounts("balance", &amounts(|of| of.balance))?;
    columns.days("ended_on", all().map(|of| of.ended_on));
    columns.days("likely_end", end(|outlook| outlook.likely));
    columns.days("earliest_end", end(|outlook| outlook.earliest));
    columns.days("latest_end", end(|outlook| outlook.latest));
    columns.batch()
}

/// The table of their months.
///
/// # Errors
///
/// [`ArrowError`] where a sum does not fit.
#[cfg(feature = "arrow")]
pub fn credit_months_batch(status: Option<&CreditStatus>) -> Result<RecordBatch, ArrowError> {
    let months: &[CreditMonth] = status.map_or(&[], |status| &status.months);
    let amounts = |of: fn(&CreditMonth) -> Amount| months.iter().map(of).collect::<Vec<_>>();
    let because = |month: &CreditMonth| {
        let all: std::collections::BTreeSet<_> =
            month.differences.iter().flat_map(|one| one.because.iter().map(|because| because.as_str())).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    };
    let reasons: Vec<String> = months.iter().map(because).collect();
    let mut columns = Columns::default();
    columns.texts("customer", months.iter().map(|month| month.customer.as_str()));
    columns.texts("currency", months.iter().map(|month| month.currency.as_str()));
    columns.days("month", months.iter().map(|month| Some(month.month)));
    columns.amounts("usage", &amounts(|month| month.usage))?;
    columns.amounts("drawn", &amounts(|month| month.drawn))?;
    columns.amounts("flagged", &amounts(|month| month.flagged))?;
    columns.optional_amounts("reported", &months.iter().map(|month| month.reported).collect::<Vec<_>>())?;
    columns.amounts("expired", &amounts(|month| month.expired))?;
    columns.amounts("balance", &amounts(|month| month.balance))?;
    columns.flags("agrees", months.iter().map(|month| month.differences.is_empty()));
    columns.texts("because", reasons.iter().map(String::as_str));
    columns.batch()
}

/// The ledger of credits: each day on which something moved.
///
/// # Errors
///
/// [`ArrowError`] where a sum does not fit.
#[cfg(feature = "arrow")]
pub fn credit_days_batch(drawdown: Option<&Drawdown>) -> Result<RecordBatch, ArrowError> {
    let days = drawdown.map(Drawdown::ledger).unwrap_or_default();
    let mut columns = Columns::default();
    columns.texts("credit_id", days.iter().map(|day| day.credit_id.as_str()));
    columns.texts("customer", days.iter().map(|day| day.customer.as_str()));
    columns.texts("currency", days.iter().map(|day| day.currency.as_str()));
    columns.days("usage_day", days.iter().map(|day| Some(day.usage_day)));
    columns.amounts("drawn", &days.iter().map(|day| day.drawn).collect::<Vec<_>>())?;
    columns.amounts("expired", &days.iter().map(|day| day.expired).collect::<Vec<_>>())?;
    columns.amounts("balance", &days.iter().map(|day| day.balance).collect::<Vec<_>>())?;
    columns.batch()
}
