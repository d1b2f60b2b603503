//! What was observed, as it is saved with its ledger.

use serde::{Deserialize, Serialize};

use super::{Days, Observed, ResourceMonth, UnpaidDay};
use crate::ledger::{FORM, Place, Sums};
use crate::money::{Amount, Currency};
use crate::saved::SavedError;

/// Months of resources, and their days without pay.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedObserved {
    months: Vec<SavedMonth>,
    unpaid: Vec<SavedDay>,
}

/// Place by its texts, resource, month; bits of paid and unpaid days.
type SavedMonth = ((u32, u32, u32), u32, i32, u32, u32);
/// Month by its place, day, currency; lines, list cost, potential credit.
type SavedDay = (u32, u32, Currency, u64, Amount, Amount);

/// Days of a month.
const DAYS: u32 = 31;
/// Those of the years that we deal with, since the year 0.
const MONTHS: std::ops::Range<i32> = 2000 * 12..2100 * 12;

impl Observed {
    /// The form to save; `renumber` gives texts the numbers that they have there.
    pub(crate) fn saved(&self, renumber: impl Fn(Place, u32) -> ((u32, u32, u32), u32)) -> SavedObserved {
        let month = |(key, days): &(ResourceMonth, Days)| {
            let (place, resource) = renumber(key.place, key.resource);
            (place, resource, key.month, days.paid, days.unpaid)
        };
        let all: Vec<SavedMonth> = self.months.entries().iter().map(month).collect();
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_unstable_by_key(|place| all.get(*place));
        let mut places = vec![0; all.len()];
        for (to, from) in (0_u32..).zip(&order) {
            if let Some(place) = places.get_mut(*from) {
                *place = to;
            }
        }
        let day = |(key, sums): &(UnpaidDay, Sums)| {
            let month = places.get(key.month() as usize).copied()?;
            Some((month, key.day(), key.currency(), sums.lines, sums.list_cost, sums.potential_credit))
        };
        let mut unpaid: Vec<SavedDay> = self.unpaid.entries().iter().filter_map(day).collect();
        unpaid.sort_unstable();
        SavedObserved { months: order.iter().filter_map(|place| all.get(*place)).copied().collect(), unpaid }
    }
}

impl SavedObserved {
    /// How many lines each day has.
    pub(crate) fn lines(&self) -> impl Iterator<Item = u64> {
        self.unpaid.iter().map(|(_, _, _, lines, ..)| *lines)
    }

    /// What was observed; `renumber` gives the texts of the form their numbers.
    pub(crate) fn observed(
        self,
        renumber: impl Fn((u32, u32, u32), u32) -> Result<(Place, u32), SavedError>,
    ) -> Result<Observed, SavedError> {
        let mut observed = Observed::default();
        let mut months = Vec::with_capacity(self.months.len());
        for (place, resource, month, paid, unpaid) in self.months {
            if (paid | unpaid) >> DAYS != 0 || !MONTHS.contains(&month) {
                return Err(no_day());
            }
            let (place, resource) = renumber(place, resource)?;
            let month = observed.months.place(ResourceMonth { place, resource, month });
            *observed.months.at(month) = Days { paid, unpaid };
            months.push(month);
        }
        for (month, day, currency, lines, list_cost, potential_credit) in self.unpaid {
            if day >= DAYS {
                return Err(no_day());
            }
            let sums = Sums { lines, list_cost, potential_credit, ..Sums::default() };
            observed.unpaid.entry(UnpaidDay::new(*FORM.found(&months, month)?, day, currency)).add(&sums)?;
        }
        Ok(observed)
    }
}

fn no_day() -> SavedError {
    FORM.problem("a day that no month has")
}
