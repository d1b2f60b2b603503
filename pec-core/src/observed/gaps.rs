//! Runs of days without pay, each at the smallest scope that explains it.
//!
//! From the top down: days on which nothing of a subscription was paid make its runs; on the other days the same inside
//! each resource group, on the days left inside each resource. A run goes on over days without usage and ends at a day with pay.
//! Its scope is the smallest that holds all its unpaid lines; gaps that no pay parts in the larger scope are one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde::Serialize;

use super::days::{DaySet, day_of};
use crate::day::UsageDay;
use crate::ledger::{Ledger, Sums};
use crate::money::{Amount, AmountError, Currency};

/// Days on which lines that could earn were not paid, in one scope and currency.
///
/// Access has no currency: lines of all of them tell when a gap began and ended, and it has its first and last day in each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ObservedGap {
    /// The customer's tenant id.
    pub customer: String,
    /// The Azure subscription.
    pub subscription: String,
    /// The ARM path of the smallest scope that explains the gap.
    pub scope: String,
    /// The pricing currency.
    pub currency: Currency,
    /// The first day without pay.
    pub first_day: UsageDay,
    /// The last day without pay.
    pub last_day: UsageDay,
    /// On how many days lines of this currency were not paid.
    pub days: u64,
    /// How many of them.
    pub lines: u64,
    /// Their list cost, less refunds.
    pub list_cost: Amount,
    /// The credit they would have earned.
    pub credit_lost: Amount,
    /// Nothing in the scope was paid after it.
    pub ongoing: bool,
    /// Nothing in the scope was paid at all.
    pub never_earned: bool,
}

/// The paid days around a run, where there are any.
type Window = (Option<UsageDay>, Option<UsageDay>);

/// A scope inside one subscription, by the numbers of its texts; ordered from the largest to the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Subscription,
    Group(u32),
    Resource(u32, u32),
}

#[derive(Default)]
struct Resource {
    paid: DaySet,
    /// Days with unpaid lines and no paid one: where both are, access was there.
    unpaid: DaySet,
    sums: BTreeMap<(UsageDay, Currency), Sums>,
}

/// Unpaid days of resources.
#[derive(Default)]
struct Run(BTreeSet<(UsageDay, Scope)>);

type Resources = BTreeMap<(u32, u32), Resource>;

pub(super) fn find(ledger: &Ledger) -> Result<Vec<ObservedGap>, AmountError> {
    let mut gaps = Vec::new();
    for ((customer, subscription), resources) in by_subscription(ledger)? {
        let paid = paid_days(&resources);
        let subscription = Subscription { ledger, customer, subscription, resources, paid };
        for (scope, run) in subscription.joined(subscription.runs()) {
            subscription.describe(scope, &run, &mut gaps)?;
        }
    }
    gaps.sort_by(|a, b| ObservedGap::key(a).cmp(&ObservedGap::key(b)));
    Ok(gaps)
}

impl ObservedGap {
    /// The costliest first.
    fn key(gap: &Self) -> impl Ord + use<'_> {
        let place = (gap.customer.as_str(), gap.subscription.as_str(), gap.scope.as_str());
        (Reverse(gap.credit_lost), place, gap.first_day, gap.currency)
    }
}

/// What was observed, by customer and subscription, then group and resource; only of subscriptions with days without pay.
fn by_subscription(ledger: &Ledger) -> Result<BTreeMap<(u32, u32), Resources>, AmountError> {
    let mut found: BTreeMap<(u32, u32), Resources> = BTreeMap::new();
    let months = ledger.observed().months.entries();
    for (key, _) in months.iter().filter(|(_, days)| days.unpaid & !days.paid != 0) {
        found.entry((key.place.customer, key.place.subscription)).or_default();
    }
    for (key, days) in months {
        let Some(resources) = found.get_mut(&(key.place.customer, key.place.subscription)) else { continue };
        let resource = resources.entry((key.place.resource_group, key.resource)).or_default();
        resource.paid.add(key.month, days.paid);
        resource.unpaid.add(key.month, days.unpaid & !days.paid);
    }
    for (unpaid, sums) in ledger.observed().unpaid.entries() {
        let Some((key, days)) = months.get(unpaid.month() as usize) else { continue };
        let Some(day) = day_of(key.month, unpaid.day()).filter(|_| days.paid & 1 << unpaid.day() == 0) else {
            continue;
        };
        let resources = found.entry((key.place.customer, key.place.subscription)).or_default();
        let resource = resources.entry((key.place.resource_group, key.resource)).or_default();
        resource.sums.entry((day, unpaid.currency())).or_default().add(sums)?;
    }
    Ok(found)
}

