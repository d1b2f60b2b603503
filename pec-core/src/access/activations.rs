//! What logs show of activations: they write them as they write any assignment.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::day::Interval;

use super::evidence::Evidence;
use super::facts::{Instant, Schedule, ScheduleKind, Text};
use super::identities::Identities;
use super::key::Key;
use super::track::Told;

/// No role can be set to stay activated for longer.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// Who may activate which role, where and since when.
pub(super) struct Eligibilities<'e> {
    evidence: &'e Evidence,
    by_role: BTreeMap<(Text, Text), Vec<&'e Schedule>>,
    /// Groups that may activate, by their members.
    groups: BTreeMap<Text, Vec<Text>>,
}

impl<'e> Eligibilities<'e> {
    pub(super) fn of(evidence: &'e Evidence, identities: &Identities) -> Self {
        let (mut by_role, mut groups) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        let mut principals = BTreeSet::new();
        for fact in evidence.schedules.iter().filter(|fact| fact.kind == ScheduleKind::Eligible) {
            by_role.entry((fact.role, fact.principal)).or_default().push(fact);
            principals.insert(fact.principal);
        }
        for group in principals {
            for member in identities.members(group).into_iter().flat_map(|members| members.identities) {
                groups.entry(member).or_default().push(group);
            }
        }
        Self { evidence, by_role, groups }
    }

    /// May who holds this activate it, without being in any group?
    pub(super) fn is_of(&self, key: Key) -> bool {
        let (role, principal) = key.role_and_principal();
        self.by_role.contains_key(&(role, principal))
    }

    /// The activations among the events of a role assignment: granted to who may activate it, by itself or in a group, and
    /// revoked within a day.
    pub(super) fn activations(&self, key: Key, events: &[(Instant, Told)]) -> Vec<Interval> {
        let Key::Assignment { scope, role, principal } = key else { return Vec::new() };
        let groups = self.groups.get(&principal).into_iter().flatten();
        let of_role = |principal: &Text| self.by_role.get(&(role, *principal));
        let eligible: Vec<_> = std::iter::once(&principal).chain(groups).filter_map(of_role).flatten().collect();
        if eligible.is_empty() {
            return Vec::new();
        }
        let may_activate = |at: Instant| {
            let then =
                |fact: &Schedule| fact.from.is_none_or(|from| from <= at) && fact.until.is_none_or(|until| at < until);
            eligible.iter().any(|fact| then(fact) && self.holds(fact.scope, scope))
        };
        let of_kind = |kind: Told| events.iter().filter(move |(_, told)| *told == kind).map(|(at, _)| *at);
        let activation = |until: Instant| {
            let last = of_kind(Told::Revoked).filter(|at| *at < until).max();
            let from = of_kind(Told::Granted).filter(|at| *at < until && last.is_none_or(|last| last <= *at)).max()?;
            Interval::new(from, until).filter(|_| until - from <= LONGEST && may_activate(from))
        };
        of_kind(Told::Revoked).filter_map(activation).collect()
    }

    /// Is a scope another, or below it?
    fn holds(&self, above: Text, scope: Text) -> bool {
        let text = |scope: Text| self.evidence.texts.get(scope);
        above == scope || text(scope).strip_prefix(text(above)).is_some_and(|rest| rest.starts_with('/'))
    }
}
