//! `agreement_inactive`: the partner's programme agreement was not in force on that day.
//!
//! # Why
//!
//! An active agreement is required.
//!
//! # Example
//!
//! The partner file says that the agreement ended on 30 June; the line is of 1 July.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R5: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::AgreementInactive,
    rank: 12,
    group: Group::Partner,
    sentence: "the partner's programme agreement was not in force on that day",
    owner: Owner::Partner,
    can_act: true,
    remedy: "renew the Microsoft AI Cloud Partner Program agreement; days without one are gone",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R5",
        Status::Documented,
    ),
};
