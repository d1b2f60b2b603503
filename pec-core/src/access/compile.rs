//! Facts of many files to grants with what is known of each over time.
//!
//! What is one grant in Azure is one here, however often it was exported: a role assignment is known by scope, role and
//! principal, an authorization of a delegation by scope, managing tenant, principal, role and kind.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::{Interval, IntervalSet};
use crate::partner::Assumptions;
use crate::resource::ArmScope;

use super::Earner;
use super::activations::Eligibilities;
use super::contradiction::{Against, Says, contradicted};
use super::evidence::{Evidence, EvidenceFile, EvidenceKind};
use super::facts::{Instant, LoggedOf, Place, PrincipalKind, ScheduleKind, Text, UnreadSchedule};
use super::identities::Identities;
pub(super) use super::key::Key;
use super::logs::Logs;
use super::track::{Told, Track, sighting};

/// One fact of access with its path, identity, role, scope and what is known of it over time.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) key: Key,
    pub(super) kind: PrincipalKind,
    pub(super) conditional: bool,
    pub(super) marketplace: bool,
    /// While it is active only for a while.
    pub(super) just_in_time: IntervalSet,
    /// That is known of a member of a group that may activate it.
    pub(super) activated_in_group: bool,
    /// While it may be active only for a while: what says so could not all be read.
    pub(super) unread: IntervalSet,
    /// Where that was tried.
    pub(super) unread_at: Vec<Place>,
    pub(super) track: Track,
    /// Its end, where it has one after everything else that is told of it.
    pub(super) end: Option<Instant>,
    /// When it was last revoked, by a log or by its own end.
    pub(super) revoked: Option<Instant>,
    /// What ends its own path, as the newest file has it; number 0 where none does.
    pub(super) name: Text,
    pub(super) places: Vec<Place>,
    /// What other exports say against it in vain.
    pub(super) contradicted: Vec<Against>,
    /// The subscriptions it is known to be about; of a scope above subscriptions those of the files that list it.
    pub(super) subscriptions: BTreeSet<Text>,
}

impl Grant {
    /// Has an activation come to its end, with nothing told of it after?
    pub(super) fn is_over(&self, at: Instant) -> bool {
        let is_activation = |end: Instant| self.just_in_time.iter().any(|active| active.until() == end);
        self.end.is_some_and(|end| end <= at && is_activation(end))
    }
}

/// Events of a grant as they are gathered.
#[derive(Default)]
struct Gathered {
    conditional: bool,
    marketplace: bool,
    just_in_time: Vec<Interval>,
    events: Vec<(Instant, Told)>,
    places: Vec<Place>,
    /// What tells that it had ended.
    against: Vec<Against>,
    /// Files that list it.
    listed: BTreeSet<u32>,
    subscriptions: BTreeSet<Text>,
    /// Subscriptions whose complete snapshots would list it.
    listed_for: BTreeSet<Text>,
    /// Where an assignment that is not standing ends.
    ends: Vec<Instant>,
    /// When it was last seen under a name of its own, and which.
    name: Option<(Instant, Text)>,
}

/// Puts facts under their keys.
pub(super) struct Gathering<'e> {
    evidence: &'e Evidence,
    assumptions: Assumptions,
    identities: &'e Identities,
    /// Tenants of the partner file.
    tenants: BTreeSet<Text>,
    grants: BTreeMap<Key, Gathered>,
    /// Subscriptions that files list, besides those they say they cover.
    listed_subscriptions: BTreeMap<u32, BTreeSet<Text>>,
}

impl<'e> Gathering<'e> {
    /// The grants that evidence shows, in the order of their keys.
    pub(super) fn grants(
        evidence: &'e Evidence,
        identities: &'e Identities,
        earners: &[Earner],
        assumptions: Assumptions,
    ) -> Vec<Grant> {
        let (grants, listed_subscriptions) = (BTreeMap::new(), BTreeMap::new());
        let tenants = earners.iter().map(|earner| earner.tenant).collect();
        let mut gathering = Self { evidence, assumptions, identities, tenants, grants, listed_subscriptions };
        gathering.assignments();
        gathering.schedules();
        gathering.delegations();
        gathering.logs();
        gathering.place();
        gathering.missing();
        gathering.finish()
    }

    /// A file is about the subscription of a scope that it lists.
    fn lists(&mut self, place: Place, scope: Text) {
        let subscription = subscription_of(self.evidence, scope);
        self.listed_subscriptions.entry(place.file).or_default().extend(subscription);
    }

