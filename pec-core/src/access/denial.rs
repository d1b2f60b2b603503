//! Deny assignments over time: whom they hold, and whom they leave out (R36).

use std::collections::{BTreeMap, BTreeSet};

use crate::day::{IntervalSet, UsageDay};
use crate::partner::Assumptions;

use super::compile::{file, snapshots, subscription_of};
use super::evidence::{Evidence, EvidenceKind, FileNumber};
use super::explain::{AccessPath, EvidencePlace};
use super::facts::{Deny, Instant, Place, Text};
use super::identities::Identities;
use super::track::{State, Told, Track, sighting};
use super::{Access, Grant, Reach};

/// A deny assignment and what is known of it over time.
///
/// One that was changed is another from then on: who is denied by one export says nothing of the time of another.
#[derive(Clone, Debug)]
pub(super) struct Denial {
    pub(super) everyone: bool,
    pub(super) principals: Named,
    pub(super) excluded: Named,
    pub(super) track: Track,
    /// It holds at this scope alone.
    pub(super) only_at: Option<Text>,
    /// Where it was read.
    places: BTreeSet<Place>,
}

/// Principals that a deny assignment lists, with the members of groups among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    principals: BTreeSet<Text>,
    members: BTreeSet<Text>,
    /// There is a group among them whose members some export lists.
    lists: bool,
    /// Groups among them, or in these, of which not all members are known.
    unknown: BTreeSet<Text>,
}

/// What tells deny assignments apart: their own id, and what they say.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Content {
    id: Text,
    scope: Text,
    everyone: bool,
    not_below: bool,
    principals: BTreeSet<Text>,
    excluded: BTreeSet<Text>,
}

/// What deny assignments make of a grant on a day.
#[derive(Debug, Default)]
pub(super) struct Denied {
    /// Where those that name it were read.
    pub(super) by: BTreeSet<Place>,
    /// Groups whose members would tell whether others name it.
    pub(super) unknown: BTreeSet<Text>,
    /// It was told by who is in a group.
    pub(super) by_members: bool,
}

impl Content {
    fn of(deny: &Deny) -> Self {
        Self {
            id: deny.id,
            scope: deny.scope,
            everyone: deny.everyone,
            not_below: deny.not_below,
            principals: deny.principals.iter().copied().collect(),
            excluded: deny.excluded.iter().copied().collect(),
        }
    }
}

impl Denial {
    fn may_hold_on(&self, day: UsageDay) -> bool {
        let day = day.interval();
        let moments = std::iter::once(day.from()).chain(self.track.cuts(day.from(), day.until()));
        moments.into_iter().any(|at| self.track.at(at).state != State::NotHeld)
    }
}

impl Named {
    fn of(principals: BTreeSet<Text>, identities: &Identities) -> Self {
        let mut named = Self::default();
        for principal in &principals {
            match identities.members(*principal) {
                Some(members) => {
                    named.lists = true;
                    named.members.extend(members.identities);
                    named.unknown.extend(members.unknown);
                }
                None => named.unknown.extend(identities.is_group(*principal).then_some(*principal)),
            }
        }
        Self { principals, ..named }
    }

    /// Does it take a list of members to tell whether one of these is listed?
    fn rest_on_members(&self, principals: &[Text]) -> bool {
        self.lists && !principals.iter().any(|principal| self.principals.contains(principal))
    }

    /// Is one of these listed? Only users and service principals of the customer's tenant are `in_groups` of it.
    pub(super) fn hold(&self, principals: &[Text], in_groups: bool) -> Option<bool> {
        let listed =
            |principal: &Text| self.principals.contains(principal) || (in_groups && self.members.contains(principal));
        if principals.iter().any(listed) {
            return Some(true);
        }
        (!in_groups || self.unknown.is_empty()).then_some(false)
    }
}

