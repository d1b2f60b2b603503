//! `not_transacting_partner`: the partner did not transact the Azure subscription for the whole day.
//!
//! # Why
//!
//! Only the transacting partner earns. Who earns on the day of a transfer is not stated; with the rule of the entire day it is nobody.
//!
//! # Example
//!
//! The subscription came to the partner at 14:00 of that day.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R7, R94, R95, R96: kvamseek/partner-center@85eb3c40 transfer-azure-subscriptions-under-azure-plan.md, 2023-09-14.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::NotTransactingPartner,
    rank: 13,
    group: Group::Partner,
    sentence: "the partner did not transact the Azure subscription for the whole day",
    owner: Owner::Nobody,
    can_act: false,
    remedy: "nothing to do: before and after a transfer the other partner earns; on the day itself nobody does",
    source: source(
        "kvamseek/partner-center@85eb3c40 transfer-azure-subscriptions-under-azure-plan.md",
        (2023, 9, 14),
        "R7, R94, R95, R96",
        Status::Inferred,
    ),
};