    fn assignments(&mut self) {
        for fact in &self.evidence.assignments {
            let Some(file) = file(self.evidence, fact.place) else { continue };
            self.lists(fact.place, fact.scope);
            let key = Key::Assignment { scope: fact.scope, role: fact.role, principal: fact.principal };
            let gathered = self.grants.entry(key).or_default();
            gathered.conditional |= fact.conditional;
            gathered.seen(file.taken_at, fact.created, fact.place);
            gathered.named(self.evidence, file.taken_at, fact.name);
        }
    }

    fn schedules(&mut self) {
        for fact in &self.evidence.schedules {
            let Some(file) = file(self.evidence, fact.place) else { continue };
            self.lists(fact.place, fact.scope);
            let (scope, role, principal) = (fact.scope, fact.role, fact.principal);
            let key = match fact.kind {
                ScheduleKind::Eligible => Key::Eligibility { scope, role, principal },
                ScheduleKind::Assigned | ScheduleKind::Activated => Key::Assignment { scope, role, principal },
            };
            let gathered = self.grants.entry(key).or_default();
            if fact.kind == ScheduleKind::Activated {
                let until = fact.until.unwrap_or(file.taken_at);
                gathered.just_in_time.extend(fact.from.and_then(|from| Interval::new(from, until)));
            }
            gathered.ends.extend(fact.until);
            // What may be activated says itself when it ends; of an assignment that is a promise.
            let ended = |until: &Instant| fact.kind == ScheduleKind::Eligible || *until <= file.taken_at;
            match fact.until.filter(ended) {
                Some(until) => {
                    gathered.events.extend(fact.from.map(|from| (from, Told::Granted)));
                    gathered.events.push((until, Told::Revoked));
                    gathered.ended(until, fact.place);
                    gathered.places.push(fact.place);
                }
                None => gathered.seen(file.taken_at, fact.from, fact.place),
            }
        }
    }

    fn delegations(&mut self) {
        // A delegation without its definition says nothing where another file has the same with its definition.
        let told: BTreeSet<(Text, Text)> = (self.evidence.delegations.iter())
            .filter(|fact| fact.authorization.is_some() && fact.name != 0)
            .map(|fact| (fact.scope, fact.name))
            .collect();
        for fact in &self.evidence.delegations {
            let Some(file) = file(self.evidence, fact.place) else { continue };
            if fact.authorization.is_none() && told.contains(&(fact.scope, fact.name)) {
                continue;
            }
            let key = Key::Authorization {
                scope: fact.scope,
                tenant: fact.tenant,
                authorization: fact.authorization,
                eligible_only: fact.eligible_only,
            };
            let gathered = self.grants.entry(key).or_default();
            gathered.marketplace |= fact.marketplace;
            gathered.seen(file.taken_at, fact.created, fact.place);
            gathered.named(self.evidence, file.taken_at, fact.name);
        }
    }

    fn logs(&mut self) {
        for entry in &self.evidence.logged {
            let told = if entry.granted { Told::Granted } else { Told::Revoked };
            let add = |gathered: &mut Gathered| {
                gathered.events.push((entry.at, told));
                gathered.events.extend(entry.created.map(|at| (at, Told::Granted)));
                gathered.places.push(entry.place);
                if !entry.granted {
                    gathered.ended(entry.at, entry.place);
                }
            };
            match entry.of {
                LoggedOf::Assignment { scope, role, principal, .. } => {
                    self.lists(entry.place, scope);
                    let gathered = self.grants.entry(Key::Assignment { scope, role, principal }).or_default();
                    add(gathered);
                }
                LoggedOf::Delegation { scope } => {
                    // The first and the last that an authorization of the scope can be.
                    let first = Key::Authorization { scope, tenant: 0, authorization: None, eligible_only: false };
                    let authorization = Some((Text::MAX, Text::MAX));
                    let last = Key::Authorization { scope, tenant: Text::MAX, authorization, eligible_only: true };
                    // The log is that of a managing tenant, and shows nothing of a third partner's delegations.
                    let managing = |key: &Key| key.managing_tenant().filter(|tenant| *tenant != 0);
                    let is_ours = |key: &Key| managing(key).is_none_or(|tenant| self.tenants.contains(&tenant));
                    if !self.grants.range(first..=last).any(|(key, _)| is_ours(key)) {
                        self.grants.entry(first).or_default();
                    }
                    let ours = self.grants.range_mut(first..=last).filter(|(key, _)| is_ours(key));
                    ours.for_each(|(_, gathered)| add(gathered));
                }
            }
        }
    }

