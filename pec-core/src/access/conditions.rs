//! Does a grant count at a moment? Each condition is met, not met, or not known.

use crate::day::IntervalSet;
use crate::programme::{InForce, RoleEligibility, UnlistedRole};

use super::compile::{Grant, Key};
use super::denial::Holds;
use super::facts::{Instant, PrincipalKind, Text};
use super::finding::{Finding, Findings};
use super::identities::Linked;
use super::reach::Reaching;
use super::track::{State, Stretch, Track};
use super::{Access, Earner, Reach};

/// Whose grant it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    /// Ours, or perhaps ours.
    Ours,
    /// A third partner's.
    Third,
    /// The customer's own.
    NotOurs,
}

/// A grant at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) whose: Whose,
    pub(super) state: State,
    /// Rests on the assumption that nothing changed unseen.
    pub(super) assumed: bool,
    /// Conditions that are not met.
    pub(super) fails: Findings,
    /// Conditions of which it is not known.
    pub(super) unknown: Findings,
}

impl Standing {
    /// It counts, without a doubt.
    pub(super) fn is_sure(&self) -> bool {
        self.whose == Whose::Ours && self.fails.is_empty() && self.unknown.is_empty()
    }
}

/// What an identity, or the best member of a group, makes of a grant.
#[derive(Clone, Copy)]
struct Held {
    whose: Whose,
    fails: Findings,
    unknown: Findings,
}

impl Held {
    const COUNTS: Self = Self { whose: Whose::Ours, fails: Findings::NONE, unknown: Findings::NONE };

    const fn of(whose: Whose) -> Self {
        Self { whose, ..Self::COUNTS }
    }

    const fn unknown(finding: Finding) -> Self {
        Self { unknown: Findings::of(finding), ..Self::COUNTS }
    }

    const fn fails(finding: Finding) -> Self {
        Self { fails: Findings::of(finding), ..Self::COUNTS }
    }

    fn also(self, other: Self) -> Self {
        Self { fails: self.fails.with(other.fails), unknown: self.unknown.with(other.unknown), ..self }
    }

    /// The nearer to counting, the smaller: fewer failures first, then the one that is nearer to be mended.
    fn distance(&self) -> impl Ord + use<> {
        let nearest = [Finding::AccessDenied, Finding::PartnerIdOfOtherOrganization, Finding::PartnerIdNotLinked];
        let nearest = nearest.map(|finding| !self.fails.has(finding));
        (self.fails.len(), nearest, self.unknown.len(), self.fails, self.unknown)
    }
}

/// One grant held against one target at one moment.
pub(super) struct Question<'a> {
    pub(super) access: &'a Access,
    pub(super) reach: &'a Reach,
    pub(super) programme: &'a InForce<'a>,
    pub(super) at: Instant,
    /// Is it taken for granted that nothing changed unseen?
    pub(super) assuming: bool,
}

