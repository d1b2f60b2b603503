//! `link_unknown`: whether an identity with access is linked is not known.
//!
//! # Why
//!
//! Only the identity itself can see its link.
//!
//! # Example
//!
//! A user holds Owner, and nobody says whether it is the partner's.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R28: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::LinkUnknown,
    rank: 22,
    group: Group::Undetermined,
    sentence: "whether an identity with access is linked is not known",
    owner: Owner::Partner,
    can_act: true,
    remedy: "let every identity of yours run `az managementpartner show`, and give the answers as `partner_links`",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R28",
        Status::Documented,
    ),
};
