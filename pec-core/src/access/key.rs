//! What makes a grant one.

use super::compile::subscription_of;
use super::evidence::{Evidence, EvidenceKind};
use super::facts::Text;

/// What makes a grant one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// A role assignment.
    Assignment { scope: Text, role: Text, principal: Text },
    /// An assignment that somebody may activate.
    Eligibility { scope: Text, role: Text, principal: Text },
    /// An authorization of an Azure Lighthouse delegation: principal and role, unless its definition was not exported.
    Authorization { scope: Text, tenant: Text, authorization: Option<(Text, Text)>, eligible_only: bool },
}

impl Key {
    /// Who it is given to.
    pub(super) fn principal(self) -> Option<Text> {
        match self {
            Self::Assignment { principal, .. } | Self::Eligibility { principal, .. } => Some(principal),
            Self::Authorization { authorization, .. } => authorization.map(|(principal, _)| principal),
        }
    }

    /// What is given, and to whom; both blank for a delegation whose definition was not exported.
    pub(super) fn role_and_principal(self) -> (Text, Text) {
        match self {
            Self::Assignment { role, principal, .. } | Self::Eligibility { role, principal, .. } => (role, principal),
            Self::Authorization { authorization, .. } => {
                authorization.map_or((0, 0), |(principal, role)| (role, principal))
            }
        }
    }

    /// The tenant that a delegation is to.
    pub(super) const fn managing_tenant(self) -> Option<Text> {
        match self {
            Self::Assignment { .. } | Self::Eligibility { .. } => None,
            Self::Authorization { tenant, .. } => Some(tenant),
        }
    }

    /// The log that would show every change of it, where there is one: none is complete above subscriptions.
    pub(super) fn logged_in(self, evidence: &Evidence) -> Option<EvidenceKind> {
        subscription_of(evidence, self.scope())?;
        match self {
            Self::Assignment { .. } => Some(EvidenceKind::ActivityLog),
            Self::Authorization { .. } => Some(EvidenceKind::DelegationLog),
            Self::Eligibility { .. } => None,
        }
    }

    /// What tells grants of one scope, role and principal apart.
    pub(super) const fn order(self) -> u8 {
        match self {
            Self::Assignment { .. } => 0,
            Self::Eligibility { .. } => 1,
            Self::Authorization { eligible_only: false, .. } => 2,
            Self::Authorization { eligible_only: true, .. } => 3,
        }
    }

    pub(super) const fn scope(self) -> Text {
        match self {
            Self::Assignment { scope, .. } | Self::Eligibility { scope, .. } | Self::Authorization { scope, .. } => {
                scope
            }
        }
    }

    /// The kind of snapshot that would list it; an eligibility says itself how long it lasts.
    pub(super) const fn listed_in(self) -> Option<EvidenceKind> {
        match self {
            Self::Assignment { .. } => Some(EvidenceKind::RoleAssignments),
            Self::Authorization { .. } => Some(EvidenceKind::LighthouseAssignments),
            Self::Eligibility { .. } => None,
        }
    }
}
