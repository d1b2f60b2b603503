//! What was considered on a day, as data: every grant that reached, whether it counted, why not, and where it was read.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::day::{IntervalSet, UsageDay};
use crate::programme::{InForce, Role};

use super::assumption::{Assumed, Assumption};
use super::compile::{Grant, Key, file};
use super::conditions::{Standing, Whose};
use super::contradiction::Contradiction;
use super::day::Piece;
use super::denial::Denied;
use super::diff::HeldGrant;
use super::evidence::EvidenceKind;
use super::facts::{Instant, Place, PrincipalKind, Text};
use super::finding::{Finding, Findings};
use super::track::State;
use super::{Access, Reach};

/// What evidence shows of access to a resource on a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccessExplanation {
    /// Minutes of the day, rounded down, that counting grants cover.
    pub covered_minutes: i64,
    /// What they do not cover.
    pub uncovered: Vec<Span>,
    /// Stretches of the day for which the exports do not tell all grants.
    pub lacking: Vec<Span>,
    /// The grants that reach the resource.
    pub grants: Vec<GrantExplanation>,
    /// Grants with an eligible role whose identities are not known as yours; if one is, link it.
    pub not_known_as_yours: usize,
    /// The line's reseller of record is not in the partner file, and what is its access cannot be told.
    pub reseller_unknown: bool,
    /// Nothing is known to contradict it, and nothing proves it: what was taken to hold.
    pub assumptions: Assumed,
    /// The logs that would prove what was assumed unchanged; empty where nothing was, or no log can.
    pub would_prove: BTreeSet<EvidenceKind>,
    /// Since when, later than the day began, access counts and still does as far as the exports tell: what is back is asked of
    /// nobody.
    pub back_since: Option<DateTime<Utc>>,
}

/// A grant and what became of it on a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GrantExplanation {
    /// How access is given.
    pub path: AccessPath,
    /// Where it is given.
    pub scope: String,
    /// The role definition's id.
    pub role: String,
    /// Its name, where the role list or an export tells.
    pub role_name: Option<String>,
    /// The object id of user, group or service principal.
    pub principal: String,
    /// The managing tenant of a delegation.
    pub managing_tenant: Option<String>,
    /// Did it count?
    pub counts: Counts,
    /// Why not, or what is not known.
    pub because: Vec<Finding>,
    /// When it was held, as far as that is told.
    pub held: Vec<Span>,
    /// Where it was read.
    pub evidence: Vec<EvidencePlace>,
    /// Where the deny assignments that void it were read.
    pub denied_by: Vec<EvidencePlace>,
    /// When it last ceased to count, up to the end of the day.
    pub counted_until: Option<DateTime<Utc>>,
    /// Identities of yours that do not have the link it asks for: one of them, linked, would do.
    pub to_link: Vec<String>,
    /// The principal and identities to link that are told to be service principals: they sign in otherwise than people.
    pub service_principals: BTreeSet<String>,
    /// Groups whose members are not known and would settle whether it counts.
    pub groups_unknown: Vec<String>,
    /// Where deny assignments that may void it were read, and not all of them could be.
    pub denies_unread: Vec<EvidencePlace>,
    /// Where instances that may say that it was activated just in time were read, and not all of them could be.
    pub activations_unread: Vec<EvidencePlace>,
    /// What other exports say against it, though this evidence proves it.
    pub contradicted: Vec<Contradiction>,
}

/// How access is given (R13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AccessPath {
    /// Admin on behalf of: a role of the partner's agent group.
    Aobo,
    /// A delegation of Azure Lighthouse.
    Lighthouse,
    /// A role of a user, guest, service principal or group in the customer's tenant.
    DirectRbac,
}

impl AccessPath {
    /// The word as tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aobo => "aobo",
            Self::Lighthouse => "lighthouse",
            Self::DirectRbac => "direct_rbac",
        }
    }
}

/// Did a grant count on a day?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Counts {
    /// All day.
    Yes,
    /// For a part of it.
    PartOfDay,
    /// That is not known.
    Unknown,
    /// It did not.
    No,
    /// It is a third partner's.
    OtherPartner,
    /// It is the customer's own.
    NotYours,
    /// It was not held on that day.
    NotHeld,
}

impl Counts {
    /// The word as tables spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::PartOfDay => "part_of_day",
            Self::Unknown => "unknown",
            Self::No => "no",
            Self::OtherPartner => "other_partner",
            Self::NotYours => "not_yours",
            Self::NotHeld => "not_held",
        }
    }
}

/// From a moment up to another; an open end is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Span {
    /// The first moment.
    pub from: Option<DateTime<Utc>>,
    /// The moment after the last.
    pub until: Option<DateTime<Utc>>,
}

/// An entry of a file of evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EvidencePlace {
    /// The file.
    pub file: String,
    /// The entry; the first is 1.
    pub entry: u32,
}

