//! Daily lines against the invoice: does every cent of it come from a day?
//!
//! The invoice is recomputed from the exact sums of the daily lines, by the formulas of [`crate::invoice`]: a single wrong
//! cent shows. Only where that cannot be done, as for one line over a partly credited month, is the amount held to the
//! interval that the two published cuts leave; the result says which.

mod because;
mod bridge;
mod compare;
mod daily;
mod invoice;
mod untied;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use because::Because;
pub use bridge::{BridgeAmount, BridgeStep};
pub use daily::{DailyCharge, DailyCharges};
pub use invoice::{Invoice, InvoiceError, UnpairedCredit};
pub use untied::UntiedKey;

use crate::day::UsageDay;
use crate::invoice::InvoiceLine;
use crate::money::{Amount, AmountError, Currency};
use crate::normalise::RowIssue;

use bridge::Bridge;
use compare::{Comparison, DailyGroups};

/// What daily lines and invoice lines are compared by: a meter of an Azure plan. All in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// The Azure plan (`SubscriptionId`).
    pub plan: String,
    /// The product.
    pub product: String,
    /// Its SKU.
    pub sku: String,
    /// Its availability.
    pub availability: String,
}

impl Key {
    fn of(line: &InvoiceLine<'_>) -> Self {
        Self {
            plan: line.plan.to_string(),
            product: line.product.to_string(),
            sku: line.sku.to_string(),
            availability: line.availability.to_string(),
        }
    }
}

/// How a key was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The invoice lines were recomputed from the daily sums: equal or not, to the cent.
    Forward,
    /// The sum of the invoice lines was held to the interval that cutting leaves.
    Interval,
}

impl Method {
    /// The stable name, as in the JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Interval => "interval",
        }
    }
}

/// The totals of one billing currency and pricing currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CurrencyTotals {
    /// The billing currency.
    pub currency: Currency,
    /// The pricing currency.
    pub pricing_currency: Currency,
    /// The daily side of all keys.
    pub total_daily: Amount,
    /// The invoice side of all keys.
    pub total_invoice: Amount,
    /// From list cost to what the invoice asks for; the steps between two sums add up to the later one, exactly.
    pub bridge: Vec<BridgeAmount>,
}

/// Daily lines and an invoice that have no day in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PeriodsApart {
    /// The first day of the daily lines.
    pub first_day: UsageDay,
    /// Their last day.
    pub last_day: UsageDay,
    /// The first day that the invoice's lines of usage charge.
    pub first_charged: UsageDay,
    /// The last day.
    pub last_charged: UsageDay,
}

impl PeriodsApart {
    fn of(daily: &DailyCharges, invoice: &Invoice) -> Option<Self> {
        let ((first_day, last_day), (first_charged, last_charged)) = daily.days().zip(invoice.charged_days())?;
        let apart = last_day < first_charged || last_charged < first_day;
        apart.then_some(Self { first_day, last_day, first_charged, last_charged })
    }
}

/// What the comparison found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TieOut {
    /// Both sides' days, where they have none in common: then they are of different months, whatever ties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub periods_apart: Option<PeriodsApart>,
    /// Keys on either side.
    pub keys: u64,
    /// Of these, how many tie.
    pub tied: u64,
    /// The others: by currency, the largest difference first.
    pub untied: Vec<UntiedKey>,
    /// The daily side of all keys; none where there are several billing currencies.
    pub total_daily: Option<Amount>,
    /// The invoice side of all keys; none where there are several billing currencies.
    pub total_invoice: Option<Amount>,
    /// Totals by currency, with the bridge.
    pub currencies: Vec<CurrencyTotals>,
    /// Credits without a charge to go with.
    pub unpaired_credits: Vec<UnpairedCredit>,
    /// Rows that could not be read, on either side.
    pub row_issues: u64,
    /// The first row issues of each input, those of daily files before those of the invoice.
    pub issues: Vec<RowIssue>,
}