    /// The subscriptions each grant is about.
    fn place(&mut self) {
        for (key, gathered) in &mut self.grants {
            gathered.listed = gathered.places.iter().map(|place| place.file).collect();
            if let Some(subscription) = subscription_of(self.evidence, key.scope()) {
                gathered.subscriptions.insert(subscription);
                gathered.listed_for.insert(subscription);
                continue;
            }
            for number in &gathered.listed {
                let Some(file) = self.evidence.files.get(*number as usize) else { continue };
                gathered.subscriptions.extend(&file.subscriptions);
                if Some(file.kind) == key.listed_in() {
                    gathered.listed_for.extend(&file.subscriptions);
                }
                gathered.subscriptions.extend(self.listed_subscriptions.get(number).into_iter().flatten());
            }
        }
    }

    /// Complete snapshots that do not list a grant they would list.
    fn missing(&mut self) {
        let snapshots = [EvidenceKind::RoleAssignments, EvidenceKind::LighthouseAssignments]
            .map(|kind| (kind, snapshots(self.evidence, kind)));
        for (key, gathered) in &mut self.grants {
            let of_kind = snapshots.iter().find(|(kind, _)| Some(*kind) == key.listed_in());
            for subscription in &gathered.listed_for {
                let snapshots = of_kind.and_then(|(_, of_kind)| of_kind.get(subscription)).into_iter().flatten();
                for (file, at) in snapshots.filter(|(number, _)| !gathered.listed.contains(number)) {
                    gathered.events.push((*at, Told::Missing));
                    gathered.against.push(Against { at: *at, says: Says::NotListed, file: *file, entry: None });
                }
            }
        }
    }

    fn finish(self) -> Vec<Grant> {
        let logs = Logs::of(self.evidence);
        let kinds = kinds(self.evidence);
        let eligibilities = Eligibilities::of(self.evidence, self.identities);
        let none = IntervalSet::default();
        let grant = |(key, mut gathered): (Key, Gathered)| {
            let above_subscriptions = subscription_of(self.evidence, key.scope()).is_none();
            let logged = match key {
                _ if above_subscriptions => &none,
                Key::Assignment { .. } => logs.of_assignments(&gathered.subscriptions),
                Key::Authorization { .. } => logs.of_delegations(&gathered.subscriptions),
                Key::Eligibility { .. } => &none,
            };
            let (end, revoked) = (gathered.end(), gathered.revoked());
            let until = self.assumptions.unchanged_until.map(|until| end.map_or(until, |end| end.min(until)));
            let assumptions = Assumptions { unchanged_until: until, ..self.assumptions };
            let activations = eligibilities.activations(key, &gathered.events);
            let activated_in_group = !activations.is_empty() && !eligibilities.is_of(key);
            gathered.just_in_time.extend(activations);
            let contradicted = contradicted(gathered.against, &gathered.events);
            let kind = key.principal().and_then(|principal| kinds.get(&principal)).copied().unwrap_or_default();
            let of_grant = |one: &&UnreadSchedule| one.may_be_of(key, kind, &gathered.subscriptions, self.evidence);
            let unread = || self.evidence.unread_schedules.iter().filter(of_grant);
            Grant {
                key,
                kind,
                unread: unread().filter_map(|one| one.interval()).collect(),
                unread_at: unread().map(|one| one.place).collect(),
                conditional: gathered.conditional,
                marketplace: gathered.marketplace,
                just_in_time: gathered.just_in_time.into_iter().collect(),
                activated_in_group,
                track: Track::new(&mut gathered.events, logged, assumptions),
                end,
                revoked,
                name: gathered.name.map_or(0, |(_, name)| name),
                places: gathered.places,
                contradicted,
                subscriptions: gathered.subscriptions,
            }
        };
        self.grants.into_iter().map(grant).collect()
    }
}

impl UnreadSchedule {
    fn interval(&self) -> Option<Interval> {
        Interval::new(self.from.unwrap_or(Instant::MIN_UTC), self.until.unwrap_or(Instant::MAX_UTC))
    }

    /// May it be an activation of this grant? One whose principal is not told is of no group of another tenant: nobody in the
    /// customer's tenant can activate for it.
    fn may_be_of(&self, key: Key, kind: PrincipalKind, about: &BTreeSet<Text>, evidence: &Evidence) -> bool {
        let Key::Assignment { scope, role, principal } = key else { return false };
        let of_file = || {
            let covers = file(evidence, self.place).map_or(&[][..], |file| file.subscriptions.as_slice());
            covers.is_empty() || about.is_empty() || covers.iter().any(|subscription| about.contains(subscription))
        };
        let holder =
            if self.principal == 0 { kind != PrincipalKind::ForeignGroup } else { self.principal == principal };
        let place = if self.scope == 0 { of_file() } else { self.scope == scope };
        holder && place && (self.role == 0 || self.role == role)
    }
}

