//! Does a grant count at a moment? Each condition is met, not met, or not known.

use crate::day::IntervalSet;
use crate::programme::{InForce, RoleEligibility, UnlistedRole};

use super::compile::{Grant, Key};
use super::facts::{Instant, PrincipalKind, Text};
use super::finding::{Finding, Findings};
use super::identities::Linked;
use super::reach::Reaching;
use super::track::State;
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

    /// The nearer to counting, the smaller: ours before others, then fewer failures, then what is known.
    fn distance(&self) -> impl Ord + use<> {
        let linked_elsewhere = !self.fails.has(Finding::PartnerIdNotLinked);
        (self.whose, self.fails.len(), !linked_elsewhere, self.unknown.len(), self.fails, self.unknown)
    }
}

/// One grant held against one target at one moment.
pub(super) struct Question<'a> {
    pub(super) access: &'a Access,
    pub(super) reach: &'a Reach,
    pub(super) programme: &'a InForce<'a>,
    pub(super) at: Instant,
}

impl Question<'_> {
    /// How the grant stands; `None` where it is not held.
    pub(super) fn standing(&self, grant: &Grant, reaching: Reaching) -> Option<Standing> {
        let stretch = grant.track.at(self.at);
        let held = match stretch.state {
            State::NotHeld => return None,
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
        if self.earners().any(|earner| earner.agent_groups.contains(&principal)) {
            return self.denied(principal);
        }
        match grant.kind {
            PrincipalKind::ForeignGroup => {
                let known = self.earners().all(|earner| !earner.agent_groups.is_empty());
                if known && !self.reach.reseller_unknown {
                    Held::of(Whose::Third)
                } else {
                    Held::unknown(Finding::AgentGroupsUnknown).also(self.denied(principal))
                }
            }
            PrincipalKind::Group => match self.access.identities.members(principal) {
                None => Held::unknown(Finding::GroupMembersUnknown).also(self.denied(principal)),
                Some(members) => best(members.into_iter().map(|member| self.direct(member)))
                    .map_or(Held::of(Whose::NotOurs), |best| best.also(self.denied(principal))),
            },
            PrincipalKind::Identity => self.direct(principal),
        }
    }

    /// A user or service principal of the customer's tenant.
    fn direct(&self, identity: Text) -> Held {
        let known = &self.access.identities;
        let named = || self.earners().any(|earner| earner.identities.contains(&identity));
        let ours = match known.was_asked(identity) || named() {
            true => self.link(identity, self.reach.customer),
            false if known.complete => return Held::of(Whose::NotOurs),
            false => Held::unknown(Finding::LinkUnknown),
        };
        ours.also(self.denied(identity))
    }

    /// An authorization of a delegation to a managing tenant.
    fn delegated(&self, grant: &Grant, tenant: Text, principal: Text) -> Held {
        let managing = self.earners().any(|earner| earner.tenant == tenant);
        let whose = match managing {
            true => Held::COUNTS,
            false if self.reach.reseller_unknown => Held::unknown(Finding::AgentGroupsUnknown),
            false => return Held::of(Whose::Third),
        };
        let denied = self.denied(principal);
        if grant.marketplace && !*self.programme.lighthouse_marketplace_needs_link().value {
            return whose.also(denied);
        }
        let identities = &self.access.identities;
        let link = match identities.members(principal) {
            _ if identities.was_asked(principal) => self.link(principal, Some(tenant)),
            Some(members) => {
                let asked = |member: Text| match identities.was_asked(member) {
                    true => self.link(member, Some(tenant)),
                    false if identities.complete => Held::fails(Finding::PartnerIdNotLinked),
                    false => Held::unknown(Finding::LinkUnknown),
                };
                best(members.into_iter().map(|member| asked(member).also(self.denied(member))))
                    .unwrap_or(Held::fails(Finding::PartnerIdNotLinked))
            }
            None if identities.complete => Held::unknown(Finding::GroupMembersUnknown),
            None => Held::unknown(Finding::LinkUnknown),
        };
        whose.also(link).also(denied)
    }

    fn link(&self, identity: Text, tenant: Option<Text>) -> Held {
        let held = |partner: Text, earner: &Earner| {
            earner.partner_ids.iter().any(|(id, held)| *id == partner && held.contains(&self.at))
        };
        let earns = |partner: Text| self.earners().any(|earner| held(partner, earner));
        match self.access.identities.linked(identity, tenant, self.at, earns) {
            Linked::Yes => Held::COUNTS,
            Linked::Other => Held::fails(Finding::PartnerIdOfOtherOrganization),
            Linked::No => Held::fails(Finding::PartnerIdNotLinked),
            Linked::Unknown => Held::unknown(Finding::LinkUnknown),
        }
    }

    /// Deny assignments that reach the target and name the principal.
    fn denied(&self, principal: Text) -> Held {
        let denies = self.reach.denies.iter().filter_map(|number| self.access.denies.get(*number as usize));
        let naming = denies.filter(|deny| {
            (deny.everyone || deny.principals.contains(&principal)) && !deny.excluded.contains(&principal)
        });
        naming.fold(Held::COUNTS, |held, deny| match deny.track.at(self.at).state {
            State::Held => held.also(Held::fails(Finding::AccessDenied)),
            State::NotHeld => held,
            State::Changed | State::After => held.also(Held::unknown(Finding::AccessChangeTimeUnknown)),
        })
    }

    /// The organizations that earn on the target.
    fn earners(&self) -> impl Iterator<Item = &Earner> {
        self.reach.earners.iter().filter_map(|number| self.access.earners.get(*number))
    }
}

fn best(candidates: impl Iterator<Item = Held>) -> Option<Held> {
    candidates.min_by_key(Held::distance)
}

fn within(set: &IntervalSet, at: Instant) -> bool {
    set.iter().any(|interval| interval.from() <= at && at < interval.until())
}
