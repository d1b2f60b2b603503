//! Deny assignments over time: whom they hold, and whom they leave out (R36).

use std::collections::{BTreeMap, BTreeSet};

use crate::day::{IntervalSet, UsageDay};
use crate::partner::Assumptions;

use super::compile::{file, snapshots, subscription_of};
use super::conditions::within;
use super::evidence::{Evidence, EvidenceKind, FileNumber};
use super::explain::{AccessPath, EvidencePlace};
use super::facts::{Deny, DenyUnread, Instant, Place, Text};
use super::finding::{Finding, Findings};
use super::identities::Identities;
use super::track::{State, Told, Track, sighting};
use super::{Access, Grant, Reach};

/// A deny assignment and what is known of it over time.
///
/// One that was changed is another from then on: who is denied by one export says nothing of the time of another.
#[derive(Clone, Debug)]
pub(super) struct Denial {
    everyone: bool,
    principals: Named,
    excluded: Named,
    unread: DenyUnread,
    pub(super) track: Track,
    /// It holds at this scope alone.
    pub(super) only_at: Option<Text>,
    /// Where it was read.
    places: BTreeSet<Place>,
}

/// Principals that a deny assignment lists, with the members of groups among them.
#[derive(Clone, Debug, Default)]
struct Named {
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
    unread: DenyUnread,
}

/// Does a deny assignment hold somebody?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Yes,
    No,
    /// What is not known.
    Unknown(Findings),
}

/// What deny assignments make of a grant on a day.
#[derive(Debug, Default)]
pub(super) struct Denied {
    /// Where those that name it were read.
    pub(super) by: BTreeSet<Place>,
    /// Groups whose members would tell whether others name it.
    pub(super) unknown: BTreeSet<Text>,
    /// Where those were read, in part, that may name it.
    pub(super) unread: BTreeSet<Place>,
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
            unread: deny.unread,
        }
    }
}

impl Denial {
    /// Does it hold one of these? Only users and service principals of the customer's tenant are `in_groups` of it.
    pub(super) fn holds(&self, principals: &[Text], in_groups: bool) -> Holds {
        let told = |named: &Named, unread: bool| match (named.hold(principals, in_groups), unread) {
            (Some(true), _) => Holds::Yes,
            (Some(false), false) => Holds::No,
            (Some(false), true) => Holds::Unknown(Findings::of(Finding::NoAccessEvidence)),
            (None, false) => Holds::Unknown(Findings::of(Finding::GroupMembersUnknown)),
            (None, true) => {
                Holds::Unknown(Findings::from_iter([Finding::GroupMembersUnknown, Finding::NoAccessEvidence]))
            }
        };
        let named = if self.everyone { Holds::Yes } else { told(&self.principals, self.unread.principals) };
        match (named, told(&self.excluded, self.unread.excluded)) {
            (Holds::No, _) | (_, Holds::Yes) => Holds::No,
            (Holds::Yes, Holds::No) => Holds::Yes,
            (Holds::Yes, Holds::Unknown(one)) | (Holds::Unknown(one), Holds::No) => Holds::Unknown(one),
            (Holds::Unknown(one), Holds::Unknown(other)) => Holds::Unknown(one.with(other)),
        }
    }

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

    /// Is one of these listed?
    fn hold(&self, principals: &[Text], in_groups: bool) -> Option<bool> {
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
    let whole = Whole::of(evidence);
    for deny in evidence.denies.iter().filter(|deny| !whole.tells(evidence, deny)) {
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
            unread: content.unread,
            track: Track::new(&mut events, &never, assumptions),
            only_at: content.not_below.then_some(content.scope),
            places: seen.iter().map(|(place, ..)| *place).collect(),
        };
        (content.scope, denial)
    };
    found.into_iter().map(finish).collect()
}

/// Deny assignments that could be read whole, by their id: when each was exported, and when the oldest of that export and later
/// ones was made.
struct Whole(BTreeMap<Text, BTreeMap<Instant, Instant>>);

impl Whole {
    fn of(evidence: &Evidence) -> Self {
        let mut whole: BTreeMap<Text, BTreeMap<Instant, Instant>> = BTreeMap::new();
        for deny in evidence.denies.iter().filter(|deny| deny.unread == DenyUnread::default() && deny.id != 0) {
            let Some(file) = file(evidence, deny.place) else { continue };
            let made = deny.created.unwrap_or(Instant::MIN_UTC);
            let known = whole.entry(deny.id).or_default().entry(file.taken_at).or_insert(made);
            *known = made.min(*known);
        }
        for exports in whole.values_mut() {
            let mut oldest = Instant::MAX_UTC;
            for made in exports.values_mut().rev() {
                oldest = oldest.min(*made);
                *made = oldest;
            }
        }
        Self(whole)
    }

