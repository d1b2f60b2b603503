//! The drawdown beside what the files say: flagged daily lines, the balance report, the credits of the invoice.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::balances::{after, first_of};
use super::{CreditBalance, Drawdown, Outlook};
use crate::day::UsageDay;
use crate::money::{Amount, AmountError, Currency};

/// The Azure credits of invoices: what they gave a customer, in list prices and as billed, both above zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvoicedCredit {
    /// The customer.
    pub customer: String,
    /// The pricing currency.
    pub currency: Currency,
    /// How many lines.
    pub lines: u64,
    /// Unit price x quantity, in pricing currency.
    pub list_cost: Amount,
    /// The billing currency.
    pub billing_currency: Currency,
    /// Their subtotals, in billing currency.
    pub subtotal: Amount,
}

impl InvoicedCredit {
    /// A customer's credits on invoices.
    #[must_use]
    pub const fn new(
        customer: String,
        currency: Currency,
        lines: u64,
        list_cost: Amount,
        billing_currency: Currency,
        subtotal: Amount,
    ) -> Self {
        Self { customer, currency, lines, list_cost, billing_currency, subtotal }
    }
}

/// Everything that is known of credits after a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CreditStatus {
    /// Each credit, what became of it, and when it ends.
    pub credits: Vec<CreditState>,
    /// Months of usage, by customer and currency.
    pub months: Vec<CreditMonth>,
    /// Credits of invoices beside the drawdown of the whole run; empty without an invoice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invoices: Vec<InvoicedBeside>,
}

/// A credit and when it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CreditState {
    /// The credit and what became of it.
    #[serde(flatten)]
    pub balance: CreditBalance,
    /// When it ends; `None` where nothing is left, or no usage tells.
    pub outlook: Option<Outlook>,
}

/// A month of a customer's usage that credits can pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CreditMonth {
    /// The customer.
    pub customer: String,
    /// The currency.
    pub currency: Currency,
    /// The first day of the month.
    pub month: UsageDay,
    /// List cost of usage that credits can pay, flagged or not.
    pub usage: Amount,
    /// List cost of daily lines that are flagged as paid by Azure credit.
    pub flagged: Amount,
    /// What the drawdown paid.
    pub drawn: Amount,
    /// What expired.
    pub expired: Amount,
    /// What is left in all credits at its end.
    pub balance: Amount,
    /// What the balance report says was used, where it has this month and the one before, or the first.
    pub reported: Option<Amount>,
    /// What does not agree.
    pub differences: Vec<Difference>,
}

/// Two figures that should be one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The two.
    pub between: [Figure; 2],
    /// The first less the second.
    pub amount: Amount,
    /// What can explain it; empty where nothing is known.
    pub because: BTreeSet<Because>,
}

/// A figure of what a credit paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Figure {
    /// The drawdown's.
    Drawn,
    /// That of flagged daily lines.
    Flagged,
    /// The balance report's.
    Reported,
    /// The invoice's.
    Invoiced,
}

/// What can explain a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Because {
    /// Some credits are only set at the month's end and never show in daily lines.
    CreditOnlyAtMonthEnd,
    /// A credit expired in the month.
    Expired,
    /// Refunds gave something back.
    Refund,
    /// The files have no usage on some days of the month on which a credit was in force.
    DaysWithoutUsage,
    /// The credit's balance ended in the month: which lines of that time it paid is Microsoft's choice.
    BalanceEnded,
}

impl Because {
    /// The word as files spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreditOnlyAtMonthEnd => "credit_only_at_month_end",
            Self::Expired => "expired",
            Self::Refund => "refund",
            Self::DaysWithoutUsage => "days_without_usage",
            Self::BalanceEnded => "balance_ended",
        }
    }
}

/// A customer's credits on invoices beside the drawdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InvoicedBeside {
    /// The invoices' credits.
    #[serde(flatten)]
    pub invoiced: InvoicedCredit,
    /// What the drawdown paid in the run.
    pub drawn: Amount,
    /// What does not agree.
    pub differences: Vec<Difference>,
}

/// A customer and currency.
type Account<'d> = (&'d str, Currency);

impl Drawdown {
    /// The credits, their months, and what the files say differently. `invoiced` are the Azure credits of the invoices of
    /// the very months of usage.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum would not fit.
    pub fn status(&self, invoiced: Vec<InvoicedCredit>) -> Result<CreditStatus, AmountError> {
        let credits = (self.balances.iter())
            .map(|balance| Ok(CreditState { balance: balance.clone(), outlook: self.outlook(balance)? }))
            .collect::<Result<_, _>>()?;
        let months = self.months()?;
        let mut beside = Vec::with_capacity(invoiced.len());
        for invoiced in invoiced {
            let own =
                |month: &&CreditMonth| (&*month.customer, month.currency) == (&*invoiced.customer, invoiced.currency);
            let mut drawn = Amount::ZERO;
            let mut because = BTreeSet::new();
            for month in months.iter().filter(own) {
                drawn = drawn.checked_add(month.drawn)?;
                because.extend(self.circumstances(month));
            }
            let figures = [(Figure::Drawn, drawn), (Figure::Invoiced, invoiced.list_cost)];
            beside.push(InvoicedBeside { differences: differences(figures, &because)?, invoiced, drawn });
        }
        Ok(CreditStatus { credits, months, invoices: beside })
    }

