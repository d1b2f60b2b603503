//! The rows of a month, in Microsoft's order, and the account of what was seeded.

use std::io::{self, Write};

use super::catalogue::{Meter, Plan, REGIONS};
use super::columns::COUNT;
use super::day::Day;
use super::estate::{Customer, Estate, Group, Resource, Subscription};
use super::number::{Number, Product};
use super::random::{Random, guid, mix};
use super::shape::{Shape, effective};
use super::text::{MeterText, ResourceText, info};
use super::write::{Cell, Damage, Hole, Line, Template};
use super::{Kind, Loss, Month, Tally, Written};

/// Bytes gathered before they are handed to the writer.
const BLOCK: usize = 1 << 18;

/// What all rows of one resource and meter share.
pub(super) struct Source<'a> {
    pub(super) customer: &'a Customer,
    pub(super) subscription: &'a Subscription,
    pub(super) group: &'a Group,
    pub(super) at: usize,
    pub(super) resource: &'a Resource,
    pub(super) meter: &'a Meter,
    pub(super) price: Number,
    pub(super) rate: Number,
    pub(super) info: &'a str,
}

/// One loss as it is met on the way.
#[derive(Default)]
struct Met {
    days: Option<(Day, Day)>,
    tally: Tally,
    scope: String,
}

/// Writes a month.
pub(super) struct Generator<'a, W> {
    month: &'a Month,
    first_day: Day,
    slots: u64,
    slot: u64,
    out: &'a mut W,
    buffer: Vec<u8>,
    template: Template,
    written: Written,
    met: Met,
    info: String,
}

impl<'a, W: Write> Generator<'a, W> {
    pub(super) fn new(month: &'a Month, slots: u64, out: &'a mut W) -> Self {
        Self {
            month,
            first_day: Day::first_of(month.year, month.month),
            slots,
            slot: 0,
            out,
            buffer: Vec::with_capacity(BLOCK + (1 << 16)),
            template: Template::new(month.layout),
            written: Written::default(),
            met: Met::default(),
            info: String::new(),
        }
    }

