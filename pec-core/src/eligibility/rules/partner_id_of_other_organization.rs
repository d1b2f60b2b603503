//! `partner_id_of_other_organization`: the identity is linked to a partner id of another organization.
//!
//! # Why
//!
//! The linked id must belong to the organization of the transacting partner, or to the reseller of record.
//!
//! # Example
//!
//! A user is linked to the id of a reseller that is not the one on the line.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R9, R11: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::PartnerIdOfOtherOrganization,
    rank: 18,
    group: Group::Access,
    sentence: "the identity is linked to a partner id of another organization",
    owner: Owner::Partner,
    can_act: true,
    remedy: "sign in as that identity and run `az managementpartner update --partner-id <your partner id>`",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R9, R11",
        Status::Documented,
    ),
};
