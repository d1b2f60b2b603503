//! `management_group_unknown`: whether a management group holds the subscription is not known.
//!
//! # Why
//!
//! A role on a management group reaches the subscriptions below it; which these are is in no role assignment.
//!
//! # Example
//!
//! A role is assigned on a management group that no export describes.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R40: MicrosoftDocs/azure-docs@012ad308 link-partner-id.md, 2023-07-27.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::ManagementGroupUnknown,
    rank: 22,
    group: Group::Undetermined,
    sentence: "whether a management group holds the subscription is not known",
    owner: Owner::Partner,
    can_act: true,
    remedy: "export the management group with its descendants as `management_groups`",
    source: source(
        "MicrosoftDocs/azure-docs@012ad308 link-partner-id.md",
        (2023, 7, 27),
        "R40",
        Status::Inferred,
    ),
};