impl Question<'_> {
    /// What is told of the moment.
    pub(super) fn stretch(&self, track: &Track) -> Stretch {
        let stretch = track.at(self.at);
        if stretch.assumed && !self.assuming {
            return Stretch { state: State::Changed, assumed: false, ..stretch };
        }
        stretch
    }

    /// How the grant stands; `None` where it is not held.
    pub(super) fn standing(&self, grant: &Grant, reaching: Reaching) -> Option<Standing> {
        let stretch = self.stretch(&grant.track);
        let held = match stretch.state {
            State::NotHeld => return None,
            // An activation ends by itself.
            State::After if grant.is_over(self.at) => return None,
            State::Held => Held::COUNTS,
            State::Changed => Held::unknown(Finding::AccessChangeTimeUnknown),
            State::After => Held::unknown(Finding::NoAccessEvidence),
        };
        let (whose, role) = match grant.key {
            Key::Assignment { role, principal, .. } | Key::Eligibility { role, principal, .. } => {
                (self.assigned(grant, principal), Some(role))
            }
            Key::Authorization { tenant, authorization, .. } => match authorization {
                Some((principal, role)) => (self.delegated(grant, tenant, principal), Some(role)),
                None => (Held::unknown(Finding::NoAccessEvidence), None),
            },
        };
        let mut all = whose.also(held);
        all = all.also(role.map_or(Held::COUNTS, |role| self.role(role)));
        if self.just_in_time(grant) {
            all = all.also(Held::fails(Finding::AccessJustInTime));
        }
        if grant.conditional {
            all = all.also(Held::unknown(Finding::AssignmentConditional));
        }
        if within(&grant.unread, self.at) {
            all = all.also(Held::unknown(Finding::NoAccessEvidence));
        }
        if reaching.perhaps {
            all = all.also(Held::unknown(Finding::ManagementGroupUnknown));
        }
        let Held { whose, fails, unknown } = all;
        Some(Standing { whose, state: stretch.state, assumed: stretch.assumed, fails, unknown })
    }

    fn role(&self, role: Text) -> Held {
        match self.programme.roles().value.eligibility(self.access.evidence.texts.get(role)) {
            RoleEligibility::Eligible => Held::COUNTS,
            RoleEligibility::NotEligible => Held::fails(Finding::RoleNotEligible),
            RoleEligibility::Unlisted => match *self.programme.unlisted_role().value {
                UnlistedRole::Undetermined => Held::unknown(Finding::RoleUnlisted),
                UnlistedRole::NotEligible => Held::fails(Finding::RoleNotEligible),
            },
        }
    }

    fn just_in_time(&self, grant: &Grant) -> bool {
        let only = match grant.key {
            Key::Eligibility { .. } => true,
            Key::Authorization { eligible_only, .. } => eligible_only,
            Key::Assignment { .. } => false,
        };
        only || within(&grant.just_in_time, self.at)
    }

    /// AOBO and direct assignments: whose they are, and the link they need.
    fn assigned(&self, grant: &Grant, principal: Text) -> Held {
        let identities = &self.access.identities;
        let agents = || self.access.earners.iter().any(|earner| earner.agent_groups.contains(&principal));
        match grant.kind {
            PrincipalKind::ForeignGroup => self.on_behalf(principal),
            _ if agents() => self.on_behalf(principal),
            PrincipalKind::Group => self.of_group(principal),
            PrincipalKind::Identity if identities.members(principal).is_some() => self.of_group(principal),
            PrincipalKind::Identity => self.direct(principal, None),
        }
    }

    /// AOBO: the object id decides, never a name (R14, R16); it needs no link (R15).
    fn on_behalf(&self, group: Text) -> Held {
        if self.earners().any(|earner| earner.agent_groups.contains(&group)) {
            return self.denied(&[group]);
        }
        let known = self.earners().all(|earner| !earner.agent_groups.is_empty());
        if known && self.unknown_reseller().is_none() {
            return Held::of(Whose::Third);
        }
        self.denied(&[group]).also(Held::unknown(Finding::AgentGroupsUnknown))
    }

    /// A group of the customer's directory: its best member counts.
    fn of_group(&self, group: Text) -> Held {
        let not_told = || self.denied(&[group]).also(Held::unknown(Finding::GroupMembersUnknown));
        let Some(members) = self.access.identities.members(group) else { return not_told() };
        let ours = |held: &Held| held.whose == Whose::Ours;
        let direct = members.identities.into_iter().map(|member| self.direct(member, Some(group))).filter(ours);
        let some_unknown = (!members.unknown.is_empty()).then(not_told);
        best(direct.chain(some_unknown)).unwrap_or(Held::of(Whose::NotOurs))
    }

    /// A user or service principal of the customer's tenant, by itself or as a member of a group.
    fn direct(&self, identity: Text, group: Option<Text>) -> Held {
        let known = &self.access.identities;
        let named = || self.earners().any(|earner| earner.identities.contains(&identity));
        let link = match known.was_asked(identity) || named() {
            true => self.link(identity, self.reach.customer),
            // A customer's own administrators hold roles everywhere.
            false if known.complete => return Held::of(Whose::NotOurs),
            false => Held::unknown(Finding::LinkUnknown),
        };
        self.denied_in(&[identity, group.unwrap_or(identity)], true).also(link)
    }

    /// An authorization of a delegation to a managing tenant.
    fn delegated(&self, grant: &Grant, tenant: Text, principal: Text) -> Held {
        let denied = self.denied(&[principal]);
        if !self.earners().any(|earner| earner.tenant == tenant) {
            // Whether its identities are linked is not known either.
            return match self.unknown_reseller() {
                None => Held::of(Whose::Third),
                Some(_) => denied.also(Held::unknown(Finding::AgentGroupsUnknown)),
            };
        }
        let identities = &self.access.identities;
        if grant.marketplace && !*self.programme.lighthouse_marketplace_needs_link().value {
            return denied;
        }
        if identities.was_asked(principal) {
            return denied.also(self.link(principal, Some(tenant)));
        }
        let not_told = |finding| denied.also(Held::unknown(finding));
        let Some(members) = identities.members(principal) else {
            return not_told(if identities.complete { Finding::GroupMembersUnknown } else { Finding::LinkUnknown });
        };
        let linked = |member: Text| self.denied(&[principal, member]).also(self.link(member, Some(tenant)));
        let some_unknown = (!members.unknown.is_empty()).then(|| not_told(Finding::GroupMembersUnknown));
        best(members.identities.into_iter().map(linked).chain(some_unknown))
            .unwrap_or(denied.also(Held::fails(Finding::PartnerIdNotLinked)))
    }

    fn link(&self, identity: Text, tenant: Option<Text>) -> Held {
        let held = |partner: Text, earner: &Earner| {
            earner.partner_ids.iter().any(|(id, held)| *id == partner && held.contains(&self.at))
        };
        let earns = |partner: Text| {
            let of_record = self.unknown_reseller() == Some(Some(partner));
            let earns = of_record || self.earners().any(|earner| held(partner, earner));
            // It may be another id of the reseller that the partner file does not describe.
            (earns || self.unknown_reseller().is_none()).then_some(earns)
        };
        match self.access.identities.linked((identity, tenant), self.at, |track| self.stretch(track).state, earns) {
            Linked::Yes => Held::COUNTS,
            Linked::Other => Held::fails(Finding::PartnerIdOfOtherOrganization),
            Linked::No => Held::fails(Finding::PartnerIdNotLinked),
            Linked::Unknown => Held::unknown(Finding::LinkUnknown),
        }
    }

    /// Deny assignments that reach the target and name one of these principals (R36).
    fn denied(&self, principals: &[Text]) -> Held {
        self.denied_in(principals, false)
    }

    /// The same, where they may be in groups that a deny assignment names.
    fn denied_in(&self, principals: &[Text], in_groups: bool) -> Held {
        let mut held = Held::COUNTS;
        for reaching in &self.reach.denies {
            let Some(deny) = self.access.denies.get(reaching.number as usize) else { continue };
            let holds = deny.holds(principals, in_groups);
            held = held.also(match (self.stretch(&deny.track).state, holds) {
                (State::NotHeld, _) | (_, Holds::No) => continue,
                (_, Holds::Unknown(unknown)) => Held { unknown, ..Held::COUNTS },
                _ if reaching.perhaps => Held::unknown(Finding::ManagementGroupUnknown),
                (State::Held, Holds::Yes) => Held::fails(Finding::AccessDenied),
                (State::Changed | State::After, Holds::Yes) => Held::unknown(Finding::AccessChangeTimeUnknown),
            });
        }
        held
    }

    /// The organizations that earn on the target.
    fn earners(&self) -> impl Iterator<Item = &Earner> {
        self.access.earners_at(self.reach, self.at)
    }

    fn unknown_reseller(&self) -> Option<Option<Text>> {
        self.access.unknown_reseller(self.reach, self.at)
    }
}

/// Of a group's members one that counts, else all that may, else the one that fails nearest.
fn best(candidates: impl Iterator<Item = Held>) -> Option<Held> {
    let (possible, failing): (Vec<_>, Vec<_>) = candidates.partition(|held| held.fails.is_empty());
    let sure = possible.iter().find(|held| held.unknown.is_empty()).copied();
    sure.or_else(|| possible.into_iter().reduce(Held::also)).or_else(|| failing.into_iter().min_by_key(Held::distance))
}

pub(super) fn within(set: &IntervalSet, at: Instant) -> bool {
    set.iter().any(|interval| interval.from() <= at && at < interval.until())
}
