//! `access_part_of_day`: access held for a part of the day.
//!
//! # Why
//!
//! Access must hold the entire UTC day, by any one or several grants together. The explanation of 2023 no longer says so; the page on troubleshooting does.
//!
//! # Example
//!
//! The role was assigned at 09:00.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R45, R46, R47: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::AccessPartOfDay,
    rank: 21,
    group: Group::Access,
    sentence: "access held for a part of the day",
    owner: Owner::Partner,
    can_act: true,
    remedy: "keep access standing: the day it is gained or lost earns nothing",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R45, R46, R47",
        Status::Conflicting,
    ),
};
