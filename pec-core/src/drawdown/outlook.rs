//! When a balance ends, if usage goes on as it did.

use serde::Serialize;

use super::{CreditBalance, Drawdown};
use crate::day::UsageDay;
use crate::money::{Amount, AmountError, Rounding};

/// Days of usage that an outlook looks back on.
const DAYS: usize = 28;
/// The days that the range is taken from: each week has every day of the week once.
const WEEK: usize = 7;
/// All decimals of an amount: multiplied at this many, nothing is cut.
const EXACT: u32 = 56;
const CUT: Rounding = Rounding::TowardZero;

/// When a customer's credits end, if usage goes on as on its last 28 days: at their mean (`likely`), at the mean of the
/// busiest seven days in a row (`earliest`) and of the quietest (`latest`). A method of ours, for planning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Outlook {
    /// Days of usage that it rests on, at most 28; fewer than seven give no range.
    pub days: usize,
    /// The mean of these days, cut to the cent.
    pub per_day: Amount,
    /// The day on which the balance ends at that mean; `None`: not before the credit expires.
    pub likely: Option<UsageDay>,
    /// The same at the busiest seven days in a row.
    pub earliest: Option<UsageDay>,
    /// The same at the quietest.
    pub latest: Option<UsageDay>,
}

impl Drawdown {
    /// When the balance of a credit ends. `None` where nothing is left, or no usage tells.
    ///
    /// Of several credits of a customer in force, each is looked at as if it were drawn alone from now on.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum would not fit.
    pub fn outlook(&self, of: &CreditBalance) -> Result<Option<Outlook>, AmountError> {
        let credit = &of.credit;
        let days = self.days_of(&credit.customer, credit.currency);
        let Some(last) = days.last().map(|day| day.day) else { return Ok(None) };
        if of.balance.is_zero() {
            return Ok(None);
        }
        // A day without usage is one, too: it is looked at as nothing.
        let mut recent =
            vec![Amount::ZERO; DAYS.min(usize::try_from(last.days_since(first(days, last)) + 1).unwrap_or(1))];
        for day in days {
            let back = usize::try_from(last.days_since(day.day)).unwrap_or(usize::MAX);
            if let Some(sum) = recent.get_mut(back) {
                *sum = day.usage.checked_add(day.flagged)?;
            }
        }
        let sum = |days: &[Amount]| days.iter().copied().try_fold(Amount::ZERO, Amount::checked_add);
        let whole = sum(&recent)?;
        let weeks = recent.windows(WEEK).map(sum).collect::<Result<Vec<_>, _>>()?;
        let ends = |used: Amount, days: usize| -> Option<UsageDay> {
            // Days until the balance is used: balance x days / used, rounded up.
            let times = of.balance.scaled(u32::try_from(days).ok()?, 1, EXACT, CUT)?.times_to_reach(used)?;
            let date = last.date().checked_add_days(chrono::Days::new(times.into()))?;
            UsageDay::try_from(date).ok().filter(|day| *day <= credit.expiry)
        };
        let range = |week: Option<&Amount>| week.map_or_else(|| ends(whole, recent.len()), |week| ends(*week, WEEK));
        let parts = u32::try_from(recent.len()).unwrap_or(u32::MAX);
        Ok(Some(Outlook {
            days: recent.len(),
            per_day: whole.scaled(1, parts, 2, CUT).unwrap_or_default(),
            likely: ends(whole, recent.len()),
            earliest: range(weeks.iter().max()),
            latest: range(weeks.iter().min()),
        }))
    }
}

fn first(days: &[super::CustomerDay], last: UsageDay) -> UsageDay {
    days.first().map_or(last, |day| day.day)
}
