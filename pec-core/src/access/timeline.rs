//! Grants over time: the stretches in which each stands one way.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveTime, Utc};

use crate::day::Interval;
use crate::partner::PartnerKind;
use crate::programme::{InForce, Programme};
use crate::resource::ArmScope;

use super::compile::Grant;
use super::conditions::{Question, Whose};
use super::explain::{AccessPath, Counts, Span};
use super::facts::{Instant, PrincipalKind, Text};
use super::finding::Findings;
use super::reach::{Reaching, Target};
use super::track::State;
use super::{Access, Reach};

/// Grants over time, from the first day of the programme on.
///
/// Made by [`Access::timeline`], and for one resource by [`Engine::access_timeline`](crate::engine::Engine::access_timeline).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AccessTimeline<'a> {
    /// Where a grant is held, or may be: by scope, path, role, principal and managing tenant, and then in the order of time.
    /// Those of one grant never overlap; between them it was not held.
    pub stretches: Vec<AccessStretch<'a>>,
    /// How many grants are left out: they are the customer's own.
    pub not_yours: usize,
}

/// A stretch of time in which a grant stands one way.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AccessStretch<'a> {
    pub(super) access: &'a Access,
    pub(super) grant: &'a Grant,
    /// The name of the role, where the role list or an export tells.
    pub role_name: Option<&'a str>,
    /// From a moment up to another.
    pub span: Span,
    /// Is it held?
    pub state: AccessState,
    /// It rests on the assumption that nothing changed unseen.
    pub assumed: bool,
    /// Does it count?
    pub counts: Counts,
    /// Why not, or what is not known.
    pub because: Findings,
}

/// Is a grant held?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AccessState {
    /// It is.
    Held,
    /// That is not known.
    Unknown,
}

impl AccessState {
    /// The word as tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Unknown => "unknown",
        }
    }
}

impl<'a> AccessStretch<'a> {
    /// How access is given.
    #[must_use]
    pub fn path(&self) -> AccessPath {
        self.access.path(self.grant, self.grant.key.role_and_principal().1)
    }

    /// The Azure subscription of its scope; none above subscriptions.
    #[must_use]
    pub fn subscription(&self) -> Option<&'a str> {
        ArmScope::parse(self.scope()).ok()?.subscription().map(|id| id.as_str())
    }

    /// Where access is given.
    #[must_use]
    pub fn scope(&self) -> &'a str {
        self.text(self.grant.key.scope())
    }

    /// The role definition's id.
    #[must_use]
    pub fn role(&self) -> &'a str {
        self.text(self.grant.key.role_and_principal().0)
    }

    /// The object id of user, group or service principal.
    #[must_use]
    pub fn principal(&self) -> &'a str {
        self.text(self.grant.key.role_and_principal().1)
    }

    /// The managing tenant of a delegation.
    #[must_use]
    pub fn managing_tenant(&self) -> Option<&'a str> {
        self.grant.key.managing_tenant().map(|tenant| self.text(tenant))
    }

    /// Where it was read: files and the entries in them.
    #[must_use]
    pub fn evidence(&self) -> Vec<(&'a str, u32)> {
        self.access.places(self.grant)
    }

    /// The stretch as moments; none where it is empty, which it never is.
    #[must_use]
    pub fn interval(&self) -> Option<Interval> {
        let (from, until) = (self.span.from, self.span.until);
        Interval::new(from.unwrap_or(DateTime::<Utc>::MIN_UTC), until.unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    fn text(&self, number: Text) -> &'a str {
        self.access.evidence.texts.get(number)
    }

    /// What stands before what: the place, the grant, and the time.
    pub(crate) fn order(&self) -> impl Ord + use<'a> {
        let standing = (self.state, self.assumed, self.counts, self.because);
        (order(self.access, self.grant), self.span, standing)
    }
}

/// What stands before what.
fn order<'a>(access: &'a Access, grant: &'a Grant) -> impl Ord + use<'a> {
    let text = |number: Text| access.evidence.texts.get(number);
    let (role, principal) = grant.key.role_and_principal();
    let tenant = grant.key.managing_tenant().map(text);
    (text(grant.key.scope()), access.path(grant, principal), text(role), text(principal), tenant, grant.key.order())
}