impl Gathered {
    /// In a snapshot.
    fn seen(&mut self, taken_at: Instant, created: Option<Instant>, place: Place) {
        self.events.extend(sighting(taken_at, created));
        self.places.push(place);
    }

    /// It had ended, says an entry.
    fn ended(&mut self, at: Instant, Place { file, entry }: Place) {
        self.against.push(Against { at, says: Says::Revoked, file, entry: Some(entry) });
    }

    /// The newest name is kept; of two at one time the later in the alphabet.
    fn named(&mut self, evidence: &Evidence, taken_at: Instant, name: Text) {
        let order = |(at, name): (Instant, Text)| (at, evidence.texts.get(name));
        if name != 0 && self.name.is_none_or(|known| order(known) < order((taken_at, name))) {
            self.name = Some((taken_at, name));
        }
    }

    /// Where an assignment that is not standing ends: it is not taken to hold beyond (R38).
    fn end(&self) -> Option<Instant> {
        let last = self.events.iter().map(|(at, _)| *at).max();
        self.ends.iter().copied().filter(|end| Some(*end) > last).max()
    }

    fn revoked(&self) -> Option<Instant> {
        self.events.iter().filter(|(_, told)| *told == Told::Revoked).map(|(at, _)| *at).max()
    }
}

/// What each principal is, as any of the exports tells.
fn kinds(evidence: &Evidence) -> BTreeMap<Text, PrincipalKind> {
    let of_logs = evidence.logged.iter().filter_map(|entry| match entry.of {
        LoggedOf::Assignment { principal, kind, .. } => Some((principal, kind)),
        LoggedOf::Delegation { .. } => None,
    });
    let told = (evidence.assignments.iter().map(|fact| (fact.principal, fact.kind)))
        .chain(evidence.schedules.iter().map(|fact| (fact.principal, fact.principal_kind)))
        .chain(of_logs);
    let mut kinds: BTreeMap<Text, PrincipalKind> = BTreeMap::new();
    for (principal, kind) in told {
        let known = kinds.entry(principal).or_default();
        *known = kind.min(*known);
    }
    kinds
}

/// A complete snapshot: its file and when it was taken.
pub(super) type Snapshot = (u32, Instant);

/// Complete snapshots of a kind by the subscriptions they cover.
pub(super) fn snapshots(evidence: &Evidence, kind: EvidenceKind) -> BTreeMap<Text, Vec<Snapshot>> {
    let mut found: BTreeMap<Text, Vec<Snapshot>> = BTreeMap::new();
    for (number, file) in (0..).zip(&evidence.files).filter(|(_, file)| file.complete && file.kind == kind) {
        for subscription in &file.subscriptions {
            found.entry(*subscription).or_default().push((number, file.taken_at));
        }
    }
    found
}

pub(super) fn file(evidence: &Evidence, place: Place) -> Option<&EvidenceFile> {
    evidence.files.get(place.file as usize)
}

/// Gives the Azure subscriptions of all scopes a number.
pub(super) fn number_subscriptions(evidence: &mut Evidence) {
    let scopes: BTreeSet<Text> = (evidence.assignments.iter().map(|fact| fact.scope))
        .chain(evidence.delegations.iter().map(|fact| fact.scope))
        .chain(evidence.schedules.iter().map(|fact| fact.scope))
        .chain(evidence.denies.iter().map(|fact| fact.scope))
        .chain(evidence.unread_schedules.iter().map(|fact| fact.scope))
        .chain(evidence.logged.iter().map(|fact| match fact.of {
            LoggedOf::Assignment { scope, .. } | LoggedOf::Delegation { scope } => scope,
        }))
        .collect();
    for scope in scopes {
        let path = evidence.texts.get(scope);
        let subscription = ArmScope::parse(path).ok().and_then(ArmScope::subscription).map(|id| id.as_str().to_owned());
        if let Some(subscription) = subscription {
            evidence.texts.number(&subscription);
        }
    }
}

/// The Azure subscription of a path, by its number.
pub(super) fn subscription_of(evidence: &Evidence, scope: Text) -> Option<Text> {
    let scope = ArmScope::parse(evidence.texts.get(scope)).ok()?;
    evidence.texts.find(scope.subscription()?.as_str())
}
