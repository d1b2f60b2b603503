//! The first pass: each customer's usage that a credit can pay, summed by day.

use std::collections::BTreeMap;

use crate::day::UsageDay;
use crate::eligibility::{Group, RuleId, Verdict, rule};
use crate::lookup::{Table, Texts};
use crate::money::{Amount, AmountError, Currency};
use crate::usage::UsageLine;

/// How a line draws on a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The file itself says that Azure credit paid for it.
    Flagged,
    /// First-party usage.
    Usage,
    /// The purchase of a reservation or savings plan: covered only where the credits say so.
    Purchase,
}

/// How a line draws, by what the rules found; `None`: not at all.
///
/// Credit pays first-party usage of the Azure plan (ACO7): not third parties' products, not the marketplace, nothing that is not
/// charged. Spot is paid, though it never earns. Access does not matter.
pub(crate) fn claim(verdict: &Verdict) -> Option<Claim> {
    let has = |id| verdict.has(id);
    let bypasses = verdict.findings().map(|reason| reason.rule()).any(|id| {
        let draws = [
            RuleId::NotUsageCharge,
            RuleId::Reservation,
            RuleId::SavingsPlan,
            RuleId::SpotVirtualMachine,
            RuleId::AzureCreditApplied,
        ];
        rule(id).group == Group::ByDesign && !draws.contains(&id)
    });
    if bypasses {
        return None;
    }
    let flagged = has(RuleId::AzureCreditApplied);
    let (purchase, benefit) = (has(RuleId::NotUsageCharge), has(RuleId::Reservation) || has(RuleId::SavingsPlan));
    match (purchase, benefit) {
        (false, false) => Some(if flagged { Claim::Flagged } else { Claim::Usage }),
        (true, true) => Some(if flagged { Claim::Flagged } else { Claim::Purchase }),
        _ => None,
    }
}

/// List cost of what draws, by customer, currency and day. Sums merge, whatever the split of the lines.
#[derive(Clone, Debug, Default)]
pub struct CreditUsage {
    pub(super) texts: Texts,
    pub(super) days: Table<(u32, Currency, UsageDay), DayUsage>,
    /// The first and last day of each customer's lines, whatever they are of.
    pub(super) periods: Table<u32, Option<(UsageDay, UsageDay)>>,
}

/// What draws on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DayUsage {
    /// Lines that the file flags as paid by Azure credit.
    pub(super) flagged: Amount,
    pub(super) usage: Amount,
    pub(super) purchases: Amount,
    /// Are there lines of usage, or of purchases? Their sums may be nothing.
    pub(super) has_usage: bool,
    pub(super) has_purchases: bool,
}

impl DayUsage {
    pub(super) fn add(&mut self, other: &Self) -> Result<(), AmountError> {
        self.flagged = self.flagged.checked_add(other.flagged)?;
        self.usage = self.usage.checked_add(other.usage)?;
        self.purchases = self.purchases.checked_add(other.purchases)?;
        self.has_usage |= other.has_usage;
        self.has_purchases |= other.has_purchases;
        Ok(())
    }
}

impl CreditUsage {
    /// Adds a line of which the rules found this.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum would not fit.
    pub fn record(&mut self, line: &UsageLine<'_>, verdict: &Verdict) -> Result<(), AmountError> {
        let customer = self.texts.number(line.customer.as_str());
        self.widen(customer, (line.day, line.day));
        let Some(claim) = claim(verdict) else { return Ok(()) };
        let cost = line.list_cost.amount();
        let adds = match claim {
            Claim::Flagged => DayUsage { flagged: cost, ..DayUsage::default() },
            Claim::Usage => DayUsage { usage: cost, has_usage: true, ..DayUsage::default() },
            Claim::Purchase => DayUsage { purchases: cost, has_purchases: true, ..DayUsage::default() },
        };
        self.days.entry((customer, line.currency, line.day)).add(&adds)
    }

    /// How many customers it has lines of.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.periods.entries().len()
    }

    /// Adds everything of other sums.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum would not fit.
    pub fn merge(&mut self, other: &Self) -> Result<(), AmountError> {
        for ((customer, currency, day), sums) in other.days.entries() {
            let customer = self.texts.number(other.texts.get(*customer));
            self.days.entry((customer, *currency, *day)).add(sums)?;
        }
        for (customer, period) in other.periods.entries() {
            let customer = self.texts.number(other.texts.get(*customer));
            if let Some(period) = period {
                self.widen(customer, *period);
            }
        }
        Ok(())
    }

    pub(super) fn widen(&mut self, customer: u32, (first, last): (UsageDay, UsageDay)) {
        let period = self.periods.entry(customer);
        *period = Some(period.map_or((first, last), |(from, until)| (from.min(first), until.max(last))));
    }

    /// The first and last day of a customer's lines.
    pub(super) fn period_of(&self, customer: &str) -> Option<(UsageDay, UsageDay)> {
        let place = self.periods.find(self.texts.find(customer)?)?;
        self.periods.entries().get(place as usize)?.1
    }

    /// The days of each customer and currency, in order.
    pub(super) fn days(&self) -> BTreeMap<(&str, Currency), Vec<(UsageDay, DayUsage)>> {
        let mut accounts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((customer, currency, day), sums) in self.days.entries() {
            accounts.entry((self.texts.get(*customer), *currency)).or_default().push((*day, *sums));
        }
        accounts.values_mut().for_each(|days| days.sort_unstable_by_key(|(day, _)| *day));
        accounts
    }
}
