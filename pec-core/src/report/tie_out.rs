//! A tie-out as text and as a table.

use super::setting::{Column, Text, Width, heading, line, table, wrapped};
use super::text::{ISSUES_SHOWN, cents, count, counted};
use crate::money::Amount;
use crate::tie_out::{Because, BridgeAmount, BridgeStep, CurrencyTotals, PeriodsApart, TieOut, UntiedKey};

/// How many keys and credits are listed; all of them are in the JSON.
const KEYS_SHOWN: usize = 15;

impl TieOut {
    /// The tie-out as text. Amounts are shown to the cent, ties to even; the exact ones are in the JSON.
    #[must_use]
    pub fn text(&self) -> String {
        self.text_in(Width::FILE)
    }

    /// The same of this width.
    #[must_use]
    pub fn text_in(&self, width: Width) -> String {
        let mut text = Text::new(width);
        heading(&mut text, "Daily lines against the invoice");
        let untied = u64::try_from(self.untied.len()).unwrap_or(u64::MAX);
        let (keys, tied) = (counted(self.keys, "key"), count(self.tied));
        let tie = if self.tied == 1 { "ties" } else { "tie" };
        let do_not = if untied == 1 { "does not" } else { "do not" };
        if let Some(apart) = &self.periods_apart {
            write_apart(&mut text, apart);
        }
        line(&mut text, &format!("{keys}: {tied} {tie}, {} {do_not}", count(untied)));
        self.currencies.iter().for_each(|totals| write_totals(&mut text, totals));
        self.currencies.iter().for_each(|totals| write_bridge(&mut text, totals));
        self.write_untied(&mut text);
        self.write_credits(&mut text);
        self.write_issues(&mut text);
        text.finish()
    }

    fn write_untied(&self, text: &mut Text) {
        if self.untied.is_empty() {
            return;
        }
        heading(text, "What does not tie");
        self.untied.iter().take(KEYS_SHOWN).for_each(|key| write_key(text, key));
        write_more(text, self.untied.len(), "key");
    }

    fn write_credits(&self, text: &mut Text) {
        if self.unpaired_credits.is_empty() {
            return;
        }
        heading(text, "Credits without a charge of the same customer, product, SKU, availability and order date");
        for credit in self.unpaired_credits.iter().take(KEYS_SHOWN) {
            let (amount, product) = (cents(credit.amount), [&*credit.product, &credit.sku, &credit.availability]);
            let about = format!("{} of {}", product.join(" / "), credit.customer);
            wrapped(text, &format!("{amount} {} {about}, ordered {}", credit.currency, credit.order_date));
        }
        write_more(text, self.unpaired_credits.len(), "credit");
    }

    fn write_issues(&self, text: &mut Text) {
        if self.row_issues == 0 {
            return;
        }
        heading(text, "Rows that could not be read");
        line(text, &format!("{} in all", count(self.row_issues)));
        for issue in self.issues.iter().take(ISSUES_SHOWN) {
            line(text, &issue.to_string());
        }
    }
}

fn write_apart(text: &mut Text, apart: &PeriodsApart) {
    let PeriodsApart { first_day, last_day, first_charged, last_charged } = apart;
    wrapped(
        text,
        &format!(
            "Other months are compared: the daily lines are of {first_day} to {last_day}, the invoice charges {first_charged} to \
             {last_charged}. Give the daily files of the invoice's month."
        ),
    );
}

fn write_totals(text: &mut Text, totals: &CurrencyTotals) {
    let (daily, invoice) = (totals.total_daily, totals.total_invoice);
    let apart = invoice.checked_sub(daily).map(cents).unwrap_or_default();
    let currency = totals.currency;
    line(text, &format!("{currency}: daily lines {}, invoice {}, apart {apart}", cents(daily), cents(invoice)));
}

fn write_bridge(text: &mut Text, totals: &CurrencyTotals) {
    let CurrencyTotals { currency, pricing_currency, .. } = totals;
    heading(text, &format!("From list cost to the invoice ({currency}, priced in {pricing_currency})"));
    // A step without an amount is only shown where it is a sum.
    let is_shown = |amount: &&BridgeAmount| {
        amount.step.is_sum() || !amount.billing.is_zero() || !amount.pricing.is_none_or(Amount::is_zero)
    };
    let row = |amount: &BridgeAmount| {
        vec![name(amount.step).to_owned(), amount.pricing.map(cents).unwrap_or_default(), cents(amount.billing)]
    };
    let rows: Vec<_> = totals.bridge.iter().filter(is_shown).map(row).collect();
    let heads = ["", &format!("in {pricing_currency}"), &format!("in {currency}")];
    table(text, &[Column::Left(36), Column::Right(20), Column::Right(20)], &heads, &rows);
}