/// Compares daily lines with an invoice.
///
/// ```
/// use pec_core::tie_out::{DailyCharges, Invoice, tie_out};
/// let nothing = tie_out(&DailyCharges::default(), &Invoice::default())?;
/// assert_eq!((nothing.keys, nothing.untied.len()), (0, 0));
/// # Ok::<(), pec_core::money::AmountError>(())
/// ```
///
/// # Errors
///
/// [`AmountError`] where a sum does not fit.
pub fn tie_out(daily: &DailyCharges, invoice: &Invoice) -> Result<TieOut, AmountError> {
    let mut groups: BTreeMap<Key, DailyGroups> = BTreeMap::new();
    for (key, terms, sums) in daily.groups() {
        groups.entry(key).or_default().add(terms, sums)?;
    }
    let mut totals: BTreeMap<(Currency, Currency), (Amount, Amount)> = BTreeMap::new();
    let mut untied = Vec::new();
    let keys: BTreeSet<&Key> = groups.keys().chain(invoice.keys.keys()).collect();
    let mut bridges = invoice.bridges.clone();
    let (nothing, no_lines) = (DailyGroups::default(), Vec::new());
    let mut compared = 0;
    for key in keys {
        let found = compare::compare(&Comparison {
            key,
            daily: groups.get(key).unwrap_or(&nothing),
            lines: invoice.keys.get(key).unwrap_or(&no_lines),
            usage: daily,
            invoice,
        })?;
        for side in found {
            compared += 1;
            let total = totals.entry((side.result.currency, side.pricing)).or_default();
            *total = (total.0.checked_add(side.result.daily)?, total.1.checked_add(side.result.invoice)?);
            if let Some((line, credit)) = side.partly_credited {
                bridges.entry((line.billing, line.pricing)).or_default().credit_by_days(&line, credit)?;
            }
            if !side.tied {
                untied.push(side.result);
            }
        }
    }
    // Keys come in order, and sorting keeps it where differences are equal.
    untied.sort_by_key(|side: &UntiedKey| (side.currency, std::cmp::Reverse(side.difference.abs())));
    let currencies = by_currency(&totals, &bridges)?;
    let (total_daily, total_invoice) = one_total(&currencies)?.unzip();
    Ok(TieOut {
        periods_apart: PeriodsApart::of(daily, invoice),
        keys: compared,
        tied: compared - u64::try_from(untied.len()).unwrap_or(u64::MAX),
        untied,
        total_daily,
        total_invoice,
        currencies,
        unpaired_credits: invoice.unpaired_credits(),
        row_issues: daily.issues().count() + invoice.issues().count(),
        issues: daily.issues().iter().chain(invoice.issues().iter()).cloned().collect(),
    })
}

/// The totals of each pair of currencies, with its bridge.
fn by_currency(
    totals: &BTreeMap<(Currency, Currency), (Amount, Amount)>,
    bridges: &BTreeMap<(Currency, Currency), Bridge>,
) -> Result<Vec<CurrencyTotals>, AmountError> {
    let pairs: BTreeSet<_> = totals.keys().chain(bridges.keys()).copied().collect();
    let of = |pair: (Currency, Currency)| {
        let (total_daily, total_invoice) = totals.get(&pair).copied().unwrap_or_default();
        let bridge = match bridges.get(&pair) {
            Some(bridge) => bridge.steps()?,
            None => Bridge::default().steps()?,
        };
        Ok(CurrencyTotals { currency: pair.0, pricing_currency: pair.1, total_daily, total_invoice, bridge })
    };
    pairs.into_iter().map(of).collect()
}

/// The totals of all keys, where there is one billing currency at most.
fn one_total(currencies: &[CurrencyTotals]) -> Result<Option<(Amount, Amount)>, AmountError> {
    let billing: BTreeSet<Currency> = currencies.iter().map(|totals| totals.currency).collect();
    if billing.len() > 1 {
        return Ok(None);
    }
    let mut sum = (Amount::ZERO, Amount::ZERO);
    for totals in currencies {
        sum = (sum.0.checked_add(totals.total_daily)?, sum.1.checked_add(totals.total_invoice)?);
    }
    Ok(Some(sum))
}
