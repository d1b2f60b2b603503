//! `partner_type_cannot_earn`: an indirect reseller earns nothing itself.
//!
//! # Why
//!
//! Only direct-bill partners and indirect providers earn. The access of an indirect reseller can earn for its provider.
//!
//! # Example
//!
//! The partner file says `indirect_reseller`.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R1, R2: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::PartnerTypeCannotEarn,
    rank: 11,
    group: Group::Partner,
    sentence: "an indirect reseller earns nothing itself",
    owner: Owner::Partner,
    can_act: false,
    remedy: "nothing to do here: the credit is paid to the indirect provider, and your access earns it for them",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R1, R2",
        Status::Documented,
    ),
};
