//! One key: its daily groups against its invoice lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::invoice::{PRICING_DECIMALS, PriceAdjustments, usage_subtotal};
use crate::money::{Amount, AmountError, Currency, Number, Rate, Rounding};

use super::daily::{GroupSums, Terms};
use super::invoice::Line;
use super::{Because, DailyCharges, Invoice, Key, Method, UntiedKey};

/// Decimals that quantities on an invoice have at least.
const QUANTITY_DECIMALS: u8 = 6;

/// Both sides of a key, and all that is known beside it.
pub(super) struct Comparison<'c> {
    pub(super) key: &'c Key,
    pub(super) daily: &'c DailyGroups,
    pub(super) lines: &'c [Line],
    pub(super) usage: &'c DailyCharges,
    pub(super) invoice: &'c Invoice,
}

/// The daily lines of a key: sums by price, credit and exchange rate, and what else they carry.
#[derive(Clone, Debug, Default)]
pub(super) struct DailyGroups {
    groups: BTreeMap<(Group, Option<Digits>), GroupSums>,
    /// What lines are priced and billed in, and by which rate; those too that are not charged.
    exchanges: BTreeSet<(Currency, Option<Currency>, Option<Digits>)>,
    azure_credit: bool,
}

/// One of the groups.
#[derive(Clone, Copy)]
struct DailyGroup<'g> {
    group: &'g Group,
    exchange_rate: Option<Digits>,
    sums: &'g GroupSums,
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
        let rate = terms.exchange_rate.map(digits);
        self.exchanges.insert((terms.pricing, terms.billing, rate));
        self.azure_credit |= terms.azure_credit;
        if !terms.charged {
            return Ok(());
        }
        let group = Group::new(terms.pricing, terms.unit_price, terms.rate);
        self.groups.entry((group, rate)).or_default().add(sums)
    }

    fn groups(&self) -> impl Iterator<Item = DailyGroup<'_>> {
        self.groups.iter().map(|((group, exchange_rate), sums)| DailyGroup {
            group,
            exchange_rate: *exchange_rate,
            sums,
        })
    }
}

/// A key in one billing currency, compared.
pub(super) struct Side {
    pub(super) tied: bool,
    pub(super) pricing: Currency,
    /// One line of usage that ties, for days with and days without credit; and the credit of its days, at list prices.
    pub(super) partly_credited: Option<(Line, Amount)>,
    pub(super) result: UntiedKey,
}

/// Compares a key, once for each billing currency that the invoice has it in.
pub(super) fn compare(both: &Comparison<'_>) -> Result<Vec<Side>, AmountError> {
    let mut currencies: Vec<Currency> =
        both.lines.iter().map(|line| line.billing).collect::<BTreeSet<_>>().into_iter().collect();
    // The daily lines belong to the currency they name; where they name none, to the first.
    let named = both.daily.exchanges.iter().find_map(|(_, billing, _)| *billing);
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
    let forward = forward(daily, lines, exchange)?;
    let mut method = None;
    let (tied, daily_side) = match &forward {
        Some(pairs) => {
            if !lines.is_empty() && !daily.groups.is_empty() {
                method = Some((Method::Forward, Amount::ZERO));
            }
            let tied = pairs.iter().all(|(expected, subtotal)| expected == subtotal);
            (tied, sum(pairs.iter().map(|(expected, _)| *expected))?)
        }
        None => {
            let interval = Interval::of(daily, lines)?;
            method = interval.as_ref().map(|interval| (Method::Interval, interval.tolerance));
            let tied = interval.map_or(Ok(false), |interval| interval.holds(invoice))?;
            (tied, sum_of(daily.groups().map(|group| exchange.expected(lines, &group)))?)
        }
    };
    let mut result = UntiedKey {
        key: both.key.clone(),
        currency: exchange.billing,
        method: method.map(|(method, _)| method),
        daily: daily_side,
        invoice,
        difference: invoice.checked_sub(daily_side)?,
        tolerance: method.map(|(_, tolerance)| tolerance),
        because: Vec::new(),
    };
    let sides = Sides { daily, lines, recomputed: forward.is_some() };
    if !tied {
        result.because = sides.because(both)?;
    }
    let partly_credited = if tied { sides.partly_credited()? } else { None };
    Ok(Side { tied, pricing: exchange.pricing, partly_credited, result })
}

/// What the daily side of a key is exchanged by.
#[derive(Clone, Copy)]
struct Exchange {
    pricing: Currency,
    billing: Currency,
    /// The one rate of the key's invoice lines, else of the whole invoice (R82); none where there is none.
    rate: Option<Number>,
}

