//! Where the lines of a pack arose, and the grants that reach there.

use std::collections::BTreeMap;

use crate::access::{Access, AccessStretch, AccessTimeline, Counts, Reach, Target};
use crate::day::{Interval, IntervalSet};
use crate::programme::Programme;
use crate::report::explanations::{common_scope, scope_of};
use crate::usage::UsageLine;

/// The grants of each place, worked out once.
#[derive(Debug)]
pub(super) struct Places<'a> {
    access: &'a Access,
    programme: &'a Programme,
    period: Option<Interval>,
    /// Reached places by subscription, group, resource and reseller.
    known: BTreeMap<[String; 4], usize>,
    last: Option<([String; 4], usize)>,
    numbers: BTreeMap<(String, Reach), usize>,
    reached: Vec<Reached<'a>>,
}

/// Places of an Azure subscription that the same grants reach.
#[derive(Debug)]
struct Reached<'a> {
    subscription: String,
    /// The smallest scope that holds them.
    scope: String,
    reach: Reach,
    timeline: AccessTimeline<'a>,
    /// When grants that count cover them.
    covered: IntervalSet,
}

/// A grant in the period, as it stands for some places.
#[derive(Clone, Debug)]
pub(super) struct Held<'a> {
    pub(super) subscription: String,
    /// The smallest scope that holds the places.
    pub(super) reaches: String,
    pub(super) stretch: AccessStretch<'a>,
}

impl<'a> Places<'a> {
    pub(super) fn new(access: &'a Access, programme: &'a Programme, period: Option<Interval>) -> Self {
        let (known, numbers) = (BTreeMap::new(), BTreeMap::new());
        Self { access, programme, period, known, last: None, numbers, reached: Vec::new() }
    }

    /// Minutes of the line's day, rounded down, that counting grants cover.
    pub(super) fn covered_minutes(&mut self, line: &UsageLine<'_>) -> u64 {
        let number = self.number(line);
        let minutes = self.reached.get(number).map_or(0, |reached| reached.covered.covered_minutes(line.day));
        u64::try_from(minutes).unwrap_or_default()
    }

    fn number(&mut self, line: &UsageLine<'_>) -> usize {
        let place = [line.subscription.as_str(), line.resource_group, line.resource, line.reseller.as_str()];
        let is = |known: &[String; 4]| known.iter().zip(place).all(|(known, text)| known == text);
        if let Some((_, number)) = self.last.as_ref().filter(|(last, _)| is(last)) {
            return *number;
        }
        let place = place.map(str::to_owned);
        let number = match self.known.get(&place) {
            Some(number) => *number,
            None => {
                let number = self.reach(line);
                self.known.insert(place.clone(), number);
                number
            }
        };
        self.last = Some((place, number));
        number
    }

    /// The number of what reaches a place that is new.
    fn reach(&mut self, line: &UsageLine<'_>) -> usize {
        let reach = self.access.reach(Target {
            customer: line.customer.as_str(),
            subscription: line.subscription.as_str(),
            resource_group: line.resource_group,
            resource: line.resource,
            reseller: line.reseller.as_str(),
        });
        let scope = scope_of(line);
        let key = (line.subscription.to_string(), reach);
        if let Some(number) = self.numbers.get(&key) {
            if let Some(reached) = self.reached.get_mut(*number) {
                reached.scope = common_scope(&reached.scope, &scope);
            }
            return *number;
        }
        let (access, programme) = (self.access, self.programme);
        let timeline = access.timeline_of(&key.1, programme);
        let counting = timeline.stretches.iter().filter(|stretch| stretch.counts == Counts::Yes);
        let covered = counting.filter_map(AccessStretch::interval).collect();
        let number = self.reached.len();
        self.reached.push(Reached { subscription: key.0.clone(), scope, reach: key.1.clone(), timeline, covered });
        self.numbers.insert(key, number);
        number
    }

    /// Grants of the customer's own users that are left out of some place.
    pub(super) fn not_yours(&self) -> usize {
        self.reached.iter().map(|reached| reached.timeline.not_yours).max().unwrap_or_default()
    }

    /// The grants in the period. One that stands alike in several places of a subscription is named once.
    pub(super) fn held(&self) -> Vec<Held<'a>> {
        let in_period = |reached: &Reached<'a>| {
            let held = |stretch: AccessStretch<'a>| Held {
                subscription: reached.subscription.clone(),
                reaches: reached.scope.clone(),
                stretch,
            };
            let clipped = reached.timeline.stretches.iter().filter_map(|stretch| stretch.clipped(self.period?));
            let told = |mut stretch: AccessStretch<'a>| {
                let until = stretch.interval().map(|held| held.until());
                stretch.assumed = until.is_some_and(|until| stretch.rests_on_assumption(&reached.reach, until));
                stretch
            };
            clipped.map(told).map(held).collect::<Vec<_>>()
        };
        let mut all: Vec<_> = self.reached.iter().flat_map(in_period).collect();
        all.sort_by(|a, b| a.subscription.cmp(&b.subscription).then_with(|| a.stretch.order().cmp(&b.stretch.order())));
        all.dedup_by(|later, first| {
            let same = first.subscription == later.subscription && first.stretch.same(&later.stretch);
            if same {
                first.reaches = common_scope(&first.reaches, &later.reaches);
            }
            same
        });
        all
    }
}