/// The paid days of every scope, each resource looked at once: asking again for each gap would cost their product.
fn paid_days(resources: &Resources) -> BTreeMap<Scope, DaySet> {
    let mut paid: BTreeMap<Scope, DaySet> = BTreeMap::new();
    for ((group, name), resource) in resources {
        for scope in [Scope::Subscription, Scope::Group(*group), Scope::Resource(*group, *name)] {
            paid.entry(scope).or_default().extend(&resource.paid);
        }
    }
    paid
}

struct Subscription<'l> {
    ledger: &'l Ledger,
    customer: u32,
    subscription: u32,
    resources: Resources,
    paid: BTreeMap<Scope, DaySet>,
}

impl Subscription<'_> {
    /// The resources of a scope.
    fn within(&self, scope: Scope) -> impl Iterator<Item = ((u32, u32), &Resource)> {
        let (from, until) = match scope {
            Scope::Subscription => (Bound::Unbounded, Bound::Unbounded),
            Scope::Group(group) => (Bound::Included((group, 0)), Bound::Included((group, u32::MAX))),
            Scope::Resource(group, resource) => {
                (Bound::Included((group, resource)), Bound::Included((group, resource)))
            }
        };
        self.resources.range((from, until)).map(|(key, resource)| (*key, resource))
    }

    fn paid(&self, scope: Scope) -> &DaySet {
        const NEVER: &DaySet = &DaySet::EMPTY;
        self.paid.get(&scope).unwrap_or(NEVER)
    }

    /// The runs of every level, from the top down.
    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        let everywhere = self.runs_of(Scope::Subscription, &[], &mut runs);
        let groups: BTreeSet<u32> = self.resources.keys().map(|(group, _)| *group).collect();
        for group in groups {
            let here = self.runs_of(Scope::Group(group), &[&everywhere], &mut runs);
            for ((_, resource), _) in self.within(Scope::Group(group)) {
                self.runs_of(Scope::Resource(group, resource), &[&everywhere, &here], &mut runs);
            }
        }
        runs
    }

    /// Adds the runs of one scope over days that are not `taken`; the days that it takes.
    fn runs_of(&self, scope: Scope, taken: &[&DaySet], runs: &mut Vec<Run>) -> DaySet {
        let paid = self.paid(scope);
        let mut by_window: BTreeMap<Window, Run> = BTreeMap::new();
        let mut takes = DaySet::default();
        let free = |day: &UsageDay| !paid.contains(*day) && !taken.iter().any(|taken| taken.contains(*day));
        for ((group, resource), days) in self.within(scope) {
            for day in days.unpaid.iter().filter(free) {
                takes.insert(day);
                by_window.entry(window(paid, day, day)).or_default().0.insert((day, Scope::Resource(group, resource)));
            }
        }
        runs.extend(by_window.into_values());
        takes
    }

    /// The smallest scope that holds all unpaid days of a run. A blank name cannot be a scope of its own.
    fn smallest_scope(&self, run: &Run) -> Scope {
        let resources: BTreeSet<Scope> = run.0.iter().map(|(_, resource)| *resource).collect();
        let groups: BTreeSet<u32> = resources.iter().filter_map(|scope| scope.group()).collect();
        let named = |number: u32| !self.ledger.text(number).is_empty();
        match (resources.first(), groups.first()) {
            (Some(scope @ Scope::Resource(_, resource)), _) if resources.len() == 1 && named(*resource) => *scope,
            (_, Some(group)) if groups.len() == 1 && named(*group) => Scope::Group(*group),
            _ => Scope::Subscription,
        }
    }

    /// Joins runs that no pay parts: first in one scope, then into a larger scope that was not paid around them either.
    fn joined(&self, runs: Vec<Run>) -> Vec<(Scope, Run)> {
        let mut joined: BTreeMap<Scope, BTreeMap<Window, Run>> = BTreeMap::new();
        for run in runs {
            let Some((first, last)) = run.span() else { continue };
            let scope = self.smallest_scope(&run);
            let around = window(self.paid(scope), first, last);
            joined.entry(scope).or_default().entry(around).or_default().0.extend(run.0);
        }
        let mut gaps: BTreeMap<(Scope, Window), Run> = BTreeMap::new();
        // Scopes come from the largest to the smallest: what is above one has all its windows before it.
        let mut windows: BTreeMap<Scope, Windows> = BTreeMap::new();
        for (scope, runs) in joined {
            let mut own = Windows::default();
            for (around, run) in runs {
                let Some((first, last)) = run.span() else { continue };
                let larger = scope.larger().find_map(|scope| Some((scope, windows.get(&scope)?.around(first, last)?)));
                if larger.is_none() {
                    own.push(around);
                }
                gaps.entry(larger.unwrap_or((scope, around))).or_default().0.extend(run.0);
            }
            windows.insert(scope, own);
        }
        gaps.into_iter().map(|((scope, _), run)| (scope, run)).collect()
    }

    /// Adds the gap of a run, one for each currency in which something was lost: refunds may make up for it.
    fn describe(&self, scope: Scope, run: &Run, gaps: &mut Vec<ObservedGap>) -> Result<(), AmountError> {
        let Some((first_day, last_day)) = run.span() else { return Ok(()) };
        let paid = self.paid(scope);
        let mut by_currency: BTreeMap<Currency, (DaySet, Sums)> = BTreeMap::new();
        for (day, resource) in &run.0 {
            for (_, resource) in self.within(*resource) {
                for ((_, currency), sums) in resource.sums.range((*day, Currency::FIRST)..=(*day, Currency::LAST)) {
                    let (days, all) = by_currency.entry(*currency).or_default();
                    days.insert(*day);
                    all.add(sums)?;
                }
            }
        }
        by_currency.retain(|_, (_, sums)| sums.list_cost > Amount::ZERO);
        let subscription = self.ledger.text(self.subscription);
        let scope = match scope {
            Scope::Subscription => format!("/subscriptions/{subscription}"),
            Scope::Group(group) => format!("/subscriptions/{subscription}/resourcegroups/{}", self.ledger.text(group)),
            Scope::Resource(_, resource) => self.ledger.text(resource).to_owned(),
        };
        gaps.extend(by_currency.into_iter().map(|(currency, (days, sums))| ObservedGap {
            customer: self.ledger.text(self.customer).to_owned(),
            subscription: subscription.to_owned(),
            scope: scope.clone(),
            currency,
            first_day,
            last_day,
            days: days.len(),
            lines: sums.lines,
            list_cost: sums.list_cost,
            credit_lost: sums.potential_credit,
            ongoing: paid.last().is_none_or(|paid| paid < last_day),
            never_earned: paid.is_empty(),
        }));
        Ok(())
    }
}

