//! What a file holds, told from its content.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::activity::operation;
use super::document::{Document, Item};
use super::entry::Entry;
use super::error::EvidenceErrorKind;
use crate::access::EvidenceKind;

/// Types of ARM resources and what they are evidence of.
const TYPES: [(&str, &[EvidenceKind]); 9] = [
    ("microsoft.authorization/roleassignments", &[EvidenceKind::RoleAssignments]),
    ("microsoft.authorization/roledefinitions", &[EvidenceKind::RoleDefinitions]),
    ("microsoft.authorization/denyassignments", &[EvidenceKind::DenyAssignments]),
    ("microsoft.authorization/roleassignmentscheduleinstances", &[EvidenceKind::PimAssignments]),
    ("microsoft.authorization/roleeligibilityscheduleinstances", &[EvidenceKind::PimEligibilities]),
    ("microsoft.managedservices/registrationassignments", &[EvidenceKind::LighthouseAssignments]),
    // Their definitions stand in the same table of Resource Graph.
    ("microsoft.managedservices/registrationdefinitions", &[EvidenceKind::LighthouseAssignments]),
    ("microsoft.managementpartner/partners", &[EvidenceKind::PartnerLinks]),
    ("microsoft.management/managementgroups", &[EvidenceKind::ManagementGroups]),
];

/// Fields that only entries of these kinds have together; the first that fits counts.
const FIELDS: [(&[&str], &[EvidenceKind]); 13] = [
    (&["managementGroupAncestorsChain"], &[EvidenceKind::ManagementGroups]),
    (&["timestamp", "action", "roleDefinitionId"], &[EvidenceKind::ChangeLog]),
    (&["linkedRoleEligibilityScheduleId", "startDateTime"], &[EvidenceKind::PimAssignments]),
    (&["assignmentType", "startDateTime"], &[EvidenceKind::PimAssignments]),
    (&["roleDefinitionId", "startDateTime"], &[EvidenceKind::PimAssignments, EvidenceKind::PimEligibilities]),
    (&["partnerId", "objectId"], &[EvidenceKind::PartnerLinks]),
    (&["excludePrincipals", "principals"], &[EvidenceKind::DenyAssignments]),
    (&["registrationDefinitionId"], &[EvidenceKind::LighthouseAssignments]),
    (&["roleDefinitionId", "principalId", "scope"], &[EvidenceKind::RoleAssignments]),
    (&["RoleDefinitionId", "ObjectId", "Scope"], &[EvidenceKind::RoleAssignments]),
    (&["assignableScopes"], &[EvidenceKind::RoleDefinitions]),
    (&["userPrincipalName"], &[EvidenceKind::GroupMembers]),
    (&["id", "members"], &[EvidenceKind::GroupMembers]),
];

/// The kind of a file: as given, unless the content says otherwise; else as the content says.
pub(super) fn kind(given: Option<EvidenceKind>, document: &Document<'_>) -> Result<EvidenceKind, EvidenceErrorKind> {
    let (mut found, mut is_given) = (BTreeSet::new(), false);
    document.each(&mut |_, item| {
        let Item::Entry(entry) = item else { return ControlFlow::Continue(()) };
        let kinds = kinds_of(&entry);
        is_given |= given.is_some_and(|given| kinds.contains(&given));
        // What may be of two kinds does not tell which.
        found.extend(if given.is_some() || kinds.len() == 1 { kinds } else { &[] });
        // One entry of the given kind is enough: others are passed over.
        if is_given { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let found: Vec<_> = found.into_iter().collect();
    match (given, found.as_slice()) {
        (Some(given), []) => Ok(given),
        (Some(given), _) if is_given => Ok(given),
        (Some(given), [found, ..]) => Err(EvidenceErrorKind::OtherKind { given, found: *found }),
        (None, []) => Err(EvidenceErrorKind::UnknownKind),
        (None, [kind]) => Ok(*kind),
        (None, _) => Err(EvidenceErrorKind::SeveralKinds { found }),
    }
}

/// What an entry may be evidence of; nothing where it does not show.
pub(super) fn kinds_of(entry: &Entry<'_>) -> &'static [EvidenceKind] {
    if entry.has("operationName") || entry.has("operationNameValue") {
        return of_operation(entry);
    }
    let of_graph = |name: &str| name.to_ascii_lowercase().starts_with("#microsoft.graph.");
    if entry.told(&["@odata.type", "OdataType"]).is_some_and(|name| of_graph(&name)) {
        return &[EvidenceKind::GroupMembers];
    }
    let has_all = |names: &[&str]| names.iter().all(|name| entry.has(name));
    let by_fields = || FIELDS.iter().find(|(names, _)| has_all(names)).map(|(_, kinds)| *kinds);
    of_type(entry).or_else(by_fields).unwrap_or_default()
}

/// What the type of an entry, or its path, says that it is evidence of.
fn of_type(entry: &Entry<'_>) -> Option<&'static [EvidenceKind]> {
    let named = |name: &str| TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kinds)| *kinds);
    let by_type = || named(entry.told(&["type"])?.trim_start_matches("/providers/"));
    let by_path = || named(resource_type(&entry.told(&["id", "RoleAssignmentId"])?)?);
    by_type().or_else(by_path)
}

/// May it be an instance of Privileged Identity Management without all that tells it from a role assignment?
pub(super) fn may_lack_signs(entry: &Entry<'_>, kind: EvidenceKind) -> bool {
    let of_schedules = matches!(kind, EvidenceKind::PimAssignments | EvidenceKind::PimEligibilities);
    of_schedules && of_type(entry).is_none() && kinds_of(entry) == [EvidenceKind::RoleAssignments]
}

/// What a log entry is evidence of; nothing for operations that both logs may have.
fn of_operation(entry: &Entry<'_>) -> &'static [EvidenceKind] {
    let operation = operation(entry).unwrap_or_default();
    if operation.starts_with("microsoft.authorization/roleassignments/") {
        &[EvidenceKind::ActivityLog]
    } else if operation.starts_with("microsoft.resources/tenants/") {
        &[EvidenceKind::DelegationLog]
    } else {
        &[]
    }
}

/// The type of the resource that a path leads to.
fn resource_type(path: &str) -> Option<&str> {
    const PROVIDERS: &str = "/providers/";
    let folded = path.to_ascii_lowercase();
    let name = path.get(folded.rfind(PROVIDERS)? + PROVIDERS.len()..)?;
    let mut ends = name.match_indices('/').map(|(end, _)| end);
    name.get(..ends.nth(1).unwrap_or(name.len()))
}
