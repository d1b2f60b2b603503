//! One key: its daily groups against its invoice lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::invoice::{PRICING_DECIMALS, PriceAdjustments, usage_subtotal};
use crate::money::{Amount, AmountError, Currency, Number, Rate, Rounding};

use super::daily::{GroupSums, Terms};
use super::invoice::Line;
use super::{Because, DailyCharges, Invoice, Key, Method, UntiedKey};

/// Decimals that quantities on an invoice have at least.
const QUANTITY_DECIMALS: u32 = 6;

/// Both sides of a key, and all that is known beside it.
pub(super) struct Comparison<'c> {
    pub(super) key: &'c Key,
    pub(super) daily: &'c DailyGroups,
    pub(super) lines: &'c [Line],
    pub(super) usage: &'c DailyCharges,
    pub(super) invoice: &'c Invoice,
}

/// The daily lines of a key: sums by price and credit, and what else they carry.
#[derive(Clone, Debug, Default)]
pub(super) struct DailyGroups {
    groups: BTreeMap<Group, GroupSums>,
    exchanges: BTreeSet<(Option<Currency>, Option<Digits>)>,
    azure_credit: bool,
}

/// A number as its digits and decimals: an order, not that of values.
type Digits = (i128, u32);

fn digits(number: Number) -> Digits {
    (number.mantissa(), number.scale())
}

fn number((mantissa, scale): Digits) -> Number {
    Number::new(mantissa, u8::try_from(scale).unwrap_or(u8::MAX))
}

/// What a daily group and its invoice line have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    pricing: Currency,
    price: Digits,
    rate: Rate,
}

impl Group {
    fn new(pricing: Currency, unit_price: Number, rate: Rate) -> Self {
        Self { pricing, price: digits(unit_price), rate }
    }

    fn of(line: &Line) -> Self {
        Self::new(line.pricing, line.unit_price, line.adjusted.discounts.partner_earned_credit)
    }
}

impl DailyGroups {
    pub(super) fn add(&mut self, terms: &Terms, sums: &GroupSums) -> Result<(), AmountError> {
        self.exchanges.insert((terms.billing, terms.exchange_rate.map(digits)));
        self.azure_credit |= terms.azure_credit;
        self.groups.entry(Group::new(terms.pricing, terms.unit_price, terms.rate)).or_default().add(sums)
    }
}

/// A key in one billing currency, compared.
pub(super) struct Side {
    pub(super) tied: bool,
    pub(super) pricing: Currency,
    pub(super) result: UntiedKey,
}

/// Compares a key, once for each billing currency that the invoice has it in.
pub(super) fn compare(both: &Comparison<'_>) -> Result<Vec<Side>, AmountError> {
    let mut currencies: Vec<Currency> =
        both.lines.iter().map(|line| line.billing).collect::<BTreeSet<_>>().into_iter().collect();
    // The daily lines belong to the currency they name; where they name none, to the first.
    let named = both.daily.exchanges.iter().filter_map(|(billing, _)| *billing).min();
    currencies.sort_by_key(|currency| Some(*currency) != named);
    if currencies.is_empty() {
        return Ok(vec![one(both, &[], both.daily)?]);
    }
    let nothing = DailyGroups::default();
    let mut sides = Vec::new();
    for (place, currency) in currencies.into_iter().enumerate() {
        let lines: Vec<Line> = both.lines.iter().filter(|line| line.billing == currency).copied().collect();
        sides.push(one(both, &lines, if place == 0 { both.daily } else { &nothing })?);
    }
    Ok(sides)
}

