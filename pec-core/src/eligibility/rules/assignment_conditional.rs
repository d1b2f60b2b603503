//! `assignment_conditional`: the role assignment has a condition.
//!
//! # Why
//!
//! No page says whether an assignment with a condition earns.
//!
//! # Example
//!
//! The assignment's `condition` is not blank.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R32: kvamseek/partner-center@85eb3c40 azure-roles-perms-pec.md, 2022-11-08.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::AssignmentConditional,
    rank: 22,
    group: Group::Undetermined,
    sentence: "the role assignment has a condition",
    owner: Owner::Customer,
    can_act: true,
    remedy: "export the assignment's condition and see whether it limits the access, or ask for an assignment without one",
    source: source(
        "kvamseek/partner-center@85eb3c40 azure-roles-perms-pec.md",
        (2022, 11, 8),
        "R32",
        Status::Inferred,
    ),
};
