//! `role_not_eligible`: the role does not earn.
//!
//! # Why
//!
//! Eligible roles are a closed list, matched on the role definition id. Reading alone does not earn.
//!
//! # Example
//!
//! A linked user of the partner holds Reader.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R31, R32, R33: kvamseek/partner-center@85eb3c40 azure-roles-perms-pec.md, 2022-11-08.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::RoleNotEligible,
    rank: 16,
    group: Group::Access,
    sentence: "the role does not earn",
    owner: Owner::Customer,
    can_act: true,
    remedy: "ask the customer to replace the role with the narrowest one of Microsoft's list of eligible roles that does the work",
    source: source(
        "kvamseek/partner-center@85eb3c40 azure-roles-perms-pec.md",
        (2022, 11, 8),
        "R31, R32, R33",
        Status::Documented,
    ),
};