fn one(both: &Comparison<'_>, lines: &[Line], daily: &DailyGroups) -> Result<Side, AmountError> {
    let exchange = Exchange::of(both, lines, daily);
    let invoice = sum(lines.iter().map(|line| line.subtotal))?;
    let plain = sum_of(daily.groups.iter().map(|(group, sums)| exchange.expected(group, sums)))?;
    let forward = forward(daily, lines, exchange)?;
    let (method, tied, daily_side, tolerance) = match &forward {
        Some(pairs) => {
            let method = (!lines.is_empty() && !daily.groups.is_empty()).then_some(Method::Forward);
            let tied = pairs.iter().all(|(expected, subtotal)| expected == subtotal);
            (method, tied, sum(pairs.iter().map(|(expected, _)| *expected))?, Amount::ZERO)
        }
        None => match Interval::of(daily, lines)? {
            Some(interval) => (Some(Method::Interval), interval.holds(invoice)?, plain, interval.tolerance),
            None => (None, false, plain, Amount::ZERO),
        },
    };
    let mut result = UntiedKey {
        key: both.key.clone(),
        currency: exchange.billing,
        method,
        daily: daily_side,
        invoice,
        difference: invoice.checked_sub(daily_side)?,
        tolerance,
        because: Vec::new(),
    };
    if !tied {
        result.because = because(both, daily, lines, forward.is_some())?;
    }
    Ok(Side { tied, pricing: exchange.pricing, result })
}

/// What the daily side of a key is exchanged by.
#[derive(Clone, Copy)]
struct Exchange {
    pricing: Currency,
    billing: Currency,
    rate: Number,
}

impl Exchange {
    /// That of the key's own invoice lines; else that of the whole invoice (R82); else that of the daily lines.
    fn of(both: &Comparison<'_>, lines: &[Line], daily: &DailyGroups) -> Self {
        if let Some(line) = lines.first() {
            return Self { pricing: line.pricing, billing: line.billing, rate: line.exchange_rate };
        }
        let pricing = daily.groups.keys().next().map_or(Currency::USD, |group| group.pricing);
        let by_the_file = || {
            let (billing, rate) = *daily.exchanges.first()?;
            Some((billing?, number(rate?)))
        };
        let (billing, rate) =
            both.invoice.exchange(pricing).or_else(by_the_file).unwrap_or((pricing, Number::ONE));
        Self { pricing, billing, rate }
    }

    /// What a daily group comes to on an invoice, where no other adjustment is known.
    fn expected(self, group: &Group, sums: &GroupSums) -> Result<Amount, AmountError> {
        let discounts = PriceAdjustments { partner_earned_credit: group.rate, ..PriceAdjustments::default() };
        usage_subtotal(sums.list_cost, discounts, self.rate, self.billing)
    }
}

/// What the invoice should say and what it says, group by group; `None` where it cannot be recomputed.
fn forward(
    daily: &DailyGroups,
    lines: &[Line],
    exchange: Exchange,
) -> Result<Option<Vec<(Amount, Amount)>>, AmountError> {
    if has_several_prices(lines) && daily_price(daily).is_some_and(|price| lines.iter().any(|line| line.unit_price == price)) {
        // The daily file shows the price of the first tier on all lines, the invoice that of each.
        let same_units = units_by_rate(daily)? == units_by_rate_invoiced(lines)?;
        return if same_units { line_by_line(lines).map(Some) } else { Ok(None) };
    }
    let mut invoiced: BTreeMap<Group, Vec<Line>> = BTreeMap::new();
    for line in lines {
        invoiced.entry(Group::of(line)).or_default().push(*line);
    }
    let mut pairs = Vec::new();
    for (group, sums) in &daily.groups {
        match invoiced.remove(group).as_deref() {
            None => {
                if !exchange.expected(group, sums)?.is_zero() {
                    return Ok(None);
                }
            }
            Some([line]) => {
                if !same_quantity(sums.quantity, line)? {
                    return Ok(None);
                }
                pairs.push((recomputed(line, sums.list_cost)?, line.subtotal));
            }
            Some(lines) => {
                // Tiers of one price: how the units are spread over them only the invoice says.
                let units = sum_of(lines.iter().map(|line| Amount::from_number(line.quantity)))?;
                if units != sums.quantity || !lines.iter().any(has_tier) {
                    return Ok(None);
                }
                pairs.extend(line_by_line(lines)?);
            }
        }
    }
    // Lines without an amount need no day.
    let without_days = invoiced.values().flatten().all(|line| line.subtotal.is_zero());
    Ok(without_days.then_some(pairs))
}

