//! Lines of an invoice, by key; and what they amount to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::day::UsageDay;
use crate::drawdown::InvoicedCredit;
use crate::invoice::{Adjusted, InvoiceLine, LineClass};
use crate::money::{Amount, AmountError, Currency, Number};

use crate::ledger::RowIssues;
use crate::normalise::{InvoiceFacts, read_invoice};
use crate::read::{Input, ReadError};

use super::Key;
use super::bridge::Bridge;

/// The lines of one or more invoice reconciliation files.
#[derive(Clone, Debug, Default)]
pub struct Invoice {
    pub(super) keys: BTreeMap<Key, Vec<Line>>,
    pub(super) bridges: BTreeMap<(Currency, Currency), Bridge>,
    credits: BTreeMap<Purchase, CreditsOf>,
    /// Azure credits by customer, pricing and billing currency: lines, list cost, subtotal.
    azure_credits: BTreeMap<(String, Currency, Currency), (u64, Amount, Amount)>,
    /// The billing currency and exchange rate of each pricing currency; none where lines differ.
    exchanges: BTreeMap<Currency, Option<(Currency, Number)>>,
    /// The days that lines with daily lines charge.
    charged: Charged,
    /// Keys of credit lines.
    credited: BTreeSet<Key>,
    issues: RowIssues,
    lines: u64,
}

/// The days that lines charge.
#[derive(Clone, Copy, Debug, Default)]
enum Charged {
    /// There is no line.
    #[default]
    Nothing,
    /// From the first to the last day.
    Days(UsageDay, UsageDay),
    /// A line does not say.
    Untold,
}

impl Charged {
    fn with(self, period: Option<(UsageDay, UsageDay)>) -> Self {
        match (self, period) {
            (Self::Untold, _) | (_, None) => Self::Untold,
            (Self::Nothing, Some((first, last))) => Self::Days(first, last),
            (Self::Days(from, to), Some((first, last))) => Self::Days(from.min(first), to.max(last)),
        }
    }
}

/// Why an invoice cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvoiceError {
    /// The file cannot be used.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A sum does not fit.
    #[error(transparent)]
    Amount(#[from] AmountError),
}

/// What is kept of a line that daily lines are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Of the Azure plan, and of no other publisher?
    pub(super) usage: bool,
    pub(super) unit_price: Number,
    pub(super) quantity: Number,
    pub(super) list_cost: Amount,
    pub(super) adjusted: Adjusted,
    pub(super) subtotal: Amount,
    pub(super) billing: Currency,
    pub(super) pricing: Currency,
    pub(super) exchange_rate: Number,
}

/// What a credit is paired with its charge by: customer, product, SKU, availability, day of the order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Purchase {
    customer: String,
    product: String,
    sku: String,
    availability: String,
    order_date: String,
    billing: Currency,
}

#[derive(Clone, Debug, Default)]
struct CreditsOf {
    charges: u64,
    credits: u64,
    credited: Amount,
}

/// Credits without a charge of the same customer, product, SKU, availability and day of order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnpairedCredit {
    /// The customer's tenant id, lower case.
    pub customer: String,
    /// The product, lower case.
    pub product: String,
    /// The SKU, lower case.
    pub sku: String,
    /// The availability, lower case.
    pub availability: String,
    /// The day of the order, as the file has it.
    pub order_date: String,
    /// The billing currency.
    pub currency: Currency,
    /// How many lines.
    pub lines: u64,
    /// Their subtotals.
    pub amount: Amount,
}

impl Invoice {
    /// Adds a line.
    ///
    /// # Errors
    ///
    /// [`AmountError`] where a sum does not fit.
    pub fn add(&mut self, line: &InvoiceLine<'_>) -> Result<(), AmountError> {
        self.lines += 1;
        let exchange = Some((line.billing, line.exchange_rate));
        let known = self.exchanges.entry(line.pricing).or_insert(exchange);
        if *known != exchange {
            *known = None;
        }
        self.bridges.entry((line.billing, line.pricing)).or_default().add(line)?;
        if line.has_daily_lines() {
            self.charged = self.charged.with(line.charge_period);
            self.keys.entry(Key::of(line)).or_default().push(Line {
                usage: line.class == LineClass::Usage,
                unit_price: line.unit_price,
                quantity: line.quantity,
                list_cost: line.list_cost,
                adjusted: line.adjusted,
                subtotal: line.subtotal,
                billing: line.billing,
                pricing: line.pricing,
                exchange_rate: line.exchange_rate,
            });
        }
        self.pair(line)
    }

