//! `partner_id_not_linked`: the identity has no linked partner id.
//!
//! # Why
//!
//! Users, guests and service principals earn only with a linked partner id: in each customer's tenant for direct access, once in the partner's own tenant for Azure Lighthouse. AOBO needs none.
//!
//! # Example
//!
//! A guest of the partner holds Owner, was asked for its link and has none.
//!
//! # In force
//!
//! Since the programme began; no change is published.
//!
//! # Source
//!
//! R20, R25, R26: MicrosoftDocs/azure-docs@012ad308 link-partner-id.md, 2023-07-27.

use super::{Group, Owner, Rule, RuleId, Status, source};

pub(super) const RULE: Rule = Rule {
    id: RuleId::PartnerIdNotLinked,
    rank: 17,
    group: Group::Access,
    sentence: "the identity has no linked partner id",
    owner: Owner::Partner,
    can_act: true,
    remedy: "sign in as that identity in that tenant and run `az managementpartner create --partner-id <your partner id>`",
    source: source(
        "MicrosoftDocs/azure-docs@012ad308 link-partner-id.md",
        (2023, 7, 27),
        "R20, R25, R26",
        Status::Documented,
    ),
};