/// What a line should say by the exact list cost of its days.
fn recomputed(line: &Line, list_cost: Amount) -> Result<Amount, AmountError> {
    usage_subtotal(list_cost, line.adjusted.discounts, line.exchange_rate, line.billing)
}

/// What lines should say by their own price and units, beside what they say.
fn line_by_line(lines: &[Line]) -> Result<Vec<(Amount, Amount)>, AmountError> {
    lines.iter().map(|line| Ok((recomputed(line, line.list_cost)?, line.subtotal))).collect()
}

/// Quantities on an invoice are cut to the decimals it prints.
fn same_quantity(days: Amount, line: &Line) -> Result<bool, AmountError> {
    let printed = line.quantity.scale().max(QUANTITY_DECIMALS);
    Ok(days.rounded(printed, Rounding::TowardZero) == Amount::from_number(line.quantity)?)
}

/// The interval that a key's sum lies in, for what was cut: once in pricing currency and once in billing currency for each
/// invoice line (inferred from R78; no page states the bound).
struct Interval {
    /// The daily cost less credit, exchanged; what is beyond its decimals cannot matter to an amount that has fewer.
    cost: Amount,
    tolerance: Amount,
}

impl Interval {
    /// `None` where a side is missing or there is no one exchange rate.
    fn of(daily: &DailyGroups, lines: &[Line]) -> Result<Option<Self>, AmountError> {
        let Some(first) = lines.first() else { return Ok(None) };
        if daily.groups.is_empty() || lines.iter().any(|line| line.exchange_rate != first.exchange_rate) {
            return Ok(None);
        }
        let cost = sum_of(daily.groups.iter().map(|(group, sums)| sums.list_cost.share(group.rate.rest())))?;
        let unit = |decimals| Amount::from_number(Number::new(1, u8::try_from(decimals).unwrap_or(u8::MAX)));
        let cut = unit(PRICING_DECIMALS)?.times(first.exchange_rate)?.checked_add(unit(first.billing.decimals())?)?;
        let count = Number::new(i128::try_from(lines.len()).unwrap_or(i128::MAX), 0);
        let cost = cost.times_cut(first.exchange_rate, Amount::DECIMALS)?;
        Ok(Some(Self { cost, tolerance: cut.times(count)? }))
    }

    /// Does it hold this sum? Above zero from below the cost to the cost, below zero the other way round.
    fn holds(&self, invoice: Amount) -> Result<bool, AmountError> {
        if self.cost.is_zero() {
            return Ok(invoice.is_zero());
        }
        let (cost, invoice) = if self.cost < Amount::ZERO { (-self.cost, -invoice) } else { (self.cost, invoice) };
        Ok(invoice <= cost && invoice.checked_add(self.tolerance)? > cost)
    }
}

