//! `no_access`: no access of yours reached the resource on that day.
//!
//! # Why
//!
//! Credit is paid for days on which the provider or the reseller of record had access. It is only said where the evidence covers role assignments and Azure Lighthouse of that subscription and day.
//!
//! # Example
//!
//! Complete exports of the subscription list no grant of the partner.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R3, R44: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::NoAccess,
    rank: 14,
    group: Group::Access,
    sentence: "no access of yours reached the resource on that day",
    owner: Owner::Customer,
    can_act: true,
    remedy: "ask the customer for access that the work needs and no more: restore AOBO, or let them assign an eligible role to an identity of yours that is linked to your partner id; pressing a customer for access only to earn can make a partner ineligible",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R3, R44",
        Status::Documented,
    ),
};