    /// Is it unread in part, and does an export of that time or later say what it says, made before?
    fn tells(&self, evidence: &Evidence, deny: &Deny) -> bool {
        let Some(taken_at) = file(evidence, deny.place).map(|file| file.taken_at) else { return false };
        let later = self.0.get(&deny.id).and_then(|exports| exports.range(taken_at..).next());
        deny.unread != DenyUnread::default() && later.is_some_and(|(_, made)| *made <= taken_at)
    }
}

impl Access {
    /// What the deny assignments that reach make of a grant on a day.
    pub(super) fn denied_on(&self, grant: &Grant, reach: &Reach, day: UsageDay) -> Denied {
        self.denied_by(grant, reach, |deny| deny.may_hold_on(day))
    }

    /// The kinds of export whose entries could not all be read and leave open whether a grant counts at a moment.
    pub(super) fn unread_for(&self, grant: &Grant, reach: &Reach, at: Instant) -> Vec<EvidenceKind> {
        let denied = self.denied_by(grant, reach, |deny| deny.track.at(at).state != State::NotHeld);
        let kinds = [
            (!denied.unread.is_empty(), EvidenceKind::DenyAssignments),
            (within(&grant.unread, at), EvidenceKind::PimAssignments),
        ];
        kinds.into_iter().filter(|(is, _)| *is).map(|(_, kind)| kind).collect()
    }

    /// What those of the deny assignments that may hold make of a grant.
    fn denied_by(&self, grant: &Grant, reach: &Reach, may_hold: impl Fn(&Denial) -> bool) -> Denied {
        let mut denied = Denied::default();
        let Some(principal) = grant.key.principal() else { return denied };
        let in_groups = self.path(grant, principal) == AccessPath::DirectRbac;
        let members = self.identities.members(principal).into_iter().flat_map(|members| members.identities);
        let holders: Vec<_> = std::iter::once(principal).chain(members).collect();
        let denies = reach.denies.iter().filter_map(|reaching| self.denies.get(reaching.number as usize));
        for deny in denies.filter(|deny| may_hold(deny)) {
            let lists = [Some(&deny.principals).filter(|_| !deny.everyone), Some(&deny.excluded)];
            denied.by_members |= in_groups && lists.into_iter().flatten().any(|named| named.rest_on_members(&holders));
            match deny.holds(&holders, in_groups) {
                Holds::No => {}
                Holds::Yes => denied.by.extend(&deny.places),
                Holds::Unknown(findings) => {
                    if findings.has(Finding::GroupMembersUnknown) {
                        denied.unknown.extend(deny.principals.unknown.union(&deny.excluded.unknown));
                    }
                    if findings.has(Finding::NoAccessEvidence) {
                        denied.unread.extend(&deny.places);
                    }
                }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::evidence::{EvidenceInput, read};

    /// The denials of two exports, the older one first.
    fn read_both(exports: [&str; 2]) -> Vec<(Text, Denial)> {
        let mut evidence = Evidence::new();
        for (hours, text) in (1..).zip(exports) {
            let taken_at = Instant::UNIX_EPOCH + chrono::TimeDelta::hours(hours);
            let input = EvidenceInput::new("file.json", text.as_bytes(), taken_at).kind(EvidenceKind::DenyAssignments);
            read(&mut evidence, &input).unwrap();
        }
        let assumptions = Assumptions { unchanged: true, unchanged_until: None };
        denials(&evidence, &Identities::of(&evidence, assumptions), assumptions)
    }

    fn deny(id: usize, principals: &str, created: &str) -> String {
        let path = format!("/subscriptions/s/providers/Microsoft.Authorization/denyAssignments/{id}");
        format!(r#"{{"id": "{path}", "principals": [{principals}], "createdOn": "{created}"}}"#)
    }

    #[test]
    fn many_that_were_cut_off_and_exported_again() {
        let list = |principals: &str| {
            let all: Vec<_> = (0..20_000).map(|id| deny(id, principals, "1970-01-01T00:30:00Z")).collect();
            format!("[{}]", all.join(","))
        };
        let found = read_both([&list("7"), &list(r#"{"id": "p"}"#)]);
        assert_eq!(found.len(), 20_000);
        assert!(found.iter().all(|(_, denial)| denial.unread == DenyUnread::default()));
    }

    #[test]
    fn of_several_that_are_whole_the_oldest_counts() {
        let cut = deny(1, "7", "1970-01-01T00:30:00Z");
        let whole = |created: &str| deny(1, r#"{"id": "p"}"#, created);
        let unread = |second: &str| {
            let found = read_both([&cut, second]);
            found.iter().filter(|(_, denial)| denial.unread != DenyUnread::default()).count()
        };
        let (before, after) = (whole("1970-01-01T00:30:00Z"), whole("1970-01-01T01:30:00Z"));
        assert_eq!((unread(&before), unread(&after)), (0, 1), "made again since, it may be another");
        assert_eq!(unread(&format!("[{after}, {before}]")), 0);
    }
}