impl Access {
    /// Every grant over time, as it stands at its own scope.
    ///
    /// No usage line says here whose customer it is: every organization of the partner file is taken to earn, and a partner id
    /// link of any tenant counts. Deny assignments are looked for at the scope and above it.
    ///
    /// ```
    /// use pec_core::access::{Access, Evidence};
    /// use pec_core::normalise::evidence::{EvidenceInput, read};
    /// use pec_core::{partner::Partner, programme::Programme};
    ///
    /// let partner = "[partner]\nkind = \"direct_bill\"\ntenant_id = \"t\"\npartner_ids = [\"1\"]\nagent_groups = [\"agents\"]\n";
    /// let export = r#"[{"scope": "/subscriptions/s", "principalId": "agents", "principalType": "ForeignGroup",
    ///     "roleDefinitionId": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "createdOn": "2026-09-01T00:00:00Z"}]"#;
    /// let mut evidence = Evidence::new();
    /// let taken_at = "2026-11-05T06:00:00Z".parse()?;
    /// read(&mut evidence, &EvidenceInput::new("roles.json", export.as_bytes(), taken_at))?;
    /// let access = Access::new(Partner::from_toml("partner.toml", partner)?, evidence);
    ///
    /// let programme = Programme::builtin()?;
    /// let timeline = access.timeline(&programme);
    /// let shown: Vec<_> = timeline.stretches.iter().map(|held| (held.state.as_str(), held.counts.as_str())).collect();
    /// assert_eq!(shown, [("held", "yes"), ("unknown", "unknown")], "after the export nothing is known");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn timeline<'a>(&'a self, programme: &'a Programme) -> AccessTimeline<'a> {
        self.timeline_where(programme, |_| true)
    }

    /// The same of grants that reach one of these Azure subscriptions, whose ids are in lower case, or may: in it, or above
    /// it in a management group that holds it or of which that is not known.
    #[must_use]
    pub fn timeline_in<'a>(&'a self, programme: &'a Programme, subscriptions: &BTreeSet<&str>) -> AccessTimeline<'a> {
        let reaching = self.grants_reaching(subscriptions);
        self.timeline_where(programme, |number| reaching.contains(&number))
    }

    fn timeline_where<'a>(&'a self, programme: &'a Programme, keeps: impl Fn(u32) -> bool) -> AccessTimeline<'a> {
        let mut grants: Vec<_> = (0..).zip(&self.grants).filter(|(number, _)| keeps(*number)).collect();
        grants.sort_by_cached_key(|(_, grant)| order(self, grant));
        let mut timelines = Timelines::new(self, programme);
        let mut at: Option<(Text, bool, Reach, Shared)> = None;
        for (number, grant) in grants {
            if timelines.passes_over(grant) {
                continue;
            }
            let scope = grant.key.scope();
            if at.as_ref().is_none_or(|(known, ..)| *known != scope) {
                let reach = self.reach_of(scope);
                let shared = timelines.shared(&reach);
                at = Some((scope, self.may_hold_others(scope), reach, shared));
            }
            let Some((_, perhaps, reach, shared)) = &at else { continue };
            let reaching = Reaching { number, perhaps: *perhaps, from_above: false };
            timelines.add(grant, reaching, reach, shared);
        }
        timelines.found
    }

    /// The grants that reach a target over time.
    pub(crate) fn timeline_of<'a>(&'a self, reach: &Reach, programme: &'a Programme) -> AccessTimeline<'a> {
        let mut timelines = Timelines::new(self, programme);
        let shared = timelines.shared(reach);
        for reaching in &reach.grants {
            let grant = self.grants.get(reaching.number as usize);
            if let Some(grant) = grant.filter(|grant| !timelines.passes_over(grant)) {
                timelines.add(grant, *reaching, reach, &shared);
            }
        }
        timelines.found.stretches.sort_by_cached_key(AccessStretch::order);
        timelines.found
    }

    /// What a scope itself is held against.
    fn reach_of(&self, scope: Text) -> Reach {
        let path = self.evidence.texts.get(scope);
        let place = ArmScope::parse(path).ok();
        let subscription = place.and_then(ArmScope::subscription).map_or("", |id| id.as_str());
        let resource_group = place.map_or("", ArmScope::resource_group);
        let target = Target { customer: "", subscription, resource_group, resource: path, reseller: "" };
        let resellers = if self.partner.kind == PartnerKind::IndirectProvider { self.earners.len() } else { 1 };
        Reach {
            customer: None,
            subscription: self.evidence.texts.find(subscription),
            earners: (0..resellers).collect(),
            reseller: None,
            grants: Vec::new(),
            denies: self.denies_reaching(target),
        }
    }

    /// Is it a management group of which no export tells all that it holds?
    fn may_hold_others(&self, scope: Text) -> bool {
        let Ok(ArmScope::ManagementGroup(name)) = ArmScope::parse(self.evidence.texts.get(scope)) else { return false };
        let number = self.evidence.texts.find(name);
        number.is_none_or(|number| !self.evidence.whole_management_groups.contains(&number))
    }
}

