//! `no_access_evidence`: what was given does not show who had access.
//!
//! # Why
//!
//! A usage file shows what was charged and paid, not who held access. Missing evidence is never read as missing access.
//!
//! # Example
//!
//! A line of an ordinary meter without credit, and no export of role assignments; or exports of which a part could not be read
//! that may take access away: a deny assignment, an instance of Privileged Identity Management.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R3, R13, R39, R45: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::NoAccessEvidence,
    rank: 22,
    group: Group::Undetermined,
    sentence: "what was given does not show who had access on that day",
    owner: Owner::Partner,
    can_act: true,
    remedy: "export the role assignments and Azure Lighthouse delegations of the subscription: they show who has access and since \
             when; export again, whole, what could not all be read",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R3, R13, R39, R45",
        Status::Documented,
    ),
};
