//! What two exports say differently of access that carries PEC, as data.

#![expect(
    clippy::disallowed_types,
    reason = "serde reads what is flattened through a type that knows floats; amounts are texts"
)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::resource::ArmScope;

use super::evidence::EvidenceKind;
use super::explain::{AccessPath, EvidencePlace};
use super::finding::Finding;

/// What became of grants that carry PEC between two exports. Made by [`Comparison`](super::Comparison).
///
/// A grant carries PEC where it meets every condition at the moment at which its Azure subscription was last shown. Grants
/// of the customer and of third partners are in none of the lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccessDiff {
    /// The old exports.
    pub old: ExportFacts,
    /// The new exports.
    pub new: ExportFacts,
    /// Grants that carried PEC and do not any more, or of which that cannot be told.
    pub lost: Vec<GrantChange>,
    /// Grants that carry PEC and will end.
    pub ending: Vec<GrantChange>,
    /// Grants that carry PEC and did not before.
    pub gained: Vec<GrantChange>,
    /// Grants that carry PEC in one of the exports while the other cannot show what it says of them.
    pub not_compared: Vec<NotCompared>,
    /// How many carry PEC as before, those that will end included.
    pub unchanged: usize,
}

/// What exports show in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExportFacts {
    /// When the last of their files was taken.
    pub last_taken_at: Option<DateTime<Utc>>,
    /// How many Azure subscriptions they show.
    pub subscriptions: usize,
    /// How many grants carry PEC; one above subscriptions counts in each.
    pub carrying: usize,
}

/// A grant, where it was looked at, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GrantChange {
    /// Where it counts or counted: its scope, a part of it that is denied, or a subscription below its management group.
    pub place: String,
    /// The grant.
    pub grant: HeldGrant,
    /// What became of it.
    #[serde(flatten)]
    pub change: Change,
    /// What is found of it where it does not count.
    pub because: Vec<Finding>,
    /// Does other access that counts cover the place: now, or, of a grant that came, before?
    pub covered: Covered,
    /// By which.
    pub covered_by: Vec<HeldGrant>,
}

/// A grant as an export shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeldGrant {
    /// How access is given.
    pub path: AccessPath,
    /// Where it is given.
    pub scope: String,
    /// The role definition's id.
    pub role: String,
    /// Its name, where the role list or an export tells.
    pub role_name: Option<String>,
    /// The object id of user, group or service principal.
    pub principal: String,
    /// The managing tenant of a delegation.
    pub managing_tenant: Option<String>,
    /// The path of the role assignment or delegation, where the export has it.
    pub assignment: Option<String>,
    /// Where it was read.
    pub evidence: Vec<EvidencePlace>,
}

/// What became of a grant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// It is not there any more: a complete export does not list it, or a log revokes it.
    Gone {
        /// When, where a log or its own end tells.
        at: Option<DateTime<Utc>>,
    },
    /// The principal has only a role there that is not eligible.
    Downgraded {
        /// The role definition's id.
        now_role: String,
        /// Its name, where the role list or an export tells.
        now_role_name: Option<String>,
    },
    /// It was standing and is not any more.
    TimeBound {
        /// In which way.
        how: TimeBound,
        /// When what is held now ends, where that is told.
        until: Option<DateTime<Utc>>,
    },
    /// It counts until an end that is known, as it was before.
    Ending {
        /// That end.
        until: DateTime<Utc>,
    },
    /// A deny assignment voids it.
    Denied,
    /// Its partner id link is lost, or is to another organization's id.
    Unlinked,
    /// It fails for another reason.
    NotCounting,
    /// It is there, and whether it counts cannot be told.
    Undetermined,
    /// It came, or came back.
    New,
}

/// How a grant is held that is not standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimeBound {
    /// Activated just in time: it does not count.
    Activated,
    /// To be activated just in time: it does not count.
    Eligible,
    /// Assigned until an end: it counts until then.
    Assigned,
}

/// Is a place covered by access that counts?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Covered {
    /// By a grant of its own.
    Yes,
    /// Some export would settle it.
    NotTold,
    /// By none.
    No,
}

/// A grant that carries PEC in one of the exports, and of which the other shows too little.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NotCompared {
    /// Which exports show too little.
    pub shown_too_little: Side,
    /// What would settle it.
    pub missing: Vec<EvidenceKind>,
    /// Where it was looked at.
    pub place: String,
    /// The grant as the other exports show it.
    pub grant: HeldGrant,
}

/// One of two exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Side {
    /// The new ones: the grant carried PEC.
    New,
    /// The old ones: the grant carries PEC.
    Old,
}

impl HeldGrant {
    /// The Azure subscription of its scope; `None` above subscriptions.
    #[must_use]
    pub fn subscription(&self) -> Option<&str> {
        ArmScope::parse(&self.scope).ok().and_then(ArmScope::subscription).map(|id| id.as_str())
    }
}

impl GrantChange {
    /// Is the place without access that counts, as far as is known?
    #[must_use]
    pub fn uncovered(&self) -> bool {
        self.covered != Covered::Yes
    }
}

impl AccessDiff {
    /// Did a place lose the access that covered it, as far as is known?
    #[must_use]
    pub fn has_loss(&self) -> bool {
        self.lost.iter().any(GrantChange::uncovered)
    }
}
