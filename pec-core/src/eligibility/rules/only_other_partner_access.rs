//! `only_other_partner_access`: only a partner that does not transact the subscription had access.
//!
//! # Why
//!
//! Another partner's access earns nothing for the transacting one.
//!
//! # Example
//!
//! A foreign group that is none of the partner's agent groups holds Owner, and nobody else.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R7, R8: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::OnlyOtherPartnerAccess,
    rank: 15,
    group: Group::Access,
    sentence: "only a partner that does not transact the subscription had access",
    owner: Owner::Customer,
    can_act: true,
    remedy: "ask the customer for access of your own; another partner's neither helps nor hurts",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R7, R8",
        Status::Documented,
    ),
};
