//! Azure credit drawn down by real lines: what of each customer's usage it paid, on which day, and what is left.
//!
//! Two passes over the lines. The first sums each customer's usage by day ([`CreditUsage`], which merges); a [`Drawdown`]
//! turns the sums and the credits into what is covered on each day; the second pass decides lines with it. Credit is drawn at
//! list price, before any Partner Earned Credit (ACO10), whatever the access (ACO facts, question 8).
//!
//! On the day on which the balance ends all lines of the day share what was left, so the order of lines cannot matter.

mod balances;
mod compare;
mod credit;
mod outlook;
mod saved;
mod usage;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub use balances::{CreditBalance, CreditDay, CustomerDay, LedgerDay, PaidByCredit};
pub use compare::{
    Because, CreditMonth, CreditState, CreditStatus, Difference, Figure, InvoicedBeside, InvoicedCredit,
};
pub use credit::{AzureCredit, Credits, CreditsError, Statement};
pub use outlook::Outlook;
pub use usage::CreditUsage;

pub(crate) use saved::SavedDrawdown;
pub(crate) use usage::{Claim, claim};

use crate::credit_offer::Mode;
use crate::day::UsageDay;
use crate::money::{AmountError, Currency, Share};

/// How much of a line an Azure credit pays, by the drawdown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Cover {
    /// Nothing, or the file itself says so.
    #[default]
    None,
    /// All of it.
    Whole,
    /// A part: the share of this number, see [`Drawdown::share`].
    Share(u32),
}

impl Cover {
    /// The number of the share, where it is one.
    const fn share(self) -> Option<u32> {
        if let Self::Share(number) = self { Some(number) } else { None }
    }
}

/// What credits pay of customers' usage, day by day.
///
/// ```
/// use pec_core::drawdown::{Credits, Drawdown};
/// use pec_core::{engine::Engine, read::Input};
/// let credits = Credits::from_toml("credits.toml", r#"
///     [[credit]]
///     customer = "a"
///     granted = "53.00"
///     effective = 2026-10-01
///     expiry = 2027-09-30
/// "#)?;
/// let usage = "UsageDate,CustomerId,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage\n\
///              2026-10-04,a,s,1,100,15\n";
/// let engine = Engine::new()?;
/// let sums = engine.credit_usage([Input::new("usage.csv", usage.as_bytes())], &Default::default())?;
/// let drawdown = Drawdown::new(credits, &sums)?;
/// assert_eq!(drawdown.balances()[0].drawn.to_string(), "53.00");
/// let ledger = engine.with_drawdown(drawdown).reconcile([Input::new("usage.csv", usage.as_bytes())], &Default::default())?;
/// let credit: Vec<_> = ledger.cells().iter().map(|cell| (cell.standing.as_str(), cell.sums.credit.to_string())).collect();
/// assert_eq!(credit, [("earned", "7.05".to_owned()), ("unexpected", "7.95".to_owned())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawdown {
    mode: Mode,
    reservations: bool,
    covers: BTreeMap<String, BTreeMap<(Currency, UsageDay), Cover>>,
    shares: Vec<Share>,
    balances: Vec<CreditBalance>,
    credit_days: Vec<CreditDay>,
    customer_days: Vec<CustomerDay>,
}

impl Drawdown {
    /// Draws the credits down by the sums of all lines.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum would not fit.
    pub fn new(credits: Credits, usage: &CreditUsage) -> Result<Self, AmountError> {
        balances::draw_down(credits, usage)
    }

    /// How the day, or the month, counts on which a balance ends.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// What is covered of a customer's usage that draws, on a day.
    #[must_use]
    pub fn cover(&self, customer: &str, currency: Currency, day: UsageDay) -> Cover {
        // Ids are kept in lower case; a file may spell them otherwise.
        let upper = customer.bytes().any(|byte| byte.is_ascii_uppercase());
        let folded = if upper { Cow::Owned(customer.to_ascii_lowercase()) } else { Cow::Borrowed(customer) };
        let of_customer = self.covers.get(&*folded);
        of_customer.and_then(|days| days.get(&(currency, day))).copied().unwrap_or_default()
    }

