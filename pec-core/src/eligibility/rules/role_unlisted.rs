//! `role_unlisted`: the role is not on Microsoft's list.
//!
//! # Why
//!
//! Newer built-in roles and custom roles are not documented either way.
//!
//! # Example
//!
//! A linked user holds a custom role.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R34: kvamseek/partner-center@85eb3c40 azure-roles-perms-pec.md, 2022-11-08.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::RoleUnlisted,
    rank: 22,
    group: Group::Undetermined,
    sentence: "the role is not on Microsoft's list",
    owner: Owner::Partner,
    can_act: true,
    remedy: "use a role of the list, or set `unlisted_role` in the programme's parameters if you know the answer",
    source: source(
        "kvamseek/partner-center@85eb3c40 azure-roles-perms-pec.md",
        (2022, 11, 8),
        "R34",
        Status::Inferred,
    ),
};