impl Exchange {
    fn of(both: &Comparison<'_>, lines: &[Line], daily: &DailyGroups) -> Self {
        let by_line = lines.iter().map(|line| line.pricing);
        let by_day = daily.exchanges.iter().map(|(pricing, ..)| *pricing);
        let pricing = by_line.min().or_else(|| by_day.min()).unwrap_or(Currency::USD);
        let whole = both.invoice.exchange(pricing);
        let named = daily.exchanges.iter().map(|(pricing, billing, _)| billing.unwrap_or(*pricing)).min();
        let billing = lines.first().map(|line| line.billing).or_else(|| whole.map(|(billing, _)| billing)).or(named);
        let rate = one_rate(lines.iter()).or_else(|| whole.map(|(_, rate)| rate));
        Self { pricing, billing: billing.unwrap_or(pricing), rate }
    }

    /// What a daily group comes to on an invoice, with the exchange rate and the tier of its own line where it has one.
    /// Without any rate of the invoice the daily file's holds.
    fn expected(self, lines: &[Line], group: &DailyGroup<'_>) -> Result<Amount, AmountError> {
        let own: Vec<&Line> = lines.iter().filter(|line| Group::of(line) == *group.group).collect();
        let by_the_file = || group.exchange_rate.map_or(Number::ONE, number);
        let rate = one_rate(own.iter().copied()).or(self.rate).unwrap_or_else(by_the_file);
        let discounts = match own.as_slice() {
            [line] => line.adjusted.discounts,
            _ => PriceAdjustments { partner_earned_credit: group.group.rate, ..PriceAdjustments::default() },
        };
        usage_subtotal(group.sums.list_cost, discounts, rate, self.billing)
    }
}

/// The exchange rate of lines, where they have the same.
fn one_rate<'l>(mut lines: impl Iterator<Item = &'l Line>) -> Option<Number> {
    let first = lines.next()?.exchange_rate;
    lines.all(|line| line.exchange_rate == first).then_some(first)
}

/// What the invoice should say and what it says, line by line; `None` where it cannot be recomputed.
type Recomputed = Option<Vec<(Amount, Amount)>>;

fn forward(daily: &DailyGroups, lines: &[Line], exchange: Exchange) -> Result<Recomputed, AmountError> {
    match forward_by_group(daily, lines, exchange)? {
        None => forward_by_tier(daily, lines),
        found => Ok(found),
    }
}