impl Access {
    /// What was considered of access on a day.
    pub(crate) fn explain(&self, reach: &Reach, day: UsageDay, programme: &InForce<'_>) -> AccessExplanation {
        let pieces = self.pieces(reach, day, programme, true);
        let spans = |of: &dyn Fn(&Piece) -> bool| -> IntervalSet {
            pieces.iter().filter(|piece| of(piece)).filter_map(Piece::interval).collect()
        };
        let covered = spans(&Piece::is_sure);
        let mut grants = Vec::new();
        let mut not_known_as_yours = 0;
        for (place, reaching) in reach.grants.iter().enumerate() {
            let Some(grant) = self.grants.get(reaching.number as usize) else { continue };
            let standings: Vec<_> = pieces.iter().map(|piece| piece.standings.get(place).copied().flatten()).collect();
            let denied = self.denied_on(grant, reach, day);
            let explained = self.grant(grant, &standings, &denied, programme);
            not_known_as_yours += usize::from(explained.counts == Counts::NotYours && self.earns(grant, programme));
            grants.push(explained);
        }
        grants.sort();
        let of_reseller = |finding: &Finding| matches!(finding, Finding::AgentGroupsUnknown | Finding::LinkUnknown);
        let begun = pieces.iter().filter_map(Piece::interval).map(|piece| piece.from());
        let reseller_unknown = begun.into_iter().any(|at| self.unknown_reseller(reach, at).is_some());
        let by_reseller = grants.iter().any(|grant| grant.because.iter().any(of_reseller));
        let (answer, _) = super::day::covered(&pieces, programme);
        let assumptions = self.assumed(reach, day, &pieces, programme, answer);
        let unchanged = assumptions.has(Assumption::AssumedUnchanged);
        AccessExplanation {
            covered_minutes: covered.covered_minutes(day),
            uncovered: spans(&|piece| !piece.is_sure()).iter().map(Span::from).collect(),
            lacking: spans(&|piece| piece.lacking).iter().map(Span::from).collect(),
            grants,
            not_known_as_yours,
            reseller_unknown: reseller_unknown && by_reseller,
            assumptions,
            would_prove: if unchanged { self.would_prove(reach, &pieces, answer) } else { BTreeSet::new() },
            back_since: None,
        }
    }

    /// Is it a grant that the best member of a group makes count?
    pub(super) fn is_judged_by_members(&self, grant: &Grant, principal: Text) -> bool {
        match grant.key {
            Key::Authorization { .. } => !self.identities.was_asked(principal),
            Key::Assignment { .. } | Key::Eligibility { .. } => self.path(grant, principal) == AccessPath::DirectRbac,
        }
    }

    /// Groups whose members would settle what is not known of a grant.
    fn groups_unknown(&self, grant: &Grant, denied: &Denied) -> Vec<String> {
        let mut groups = denied.unknown.clone();
        if let Some(principal) = grant.key.principal().filter(|principal| self.is_judged_by_members(grant, *principal))
        {
            let may_be_group = grant.kind == PrincipalKind::Group || grant.key.managing_tenant().is_some();
            match self.identities.members(principal) {
                Some(members) => groups.extend(members.unknown),
                None => groups.extend(may_be_group.then_some(principal)),
            }
        }
        self.names(groups)
    }

    /// Texts by their numbers, in their order.
    pub(super) fn names(&self, numbers: impl IntoIterator<Item = Text>) -> Vec<String> {
        let mut names: Vec<_> = numbers.into_iter().map(|one| self.evidence.texts.get(one).to_owned()).collect();
        names.sort_unstable();
        names
    }

    /// Does a complete export list the deny assignments of the subscription since then?
    pub(super) fn denies_told(&self, reach: &Reach, until: Instant) -> bool {
        let taken = reach.subscription.and_then(|subscription| self.denies_exported.get(&subscription));
        taken.is_some_and(|taken| until <= *taken)
    }

    fn grant(
        &self,
        grant: &Grant,
        standings: &[Option<Standing>],
        denied: &Denied,
        programme: &InForce<'_>,
    ) -> GrantExplanation {
        let (counts, because) = outcome(standings);
        let denied_by = if because.has(Finding::AccessDenied) { self.named_places(&denied.by) } else { Vec::new() };
        let unknown = because.has(Finding::GroupMembersUnknown);
        let not_shown = because.has(Finding::NoAccessEvidence);
        let activations = grant.unread_at.iter().filter(|_| not_shown);
        let to_link = self.to_link(grant, because);
        let HeldGrant { path, scope, role, role_name, principal, managing_tenant, assignment: _, evidence } =
            self.held(grant, Some(programme));
        GrantExplanation {
            path,
            scope,
            role,
            role_name,
            principal,
            managing_tenant,
            counts,
            because: because.iter().collect(),
            held: grant.track.held().map(Span::from).collect(),
            evidence,
            denied_by,
            counted_until: None,
            service_principals: self.service_principals_in(grant, &to_link),
            to_link: self.names(to_link),
            groups_unknown: if unknown { self.groups_unknown(grant, denied) } else { Vec::new() },
            denies_unread: self.named_places(denied.unread.iter().filter(|_| not_shown)),
            activations_unread: self.named_places(activations),
            contradicted: self.contradictions(&grant.contradicted),
        }
    }

