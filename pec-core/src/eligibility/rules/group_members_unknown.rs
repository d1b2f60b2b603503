//! `group_members_unknown`: who is in a group that holds access, or is denied it, is not known.
//!
//! # Why
//!
//! A group counts if a member is linked; a deny assignment that names a group voids the access of its members.
//!
//! # Example
//!
//! A group of the customer's directory holds Contributor.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R27: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::GroupMembersUnknown,
    rank: 22,
    group: Group::Undetermined,
    sentence: "who is in a group that holds access, or is denied it, is not known",
    owner: Owner::Partner,
    can_act: true,
    remedy: "export the members of the group as `group_members`",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R27",
        Status::Documented,
    ),
};
