//! Identities and their linked partner ids (PAL).
//!
//! Only an identity itself can be asked for its link, so whoever was asked is ours (R28).

use std::collections::{BTreeMap, BTreeSet};

use crate::day::{Interval, IntervalSet};
use crate::partner::Assumptions;

use super::evidence::{Evidence, EvidenceKind};
use super::facts::{Instant, Text};
use super::track::{State, Told, Track, sighting};

/// What is known of the links of all identities, and of the members of groups.
#[derive(Clone, Debug, Default)]
pub(super) struct Identities {
    asked: BTreeMap<Text, Asked>,
    lists: BTreeMap<Text, List>,
    /// Principals that are known to be groups.
    groups: BTreeSet<Text>,
    /// All of the partner's identities were asked.
    pub(super) complete: bool,
}

/// The members that the newest list of a group has.
#[derive(Clone, Debug, Default)]
struct List {
    members: BTreeSet<Text>,
    /// It has all of them.
    complete: bool,
}

/// An identity that was asked for its link.
#[derive(Clone, Debug, Default)]
struct Asked {
    links: Vec<LinkTrack>,
    /// A link that none of the answers shows.
    unseen: Track,
}

#[derive(Clone, Debug)]
struct LinkTrack {
    /// Number 0 where the tenant is not told.
    tenant: Text,
    partner: Text,
    track: Track,
    /// While it was linked with an id that is not told, or may have been with this one.
    other: IntervalSet,
}

/// Who is in a group, those in groups in it included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Members {
    pub(super) identities: BTreeSet<Text>,
    /// Of these, the group itself or groups in it, not all members are known.
    pub(super) unknown: BTreeSet<Text>,
}

/// Whether an identity is linked at a moment.
///
/// Of several links the best counts: they are in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Linked {
    /// To a partner id that earns.
    Yes,
    Unknown,
    /// To one that does not.
    Other,
    No,
}

impl Linked {
    const fn to(earns: Option<bool>) -> Self {
        match earns {
            Some(true) => Self::Yes,
            Some(false) => Self::Other,
            None => Self::Unknown,
        }
    }
}

impl Identities {
    pub(super) fn of(evidence: &Evidence, assumptions: Assumptions) -> Self {
        let mut times: BTreeMap<Text, BTreeSet<(Instant, u32)>> = BTreeMap::new();
        let mut complete = false;
        for (number, file) in (0..).zip(&evidence.files).filter(|(_, file)| file.kind == EvidenceKind::PartnerLinks) {
            complete |= file.complete;
            for identity in &file.identities {
                times.entry(*identity).or_default().insert((file.taken_at, number));
            }
        }
        let mut links: BTreeMap<(Text, Text, Text), LinkFacts> = BTreeMap::new();
        for link in &evidence.links {
            let Some(file) = evidence.files.get(link.place.file as usize) else { continue };
            times.entry(link.object).or_default().insert((file.taken_at, link.place.file));
            let told = links.entry((link.object, link.tenant, link.partner)).or_default();
            if !link.active {
                // Since it was made it was linked, until a time before it was asked.
                let since = link.other_since.or(link.since).unwrap_or(Instant::MIN_UTC);
                told.other.extend(Interval::new(since, file.taken_at));
                continue;
            }
            told.files.insert(link.place.file);
            told.events.extend(sighting(file.taken_at, link.since));
            let other = link.other_since.zip(link.since).and_then(|(from, until)| Interval::new(from, until));
            told.other.extend(other);
        }
        let groups = evidence.groups.clone();
        let mut identities = Self { complete, lists: lists(evidence), groups, ..Self::default() };
        let never = IntervalSet::default();
        for (object, times) in &times {
            let mut asked = times.iter().map(|(at, _)| (*at, Told::Missing)).collect();
            let unseen = Track::new(&mut asked, &never, assumptions);
            identities.asked.insert(*object, Asked { links: Vec::new(), unseen });
        }
        for ((object, tenant, partner), mut told) in links {
            let asked = times.get(&object).into_iter().flatten();
            let missing = asked.filter(|(_, number)| !told.files.contains(number));
            told.events.extend(missing.map(|(at, _)| (*at, Told::Missing)));
            let track = Track::new(&mut told.events, &never, assumptions);
            let link = LinkTrack { tenant, partner, track, other: told.other.into_iter().collect() };
            identities.asked.entry(object).or_default().links.push(link);
        }
        identities
    }