/// The windows of a scope in their order, each with the latest end of those up to it.
#[derive(Default)]
struct Windows(Vec<(Window, End)>);

/// The paid day after a window; a window that no pay ends reaches furthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    At(UsageDay),
    Open,
}

impl Windows {
    /// Adds the next window.
    fn push(&mut self, window: Window) {
        let end = window.1.map_or(End::Open, End::At);
        let latest = self.0.last().map_or(end, |(_, latest)| end.max(*latest));
        self.0.push((window, latest));
    }

    /// The first window that lies around a span.
    fn around(&self, first: UsageDay, last: UsageDay) -> Option<Window> {
        let place = self.0.partition_point(|(_, latest)| *latest <= End::At(last));
        let (window, _) = self.0.get(place)?;
        window.0.is_none_or(|before| before < first).then_some(*window)
    }
}

impl Run {
    fn span(&self) -> Option<(UsageDay, UsageDay)> {
        Some((self.0.first()?.0, self.0.last()?.0))
    }
}

impl Scope {
    const fn group(self) -> Option<u32> {
        match self {
            Self::Subscription => None,
            Self::Group(group) | Self::Resource(group, _) => Some(group),
        }
    }

    /// The scopes above this one, the largest first.
    fn larger(self) -> impl Iterator<Item = Self> {
        [Self::Subscription, Self::Group(self.group().unwrap_or_default())]
            .into_iter()
            .filter(move |scope| *scope < self && scope.holds(self))
    }

    fn holds(self, other: Self) -> bool {
        match self {
            Self::Subscription => true,
            Self::Group(group) => other.group() == Some(group),
            Self::Resource(..) => self == other,
        }
    }
}

/// The paid days around a span.
fn window(paid: &DaySet, first: UsageDay, last: UsageDay) -> Window {
    (paid.before(first), paid.after(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn prop_the_window_around_a_span_is_the_first_that_holds_it(
            windows in proptest::collection::btree_set((proptest::option::of(0_u16..9), proptest::option::of(0_u16..9)), 0..9),
            first in 0_u16..9,
            length in 0_u16..4,
        ) {
            let windows: BTreeSet<Window> = (windows.into_iter())
                .map(|(before, after)| (before.map(UsageDay::numbered), after.map(UsageDay::numbered)))
                .collect();
            let (first, last) = (UsageDay::numbered(first), UsageDay::numbered(first + length));
            let holds = |(before, after): &&Window| before.is_none_or(|day| day < first) && after.is_none_or(|day| last < day);
            let plain = windows.iter().find(holds).copied();
            let mut found = Windows::default();
            windows.iter().for_each(|window| found.push(*window));
            prop_assert_eq!(found.around(first, last), plain);
        }
    }
}
