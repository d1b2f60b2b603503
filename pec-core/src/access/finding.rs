//! What can be found of access, and sets of it.

use serde::{Deserialize, Serialize};

/// A finding on a partner and its access to a resource on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finding {
    /// The billed party is an indirect reseller.
    PartnerTypeCannotEarn,
    /// The programme agreement was not in force.
    AgreementInactive,
    /// The partner did not transact the Azure subscription for the whole day.
    NotTransactingPartner,
    /// Nobody's grant reaches the resource.
    NoAccess,
    /// Only a third partner's grant reaches it.
    OnlyOtherPartnerAccess,
    /// The role does not earn.
    RoleNotEligible,
    /// The identity has no linked partner id where it needs one.
    PartnerIdNotLinked,
    /// The identity is linked to a partner id of another organization.
    PartnerIdOfOtherOrganization,
    /// Access was activated just in time, or only could be.
    AccessJustInTime,
    /// A deny assignment voids the access.
    AccessDenied,
    /// Access held for a part of the day.
    AccessPartOfDay,
    /// The role is not on Microsoft's list.
    RoleUnlisted,
    /// The assignment has a condition.
    AssignmentConditional,
    /// Whether the identity is linked is not known.
    LinkUnknown,
    /// Who is in the group is not known.
    GroupMembersUnknown,
    /// The agent groups of an earning organization are not known.
    AgentGroupsUnknown,
    /// Which subscriptions the management group holds is not known.
    ManagementGroupUnknown,
    /// Access changed at a time that is not known.
    AccessChangeTimeUnknown,
    /// Nothing shows who had access.
    NoAccessEvidence,
}

impl Finding {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::PartnerTypeCannotEarn,
        Self::AgreementInactive,
        Self::NotTransactingPartner,
        Self::NoAccess,
        Self::OnlyOtherPartnerAccess,
        Self::RoleNotEligible,
        Self::PartnerIdNotLinked,
        Self::PartnerIdOfOtherOrganization,
        Self::AccessJustInTime,
        Self::AccessDenied,
        Self::AccessPartOfDay,
        Self::RoleUnlisted,
        Self::AssignmentConditional,
        Self::LinkUnknown,
        Self::GroupMembersUnknown,
        Self::AgentGroupsUnknown,
        Self::ManagementGroupUnknown,
        Self::AccessChangeTimeUnknown,
        Self::NoAccessEvidence,
    ];
}

impl Finding {
    /// The id of the rule that reports it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PartnerTypeCannotEarn => "partner_type_cannot_earn",
            Self::AgreementInactive => "agreement_inactive",
            Self::NotTransactingPartner => "not_transacting_partner",
            Self::NoAccess => "no_access",
            Self::OnlyOtherPartnerAccess => "only_other_partner_access",
            Self::RoleNotEligible => "role_not_eligible",
            Self::PartnerIdNotLinked => "partner_id_not_linked",
            Self::PartnerIdOfOtherOrganization => "partner_id_of_other_organization",
            Self::AccessJustInTime => "access_just_in_time",
            Self::AccessDenied => "access_denied",
            Self::AccessPartOfDay => "access_part_of_day",
            Self::RoleUnlisted => "role_unlisted",
            Self::AssignmentConditional => "assignment_conditional",
            Self::LinkUnknown => "link_unknown",
            Self::GroupMembersUnknown => "group_members_unknown",
            Self::AgentGroupsUnknown => "agent_groups_unknown",
            Self::ManagementGroupUnknown => "management_group_unknown",
            Self::AccessChangeTimeUnknown => "access_change_time_unknown",
            Self::NoAccessEvidence => "no_access_evidence",
        }
    }
}

/// A set of findings, in a word: it is copied for every line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Findings(u32);

impl Findings {
    /// The set of none.
    pub const NONE: Self = Self(0);

    /// The set of one.
    #[must_use]
    pub const fn of(finding: Finding) -> Self {
        Self(1 << finding as u32)
    }

    /// The findings of both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Is it in the set?
    #[must_use]
    pub const fn has(self, finding: Finding) -> bool {
        self.0 & 1 << finding as u32 != 0
    }

    /// Those that say for certain that the day did not earn: what cannot be told comes after them.
    #[must_use]
    pub const fn blocking(self) -> Self {
        Self(self.0 & ((1 << Finding::RoleUnlisted as u32) - 1))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Is there none?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All of them, in their order.
    pub fn iter(self) -> impl Iterator<Item = Finding> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let first = Finding::ALL.get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(*first)
        })
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Self {
        findings.into_iter().fold(Self::NONE, |set, finding| set.with(Self::of(finding)))
    }
}
