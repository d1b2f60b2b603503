//! `access_denied`: a deny assignment voids the access.
//!
//! # Why
//!
//! A deny assignment at the subscription, a group above or the resource itself voids what the role gives.
//!
//! # Example
//!
//! A deny assignment on the resource group names the partner's group.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R36: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::AccessDenied,
    rank: 20,
    group: Group::Access,
    sentence: "a deny assignment voids the access",
    owner: Owner::Customer,
    can_act: true,
    remedy: "ask the customer to take you out of the deny assignment, or to exclude your principal from it",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R36",
        Status::Documented,
    ),
};