/// Moments at which any grant of a reach may come to stand otherwise.
type Shared = BTreeSet<Instant>;

/// The principal of a role assignment; grants of a delegation are always a partner's.
fn assigned(grant: &Grant) -> Option<(Text, PrincipalKind)> {
    let principal = grant.key.principal().filter(|_| grant.key.managing_tenant().is_none());
    principal.map(|principal| (principal, grant.kind))
}

/// Gathers the stretches of grants.
struct Timelines<'a> {
    access: &'a Access,
    /// What the programme asks, since when.
    in_force: Vec<(Instant, InForce<'a>)>,
    role_names: BTreeMap<Text, Option<&'a str>>,
    /// Principals of role assignments that are the customer's own.
    not_yours: BTreeSet<(Text, PrincipalKind)>,
    /// Moments at which a principal may come to be linked otherwise.
    link_cuts: BTreeMap<Text, Vec<Instant>>,
    found: AccessTimeline<'a>,
}

impl<'a> Timelines<'a> {
    fn new(access: &'a Access, programme: &'a Programme) -> Self {
        let in_force = programme.changes().into_iter().filter_map(|day| {
            let programme = programme.on(day).ok()?;
            Some((day.and_time(NaiveTime::MIN).and_utc(), programme))
        });
        let found = AccessTimeline { stretches: Vec::new(), not_yours: 0 };
        Self {
            access,
            in_force: in_force.collect(),
            role_names: BTreeMap::new(),
            not_yours: BTreeSet::new(),
            link_cuts: BTreeMap::new(),
            found,
        }
    }

    fn shared(&self, reach: &Reach) -> Shared {
        let Self { access, in_force, .. } = self;
        let denies = reach.denies.iter().filter_map(|reaching| access.denies.get(reaching.number as usize));
        let denies = denies.flat_map(|deny| deny.track.cuts(Instant::MIN_UTC, Instant::MAX_UTC));
        let earners = reach.earners.iter().filter_map(|number| access.earners.get(*number));
        let ids = earners.flat_map(|earner| &earner.partner_ids).flat_map(|(_, held)| [held.start, held.end]);
        denies.chain(ids).chain(in_force.iter().map(|(from, _)| *from)).collect()
    }

    /// Was it never held, or is it known to be the customer's own before anything is worked out?
    fn passes_over(&mut self, grant: &Grant) -> bool {
        let known = assigned(grant).is_some_and(|principal| self.not_yours.contains(&principal));
        let held = grant.track.told().next().is_some();
        self.found.not_yours += usize::from(known && held);
        known || !held
    }