    fn months(&self) -> Result<Vec<CreditMonth>, AmountError> {
        let mut months: BTreeMap<(Account<'_>, UsageDay), CreditMonth> = BTreeMap::new();
        for day in &self.customer_days {
            let month = self.month(&mut months, &day.customer, day.currency, day.day);
            month.usage = month.usage.checked_add(day.usage)?.checked_add(day.flagged)?;
            month.flagged = month.flagged.checked_add(day.flagged)?;
        }
        for entry in &self.credit_days {
            let Some(CreditBalance { credit, .. }) = self.balances.get(entry.credit) else { continue };
            let month = self.month(&mut months, &credit.customer, credit.currency, entry.day);
            month.drawn = month.drawn.checked_add(entry.drawn)?;
            month.expired = month.expired.checked_add(entry.expired)?;
        }
        let mut months: Vec<_> = months.into_values().collect();
        for month in &mut months {
            month.balance = self.balance_after(month)?;
            month.reported = self.reported(month)?;
            let because = self.circumstances(month);
            let mut at_month_end = because.clone();
            if month.flagged < month.drawn {
                at_month_end.insert(Because::CreditOnlyAtMonthEnd);
            }
            let (drawn, flagged) = ((Figure::Drawn, month.drawn), (Figure::Flagged, month.flagged));
            month.differences = differences([drawn, flagged], &at_month_end)?;
            if let Some(reported) = month.reported {
                let reported = (Figure::Reported, reported);
                month.differences.extend(differences([drawn, reported], &because)?);
                month.differences.extend(differences([flagged, reported], &at_month_end)?);
            }
        }
        Ok(months)
    }

    fn month<'m, 'd>(
        &'d self,
        months: &'m mut BTreeMap<(Account<'d>, UsageDay), CreditMonth>,
        customer: &'d str,
        currency: Currency,
        day: UsageDay,
    ) -> &'m mut CreditMonth {
        let first = first_of(day);
        months.entry(((customer, currency), first)).or_insert_with(|| CreditMonth {
            customer: customer.to_owned(),
            currency,
            month: first,
            usage: Amount::ZERO,
            flagged: Amount::ZERO,
            drawn: Amount::ZERO,
            expired: Amount::ZERO,
            balance: Amount::ZERO,
            reported: None,
            differences: Vec::new(),
        })
    }

    /// What is left in the customer's credits after a month; those that begin later count as granted.
    fn balance_after(&self, month: &CreditMonth) -> Result<Amount, AmountError> {
        let mut left = Amount::ZERO;
        for (place, of) in self.own(month) {
            let later = self.entries_of(place).iter().find(|entry| first_of(entry.day) > month.month);
            let balance = match later {
                // What it was before the first thing that happened later.
                Some(entry) => entry.balance.checked_add(entry.drawn)?.checked_add(entry.expired)?,
                None => of.balance,
            };
            left = left.checked_add(balance)?;
        }
        Ok(left)
    }

    /// What the balance report says was used in a month: the growth of its cumulative figure.
    fn reported(&self, month: &CreditMonth) -> Result<Option<Amount>, AmountError> {
        let mut reported = None;
        for (_, of) in self.own(month) {
            let statements = &of.credit.statements;
            let Some(place) = statements.iter().position(|statement| statement.month == month.month) else { continue };
            let used = statements.get(place).map_or(Amount::ZERO, |statement| statement.used);
            let before = place.checked_sub(1).and_then(|before| statements.get(before));
            let before = match before {
                Some(before) if after(before.month) == month.month => before.used,
                None if first_of(of.credit.effective) == month.month => Amount::ZERO,
                _ => return Ok(None),
            };
            reported = Some(reported.unwrap_or(Amount::ZERO).checked_add(used.checked_sub(before)?)?);
        }
        Ok(reported)
    }

    /// What happened in a month that a difference can come from.
    fn circumstances(&self, month: &CreditMonth) -> BTreeSet<Because> {
        let mut found = BTreeSet::new();
        let in_month = |day: UsageDay| first_of(day) == month.month;
        let next = after(month.month);
        for (place, of) in self.own(month) {
            for entry in self.entries_of(place).iter().filter(|entry| in_month(entry.day)) {
                if entry.expired > Amount::ZERO {
                    found.insert(Because::Expired);
                }
                if entry.drawn < Amount::ZERO {
                    found.insert(Because::Refund);
                }
                if entry.drawn > Amount::ZERO && entry.balance.is_zero() {
                    found.insert(Because::BalanceEnded);
                }
            }
            let (from, until) = (of.credit.effective.max(month.month), next.min(of.credit.expiry.next()));
            let in_force = until.days_since(from).max(0).cast_unsigned();
            let days = self.days_of(&month.customer, month.currency).iter();
            let used = days.filter(|day| from <= day.day && day.day < until);
            if (used.count() as u64) < in_force {
                found.insert(Because::DaysWithoutUsage);
            }
        }
        found
    }

    /// The credits of the month's customer and currency, with their places: all stand in this order.
    fn own(&self, month: &CreditMonth) -> impl Iterator<Item = (usize, &CreditBalance)> {
        let of = |balance: &CreditBalance| {
            (&*balance.credit.customer, balance.credit.currency).cmp(&(&*month.customer, month.currency))
        };
        let from = self.balances.partition_point(|balance| of(balance).is_lt());
        let until = self.balances.partition_point(|balance| of(balance).is_le());
        self.balances.iter().enumerate().take(until).skip(from)
    }
}

/// The difference of two figures, where there is one.
fn differences(
    [(a, first), (b, second)]: [(Figure, Amount); 2],
    because: &BTreeSet<Because>,
) -> Result<Vec<Difference>, AmountError> {
    let amount = first.checked_sub(second)?;
    if amount.is_zero() {
        return Ok(Vec::new());
    }
    Ok(vec![Difference { between: [a, b], amount, because: because.clone() }])
}