    fn pair(&mut self, line: &InvoiceLine<'_>) -> Result<(), AmountError> {
        let purchase = Purchase {
            customer: line.customer.to_string(),
            product: line.product.to_string(),
            sku: line.sku.to_string(),
            availability: line.availability.to_string(),
            order_date: line.order_date.to_owned(),
            billing: line.billing,
        };
        let sums = self.credits.entry(purchase).or_default();
        if line.class != LineClass::Credit {
            sums.charges += 1;
            return Ok(());
        }
        if line.azure_credit {
            let key = (line.customer.to_string(), line.pricing, line.billing);
            let (lines, list_cost, subtotal) = self.azure_credits.entry(key).or_default();
            *lines += 1;
            // Prices are offset in one column or another: the subtotal tells the sign.
            let cost = line.list_cost.abs();
            *list_cost = list_cost.checked_add(if line.subtotal < Amount::ZERO { -cost } else { cost })?;
            *subtotal = subtotal.checked_add(line.subtotal)?;
        }
        sums.credits += 1;
        sums.credited = sums.credited.checked_add(line.subtotal)?;
        self.credited.insert(Key::of(line));
        Ok(())
    }

    /// Reads a file of lines; rows that cannot be read are [issues](Self::issues).
    ///
    /// # Errors
    ///
    /// [`InvoiceError`] where the file cannot be used, or a sum does not fit.
    pub fn read(&mut self, input: Input<'_>) -> Result<InvoiceFacts, InvoiceError> {
        let mut result = Ok(());
        let facts = read_invoice(input, &mut |line| match line {
            Ok(line) => result = std::mem::replace(&mut result, Ok(())).and_then(|()| self.add(&line)),
            Err(issue) => self.issues.record(issue),
        })?;
        Ok(result.map(|()| facts)?)
    }

    /// Rows that could not be read.
    #[must_use]
    pub const fn issues(&self) -> &RowIssues {
        &self.issues
    }

    /// How many lines were added.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// The first and last day that lines of usage charge; none where one of them does not say.
    #[must_use]
    pub const fn charged_days(&self) -> Option<(UsageDay, UsageDay)> {
        match self.charged {
            Charged::Days(first, last) => Some((first, last)),
            Charged::Nothing | Charged::Untold => None,
        }
    }

    /// The Azure credits of each customer, above zero: to be compared with a drawdown.
    #[must_use]
    pub fn azure_credits(&self) -> Vec<InvoicedCredit> {
        let credit = |(key, (lines, list_cost, subtotal)): (&(String, Currency, Currency), &(u64, Amount, Amount))| {
            let (customer, pricing, billing) = key.clone();
            InvoicedCredit::new(customer, pricing, *lines, -*list_cost, billing, -*subtotal)
        };
        self.azure_credits.iter().map(credit).collect()
    }

    /// Credits that have no charge to go with, in the order of their keys.
    #[must_use]
    pub fn unpaired_credits(&self) -> Vec<UnpairedCredit> {
        let unpaired = self.credits.iter().filter(|(_, sums)| sums.credits > 0 && sums.charges == 0);
        unpaired
            .map(|(purchase, sums)| UnpairedCredit {
                customer: purchase.customer.clone(),
                product: purchase.product.clone(),
                sku: purchase.sku.clone(),
                availability: purchase.availability.clone(),
                order_date: purchase.order_date.clone(),
                currency: purchase.billing,
                lines: sums.credits,
                amount: sums.credited,
            })
            .collect()
    }

    /// Has a key a credit line on this invoice?
    pub(super) fn credits(&self, key: &Key) -> bool {
        self.credited.contains(key)
    }

    /// The billing currency and exchange rate of a pricing currency, where all lines have the same.
    pub(super) fn exchange(&self, pricing: Currency) -> Option<(Currency, Number)> {
        self.exchanges.get(&pricing).copied().flatten()
    }
}