    /// A grant as the exports show it.
    pub(super) fn held(&self, grant: &Grant, programme: Option<&InForce<'_>>) -> HeldGrant {
        let texts = &self.evidence.texts;
        let (role, principal) = grant.key.role_and_principal();
        let tenant = grant.key.managing_tenant();
        let kind = match tenant {
            None => "microsoft.authorization/roleassignments",
            Some(_) => "microsoft.managedservices/registrationassignments",
        };
        let place = |(file, entry): (&str, u32)| EvidencePlace { file: file.to_owned(), entry };
        let scope = texts.get(grant.key.scope());
        let above = scope.trim_end_matches('/');
        HeldGrant {
            path: self.path(grant, principal),
            scope: scope.to_owned(),
            role: texts.get(role).to_owned(),
            role_name: self.role_name(role, programme).map(str::to_owned),
            principal: texts.get(principal).to_owned(),
            managing_tenant: tenant.map(|tenant| texts.get(tenant).to_owned()),
            assignment: (grant.name != 0).then(|| format!("{above}/providers/{kind}/{}", texts.get(grant.name))),
            evidence: self.places(grant).into_iter().map(place).collect(),
        }
    }

    /// Where a grant was read: names of files and entries in them.
    pub(super) fn places(&self, grant: &Grant) -> Vec<(&str, u32)> {
        let place = |place: &Place| Some((&*file(&self.evidence, *place)?.name, place.entry));
        let mut places: Vec<_> = grant.places.iter().filter_map(place).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    pub(super) fn path(&self, grant: &Grant, principal: Text) -> AccessPath {
        let agents = || self.earners.iter().any(|earner| earner.agent_groups.contains(&principal));
        match grant.key {
            Key::Authorization { .. } => AccessPath::Lighthouse,
            Key::Assignment { .. } | Key::Eligibility { .. } => {
                let aobo = grant.kind == PrincipalKind::ForeignGroup || agents();
                if aobo { AccessPath::Aobo } else { AccessPath::DirectRbac }
            }
        }
    }

    pub(super) fn role_name<'a>(&'a self, role: Text, programme: Option<&InForce<'a>>) -> Option<&'a str> {
        let id = self.evidence.texts.get(role);
        let listed = programme.and_then(|programme| programme.roles().value.iter().find(|listed| listed.id() == id));
        listed.map(Role::name).or_else(|| self.evidence.role_names.get(&role).map(String::as_str))
    }

    /// Is the role of a grant eligible?
    fn earns(&self, grant: &Grant, programme: &InForce<'_>) -> bool {
        let (Key::Assignment { role, .. } | Key::Eligibility { role, .. }) = grant.key else { return false };
        programme.roles().value.eligibility(self.evidence.texts.get(role))
            == crate::programme::RoleEligibility::Eligible
    }
}

/// What became of a grant over the pieces of a day.
fn outcome(standings: &[Option<Standing>]) -> (Counts, Findings) {
    let held = || standings.iter().flatten();
    let Some(whose) = held().map(|standing| standing.whose).min() else { return (Counts::NotHeld, Findings::NONE) };
    match whose {
        Whose::Third => return (Counts::OtherPartner, Findings::NONE),
        Whose::NotOurs => return (Counts::NotYours, Findings::NONE),
        Whose::Ours => {}
    }
    let sure = |standing: &&Standing| standing.is_sure();
    let unknown =
        held().filter(|standing| standing.fails.is_empty()).fold(Findings::NONE, |all, one| all.with(one.unknown));
    let fails =
        held().filter(|standing| standing.state == State::Held).fold(Findings::NONE, |all, one| all.with(one.fails));
    match held().filter(sure).count() {
        all if all == standings.len() => (Counts::Yes, Findings::NONE),
        _ if !unknown.is_empty() => (Counts::Unknown, unknown),
        0 => (Counts::No, fails),
        _ => (Counts::PartOfDay, fails.with(Findings::of(Finding::AccessPartOfDay))),
    }
}

impl From<crate::day::Interval> for Span {
    fn from(interval: crate::day::Interval) -> Self {
        Self::from((interval.from(), interval.until()))
    }
}

impl From<(DateTime<Utc>, DateTime<Utc>)> for Span {
    fn from((from, until): (DateTime<Utc>, DateTime<Utc>)) -> Self {
        Self {
            from: Some(from).filter(|from| *from > DateTime::<Utc>::MIN_UTC),
            until: Some(until).filter(|until| *until < DateTime::<Utc>::MAX_UTC),
        }
    }
}
