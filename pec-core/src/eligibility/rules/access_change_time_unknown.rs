//! `access_change_time_unknown`: access changed, or began, at a time that the exports do not tell.
//!
//! # Why
//!
//! A grant that one snapshot lists and the next does not was lost somewhere between.
//!
//! # Example
//!
//! Listed on the 1st, gone on the 5th, no log.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R47: kvamseek/partner-center@85eb3c40 reinstate-csp.md, 2023-08-01.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::AccessChangeTimeUnknown,
    rank: 22,
    group: Group::Undetermined,
    sentence: "access changed, or began, at a time that the exports do not tell",
    owner: Owner::Partner,
    can_act: true,
    remedy: "export the activity log of the subscription (kept for 90 days), and of the managing tenant for Azure Lighthouse",
    source: source(
        "kvamseek/partner-center@85eb3c40 reinstate-csp.md",
        (2023, 8, 1),
        "R47",
        Status::Inferred,
    ),
};