fn write_key(text: &mut Text, untied: &UntiedKey) {
    let UntiedKey { key, currency, .. } = untied;
    let id = [&*key.plan, &key.product, &key.sku, &key.availability].join(" / ");
    line(text, &format!("{} {currency}  {id}", cents(untied.difference)));
    let within = match (untied.method, untied.tolerance) {
        (Some(_), Some(tolerance)) if !tolerance.is_zero() => format!(", may be {tolerance} apart for what was cut"),
        _ => String::new(),
    };
    line(text, &format!("    invoice {}, daily lines {}{within}", untied.invoice, untied.daily));
    for because in &untied.because {
        wrapped(text, &format!("  {because}: {}", meaning(*because)));
    }
}

fn write_more(text: &mut Text, all: usize, what: &str) {
    let more = u64::try_from(all.saturating_sub(KEYS_SHOWN)).unwrap_or(u64::MAX);
    if more > 0 {
        let plural = if more == 1 { "" } else { "s" };
        line(text, &format!("and {} more {what}{plural}, in the JSON", count(more)));
    }
}

/// A step, for people.
const fn name(step: BridgeStep) -> &'static str {
    match step {
        BridgeStep::ListCost => "list cost of usage",
        BridgeStep::Tiers => "tier discounts",
        BridgeStep::OtherAdjustments => "other price adjustments",
        BridgeStep::PartnerEarnedCredit => "partner earned credit",
        BridgeStep::Truncation => "cut below the cent",
        BridgeStep::Other => "not explained by any text",
        BridgeStep::UsageNetCharges => "= net charges of usage",
        BridgeStep::Marketplace => "marketplace",
        BridgeStep::Licences => "licences",
        BridgeStep::ReservationsAndSavingsPlans => "reservations and savings plans",
        BridgeStep::Credits => "credits",
        BridgeStep::AdjustedNetCharges => "= adjusted net charges",
        BridgeStep::Tax => "tax",
        BridgeStep::Total => "= total",
    }
}

/// What a reason says, for people.
const fn meaning(because: Because) -> &'static str {
    match because {
        Because::UnreadableInvoiceRow => "rows of the invoice could not be read, and one may be of it: mend them first",
        Because::UnreadableDailyRow => "daily rows could not be read, and some may be of it: mend them first",
        Because::NoDailyLines => "the daily files have no line of it",
        Because::NoInvoiceLine => "the invoice has no line of it",
        Because::TierPrice => "the invoice charges by tier, the daily file shows one price",
        Because::Promotion => "a price adjustment whose size is not printed",
        Because::PartialCredit => "one invoice line for days with and days without partner earned credit",
        Because::CreditAtMonthEnd => "Azure credit, which the invoice takes off in a line of its own",
        Because::LateUsage => "the invoice has more units: export the daily files again, usage comes late",
        Because::MissingDay => "the invoice has more units, and a day of the plan has no line: look for a missing file",
        Because::Quantity => "the units differ: the daily files may hold another period, or lines twice",
        Because::UnitPrice => "the unit prices differ",
        Because::CreditRate => {
            "the same units at the same price, with another partner earned credit than the daily flags"
        }
        Because::ExchangeRate => "the daily file has another exchange rate",
        Because::Amount => "everything is equal but the amount",
    }
}

/// The untied keys as a table.
///
/// # Errors
///
/// [`ArrowError`](arrow_schema::ArrowError) where an amount does not fit.
#[cfg(feature = "arrow")]
pub fn untied_batch(found: &TieOut) -> Result<arrow_array::RecordBatch, arrow_schema::ArrowError> {
    let untied = &found.untied;
    let mut columns = super::arrow::Columns::default();
    columns.texts("plan", untied.iter().map(|one| one.key.plan.as_str()));
    columns.texts("product", untied.iter().map(|one| one.key.product.as_str()));
    columns.texts("sku", untied.iter().map(|one| one.key.sku.as_str()));
    columns.texts("availability", untied.iter().map(|one| one.key.availability.as_str()));
    columns.texts("currency", untied.iter().map(|one| one.currency.as_str()));
    columns.optional_texts("method", untied.iter().map(|one| one.method.map(crate::tie_out::Method::as_str)));
    let amounts = |of: fn(&UntiedKey) -> Amount| untied.iter().map(of).collect::<Vec<_>>();
    columns.amounts("daily", &amounts(|one| one.daily))?;
    columns.amounts("invoice", &amounts(|one| one.invoice))?;
    columns.amounts("difference", &amounts(|one| one.difference))?;
    columns.optional_amounts("tolerance", &untied.iter().map(|one| one.tolerance).collect::<Vec<_>>())?;
    let because: Vec<String> = untied.iter().map(because_text).collect();
    columns.texts("because", because.iter().map(String::as_str));
    columns.batch()
}

#[cfg(feature = "arrow")]
fn because_text(untied: &UntiedKey) -> String {
    untied.because.iter().map(|because| because.as_str()).collect::<Vec<_>>().join(", ")
}