    /// What the credits paid of a customer's usage on a day, its flagged lines aside: the credits, and their share of it.
    ///
    /// In mode deck the days of a month are one.
    #[must_use]
    pub fn paid_on(&self, customer: &str, currency: Currency, day: UsageDay) -> Option<PaidByCredit> {
        balances::paid_on(self, customer, currency, day)
    }

    /// The share of this number: what is covered of the sum of its lines.
    #[must_use]
    pub fn share(&self, number: u32) -> Option<Share> {
        self.shares.get(number as usize).copied()
    }

    /// The credits with what became of them, by customer, currency and the order of drawing.
    #[must_use]
    pub fn balances(&self) -> &[CreditBalance] {
        &self.balances
    }

    /// Each day on which a credit was drawn, given back or expired: with [`balances`](Self::balances) the whole ledger.
    #[must_use]
    pub fn credit_days(&self) -> &[CreditDay] {
        &self.credit_days
    }

    /// The same with the credit and customer of each, ready to be shown.
    #[must_use]
    pub fn ledger(&self) -> Vec<LedgerDay> {
        let row = |entry: &CreditDay| {
            let credit = &self.balances.get(entry.credit)?.credit;
            Some(LedgerDay {
                credit_id: credit.id.clone(),
                customer: credit.customer.clone(),
                currency: credit.currency,
                usage_day: entry.day,
                drawn: entry.drawn,
                expired: entry.expired,
                balance: entry.balance,
            })
        };
        self.credit_days.iter().filter_map(row).collect()
    }

    /// Each day of usage of customers with a credit, and how much of it was covered.
    #[must_use]
    pub fn customer_days(&self) -> &[CustomerDay] {
        &self.customer_days
    }

    /// The drawdown of some customers; their shares are numbered anew.
    pub(crate) fn of_customers(&self, keeps: impl Fn(&str) -> bool) -> Self {
        let kept = |place: &usize| self.balances.get(*place).is_some_and(|of| keeps(&of.credit.customer));
        let places: Vec<_> = (0..self.balances.len()).filter(kept).collect();
        let entry = |entry: &CreditDay| Some(CreditDay { credit: places.binary_search(&entry.credit).ok()?, ..*entry });
        let mut covers: BTreeMap<_, _> =
            self.covers.iter().filter(|(of, _)| keeps(of)).map(|(of, days)| (of.clone(), days.clone())).collect();
        let all = || covers.values().flat_map(BTreeMap::values);
        let used: BTreeSet<u32> = all().filter_map(|cover| cover.share()).collect();
        let numbers: BTreeMap<u32, u32> = used.iter().copied().zip(0..).collect();
        for cover in covers.values_mut().flat_map(BTreeMap::values_mut) {
            if let Cover::Share(number) = cover {
                *number = numbers.get(number).copied().unwrap_or_default();
            }
        }
        Self {
            covers,
            shares: used.iter().filter_map(|number| self.share(*number)).collect(),
            balances: self.balances.iter().filter(|of| keeps(&of.credit.customer)).cloned().collect(),
            credit_days: self.credit_days.iter().filter_map(entry).collect(),
            customer_days: self.customer_days.iter().filter(|day| keeps(&day.customer)).cloned().collect(),
            ..*self
        }
    }

    /// The entries of the credit at this place.
    fn entries_of(&self, place: usize) -> &[CreditDay] {
        let from = self.credit_days.partition_point(|entry| entry.credit < place);
        let until = self.credit_days.partition_point(|entry| entry.credit <= place);
        self.credit_days.get(from..until).unwrap_or_default()
    }

    /// The days of a customer in a currency: all stand in the order of customer and currency.
    fn days_of(&self, customer: &str, currency: Currency) -> &[CustomerDay] {
        let key = |day: &CustomerDay| (&*day.customer, day.currency).cmp(&(customer, currency));
        let from = self.customer_days.partition_point(|day| key(day).is_lt());
        let until = self.customer_days.partition_point(|day| key(day).is_le());
        self.customer_days.get(from..until).unwrap_or_default()
    }

    /// Does a purchase of a reservation or savings plan draw, too?
    pub(crate) const fn covers_purchases(&self) -> bool {
        self.reservations
    }
}
