//! Deny assignments over time: whom they hold, and whom they leave out (R36).

use std::collections::{BTreeMap, BTreeSet};

use crate::day::IntervalSet;
use crate::partner::Assumptions;

use super::compile::{file, snapshots, subscription_of};
use super::evidence::{Evidence, EvidenceKind, FileNumber};
use super::facts::{Deny, Instant, Text};
use super::identities::Identities;
use super::track::{Told, Track, sighting};

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
}

/// Principals that a deny assignment lists, with the members of groups among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    principals: BTreeSet<Text>,
    members: BTreeSet<Text>,
    /// Of a group among them not all members are known.
    some_unknown: bool,
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

impl Named {
    fn of(principals: BTreeSet<Text>, identities: &Identities) -> Self {
        let mut named = Self::default();
        for principal in &principals {
            match identities.members(*principal) {
                Some(members) => {
                    named.members.extend(members.identities);
                    named.some_unknown |= members.some_unknown;
                }
                None => named.some_unknown |= identities.is_group(*principal),
            }
        }
        Self { principals, ..named }
    }

    /// Is one of these listed? Only users and service principals of the customer's tenant are `in_groups` of it.
    pub(super) fn hold(&self, principals: &[Text], in_groups: bool) -> Option<bool> {
        let listed =
            |principal: &Text| self.principals.contains(principal) || (in_groups && self.members.contains(principal));
        if principals.iter().any(listed) {
            return Some(true);
        }
        (!in_groups || !self.some_unknown).then_some(false)
    }
}

/// Deny assignments with their scopes.
pub(super) fn denials(evidence: &Evidence, identities: &Identities, assumptions: Assumptions) -> Vec<(Text, Denial)> {
    let mut found: BTreeMap<Content, Vec<(FileNumber, Instant, Option<Instant>)>> = BTreeMap::new();
    // Files that list it, in whatever words, and when the first of them was taken.
    let mut listed: BTreeMap<Text, BTreeSet<(Instant, FileNumber)>> = BTreeMap::new();
    for deny in &evidence.denies {
        let Some(file) = file(evidence, deny.place) else { continue };
        let seen = (deny.place.file, file.taken_at, deny.created);
        found.entry(Content::of(deny)).or_default().push(seen);
        listed.entry(deny.id).or_default().insert((file.taken_at, deny.place.file));
    }
    let snapshots = snapshots(evidence, EvidenceKind::DenyAssignments);
    let never = IntervalSet::default();
    let finish = |(content, seen): (Content, Vec<(FileNumber, Instant, Option<Instant>)>)| {
        let listed = listed.get(&content.id);
        // It was made once: what it says in a later export may have been written since.
        let first = listed.and_then(BTreeSet::first).map(|(at, _)| *at);
        let is_first = seen.iter().any(|(_, at, _)| Some(*at) == first);
        let mut events: Vec<_> =
            seen.iter().flat_map(|(_, at, created)| sighting(*at, created.filter(|_| is_first))).collect();
        let complete = subscription_of(evidence, content.scope).and_then(|subscription| snapshots.get(&subscription));
        let complete = complete.into_iter().flatten().map(|(number, at)| (*at, *number));
        let others = complete.chain(listed.into_iter().flatten().copied());
        let missing = others.filter(|(_, number)| !seen.iter().any(|(listing, ..)| listing == number));
        events.extend(missing.map(|(at, _)| (at, Told::Missing)));
        let denial = Denial {
            everyone: content.everyone,
            principals: Named::of(content.principals, identities),
            excluded: Named::of(content.excluded, identities),
            track: Track::new(&mut events, &never, assumptions),
            only_at: content.not_below.then_some(content.scope),
        };
        (content.scope, denial)
    };
    found.into_iter().map(finish).collect()
}
