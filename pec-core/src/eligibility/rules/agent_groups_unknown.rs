//! `agent_groups_unknown`: whether a foreign group or managing tenant is of your organization is not known.
//!
//! # Why
//!
//! A foreign group is verified by its object id; its name proves nothing.
//!
//! # Example
//!
//! A foreign group holds Owner, and the partner file has no agent groups.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R16: kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md, 2022-01-25.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::AgentGroupsUnknown,
    rank: 22,
    group: Group::Undetermined,
    sentence: "whether a foreign group or managing tenant is of your organization is not known",
    owner: Owner::Partner,
    can_act: true,
    remedy: "put the object ids of AdminAgents and HelpdeskAgents, yours and the reseller's, into the partner file",
    source: source(
        "kvamseek/partner-center@85eb3c40 partner-earned-credit-troubleshoot.md",
        (2022, 1, 25),
        "R16",
        Status::Documented,
    ),
};