    /// Adds the stretches of a grant, one after the other.
    fn add(&mut self, grant: &'a Grant, reaching: Reaching, reach: &Reach, shared: &Shared) {
        let Some(&(first, programme)) = self.in_force.first() else { return };
        // Whose it is does not change with time, and is known of a principal once and for all.
        let Some(at) = grant.track.told().next() else { return };
        let question = Question { access: self.access, reach, programme: &programme, at, assuming: true };
        let standing = question.standing(grant, reaching);
        if let Some(principal) = assigned(grant)
            && standing.is_some_and(|standing| standing.whose == Whose::NotOurs)
        {
            self.not_yours.insert(principal);
            self.found.not_yours += 1;
            return;
        }
        let mut cuts = BTreeSet::from([first]);
        cuts.extend(shared.range(first..Instant::MAX_UTC));
        let (access, all) = (self.access, (first, Instant::MAX_UTC));
        Access::cut_at(grant, all, &mut cuts);
        if let Some(principal) = grant.key.principal() {
            let known = self.link_cuts.entry(principal);
            cuts.extend(known.or_insert_with(|| access.link_cuts(principal, all).collect()).iter());
        }
        let ends: Vec<_> = cuts.iter().skip(1).copied().chain([Instant::MAX_UTC]).collect();
        let mut last: Option<(Instant, AccessStretch<'a>)> = None;
        for (from, until) in cuts.into_iter().zip(ends) {
            let next = self.stretch(grant, reaching, reach, (from, until));
            match (&mut last, next) {
                (Some((end, last)), Some(next)) if *end == from && last.stands_as(&next) => {
                    (*end, last.span.until) = (until, next.span.until);
                }
                (_, Some(next)) => {
                    self.found.stretches.extend(last.replace((until, next)).map(|(_, stretch)| stretch));
                }
                (_, None) => {}
            }
        }
        self.found.stretches.extend(last.map(|(_, stretch)| stretch));
    }

    /// How a grant stands in a piece of time in which nothing changes; none where it is not held.
    fn stretch(
        &mut self,
        grant: &'a Grant,
        reaching: Reaching,
        reach: &Reach,
        (from, until): (Instant, Instant),
    ) -> Option<AccessStretch<'a>> {
        let begun = self.in_force.partition_point(|(since, _)| *since <= from);
        let (_, programme) = self.in_force.get(begun.checked_sub(1)?)?;
        if reaching.from_above && !*programme.management_group_reaches().value {
            return None;
        }
        let standing =
            Question { access: self.access, reach, programme, at: from, assuming: true }.standing(grant, reaching)?;
        let (counts, because) = match standing.whose {
            Whose::Third => (Counts::OtherPartner, Findings::NONE),
            Whose::NotOurs => (Counts::NotYours, Findings::NONE),
            Whose::Ours if !standing.fails.is_empty() => (Counts::No, standing.fails),
            Whose::Ours if !standing.unknown.is_empty() => (Counts::Unknown, standing.unknown),
            Whose::Ours => (Counts::Yes, Findings::NONE),
        };
        let (role, _) = grant.key.role_and_principal();
        let access = self.access;
        let role_name = *self.role_names.entry(role).or_insert_with(|| access.role_name(role, Some(programme)));
        Some(AccessStretch {
            access,
            grant,
            role_name,
            span: Span::from((from, until)),
            state: if standing.state == State::Held { AccessState::Held } else { AccessState::Unknown },
            assumed: standing.assumed,
            counts,
            because,
        })
    }
}

impl AccessStretch<'_> {
    /// The part of it in a period.
    #[cfg(feature = "arrow")]
    pub(crate) fn clipped(&self, period: Interval) -> Option<Self> {
        let held = self.interval()?;
        let part = Interval::new(held.from().max(period.from()), held.until().min(period.until()))?;
        Some(Self { span: part.into(), ..*self })
    }

    /// Is it the same grant, standing alike in the same stretch?
    #[cfg(feature = "arrow")]
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.is_of_grant(other) && self.span == other.span && self.stands_as(other)
    }

    pub(super) fn is_of_grant(&self, other: &Self) -> bool {
        std::ptr::eq(self.grant, other.grant)
    }

    /// Does the same grant stand alike in both?
    fn stands_as(&self, other: &Self) -> bool {
        let standing = |stretch: &Self| (stretch.state, stretch.assumed, stretch.counts, stretch.because);
        standing(self) == standing(other)
    }
}
