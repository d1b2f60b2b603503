//! The credits of a customer over its days: drawn, given back, expired.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::credit::{AzureCredit, Credits};
use super::usage::{CreditUsage, DayUsage};
use super::{Cover, Drawdown};
use crate::credit_offer::Mode;
use crate::day::UsageDay;
use crate::money::{Amount, AmountError, Currency, Share};

/// A credit and what became of it: granted = drawn before + expired before + drawn + expired + balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CreditBalance {
    /// The credit.
    #[serde(flatten)]
    pub credit: AzureCredit,
    /// What it had paid before the first day of usage, by its statements.
    pub drawn_before: Amount,
    /// What had expired before that day.
    pub expired_before: Amount,
    /// What it paid of the usage.
    pub drawn: Amount,
    /// What expired on a day of the usage, or before its last.
    pub expired: Amount,
    /// What is left after the last day of usage.
    pub balance: Amount,
    /// The day since which nothing is left.
    pub ended_on: Option<UsageDay>,
}

/// A day on which a credit paid, got something back (then `drawn` is negative) or expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreditDay {
    /// The place of the credit in [`Drawdown::balances`].
    pub credit: usize,
    /// The day; the last one of the month in mode deck.
    pub day: UsageDay,
    /// What it paid.
    pub drawn: Amount,
    /// What expired.
    pub expired: Amount,
    /// What is left at the end of the day.
    pub balance: Amount,
}

/// A row of the ledger of credits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LedgerDay {
    /// The credit's id.
    pub credit_id: String,
    /// The customer.
    pub customer: String,
    /// The currency.
    pub currency: Currency,
    /// The day; the last one of the month in mode deck.
    pub usage_day: UsageDay,
    /// What it paid; negative where more was given back.
    pub drawn: Amount,
    /// What expired.
    pub expired: Amount,
    /// What is left at the end of the day.
    pub balance: Amount,
}

/// A day of a customer's usage that a credit can pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerDay {
    /// The customer.
    pub customer: String,
    /// The currency.
    pub currency: Currency,
    /// The day.
    pub day: UsageDay,
    /// List cost of lines that the file flags as paid by Azure credit.
    pub flagged: Amount,
    /// List cost of the other lines that draw.
    pub usage: Amount,
}

/// What Azure credits paid of a customer's usage on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaidByCredit {
    /// The ids of the credits.
    pub credits: Vec<String>,
    /// What they paid of it.
    pub part: Amount,
    /// List cost of the usage that they can pay.
    pub whole: Amount,
}

pub(super) fn paid_on(of: &Drawdown, customer: &str, currency: Currency, day: UsageDay) -> Option<PaidByCredit> {
    let customer = &*customer.to_ascii_lowercase();
    let end = end_of(of.mode, day);
    let cover = of.cover(customer, currency, day);
    let mut paid = PaidByCredit { credits: Vec::new(), part: Amount::ZERO, whole: Amount::ZERO };
    if let Cover::Share(number) = cover {
        let share = of.share(number)?;
        (paid.part, paid.whole) = (share.part, share.whole);
    }
    if cover == Cover::Whole {
        let own = of.days_of(customer, currency).iter().filter(|one| end_of(of.mode, one.day) == end);
        paid.whole = own.map(|one| one.usage).try_fold(Amount::ZERO, Amount::checked_add).ok()?;
        paid.part = paid.whole;
    }
    for (entry, credit) in
        of.credit_days.iter().filter_map(|entry| Some((entry, &of.balances.get(entry.credit)?.credit)))
    {
        let own = credit.customer == customer && credit.currency == currency;
        if own && entry.day == end && !entry.drawn.is_zero() {
            paid.credits.push(credit.id.clone());
        }
    }
    (cover != Cover::None).then_some(paid)
}

pub(super) fn draw_down(credits: Credits, usage: &CreditUsage) -> Result<Drawdown, AmountError> {
    let (mode, reservations) = (credits.mode.unwrap_or(Mode::Daily), credits.reservations);
    let mut found = Drawdown {
        mode,
        reservations,
        covers: BTreeMap::new(),
        shares: Vec::new(),
        balances: Vec::new(),
        credit_days: Vec::new(),
        customer_days: Vec::new(),
    };
    let days = usage.days();
    // Credits stand in the order of customer and currency: each run of them has one account.
    for account in credits.all().chunk_by(|a, b| (&a.customer, a.currency) == (&b.customer, b.currency)) {
        let Some(AzureCredit { customer, currency, .. }) = account.first() else { continue };
        let days = days.get(&(customer.as_str(), *currency)).map(Vec::as_slice).unwrap_or_default();
        Account::new(account, usage.period_of(customer), &found).run(days, &mut found)?;
    }
    found.credit_days.sort_by_key(|entry| (entry.credit, entry.day));
    for entry in &found.credit_days {
        if let Some(of) = found.balances.get_mut(entry.credit) {
            of.ended_on = entry.balance.is_zero().then_some(of.ended_on.unwrap_or(entry.day));
        }
    }
    Ok(found)
}

