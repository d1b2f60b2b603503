//! Observed access: what the usage file itself shows.
//!
//! A line that was paid proves access to its resource on its day. Over lines that could earn, days with and without pay give
//! *observed gaps*. A gap is a finding about the file, not a verdict about access.

mod gaps;

pub use gaps::ObservedGap;

use crate::day::UsageDay;
use crate::eligibility::Outcome;
use crate::ledger::{Ledger, Place, Sums};
use crate::lookup::Table;
use crate::money::{AmountError, Currency};
use crate::reconcile::Decision;
use crate::usage::UsageLine;

use chrono::Datelike;

/// Paid and unpaid days of resources, and what was not paid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed {
    /// The last resource and month, with its place: exports come in runs.
    last: Option<(ResourceMonth, u32)>,
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

/// A day of a resource's month, by its place in [`Observed::months`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct UnpaidDay {
    month: u32,
    day: u32,
    currency: Currency,
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
        if decision.verdict.outcome() == Outcome::Ineligible {
            return Ok(());
        }
        let (month, day) = month_and_day(line.day);
        let key = ResourceMonth { place, resource, month };
        let month = match self.last {
            Some((last, place)) if last == key => place,
            _ => self.months.place(key),
        };
        self.last = Some((key, month));
        let days = self.months.at(month);
        if decision.paid.is_zero() {
            days.unpaid |= 1 << day;
            let sums = Sums {
                lines: 1,
                list_cost: decision.list_cost,
                potential_credit: decision.potential_credit,
                ..Sums::default()
            };
            self.unpaid.entry(UnpaidDay { month, day, currency: line.currency }).add(&sums)
        } else {
            days.paid |= 1 << day;
            Ok(())
        }
    }

    /// Adds what another ledger observed; `renumber` gives its texts their numbers here.
    pub(crate) fn merge(
        &mut self,
        other: &Self,
        mut renumber: impl FnMut(Place, u32) -> (Place, u32),
    ) -> Result<(), AmountError> {
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
            let month = months.get(key.month as usize).copied().unwrap_or_default();
            self.unpaid.entry(UnpaidDay { month, ..*key }).add(sums)?;
        }
        Ok(())
    }
}

fn month_and_day(day: UsageDay) -> (i32, u32) {
    let date = day.date();
    (date.year() * 12 + date.month0().cast_signed(), date.day0())
}

fn day_of(month: i32, day: u32) -> Option<UsageDay> {
    UsageDay::from_ymd(month.div_euclid(12), month.rem_euclid(12).cast_unsigned() + 1, day + 1)
}

/// The observed gaps of a ledger, the costliest first.
///
/// # Errors
///
/// [`AmountError::SumTooLarge`] where a sum would not fit.
pub fn observed_gaps(ledger: &Ledger) -> Result<Vec<ObservedGap>, AmountError> {
    gaps::find(ledger)
}
