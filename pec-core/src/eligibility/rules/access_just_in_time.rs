//! `access_just_in_time`: access was only eligible for activation, or activated for a while.
//!
//! # Why
//!
//! Access must be a permanent assignment. An assignment activated in Privileged Identity Management looks permanent while it lasts.
//!
//! # Example
//!
//! The delegation has the role under `eligibleAuthorizations` alone.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R22, R37: MicrosoftDocs/azure-docs lighthouse/how-to/partner-earned-credit.md, 2023-05-23.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::AccessJustInTime,
    rank: 19,
    group: Group::Access,
    sentence: "access was only eligible for activation, or activated for a while",
    owner: Owner::Customer,
    can_act: true,
    remedy: "ask for a standing assignment of the role; in Azure Lighthouse under `authorizations` in place of `eligibleAuthorizations`",
    source: source(
        "MicrosoftDocs/azure-docs lighthouse/how-to/partner-earned-credit.md",
        (2023, 5, 23),
        "R22, R37",
        Status::Documented,
    ),
};