    pub(super) fn run(mut self, estate: &Estate) -> io::Result<Written> {
        self.month.layout.write_head(self.month.lines, &mut self.buffer);
        for customer in &estate.customers {
            for subscription in &customer.subscriptions {
                for (at, group) in subscription.groups.iter().enumerate() {
                    for resource in &group.resources {
                        self.resource(customer, subscription, (at, group), resource)?;
                    }
                }
                self.close_loss(customer, subscription);
            }
        }
        self.month.layout.write_foot(&mut self.buffer);
        self.flush()?;
        self.out.flush()?;
        Ok(self.written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.written.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Rows of the next resource-day: all lines dealt out evenly over all resource-days.
    fn quota(&mut self) -> u32 {
        let upto = |slot: u64| u128::from(self.month.lines) * u128::from(slot) / u128::from(self.slots.max(1));
        let quota = upto(self.slot + 1) - upto(self.slot);
        self.slot += 1;
        u32::try_from(quota).unwrap_or(u32::MAX)
    }

    fn resource(
        &mut self,
        customer: &Customer,
        subscription: &Subscription,
        (at, group): (usize, &Group),
        resource: &Resource,
    ) -> io::Result<()> {
        let quotas: Vec<(u8, u32)> = (resource.days.0..=resource.days.1).map(|day| (day, self.quota())).collect();
        if quotas.iter().all(|(_, quota)| *quota == 0) {
            return Ok(());
        }
        let text = ResourceText::new(self.month.seed, subscription, group, resource);
        self.remember_scope(subscription, at, resource, &text);
        let meters = u32::try_from(resource.service.meters.len()).unwrap_or(1);
        let mut first = true;
        for (turn, meter) in (0..).zip(resource.service.meters) {
            // On day d, row k of a resource is of meter (d + k) modulo their number.
            let share = |day: u8, quota: u32| {
                quota.saturating_sub((turn + meters - u32::from(day) % meters) % meters).div_ceil(meters)
            };
            if quotas.iter().all(|(day, quota)| share(*day, *quota) == 0) {
                continue;
            }
            let info = info(self.month.seed, resource.service, meter, resource);
            let price = meter.price_in(group.region);
            let rate = if customer.euro { self.month.euro_rate() } else { Number::ONE };
            let source = Source { customer, subscription, group, at, resource, meter, price, rate, info: &info };
            self.lay_out(&source, &text, turn);
            let mut random =
                Random::new(mix(mix(mix(self.month.seed, 7), u64::from(resource.number)), u64::from(turn)));
            for (day, quota) in &quotas {
                for part in 0..share(*day, *quota) {
                    self.row(&source, *day, part, std::mem::take(&mut first), random.next());
                    if self.buffer.len() >= BLOCK {
                        self.flush()?;
                    }
                }
            }
        }
        Ok(())
    }

    fn lay_out(&mut self, source: &Source<'_>, text: &ResourceText, turn: u32) {
        let Source { customer, subscription, group, resource, meter, .. } = *source;
        let seed = self.month.seed;
        let ids = MeterText::new(meter, group.region);
        let (location, region) = REGIONS.get(group.region).copied().unwrap_or_default();
        let partner = guid(seed, 8);
        let invoice = if customer.euro { "G041873302" } else { "G041873301" };
        let marketplace = meter.plan == Plan::Marketplace;
        let telco = meter.plan == Plan::PayAsYouGo;
        let last = self.first_day.with_day(self.first_day.days_in_month());
        let cells: [Cell<'_>; COUNT] = [
            Cell::Text(&partner),
            Cell::Text("Proseware Cloud Distribution"),
            Cell::Text(&customer.id),
            Cell::Text(&customer.name),
            Cell::Text(&customer.domain),
            Cell::Text(customer.country),
            Cell::Text("4612345"),
            Cell::Text(&customer.reseller),
            Cell::Text(invoice),
            Cell::Text(&ids.product),
            Cell::Text(&ids.sku),
            Cell::Text(&ids.availability),
            Cell::Text(meter.name),
            Cell::Text(&ids.product_name),
            Cell::Text(resource.service.publisher),
            Cell::Text(if marketplace { "28503520" } else { "" }),
            Cell::Text(if telco { "Calling Plan Pay-As-You-Go" } else { "Azure plan" }),
            Cell::Text(&customer.plan),
            Cell::Day(self.first_day),
            Cell::Day(last),
            Cell::Hole(Hole::UsageDate),
            Cell::Text(&ids.meter_type),
            Cell::Text(meter.category),
            Cell::Text(&ids.id),
            Cell::Text(meter.sub_category),
            Cell::Text(meter.name),
            Cell::Text(region),
            Cell::Text(meter.unit),
            Cell::Text(location),
            Cell::Text(resource.service.consumed),
            Cell::Text(&text.group),
            Cell::Text(if turn % 2 == 1 && group.capitals { &text.lower_uri } else { &text.uri }),
            Cell::Text(if resource.number.is_multiple_of(2) { "new" } else { "New" }),
            Cell::Hole(Hole::UnitPrice),
            Cell::Hole(Hole::Quantity),
            Cell::Text(meter.unit),
            Cell::Hole(Hole::BillingTotal),
            Cell::Text(if customer.euro { "EUR" } else { "USD" }),
            Cell::Hole(Hole::PricingTotal),
            Cell::Hole(Hole::PricingCurrency),
            Cell::Text(""),
            Cell::Text(""),
            Cell::Text(&text.tags),
            Cell::Hole(Hole::AdditionalInfo),
            Cell::Hole(Hole::EffectivePrice),
            Cell::Number(source.rate),
            Cell::Day(self.first_day),
            Cell::Text(&subscription.id),
            Cell::Text(&subscription.name),
            Cell::Hole(Hole::PecPercent),
            Cell::Hole(Hole::CreditPercent),
            Cell::Hole(Hole::CreditType),
            Cell::Hole(Hole::BenefitOrder),
            Cell::Hole(Hole::Benefit),
            Cell::Hole(Hole::BenefitType),
        ];
        self.template.fill(&cells, if marketplace { "marketplace" } else { "onetime" });
    }

    fn row(&mut self, source: &Source<'_>, day: u8, part: u32, first: bool, dice: u64) {
        let damage = self.damage();
        let shape = Shape::of(source, day, part, first, dice);
        let usage_day = if shape.late {
            self.first_day.before_month(u8::try_from((dice >> 20) % 3).unwrap_or(0))
        } else {
            self.first_day.with_day(day)
        };
        let cost = shape.price.times(shape.quantity);
        let charged = if shape.covered { Number::ZERO.times(Number::ZERO) } else { cost };
        let access_day = if shape.late { 0 } else { day };
        let lost =
            source.subscription.loss.as_ref().is_some_and(|loss| loss.covers(source.at, source.resource, access_day));
        let credit = shape.credit(lost, source.resource);
        self.write_info(source.info, part);
        let plan_ids = (shape.kind == Some(Kind::SavingsPlan)).then(|| {
            let order = mix(self.month.seed, 9);
            (guid(order, 1), guid(order, 2))
        });
        let pricing = charged.rounded();
        let line = Line {
            day: usage_day,
            price: shape.price,
            quantity: shape.quantity,
            pricing,
            billing: if source.customer.euro { charged.times(source.rate).rounded() } else { pricing },
            effective: effective(charged, credit, &shape),
            info: &self.info,
            credit,
            benefit: match &plan_ids {
                Some((order, id)) => (order, id, "SavingsPlan"),
                None if shape.overage => ("", "", "Charge"),
                None => ("", "", ""),
            },
            damage,
        };
        self.template.write(&line, self.written.rows == 0, &mut self.buffer);
        self.written.rows += 1;
        if damage.is_some() {
            self.written.broken.push(self.written.rows);
            return;
        }
        self.account(&shape, cost, usage_day, lost);
    }

    fn account(&mut self, shape: &Shape, cost: Product, day: Day, lost: bool) {
        let overlays = [
            (shape.overage, Kind::SavingsPlanOverage),
            (shape.corrected, Kind::Correction),
            (shape.late, Kind::LateUsage),
        ];
        for (_, kind) in overlays.into_iter().filter(|(shown, _)| *shown) {
            self.written.add(kind, cost);
        }
        if let Some(kind) = shape.kind {
            self.written.add(kind, cost);
        } else if lost {
            self.met.tally.add(cost);
            let (from, to) = self.met.days.unwrap_or((day, day));
            self.met.days = Some((from.min(day), to.max(day)));
        } else {
            self.written.earned.add(cost);
        }
    }

    /// Whether the next row is one of the broken ones, which are spread evenly.
    fn damage(&self) -> Option<Damage> {
        let broken = u64::from(self.month.broken_rows).min(self.month.lines);
        let upto = |row: u64| u128::from(broken) * u128::from(row) / u128::from(self.month.lines.max(1));
        let done = upto(self.written.rows);
        (upto(self.written.rows + 1) > done).then_some(match done % 5 {
            0 => Damage::UsageDate,
            1 => Damage::UnitPrice,
            2 => Damage::Quantity,
            3 => Damage::PricingCurrency,
            _ => Damage::CutShort,
        })
    }

    fn write_info(&mut self, base: &str, part: u32) {
        self.info.clear();
        self.info.push_str(base);
        if part > 0 {
            self.info.push_str(if base.is_empty() { "{\"Instance\":" } else { ",\"Instance\":" });
            let mut digits = Vec::with_capacity(10);
            Number::new(i64::from(part), 0).write(&mut digits);
            self.info.extend(digits.into_iter().map(char::from));
        }
        if !self.info.is_empty() {
            self.info.push('}');
        }
    }

    fn remember_scope(&mut self, subscription: &Subscription, at: usize, resource: &Resource, text: &ResourceText) {
        let Some(loss) = &subscription.loss else {
            return;
        };
        if !self.met.scope.is_empty() {
            return;
        }
        if !loss.covers(at, resource, loss.from) {
            return;
        }
        let id = &subscription.id;
        self.met.scope = match (loss.group, loss.resource) {
            (_, Some(_)) => text.lower_uri.clone(),
            (Some(_), None) => format!("/subscriptions/{id}/resourcegroups/{}", text.group.to_lowercase()),
            (None, None) => format!("/subscriptions/{id}"),
        };
    }

    fn close_loss(&mut self, customer: &Customer, subscription: &Subscription) {
        let met = std::mem::take(&mut self.met);
        if let (Some(loss), Some((first_day, last_day))) = (&subscription.loss, met.days) {
            self.written.losses.push(Loss {
                kind: loss.kind,
                customer: customer.id.clone(),
                subscription: subscription.id.clone(),
                scope: met.scope,
                first_day,
                last_day,
                tally: met.tally,
            });
        }
    }
}
