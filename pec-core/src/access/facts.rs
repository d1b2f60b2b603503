//! Facts of access, as exports state them. Texts are kept by their number in [`Evidence`](super::Evidence): lower case, once each.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A moment, in UTC.
pub(crate) type Instant = DateTime<Utc>;

/// An id, a path or another text by its number.
pub(crate) type Text = u32;

/// Where a fact was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// The file, by its number in the evidence.
    pub(crate) file: u32,
    /// The entry in it; the first is 1.
    pub(crate) entry: u32,
}

/// What kind of thing a role was given to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PrincipalKind {
    /// A group of another tenant: the sign of AOBO.
    ForeignGroup,
    /// A group of the customer's directory.
    Group,
    /// A user or a service principal; also a kind that is not told.
    #[default]
    Identity,
}

/// A role assignment in a snapshot.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assignment {
    pub(crate) scope: Text,
    /// The GUID at the end of the role definition id.
    pub(crate) role: Text,
    pub(crate) principal: Text,
    pub(crate) kind: PrincipalKind,
    pub(crate) created: Option<Instant>,
    pub(crate) conditional: bool,
    /// What ends its own path; number 0, the blank text, where that is not told.
    pub(crate) name: Text,
    pub(crate) place: Place,
}

/// One authorization of an Azure Lighthouse delegation in a snapshot.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delegation {
    pub(crate) scope: Text,
    /// The managing tenant.
    pub(crate) tenant: Text,
    /// With its role; `None` for a delegation whose definition was not exported.
    pub(crate) authorization: Option<(Text, Text)>,
    /// Only eligible: activated just in time.
    pub(crate) eligible_only: bool,
    /// Made by a Marketplace offer.
    pub(crate) marketplace: bool,
    pub(crate) created: Option<Instant>,
    /// What ends the path of the assignment.
    pub(crate) name: Text,
    pub(crate) place: Place,
}

/// A linked partner id (PAL) of an identity in a tenant.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    pub(crate) object: Text,
    /// Number 0, the blank text, where it is not told.
    pub(crate) tenant: Text,
    pub(crate) partner: Text,
    /// It was linked when it was asked; else it had been, and nothing tells when that ended.
    pub(crate) active: bool,
    /// Linked with this partner id since.
    pub(crate) since: Option<Instant>,
    /// Linked before that with an id that is not told, since.
    pub(crate) other_since: Option<Instant>,
    pub(crate) place: Place,
}

/// An instance of Privileged Identity Management.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schedule {
    pub(crate) scope: Text,
    pub(crate) role: Text,
    pub(crate) principal: Text,
    pub(crate) principal_kind: PrincipalKind,
    pub(crate) kind: ScheduleKind,
    pub(crate) from: Option<Instant>,
    pub(crate) until: Option<Instant>,
    pub(crate) place: Place,
}

/// An instance of which not all could be read: a standing assignment that it is of may be an activation.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnreadSchedule {
    /// Number 0, the blank text, for what is not told: it may be any, here and below.
    pub(crate) scope: Text,
    pub(crate) role: Text,
    pub(crate) principal: Text,
    pub(crate) from: Option<Instant>,
    pub(crate) until: Option<Instant>,
    pub(crate) place: Place,
}

/// What an instance gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScheduleKind {
    /// A standing assignment, perhaps with an end.
    Assigned,
    /// An eligibility that is activated for a while.
    Activated,
    /// An eligibility.
    Eligible,
}

/// An entry of a log.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Logged {
    pub(crate) at: Instant,
    /// Granted or registered; else revoked or unregistered.
    pub(crate) granted: bool,
    pub(crate) of: LoggedOf,
    /// When what was revoked had been made, where the entry tells.
    pub(crate) created: Option<Instant>,
    pub(crate) place: Place,
}

/// What an entry of a log is of.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum LoggedOf {
    Assignment { scope: Text, role: Text, principal: Text, kind: PrincipalKind },
    Delegation { scope: Text },
}

/// A deny assignment in a snapshot.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deny {
    /// Its own id.
    pub(crate) id: Text,
    pub(crate) scope: Text,
    pub(crate) everyone: bool,
    pub(crate) principals: Vec<Text>,
    pub(crate) excluded: Vec<Text>,
    /// It holds at its scope alone.
    pub(crate) not_below: bool,
    pub(crate) unread: DenyUnread,
    pub(crate) created: Option<Instant>,
    pub(crate) place: Place,
}

/// What of a deny assignment could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DenyUnread {
    /// It may hold others, too.
    pub(crate) principals: bool,
    /// It may leave out others, or may not reach all that is below its scope.
    pub(crate) excluded: bool,
}
