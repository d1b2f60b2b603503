//! Who held access to what, for which instants, and whether it counts.
//!
//! [`Evidence`] is what a partner's exports show. Together with the [`Partner`](crate::partner::Partner) it is compiled once
//! into an [`Access`], which says for a resource and a day whether access covered it, and if not, why.

mod evidence;
mod facts;

pub use evidence::{Evidence, EvidenceKind};
pub(crate) use evidence::{EvidenceFile, FileNumber};
pub(crate) use facts::{
    Assignment, Delegation, Deny, Instant, Link, Logged, LoggedOf, Place, PrincipalKind, Schedule, ScheduleKind, Text,
};