    /// Was it asked?
    pub(super) fn was_asked(&self, object: Text) -> bool {
        self.asked.contains_key(&object)
    }

    /// Is it known to be a group?
    pub(super) fn is_group(&self, principal: Text) -> bool {
        self.groups.contains(&principal)
    }

    /// Its members and theirs, `None` where they are not known.
    pub(super) fn members(&self, group: Text) -> Option<Members> {
        let (mut all, mut waiting) = (Members::default(), vec![group]);
        let mut seen = BTreeSet::from([group]);
        self.lists.get(&group)?;
        while let Some((group, list)) = waiting.pop().and_then(|group| self.lists.get_key_value(&group)) {
            if !list.complete {
                all.unknown.insert(*group);
            }
            for member in &list.members {
                if self.lists.contains_key(member) {
                    waiting.extend(seen.insert(*member).then_some(*member));
                } else if self.groups.contains(member) {
                    all.unknown.insert(*member);
                } else {
                    all.identities.insert(*member);
                }
            }
        }
        Some(all)
    }

    /// Is an identity linked at a moment in a tenant (`None`: any)? `state` tells what was at that moment, `earns` of a partner id
    /// whether it does, where that is known.
    pub(super) fn linked(
        &self,
        (object, tenant): (Text, Option<Text>),
        at: Instant,
        state: impl Fn(&Track) -> State,
        earns: impl Fn(Text) -> Option<bool>,
    ) -> Linked {
        let Some(asked) = self.asked.get(&object) else { return Linked::Unknown };
        let here = |link: &&LinkTrack| link.tenant == 0 || tenant.is_none_or(|tenant| link.tenant == tenant);
        // An identity has one link in a tenant: where one is held, what is not known of the time of others cannot be.
        let held = |link: &LinkTrack| state(&link.track) == State::Held;
        let settled = |tenant: Text| tenant != 0 && asked.links.iter().any(|link| link.tenant == tenant && held(link));
        let may_be = |link: &&LinkTrack| held(link) || !settled(link.tenant);
        let answer = |link: &LinkTrack| {
            let other = link.other.iter().any(|other| other.from() <= at && at < other.until());
            match state(&link.track) {
                State::Held => Linked::to(earns(link.partner)),
                State::NotHeld if !other => Linked::No,
                State::NotHeld | State::Changed | State::After => Linked::Unknown,
            }
        };
        let best = asked.links.iter().filter(here).filter(may_be).map(answer).min();
        best.unwrap_or(match state(&asked.unseen) {
            State::NotHeld => Linked::No,
            State::Held | State::Changed | State::After => Linked::Unknown,
        })
    }

    /// Moments between two at which an answer of an identity may change.
    pub(super) fn cuts(&self, object: Text, from: Instant, until: Instant) -> Vec<Instant> {
        let Some(asked) = self.asked.get(&object) else { return Vec::new() };
        let of_links = asked.links.iter().flat_map(|link| {
            let others = link.other.iter().flat_map(|other| [other.from(), other.until()]);
            link.track.cuts(from, until).chain(others.filter(move |cut| from < *cut && *cut < until))
        });
        of_links.chain(asked.unseen.cuts(from, until)).collect()
    }
}

/// What files tell of a link.
#[derive(Default)]
struct LinkFacts {
    files: BTreeSet<u32>,
    events: Vec<(Instant, Told)>,
    other: Vec<Interval>,
}

/// The newest list of each group's members; of lists of one moment all members.
fn lists(evidence: &Evidence) -> BTreeMap<Text, List> {
    let mut newest: BTreeMap<Text, (Instant, List)> = BTreeMap::new();
    for (group, number, members) in &evidence.members {
        let Some(file) = evidence.files.get(*number as usize) else { continue };
        let known = newest.entry(*group).or_insert_with(|| (file.taken_at, List::default()));
        if file.taken_at > known.0 {
            *known = (file.taken_at, List::default());
        }
        if file.taken_at == known.0 {
            known.1.members.extend(members);
            known.1.complete |= file.complete;
        }
    }
    newest.into_iter().map(|(group, (_, list))| (group, list)).collect()
}