/// The first and last day of what counts as one.
type Period = (UsageDay, UsageDay);

/// The credits of a customer in a currency.
struct Account {
    credits: Vec<Running>,
    /// The place of the first one among all.
    first: usize,
    mode: Mode,
    /// The first and last day of the customer's lines.
    period: Option<Period>,
    /// Where its entries begin among all.
    entries: usize,
}

struct Running {
    state: CreditBalance,
    /// The first day on which it draws here: after what its statements tell.
    from: UsageDay,
    /// The day at whose end it expires: that of its month in mode deck.
    ends: UsageDay,
}

impl Account {
    fn new(credits: &[AzureCredit], period: Option<Period>, found: &Drawdown) -> Self {
        let mode = found.mode;
        let first_day = period.map(|(first, _)| first);
        let ends = |expiry| end_of(mode, expiry);
        let credits = credits.iter().map(|credit| Running::new(credit.clone(), first_day, ends(credit.expiry)));
        let (first, entries) = (found.balances.len(), found.credit_days.len());
        Self { credits: credits.collect(), first, mode, period, entries }
    }

    /// The last day of what counts as one: the day itself, or its month.
    fn end_of(&self, day: UsageDay) -> UsageDay {
        end_of(self.mode, day)
    }

    /// The first day of what counts as one.
    fn start_of(&self, day: UsageDay) -> UsageDay {
        match self.mode {
            Mode::Daily => day,
            Mode::Deck => first_of(day),
        }
    }

    fn run(mut self, days: &[(UsageDay, DayUsage)], found: &mut Drawdown) -> Result<(), AmountError> {
        let purchases = found.reservations;
        let mode = self.mode;
        for days in days.chunk_by(|(a, _), (b, _)| end_of(mode, *a) == end_of(mode, *b)) {
            let Some((first, _)) = days.first() else { continue };
            let end = self.end_of(*first);
            self.expire(|expired| expired < end, found)?;
            let in_force: Vec<_> = days.iter().copied().filter(|(day, _)| self.in_force(*day)).collect();
            self.draw(&in_force, purchases, found)?;
        }
        if let Some(end) = self.period.map(|(_, last)| self.end_of(last)) {
            self.expire(|expired| expired <= end, found)?;
        }
        found.balances.extend(self.credits.into_iter().map(|running| running.state));
        Ok(())
    }

    /// Does any credit pay on the day?
    fn in_force(&self, day: UsageDay) -> bool {
        self.credits.iter().any(|credit| credit.pays_on(day))
    }

    /// Draws for the days of a period: flagged lines first, then the others.
    fn draw(
        &mut self,
        days: &[(UsageDay, DayUsage)],
        purchases: bool,
        found: &mut Drawdown,
    ) -> Result<(), AmountError> {
        let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else { return Ok(()) };
        let mut sums = (Amount::ZERO, Amount::ZERO);
        for (_, sum) in days {
            sums = (sums.0.checked_add(sum.flagged)?, sums.1.checked_add(sum.other(purchases)?)?);
        }
        let (flagged, other) = sums;
        let before: Vec<_> = self.credits.iter().map(|credit| credit.state.balance).collect();
        let period = (self.start_of(*first), self.end_of(*last));
        let had = self.left_in(period);
        self.take(flagged, period)?;
        let drawn = self.take(other, period)?;
        let had = had || self.left_in(period);
        let cover = match drawn {
            all if all == other && (!other.is_zero() || had) => Cover::Whole,
            Amount::ZERO => Cover::None,
            part => {
                found.shares.push(Share::new(part, other));
                Cover::Share(u32::try_from(found.shares.len() - 1).unwrap_or(u32::MAX))
            }
        };
        self.note(before, period.1, found)?;
        let Some(AzureCredit { customer, currency, .. }) = self.credits.first().map(|credit| &credit.state.credit)
        else {
            return Ok(());
        };
        for (day, sum) in days {
            if cover != Cover::None && sum.has_other(purchases) {
                found.covers.entry(customer.clone()).or_default().insert((*currency, *day), cover);
            }
            found.customer_days.push(CustomerDay {
                customer: customer.clone(),
                currency: *currency,
                day: *day,
                flagged: sum.flagged,
                usage: sum.other(purchases)?,
            });
        }
        Ok(())
    }

    /// Is anything left in a credit that pays in this period?
    fn left_in(&self, period: Period) -> bool {
        self.credits.iter().any(|credit| credit.pays_in(period) && !credit.state.balance.is_zero())
    }

