//! Observed access: what the usage file itself shows.
//!
//! A line that was paid proves access to its resource on its day. Over lines that could earn, days with and without pay give
//! *observed gaps*. A gap is a finding about the file, not a verdict about access.

mod days;
mod gaps;
mod saved;

pub use gaps::ObservedGap;
pub(crate) use saved::SavedObserved;

use crate::day::UsageDay;
use crate::drawdown::Cover;
use crate::ledger::{Ledger, Place, Sums};
use crate::lookup::Table;
use crate::money::{AmountError, Currency};
use crate::reconcile::Decision;
use crate::usage::UsageLine;

use days::month_and_day;

/// Paid and unpaid days of resources, and what was not paid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed {
    months: Table<ResourceMonth, Days>,
    unpaid: Table<UnpaidDay, Sums>,
}

/// A resource in a month: texts by their number in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ResourceMonth {
    place: Place,
    resource: u32,
    /// Months since the year 0.
    month: i32,
}

/// One bit for each day of the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Days {
    paid: u32,
    unpaid: u32,
}

/// A day of a resource's month in a currency, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct UnpaidDay(u64);

impl UnpaidDay {
    /// The month by its place in [`Observed::months`].
    fn new(month: u32, day: u32, currency: Currency) -> Self {
        Self(u64::from(month) << 32 | u64::from(day) << 24 | u64::from(currency.number()))
    }

    const fn month(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn of_month(self, month: u32) -> Self {
        Self(u64::from(month) << 32 | self.0 & u64::from(u32::MAX))
    }

    const fn day(self) -> u32 {
        (self.0 >> 24 & 0xff) as u32
    }

    const fn currency(self) -> Currency {
        Currency::numbered((self.0 & 0xff_ffff) as u32)
    }
}

impl Observed {
    /// Adds a line that could earn; others say nothing of access.
    pub(crate) fn record(
        &mut self,
        place: Place,
        resource: u32,
        line: &UsageLine<'_>,
        decision: &Decision,
    ) -> Result<(), AmountError> {
        // What Azure credit pays in part and was not paid: the day on which a credit ends says nothing of access.
        let partly = decision.cover != Cover::None && decision.paid.is_zero();
        if decision.verdict.by_design() || partly {
            return Ok(());
        }
        let (month, day) = month_and_day(line.day);
        let month = self.months.place(ResourceMonth { place, resource, month });
        let days = self.months.at(month);
        if decision.paid.is_zero() {
            days.unpaid |= 1 << day;
            let sums = Sums {
                lines: 1,
                list_cost: decision.list_cost,
                potential_credit: decision.potential_credit,
                ..Sums::default()
            };
            self.unpaid.entry(UnpaidDay::new(month, day, line.currency)).add(&sums)
        } else {
            days.paid |= 1 << day;
            Ok(())
        }
    }

    /// What was observed on these days, in the places to which `renumber` gives numbers.
    pub(crate) fn filtered(
        &self,
        keeps: impl Fn(UsageDay) -> bool,
        mut renumber: impl FnMut(Place, u32) -> Option<(Place, u32)>,
    ) -> Result<Self, AmountError> {
        let mut kept = Self::default();
        let mut months = Vec::with_capacity(self.months.entries().len());
        for (key, days) in self.months.entries() {
            let on = |day: &u32| days::day_of(key.month, *day).is_some_and(&keeps);
            let mask = (0..31).filter(on).fold(0, |mask, day| mask | 1 << day);
            let days = Days { paid: days.paid & mask, unpaid: days.unpaid & mask };
            let place = if days == Days::default() { None } else { renumber(key.place, key.resource) };
            months.push(place.map(|(place, resource)| {
                let month = kept.months.place(ResourceMonth { place, resource, ..*key });
                *kept.months.at(month) = days;
                (month, mask)
            }));
        }
        for (key, sums) in self.unpaid.entries() {
            if let Some(Some((month, mask))) = months.get(key.month() as usize)
                && mask & 1 << key.day() != 0
            {
                kept.unpaid.entry(key.of_month(*month)).add(sums)?;
            }
        }
        Ok(kept)
    }

    /// Adds what another ledger observed; `renumber` gives its texts their numbers here.
    pub(crate) fn merge(
        &mut self,
        other: &Self,
        renumber: impl Fn(Place, u32) -> (Place, u32),
    ) -> Result<(), AmountError> {
        self.months.reserve(&other.months);
        self.unpaid.reserve(&other.unpaid);
        let mut months = Vec::with_capacity(other.months.entries().len());
        for (key, days) in other.months.entries() {
            let (place, resource) = renumber(key.place, key.resource);
            let month = self.months.place(ResourceMonth { place, resource, ..*key });
            let own = self.months.at(month);
            own.paid |= days.paid;
            own.unpaid |= days.unpaid;
            months.push(month);
        }
        for (key, sums) in other.unpaid.entries() {
            let month = months.get(key.month() as usize).copied().unwrap_or_default();
            self.unpaid.entry(key.of_month(month)).add(sums)?;
        }
        Ok(())
    }
}

/// The observed gaps of a ledger, the costliest first.
///
/// # Errors
///
/// [`AmountError::SumTooLarge`] where a sum would not fit.
pub fn observed_gaps(ledger: &Ledger) -> Result<Vec<ObservedGap>, AmountError> {
    gaps::find(ledger)
}
