//! Credit that a partner could have had, by reason and Azure subscription, and what it comes to in a month.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::access::Assumed;
use crate::day::UsageDay;
use crate::eligibility::RuleId;
use crate::ledger::{Cell, Ledger, Sums};
use crate::money::{Amount, AmountError, Currency, Rounding};
use crate::reconcile::Standing;

/// A month of a projection, in days.
pub(super) const MONTH_DAYS: u32 = 30;
/// Days of a loss that are further apart are not of one run: a resource may stand still over a weekend.
const APART: i64 = 7;

/// What lines of an Azure subscription did not earn for one reason, although they could have.
///
/// The sums of all losses are those of the standings missed and lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Loss {
    /// Missed: claim it. Lost: act on the reason.
    pub standing: Standing,
    /// Why it was lost; none where it was missed.
    pub reason: Option<RuleId>,
    /// The customer's tenant.
    pub customer: String,
    /// The Azure subscription.
    pub subscription: String,
    /// The pricing currency.
    pub currency: Currency,
    /// The first day.
    pub first_day: UsageDay,
    /// The last day.
    pub last_day: UsageDay,
    /// On how many days.
    pub days: u64,
    /// How many lines.
    pub lines: u64,
    /// Their list cost.
    pub list_cost: Amount,
    /// The credit they would have earned.
    pub credit_lost: Amount,
    /// It lasts until the last day on which the subscription had lines that could earn.
    pub ongoing: bool,
    /// What the verdicts on some of the lines rest on that nothing proves.
    pub assumptions: Assumed,
    /// Where it is ongoing, by its last run of days, none more than a week from the next: what a month costs while nothing is
    /// done, and what it brings from the first full day on which it is mended. To two decimals, ties to even; a projection.
    pub credit_per_month: Option<Amount>,
}

impl Loss {
    /// Was it lost, and has the subscription had lines since that could earn and were not lost for this?
    pub(super) fn is_over(&self) -> bool {
        self.standing == Standing::Lost && !self.ongoing
    }
}

/// An Azure subscription of a customer.
type Account<'l> = (&'l str, &'l str);
/// Standing, reason and currency.
type Cause = (Standing, Option<RuleId>, Currency);

/// The days of a loss.
#[derive(Default)]
struct Lost {
    days: BTreeMap<UsageDay, Sums>,
    assumptions: Assumed,
}

/// Gathers what was not earned and could have been, cell by cell.
#[derive(Default)]
pub(super) struct Losses<'l> {
    could_earn: LastDays<'l>,
    lost: BTreeMap<(Account<'l>, Cause), Lost>,
}

impl<'l> Losses<'l> {
    pub(super) fn add(&mut self, cell: &Cell<'l>) -> Result<(), AmountError> {
        let Cell { customer, subscription, day, standing, reason, currency, .. } = *cell;
        if standing != Standing::Excluded {
            self.could_earn.note((customer, subscription), day);
        }
        if !matches!(standing, Standing::Missed | Standing::Lost) {
            return Ok(());
        }
        let lost = self.lost.entry(((customer, subscription), (standing, reason, currency))).or_default();
        lost.assumptions = lost.assumptions.with(cell.assumptions);
        lost.days.entry(day).or_default().add(&cell.sums)
    }

    /// The losses of the ledger whose cells were added, the costliest first.
    pub(super) fn of(mut self, ledger: &'l Ledger) -> Result<Vec<Loss>, AmountError> {
        for (customer, subscription, day) in ledger.could_earn() {
            self.could_earn.note((customer, subscription), day);
        }
        let could_earn = self.could_earn.all();
        let mut losses = Vec::with_capacity(self.lost.len());
        for ((account, cause), lost) in &self.lost {
            losses.extend(loss(*account, *cause, lost, could_earn.get(account))?);
        }
        // What is left equal stands in the order of its keys.
        losses.sort_by_key(|loss| (loss.currency, std::cmp::Reverse(loss.credit_lost)));
        Ok(losses)
    }
}

/// The last day of each Azure subscription.
#[derive(Default)]
struct LastDays<'l> {
    days: BTreeMap<Account<'l>, UsageDay>,
    /// The subscription that came last, which mostly comes again.
    run: Option<(Account<'l>, UsageDay)>,
}

impl<'l> LastDays<'l> {
    fn note(&mut self, account: Account<'l>, day: UsageDay) {
        match &mut self.run {
            Some((last, until)) if *last == account => *until = day.max(*until),
            _ => {
                self.settle();
                self.run = Some((account, day));
            }
        }
    }

    fn all(mut self) -> BTreeMap<Account<'l>, UsageDay> {
        self.settle();
        self.days
    }

    fn settle(&mut self) {
        if let Some((account, day)) = self.run.take() {
            self.days.entry(account).and_modify(|last| *last = day.max(*last)).or_insert(day);
        }
    }
}

fn loss(
    (customer, subscription): Account<'_>,
    (standing, reason, currency): Cause,
    Lost { days, assumptions }: &Lost,
    could_earn: Option<&UsageDay>,
) -> Result<Option<Loss>, AmountError> {
    let (Some(first_day), Some(last_day)) = (days.keys().next(), days.keys().next_back()) else { return Ok(None) };
    let mut all = Sums::default();
    days.values().try_for_each(|sums| all.add(sums))?;
    let ongoing = could_earn == Some(last_day);
    let (mut run, mut run_from) = (Amount::ZERO, *last_day);
    for (day, sums) in days.iter().rev() {
        if run_from.days_since(*day) > APART {
            break;
        }
        run = run.checked_add(sums.potential_credit)?;
        run_from = *day;
    }
    Ok(Some(Loss {
        standing,
        reason,
        customer: customer.to_owned(),
        subscription: subscription.to_owned(),
        currency,
        first_day: *first_day,
        last_day: *last_day,
        days: days.len() as u64,
        lines: all.lines,
        list_cost: all.list_cost,
        credit_lost: all.potential_credit,
        ongoing,
        assumptions: *assumptions,
        credit_per_month: if ongoing { per_month(run, run_from, *last_day) } else { None },
    }))
}

/// What an amount of these days comes to in a month.
pub(super) fn per_month(amount: Amount, first_day: UsageDay, last_day: UsageDay) -> Option<Amount> {
    let days = u32::try_from(last_day.days_since(first_day) + 1).ok()?;
    amount.scaled(MONTH_DAYS, days, 2, Rounding::HalfEven)
}