/// Each daily group has its invoice line, with the same units.
fn forward_by_group(daily: &DailyGroups, lines: &[Line], exchange: Exchange) -> Result<Recomputed, AmountError> {
    let mut invoiced: BTreeMap<Group, Vec<Line>> = BTreeMap::new();
    for line in lines {
        invoiced.entry(Group::of(line)).or_default().push(*line);
    }
    let mut pairs = Vec::new();
    for daily in daily.groups() {
        match invoiced.remove(daily.group).as_deref() {
            None => {
                // Another group may have taken the line: of two exchange rates the invoice has one.
                let taken = lines.iter().any(|line| Group::of(line) == *daily.group);
                if taken || !exchange.expected(lines, &daily)?.is_zero() {
                    return Ok(None);
                }
            }
            Some([line]) if same_quantity(daily.sums.quantity, line)? => {
                pairs.push((recomputed(line, daily.sums.list_cost)?, line.subtotal));
            }
            Some(lines) => {
                // Tiers of one price: how the units are spread over them only the invoice says.
                if lines.len() == 1 || units_of(lines)? != daily.sums.quantity || !lines.iter().any(has_tier) {
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

/// The daily file shows the price of the first tier on all lines, the invoice that of each.
fn forward_by_tier(daily: &DailyGroups, lines: &[Line]) -> Result<Recomputed, AmountError> {
    let Some(price) = daily_price(daily) else { return Ok(None) };
    let tiered = has_several_prices(lines) && lines.iter().any(|line| line.unit_price == price);
    if !tiered || units_by(daily_units(daily), rate_of)? != units_by(invoiced_units(lines), rate_of)? {
        return Ok(None);
    }
    line_by_line(lines).map(Some)
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
    let printed = line.quantity.scale().max(u32::from(QUANTITY_DECIMALS));
    Ok(days.rounded(printed, Rounding::TowardZero) == Amount::from_number(line.quantity)?)
}

/// The interval that a key's sum lies in, for what was cut: once in pricing currency and once in billing currency for each
/// invoice line, toward zero (inferred from R78; no page states the bound).
struct Interval {
    /// The daily cost less credit, exchanged and cut to the decimals that are kept; was nothing cut off?
    cost: (Amount, bool),
    /// What the cuts of lines above zero can take off, and those of lines below zero.
    cuts: (Amount, Amount),
    tolerance: Amount,
}

impl Interval {
    /// `None` where a side is missing, where there is no one exchange rate, and where tiers change the price.
    fn of(daily: &DailyGroups, lines: &[Line]) -> Result<Option<Self>, AmountError> {
        let Some((first, rate)) = lines.first().zip(one_rate(lines.iter())) else { return Ok(None) };
        if daily.groups.is_empty() || is_tiered(daily, lines) {
            return Ok(None);
        }
        let cost = sum_of(daily.groups().map(|daily| daily.sums.list_cost.share(daily.group.rate.rest())))?;
        let unit = |decimals| Amount::from_number(Number::new(1, u8::try_from(decimals).unwrap_or(u8::MAX)));
        let cut = unit(PRICING_DECIMALS)?.times(rate)?.checked_add(unit(first.billing.decimals())?)?;
        let is_below =
            |line: &&Line| if line.list_cost.is_zero() { cost < Amount::ZERO } else { line.list_cost < Amount::ZERO };
        let below = lines.iter().filter(is_below).count();
        let times = |count: usize| cut.times(Number::new(i128::try_from(count).unwrap_or(i128::MAX), 0));
        let cuts = (times(lines.len() - below)?, times(below)?);
        Ok(Some(Self { cost: cost.product_with(rate)?, cuts, tolerance: times(lines.len())? }))
    }

    /// Does it hold this sum? Cuts of lines above zero make it smaller, those of lines below zero larger.
    fn holds(&self, invoice: Amount) -> Result<bool, AmountError> {
        // Seen from zero both signs are alike.
        let (cost, exact) = self.cost;
        let ((cost, invoice), (down, up)) = if cost < Amount::ZERO {
            ((-cost, -invoice), (self.cuts.1, self.cuts.0))
        } else {
            ((cost, invoice), self.cuts)
        };
        // The cost may be larger than what is kept of it, by less than any amount can tell.
        let below = if down.is_zero() {
            invoice > cost || (exact && invoice == cost)
        } else {
            invoice.checked_add(down)? > cost
        };
        let above = match (up.is_zero(), invoice.checked_sub(up)?) {
            (true, invoice) => invoice <= cost,
            (false, lowest) => lowest < cost || (!exact && lowest == cost),
        };
        Ok(below && above)
    }
}

/// A key that does not tie.
struct Sides<'s> {
    daily: &'s DailyGroups,
    lines: &'s [Line],
    /// Could the invoice be recomputed? Then units, prices and credit rates are the same.
    recomputed: bool,
}

impl Sides<'_> {
    /// What can be told of the cause.
    fn because(&self, both: &Comparison<'_>) -> Result<Vec<Because>, AmountError> {
        let Self { daily, lines, recomputed } = *self;
        if daily.groups.is_empty() {
            return Ok(unread(both).chain([Because::NoDailyLines]).collect());
        }
        if lines.is_empty() {
            return Ok(unread(both).chain([Because::NoInvoiceLine]).collect());
        }
        let (units, invoiced) = (sum(daily.groups().map(|daily| daily.sums.quantity))?, units_of(lines)?);
        let differ = !recomputed && !self.nearly(units, invoiced)?;
        // A row that is not there takes its units with it.
        let mut found: Vec<_> = unread(both).filter(|_| differ).collect();
        let mut tell = |reason, holds: bool| found.extend(holds.then_some(reason));
        tell(Because::TierPrice, is_tiered(daily, lines));
        tell(Because::Promotion, lines.iter().any(|line| line.adjusted.otherwise));
        let partial = !recomputed && self.is_partial();
        tell(Because::PartialCredit, partial);
        tell(Because::CreditAtMonthEnd, daily.azure_credit || both.invoice.credits(both.key));
        if !recomputed {
            let missing = differ && invoiced > units && both.usage.misses_a_day(&both.key.plan);
            tell(Because::LateUsage, differ && invoiced > units && !missing);
            tell(Because::MissingDay, missing);
            tell(Because::Quantity, differ && invoiced < units);
            tell(Because::UnitPrice, self.prices_differ() && !is_tiered(daily, lines));
            tell(Because::CreditRate, self.credit_rates_differ()? && !partial);
        }
        tell(Because::ExchangeRate, self.exchange_rates_differ());
        if found.is_empty() {
            found.push(Because::Amount);
        }
        Ok(found)
    }

    /// The one line of usage, and the credit of its days.
    fn partly_credited(&self) -> Result<Option<(Line, Amount)>, AmountError> {
        let [line] = self.lines else { return Ok(None) };
        if self.recomputed || !line.usage || !self.is_partial() {
            return Ok(None);
        }
        let credit = sum_of(self.daily.groups().map(|daily| daily.sums.list_cost.share(daily.group.rate)))?;
        Ok(Some((*line, credit)))
    }

    /// Is there one invoice line for days with and days without credit?
    fn is_partial(&self) -> bool {
        let credited: BTreeSet<bool> = self.daily.groups().map(|daily| daily.group.rate.is_zero()).collect();
        self.lines.len() == 1 && credited.len() > 1
    }

    /// Units are cut once for each invoice line.
    fn nearly(&self, a: Amount, b: Amount) -> Result<bool, AmountError> {
        let unit = Number::new(i128::try_from(self.lines.len()).unwrap_or(i128::MAX), QUANTITY_DECIMALS);
        Ok(a.checked_sub(b)?.abs() < Amount::from_number(unit)?)
    }

    fn prices_differ(&self) -> bool {
        let daily: BTreeSet<Digits> = self.daily.groups().map(|daily| daily.group.price).collect();
        daily != self.lines.iter().map(|line| digits(line.unit_price)).collect()
    }

    /// The same units at the same prices, but not at the same credit rates?
    fn credit_rates_differ(&self) -> Result<bool, AmountError> {
        Ok(self.same_units_by(|group| group.price)? && !self.same_units_by(|group| (group.price, group.rate))?)
    }

    fn same_units_by<K: Ord + Copy>(&self, key: impl Fn(&Group) -> K + Copy) -> Result<bool, AmountError> {
        let (daily, invoiced) = (units_by(daily_units(self.daily), key)?, units_by(invoiced_units(self.lines), key)?);
        let keys: BTreeSet<K> = daily.keys().chain(invoiced.keys()).copied().collect();
        let of = |units: &BTreeMap<K, Amount>, key| units.get(&key).copied().unwrap_or_default();
        for key in keys {
            if !self.nearly(of(&daily, key), of(&invoiced, key))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn exchange_rates_differ(&self) -> bool {
        let daily = self.daily.groups.keys().filter_map(|(_, rate)| *rate);
        let rates: BTreeSet<Digits> = daily.chain(self.lines.iter().map(|line| digits(line.exchange_rate))).collect();
        rates.len() > 1
    }
}

/// Which rows that could not be read may be of the key: of which key they are is not known.
fn unread(both: &Comparison<'_>) -> impl Iterator<Item = Because> {
    let sides = [
        (Because::UnreadableInvoiceRow, both.invoice.issues().count()),
        (Because::UnreadableDailyRow, both.usage.issues().count()),
    ];
    sides.into_iter().filter(|(_, rows)| *rows > 0).map(|(because, _)| because)
}

/// Does the invoice charge by tier, by its texts or by several prices where the daily lines have one?
fn is_tiered(daily: &DailyGroups, lines: &[Line]) -> bool {
    lines.iter().any(has_tier) || (has_several_prices(lines) && daily_price(daily).is_some())
}

fn has_tier(line: &Line) -> bool {
    !line.adjusted.discounts.tier_discount.is_zero()
}

fn has_several_prices(lines: &[Line]) -> bool {
    lines.iter().any(|line| lines.first().is_some_and(|first| first.unit_price != line.unit_price))
}

/// The one price of the daily lines, where there is one.
fn daily_price(daily: &DailyGroups) -> Option<Number> {
    let mut prices = daily.groups().map(|daily| daily.group.price);
    let first = prices.next()?;
    prices.all(|price| price == first).then(|| number(first))
}

/// Units with the group they are in.
type Units = Result<(Group, Amount), AmountError>;

fn daily_units(daily: &DailyGroups) -> impl Iterator<Item = Units> {
    daily.groups().map(|daily| Ok((*daily.group, daily.sums.quantity)))
}

fn invoiced_units(lines: &[Line]) -> impl Iterator<Item = Units> {
    lines.iter().map(|line| Ok((Group::of(line), Amount::from_number(line.quantity)?)))
}

fn units_of(lines: &[Line]) -> Result<Amount, AmountError> {
    sum_of(lines.iter().map(|line| Amount::from_number(line.quantity)))
}

fn rate_of(group: &Group) -> Rate {
    group.rate
}

/// Units by what their groups have in common.
fn units_by<K: Ord>(
    units: impl Iterator<Item = Units>,
    key: impl Fn(&Group) -> K,
) -> Result<BTreeMap<K, Amount>, AmountError> {
    let mut sums: BTreeMap<K, Amount> = BTreeMap::new();
    for unit in units {
        let (group, quantity) = unit?;
        let sum = sums.entry(key(&group)).or_default();
        *sum = sum.checked_add(quantity)?;
    }
    Ok(sums)
}

fn sum(amounts: impl Iterator<Item = Amount>) -> Result<Amount, AmountError> {
    sum_of(amounts.map(Ok))
}

fn sum_of(mut amounts: impl Iterator<Item = Result<Amount, AmountError>>) -> Result<Amount, AmountError> {
    amounts.try_fold(Amount::ZERO, |sum, amount| sum.checked_add(amount?))
}