    /// Draws what there is for a sum, or gives a negative one back, as far as something was drawn; what was moved.
    fn take(&mut self, sum: Amount, period: Period) -> Result<Amount, AmountError> {
        let mut moved = Amount::ZERO;
        if sum > Amount::ZERO {
            for credit in self.credits.iter_mut().filter(|credit| credit.pays_in(period)) {
                let part = sum.checked_sub(moved)?.min(credit.state.balance);
                credit.draw(part)?;
                moved = moved.checked_add(part)?;
            }
        } else {
            for credit in self.credits.iter_mut().rev().filter(|credit| credit.from <= period.1) {
                // Both are negative or nothing: the larger one is the smaller gift.
                let part = sum.checked_sub(moved)?.max(-credit.state.drawn_before.checked_add(credit.state.drawn)?);
                credit.draw(part)?;
                moved = moved.checked_add(part)?;
            }
        }
        Ok(moved)
    }

    /// Writes what became of each credit since its balance was this.
    fn note(&mut self, before: Vec<Amount>, day: UsageDay, found: &mut Drawdown) -> Result<(), AmountError> {
        for ((credit, before), place) in self.credits.iter_mut().zip(before).zip(self.first..) {
            let drawn = before.checked_sub(credit.state.balance)?;
            if drawn.is_zero() {
                continue;
            }
            // What comes back after the end is lost at once.
            let expired = if credit.ends < day { credit.expire()? } else { Amount::ZERO };
            let balance = credit.state.balance;
            found.credit_days.push(CreditDay { credit: place, day, drawn, expired, balance });
        }
        Ok(())
    }

    /// Ends the credits whose last day is one of these.
    fn expire(&mut self, ended: impl Fn(UsageDay) -> bool, found: &mut Drawdown) -> Result<(), AmountError> {
        for (credit, place) in self.credits.iter_mut().zip(self.first..) {
            let day = credit.ends;
            if !ended(day) || credit.state.balance.is_zero() {
                continue;
            }
            let expired = credit.expire()?;
            match found
                .credit_days
                .iter_mut()
                .skip(self.entries)
                .find(|entry| entry.credit == place && entry.day == day)
            {
                Some(entry) => (entry.expired, entry.balance) = (expired, Amount::ZERO),
                None => found.credit_days.push(CreditDay {
                    credit: place,
                    day,
                    drawn: Amount::ZERO,
                    expired,
                    balance: Amount::ZERO,
                }),
            }
        }
        Ok(())
    }
}

impl Running {
    /// A credit as it is before the first day of usage.
    fn new(credit: AzureCredit, first_day: Option<UsageDay>, ends: UsageDay) -> Self {
        let known = credit.statements.iter().rev().find(|one| first_day.is_some_and(|first| after(one.month) <= first));
        let (from, drawn_before, balance) = match known {
            None => (credit.effective, Amount::ZERO, credit.granted),
            Some(one) => (credit.effective.max(after(one.month)), one.used, one.balance),
        };
        // A statement has no more than the grant, which is checked where credits are made.
        let left = credit.granted.checked_sub(drawn_before).unwrap_or_default();
        let expired_before = left.checked_sub(balance).unwrap_or_default();
        let ended_on = None;
        let nothing = Amount::ZERO;
        let state =
            CreditBalance { credit, drawn_before, expired_before, drawn: nothing, expired: nothing, balance, ended_on };
        Self { state, from, ends }
    }

    fn pays_on(&self, day: UsageDay) -> bool {
        self.pays_in((day, day))
    }

    fn pays_in(&self, (first, last): Period) -> bool {
        self.from <= last && first <= self.state.credit.expiry
    }

    fn draw(&mut self, part: Amount) -> Result<(), AmountError> {
        self.state.drawn = self.state.drawn.checked_add(part)?;
        self.state.balance = self.state.balance.checked_sub(part)?;
        Ok(())
    }

    fn expire(&mut self) -> Result<Amount, AmountError> {
        let lost = std::mem::take(&mut self.state.balance);
        self.state.expired = self.state.expired.checked_add(lost)?;
        Ok(lost)
    }
}

impl DayUsage {
    /// The list cost of lines that the file does not flag.
    fn other(&self, purchases: bool) -> Result<Amount, AmountError> {
        if purchases { self.usage.checked_add(self.purchases) } else { Ok(self.usage) }
    }

    const fn has_other(&self, purchases: bool) -> bool {
        self.has_usage || purchases && self.has_purchases
    }
}

/// The last day of what counts as one: the day itself, or its month.
fn end_of(mode: Mode, day: UsageDay) -> UsageDay {
    match mode {
        Mode::Daily => day,
        Mode::Deck => after(day).date().pred_opt().and_then(|day| UsageDay::try_from(day).ok()).unwrap_or(day),
    }
}

/// The first day of a day's month.
pub(super) fn first_of(day: UsageDay) -> UsageDay {
    let date = day.date();
    UsageDay::from_ymd(date.year(), date.month(), 1).unwrap_or(day)
}

/// The first day after a month.
pub(super) fn after(month: UsageDay) -> UsageDay {
    let date = month.date();
    let (year, next) = if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
    UsageDay::from_ymd(year, next, 1).unwrap_or(UsageDay::LAST)
}
