//! Privileged Identity Management: instances of assignments and of eligibilities.

use super::assignments::principal_kind;
use super::document::Document;
use super::entry::{Entry, Unread, scope_above};
use super::reading::Reading;
use crate::access::{EvidenceKind, Schedule, ScheduleKind};

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    reading.each(document, |reading, entry, place| {
        let (role, principal, scope) = (entry.role()?, entry.id(&["principalId"])?, entry.scope(&["scope", "id"])?);
        let scope = scope_above(scope, "microsoft.authorization/role");
        let kind = if reading.kind == EvidenceKind::PimEligibilities { ScheduleKind::Eligible } else { kind(entry)? };
        let (from, until) = (entry.instant(&["startDateTime"])?, entry.instant(&["endDateTime"])?);
        let principal_kind = principal_kind(entry, &["principalType"]);
        let evidence = &mut *reading.evidence;
        let (scope, role, principal) = (evidence.text(&scope), evidence.text(&role), evidence.text(&principal));
        evidence.schedules.push(Schedule { scope, role, principal, principal_kind, kind, from, until, place });
        Ok(())
    });
}

/// Assigned or activated; what is linked to an eligibility was activated.
fn kind(entry: &Entry<'_>) -> Result<ScheduleKind, Unread> {
    let told = entry.text(&["assignmentType"])?.unwrap_or_default();
    match told.to_ascii_lowercase().as_str() {
        "assigned" => Ok(ScheduleKind::Assigned),
        "activated" => Ok(ScheduleKind::Activated),
        "" if entry.told(&["linkedRoleEligibilityScheduleId"]).is_some() => Ok(ScheduleKind::Activated),
        _ => Err(Unread::new("assignmentType", told, "`Assigned` or `Activated`")),
    }
}
