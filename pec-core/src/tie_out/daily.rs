//! Exact sums of daily lines, by what an invoice groups by.

use std::collections::BTreeSet;

use crate::day::UsageDay;
use crate::ledger::RowIssues;
use crate::lookup::{Table, Texts};
use crate::money::{Amount, AmountError, Currency, Number, Rate};
use crate::product::ProductIds;

use super::Key;

/// What a daily line adds to an invoice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DailyCharge<'a> {
    /// The plan, product, SKU and availability.
    pub ids: &'a ProductIds,
    /// The day of consumption.
    pub day: UsageDay,
    /// List price of a unit.
    pub unit_price: Number,
    /// Units consumed.
    pub quantity: Number,
    /// `unit_price` x `quantity`, exactly.
    pub list_cost: Amount,
    /// The rate of partner earned credit that the file flags.
    pub rate: Rate,
    /// Did Azure credit pay for it?
    pub azure_credit: bool,
    /// Is it charged? What a reservation or a savings plan covers is not.
    pub charged: bool,
    /// The currency of the price.
    pub pricing: Currency,
    /// The currency of the invoice, where the file says.
    pub billing: Option<Currency>,
    /// The exchange rate, where the file says.
    pub exchange_rate: Option<Number>,
}

/// Daily lines, summed. Sums are exact, so neither their order nor their files nor the threads can change them.
///
/// ```
/// use pec_core::tie_out::DailyCharges;
/// assert_eq!(DailyCharges::default().lines(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct DailyCharges {
    texts: Texts,
    meters: Table<Meter, ()>,
    groups: Table<GroupKey, GroupSums>,
    /// Days of each plan, by the number of its text.
    days: BTreeSet<(u32, UsageDay)>,
    last_day: Option<(u32, UsageDay)>,
    lines: u64,
    issues: RowIssues,
    last: Option<([String; 4], u32)>,
}

/// Plan, product, SKU, availability, by the numbers of their texts.
type Meter = [u32; 4];

/// What equal lines have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct GroupKey {
    meter: u32,
    terms: Terms,
}

/// The terms that a group of daily lines was charged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Terms {
    pub(super) unit_price: Number,
    pub(super) rate: Rate,
    pub(super) azure_credit: bool,
    pub(super) charged: bool,
    pub(super) pricing: Currency,
    pub(super) billing: Option<Currency>,
    pub(super) exchange_rate: Option<Number>,
}

/// The sums of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct GroupSums {
    pub(super) quantity: Amount,
    pub(super) list_cost: Amount,
}

impl GroupSums {
    pub(super) fn add(&mut self, other: &Self) -> Result<(), AmountError> {
        self.quantity = self.quantity.checked_add(other.quantity)?;
        self.list_cost = self.list_cost.checked_add(other.list_cost)?;
        Ok(())
    }
}

impl DailyCharges {
    /// Adds a line.
    ///
    /// # Errors
    ///
    /// [`AmountError`] where a sum does not fit.
    pub fn add(&mut self, charge: &DailyCharge<'_>) -> Result<(), AmountError> {
        let meter = self.meter(charge);
        self.lines += 1;
        let Some(([plan, ..], ())) = self.meters.entries().get(meter as usize) else { return Ok(()) };
        let day = (*plan, charge.day);
        if self.last_day.replace(day) != Some(day) {
            self.days.insert(day);
        }
        let terms = Terms {
            unit_price: charge.unit_price,
            rate: charge.rate,
            azure_credit: charge.azure_credit,
            charged: charge.charged,
            pricing: charge.pricing,
            billing: charge.billing,
            exchange_rate: charge.exchange_rate,
        };
        let sums = GroupSums { quantity: Amount::from_number(charge.quantity)?, list_cost: charge.list_cost };
        self.groups.entry(GroupKey { meter, terms }).add(&sums)
    }

    /// The place of a line's meter; files come in runs, so that of the last line is kept.
    fn meter(&mut self, charge: &DailyCharge<'_>) -> u32 {
        let ids = charge.ids;
        let texts = [&ids.plan, &ids.product, &ids.sku, &ids.availability].map(String::as_str);
        if let Some((last, meter)) = &self.last
            && last.iter().zip(texts).all(|(last, text)| last == text)
        {
            return *meter;
        }
        let numbers = texts.map(|text| self.texts.number(text));
        let meter = self.meters.place(numbers);
        self.last = Some((texts.map(str::to_owned), meter));
        meter
    }

    /// Adds everything of other sums.
    ///
    /// # Errors
    ///
    /// [`AmountError::SumTooLarge`] where a sum does not fit.
    pub fn merge(&mut self, other: &Self) -> Result<(), AmountError> {
        let numbers: Vec<u32> = other.texts.iter().map(|text| self.texts.number(text)).collect();
        let number = |number: &u32| numbers.get(*number as usize).copied().unwrap_or_default();
        let meters: Vec<u32> = (other.meters.entries().iter())
            .map(|(meter, ())| self.meters.place([0, 1, 2, 3].map(|part| meter.get(part).map_or(0, number))))
            .collect();
        for (key, sums) in other.groups.entries() {
            let meter = meters.get(key.meter as usize).copied().unwrap_or_default();
            self.groups.entry(GroupKey { meter, ..*key }).add(sums)?;
        }
        self.days.extend(other.days.iter().map(|(plan, day)| (number(plan), *day)));
        self.issues.merge(&other.issues);
        self.lines += other.lines;
        Ok(())
    }

    /// Rows that could not be read.
    #[must_use]
    pub const fn issues(&self) -> &RowIssues {
        &self.issues
    }

    pub(crate) fn with_issues(self, issues: RowIssues) -> Self {
        Self { issues, ..self }
    }

    /// How many lines were added.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// The first and last day of consumption.
    #[must_use]
    pub fn days(&self) -> Option<(UsageDay, UsageDay)> {
        let days = || self.days.iter().map(|(_, day)| *day);
        days().min().zip(days().max())
    }

    /// All groups with their meters.
    pub(super) fn groups(&self) -> impl Iterator<Item = (Key, &Terms, &GroupSums)> {
        self.groups.entries().iter().filter_map(|(key, sums)| {
            let (meter, ()) = self.meters.entries().get(key.meter as usize)?;
            Some((self.key(*meter), &key.terms, sums))
        })
    }

    fn key(&self, meter: Meter) -> Key {
        let [plan, product, sku, availability] = meter.map(|number| self.texts.get(number).to_owned());
        Key { plan, product, sku, availability }
    }

    /// Is there a day between the plan's first and last one without a line of it?
    pub(super) fn misses_a_day(&self, plan: &str) -> bool {
        let Some(plan) = self.texts.find(plan) else { return false };
        let mut days =
            self.days.range((plan, UsageDay::FIRST)..).take_while(|(of, _)| *of == plan).map(|(_, day)| *day);
        let Some(mut last) = days.next() else { return false };
        days.any(|day| {
            let gap = day.days_since(last) > 1;
            last = day;
            gap
        })
    }
}
