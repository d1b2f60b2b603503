//! Runs of days without pay, each at the smallest scope that explains it.
//!
//! From the top down: days on which nothing of a subscription was paid make its runs; on the other days the same inside
//! each resource group, on the days left inside each resource. A run goes on over days without usage and ends at a day with pay.
//! Its scope is the smallest that holds all its unpaid lines; gaps that no pay parts in the larger scope are one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde::Serialize;

use super::days::{DaySet, day_of};
use crate::day::UsageDay;
use crate::ledger::{Ledger, Sums};
use crate::money::{Amount, AmountError, Currency};

/// Days on which lines that could earn were not paid, in one scope and currency.
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
    /// On how many days lines were not paid.
    pub days: u64,
    /// How many lines were not paid.
    pub lines: u64,
    /// Their list cost.
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
        if resources.values().all(|resource| resource.unpaid.is_empty()) {
            continue;
        }
        let subscription = Subscription { ledger, customer, subscription, resources };
        for (scope, run) in subscription.joined(subscription.runs()) {
            subscription.describe(scope, &run, &mut gaps)?;
        }
    }
    gaps.sort_by(|a, b| {
        let key = |gap: &ObservedGap| {
            (gap.customer.clone(), gap.subscription.clone(), gap.scope.clone(), gap.first_day, gap.currency)
        };
        b.credit_lost.cmp(&a.credit_lost).then_with(|| key(a).cmp(&key(b)))
    });
    Ok(gaps)
}

/// What was observed, by customer and subscription, then group and resource.
fn by_subscription(ledger: &Ledger) -> Result<BTreeMap<(u32, u32), Resources>, AmountError> {
    let mut found: BTreeMap<(u32, u32), Resources> = BTreeMap::new();
    let months = ledger.observed().months.entries();
    for (key, days) in months {
        let resources = found.entry((key.place.customer, key.place.subscription)).or_default();
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

struct Subscription<'l> {
    ledger: &'l Ledger,
    customer: u32,
    subscription: u32,
    resources: Resources,
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

    fn paid(&self, scope: Scope) -> DaySet {
        let mut paid = DaySet::default();
        self.within(scope).for_each(|(_, resource)| paid.extend(&resource.paid));
        paid
    }

    /// The runs of every level, from the top down.
    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        let taken = self.runs_of(Scope::Subscription, &DaySet::default(), &mut runs);
        let groups: BTreeSet<u32> = self.resources.keys().map(|(group, _)| *group).collect();
        for group in groups {
            let taken = self.runs_of(Scope::Group(group), &taken, &mut runs);
            for ((_, resource), _) in self.within(Scope::Group(group)) {
                self.runs_of(Scope::Resource(group, resource), &taken, &mut runs);
            }
        }
        runs
    }

    /// Adds the runs of one scope over days that are not `taken`; the days that are taken now.
    fn runs_of(&self, scope: Scope, taken: &DaySet, runs: &mut Vec<Run>) -> DaySet {
        let paid = self.paid(scope);
        let mut by_window: BTreeMap<Window, Run> = BTreeMap::new();
        let mut now_taken = taken.clone();
        for ((group, resource), days) in self.within(scope) {
            for day in days.unpaid.iter().filter(|day| !taken.contains(*day) && !paid.contains(*day)) {
                now_taken.insert(day);
                by_window.entry(window(&paid, day, day)).or_default().0.insert((day, Scope::Resource(group, resource)));
            }
        }
        runs.extend(by_window.into_values());
        now_taken
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
        let mut paid: BTreeMap<Scope, DaySet> = BTreeMap::new();
        let mut joined: BTreeMap<Scope, BTreeMap<Window, Run>> = BTreeMap::new();
        for run in runs {
            let Some((first, last)) = run.span() else { continue };
            let scope = self.smallest_scope(&run);
            let paid = paid.entry(scope).or_insert_with(|| self.paid(scope));
            joined.entry(scope).or_default().entry(window(paid, first, last)).or_default().0.extend(run.0);
        }
        let mut gaps: BTreeMap<(Scope, Window), Run> = BTreeMap::new();
        for (scope, runs) in joined {
            for (around, run) in runs {
                let Some((first, last)) = run.span() else { continue };
                let fits = |(before, after): &Window| {
                    before.is_none_or(|day| day < first) && after.is_none_or(|day| last < day)
                };
                let larger = scope
                    .larger()
                    .find_map(|scope| gaps.keys().find(|(other, around)| *other == scope && fits(around)).copied());
                gaps.entry(larger.unwrap_or((scope, around))).or_default().0.extend(run.0);
            }
        }
        gaps.into_iter().map(|((scope, _), run)| (scope, run)).collect()
    }

    /// Adds the gap of a run, one for each currency.
    fn describe(&self, scope: Scope, run: &Run, gaps: &mut Vec<ObservedGap>) -> Result<(), AmountError> {
        let Some((first_day, last_day)) = run.span() else { return Ok(()) };
        let paid = self.paid(scope);
        let mut days = DaySet::default();
        run.0.iter().for_each(|(day, _)| days.insert(*day));
        let mut by_currency: BTreeMap<Currency, Sums> = BTreeMap::new();
        for (day, resource) in &run.0 {
            for (_, resource) in self.within(*resource) {
                for ((_, currency), sums) in resource.sums.range((*day, Currency::FIRST)..=(*day, Currency::LAST)) {
                    by_currency.entry(*currency).or_default().add(sums)?;
                }
            }
        }
        let subscription = self.ledger.text(self.subscription);
        let scope = match scope {
            Scope::Subscription => format!("/subscriptions/{subscription}"),
            Scope::Group(group) => format!("/subscriptions/{subscription}/resourcegroups/{}", self.ledger.text(group)),
            Scope::Resource(_, resource) => self.ledger.text(resource).to_owned(),
        };
        gaps.extend(by_currency.into_iter().map(|(currency, sums)| ObservedGap {
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