/// What can be told of a key that does not tie.
fn because(
    both: &Comparison<'_>,
    daily: &DailyGroups,
    lines: &[Line],
    recomputed: bool,
) -> Result<Vec<Because>, AmountError> {
    let credited = daily.azure_credit || both.invoice.credits(both.key);
    let mut found = Vec::new();
    let mut tell = |reason, holds: bool| found.extend(holds.then_some(reason));
    if daily.groups.is_empty() || lines.is_empty() {
        tell(Because::NoDailyLines, daily.groups.is_empty());
        tell(Because::NoInvoiceLine, lines.is_empty());
        tell(Because::CreditAtMonthEnd, credited);
        return Ok(found);
    }
    let tiers = lines.iter().any(has_tier) || (has_several_prices(lines) && daily_price(daily).is_some());
    let rates: BTreeSet<bool> = daily.groups.keys().map(|group| group.rate.is_zero()).collect();
    let partial = lines.len() == 1 && rates.len() > 1;
    let units = sum(daily.groups.values().map(|sums| sums.quantity))?;
    let invoiced = sum_of(lines.iter().map(|line| Amount::from_number(line.quantity)))?;
    let decimals = lines.iter().map(|line| line.quantity.scale()).max().unwrap_or_default().max(QUANTITY_DECIMALS);
    let same_units = units.rounded(decimals, Rounding::TowardZero) == invoiced;
    let more = !same_units && invoiced > units;
    let same_prices = prices(daily.groups.keys().copied()) == prices(lines.iter().map(Group::of));
    let other_rate = units_by_rate(daily)? != units_by_rate_invoiced(lines)?;
    tell(Because::TierPrice, tiers);
    tell(Because::Promotion, lines.iter().any(|line| line.adjusted.otherwise));
    tell(Because::PartialCredit, partial);
    tell(Because::CreditAtMonthEnd, credited);
    tell(Because::LateUsage, more);
    tell(Because::MissingDay, more && both.usage.misses_a_day(&both.key.plan));
    tell(Because::Quantity, !same_units && !more);
    tell(Because::UnitPrice, !same_prices && !tiers);
    tell(Because::CreditRate, same_units && same_prices && other_rate && !partial);
    let another = |rate| lines.iter().any(|line| digits(line.exchange_rate) != rate);
    let exchange_differs = daily.exchanges.iter().any(|(_, rate)| rate.is_some_and(another));
    let nothing_else = found.iter().all(|reason| *reason == Because::CreditAtMonthEnd);
    found.extend(exchange_differs.then_some(Because::ExchangeRate));
    found.extend((recomputed || nothing_else).then_some(Because::Amount));
    Ok(found)
}

fn has_tier(line: &Line) -> bool {
    !line.adjusted.discounts.tier_discount.is_zero()
}

fn has_several_prices(lines: &[Line]) -> bool {
    lines.iter().any(|line| lines.first().is_some_and(|first| first.unit_price != line.unit_price))
}

/// The one price of the daily lines, where there is one.
fn daily_price(daily: &DailyGroups) -> Option<Number> {
    let mut prices = daily.groups.keys().map(|group| group.price);
    let first = prices.next()?;
    prices.all(|price| price == first).then(|| number(first))
}

fn prices(groups: impl Iterator<Item = Group>) -> BTreeSet<Digits> {
    groups.map(|group| group.price).collect()
}

/// Units by credit rate, of the daily lines.
fn units_by_rate(daily: &DailyGroups) -> Result<BTreeMap<Rate, Amount>, AmountError> {
    by_rate(daily.groups.iter().map(|(group, sums)| Ok((group.rate, sums.quantity))))
}

/// Units by credit rate, of the invoice.
fn units_by_rate_invoiced(lines: &[Line]) -> Result<BTreeMap<Rate, Amount>, AmountError> {
    let rate = |line: &Line| line.adjusted.discounts.partner_earned_credit;
    by_rate(lines.iter().map(|line| Ok((rate(line), Amount::from_number(line.quantity)?))))
}

fn by_rate(
    units: impl Iterator<Item = Result<(Rate, Amount), AmountError>>,
) -> Result<BTreeMap<Rate, Amount>, AmountError> {
    let mut by_rate: BTreeMap<Rate, Amount> = BTreeMap::new();
    for unit in units {
        let (rate, quantity) = unit?;
        let sum = by_rate.entry(rate).or_default();
        *sum = sum.checked_add(quantity)?;
    }
    Ok(by_rate)
}

fn sum(amounts: impl Iterator<Item = Amount>) -> Result<Amount, AmountError> {
    sum_of(amounts.map(Ok))
}

fn sum_of(mut amounts: impl Iterator<Item = Result<Amount, AmountError>>) -> Result<Amount, AmountError> {
    amounts.try_fold(Amount::ZERO, |sum, amount| sum.checked_add(amount?))
}