/// Deny assignments with their scopes.
pub(super) fn denials(evidence: &Evidence, identities: &Identities, assumptions: Assumptions) -> Vec<(Text, Denial)> {
    let mut found: BTreeMap<Content, Vec<(Place, Instant, Option<Instant>)>> = BTreeMap::new();
    // Files that list it, in whatever words, and when the first of them was taken.
    let mut listed: BTreeMap<Text, BTreeSet<(Instant, FileNumber)>> = BTreeMap::new();
    for deny in &evidence.denies {
        let Some(file) = file(evidence, deny.place) else { continue };
        let seen = (deny.place, file.taken_at, deny.created);
        found.entry(Content::of(deny)).or_default().push(seen);
        listed.entry(deny.id).or_default().insert((file.taken_at, deny.place.file));
    }
    let snapshots = snapshots(evidence, EvidenceKind::DenyAssignments);
    let never = IntervalSet::default();
    let finish = |(content, seen): (Content, Vec<(Place, Instant, Option<Instant>)>)| {
        let listed = listed.get(&content.id);
        // It was made once: what it says in a later export may have been written since.
        let first = listed.and_then(BTreeSet::first).map(|(at, _)| *at);
        let is_first = seen.iter().any(|(_, at, _)| Some(*at) == first);
        let mut events: Vec<_> =
            seen.iter().flat_map(|(_, at, created)| sighting(*at, created.filter(|_| is_first))).collect();
        let complete = subscription_of(evidence, content.scope).and_then(|subscription| snapshots.get(&subscription));
        let complete = complete.into_iter().flatten().map(|(number, at)| (*at, *number));
        let others = complete.chain(listed.into_iter().flatten().copied());
        let missing = others.filter(|(_, number)| !seen.iter().any(|(place, ..)| place.file == *number));
        events.extend(missing.map(|(at, _)| (at, Told::Missing)));
        let denial = Denial {
            everyone: content.everyone,
            principals: Named::of(content.principals, identities),
            excluded: Named::of(content.excluded, identities),
            track: Track::new(&mut events, &never, assumptions),
            only_at: content.not_below.then_some(content.scope),
            places: seen.iter().map(|(place, ..)| *place).collect(),
        };
        (content.scope, denial)
    };
    found.into_iter().map(finish).collect()
}

impl Access {
    /// What the deny assignments that reach make of a grant on a day.
    pub(super) fn denied_on(&self, grant: &Grant, reach: &Reach, day: UsageDay) -> Denied {
        let mut denied = Denied::default();
        let Some(principal) = grant.key.principal() else { return denied };
        let in_groups = self.path(grant, principal) == AccessPath::DirectRbac;
        let members = self.identities.members(principal).into_iter().flat_map(|members| members.identities);
        let holders: Vec<_> = std::iter::once(principal).chain(members).collect();
        let denies = reach.denies.iter().filter_map(|reaching| self.denies.get(reaching.number as usize));
        for deny in denies.filter(|deny| deny.may_hold_on(day)) {
            let lists = [Some(&deny.principals).filter(|_| !deny.everyone), Some(&deny.excluded)];
            denied.by_members |= in_groups && lists.into_iter().flatten().any(|named| named.rest_on_members(&holders));
            let named = if deny.everyone { Some(true) } else { deny.principals.hold(&holders, in_groups) };
            match (named, deny.excluded.hold(&holders, in_groups)) {
                (Some(false), _) | (_, Some(true)) => {}
                (Some(true), Some(false)) => denied.by.extend(&deny.places),
                _ => denied.unknown.extend(deny.principals.unknown.union(&deny.excluded.unknown)),
            }
        }
        denied
    }

    /// Places in files, by their names.
    pub(super) fn named_places<'p>(&self, places: impl IntoIterator<Item = &'p Place>) -> Vec<EvidencePlace> {
        let named = |place: &Place| {
            let file = file(&self.evidence, *place)?;
            Some(EvidencePlace { file: file.name.to_string(), entry: place.entry })
        };
        let named: BTreeSet<_> = places.into_iter().filter_map(named).collect();
        named.into_iter().collect()
    }
}
