//! What a file holds, told from its content.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::document::{Document, Item};
use super::entry::Entry;
use super::error::EvidenceErrorKind;
use crate::access::EvidenceKind;

/// Types of ARM resources and what they are evidence of.
const TYPES: [(&str, EvidenceKind); 9] = [
    ("microsoft.authorization/roleassignments", EvidenceKind::RoleAssignments),
    ("microsoft.authorization/roledefinitions", EvidenceKind::RoleDefinitions),
    ("microsoft.authorization/denyassignments", EvidenceKind::DenyAssignments),
    ("microsoft.authorization/roleassignmentscheduleinstances", EvidenceKind::PimAssignments),
    ("microsoft.authorization/roleeligibilityscheduleinstances", EvidenceKind::PimEligibilities),
    ("microsoft.managedservices/registrationassignments", EvidenceKind::LighthouseAssignments),
    // Their definitions stand in the same table of Resource Graph.
    ("microsoft.managedservices/registrationdefinitions", EvidenceKind::LighthouseAssignments),
    ("microsoft.managementpartner/partners", EvidenceKind::PartnerLinks),
    ("microsoft.management/managementgroups", EvidenceKind::ManagementGroups),
];

/// Fields that only entries of one kind have together; the first that fits counts.
const FIELDS: [(&[&str], EvidenceKind); 12] = [
    (&["managementGroupAncestorsChain"], EvidenceKind::ManagementGroups),
    (&["timestamp", "action", "roleDefinitionId"], EvidenceKind::ChangeLog),
    (&["linkedRoleEligibilityScheduleId", "startDateTime"], EvidenceKind::PimAssignments),
    (&["assignmentType", "startDateTime", "principalId"], EvidenceKind::PimAssignments),
    (&["partnerId", "objectId"], EvidenceKind::PartnerLinks),
    (&["excludePrincipals", "principals"], EvidenceKind::DenyAssignments),
    (&["registrationDefinitionId"], EvidenceKind::LighthouseAssignments),
    (&["roleDefinitionId", "principalId", "scope"], EvidenceKind::RoleAssignments),
    (&["RoleDefinitionId", "ObjectId", "Scope"], EvidenceKind::RoleAssignments),
    (&["assignableScopes"], EvidenceKind::RoleDefinitions),
    (&["userPrincipalName"], EvidenceKind::GroupMembers),
    (&["id", "members"], EvidenceKind::GroupMembers),
];

/// The kind of a file: as given, unless the content says otherwise; else as the content says.
pub(super) fn kind(given: Option<EvidenceKind>, document: &Document<'_>) -> Result<EvidenceKind, EvidenceErrorKind> {
    let mut found = BTreeSet::new();
    document.each(&mut |_, item| {
        let Item::Entry(entry) = item else { return ControlFlow::Continue(()) };
        found.extend(kind_of(&entry));
        // One entry of the given kind is enough: the others are passed over.
        if given.is_some_and(|given| found.contains(&given)) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let mut found = found.into_iter();
    match (given, found.next(), found.next()) {
        (Some(given), None, _) => Ok(given),
        (None, None, _) => Err(EvidenceErrorKind::UnknownKind),
        (None, Some(kind), None) => Ok(kind),
        (None, Some(first), Some(second)) => {
            Err(EvidenceErrorKind::SeveralKinds { found: [first, second].into_iter().chain(found).collect() })
        }
        (Some(given), Some(first), second) => {
            let all = [Some(first), second];
            let is_given = all.into_iter().flatten().chain(found).any(|kind| kind == given);
            if is_given { Ok(given) } else { Err(EvidenceErrorKind::OtherKind { given, found: first }) }
        }
    }
}

/// What an entry is evidence of, where it shows.
pub(super) fn kind_of(entry: &Entry<'_>) -> Option<EvidenceKind> {
    if entry.has("operationName") {
        return of_operation(entry);
    }
    let of_graph = |name: &str| name.to_ascii_lowercase().starts_with("#microsoft.graph.");
    if entry.told(&["@odata.type"]).is_some_and(|name| of_graph(&name)) {
        return Some(EvidenceKind::GroupMembers);
    }
    let named = |name: &str| TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| *kind);
    let by_type = || named(entry.told(&["type"])?.trim_start_matches("/providers/"));
    let by_path = || named(resource_type(&entry.told(&["id", "RoleAssignmentId"])?)?);
    let by_fields = || FIELDS.iter().find(|(names, _)| names.iter().all(|name| entry.has(name))).map(|(_, kind)| *kind);
    by_type().or_else(by_path).or_else(by_fields)
}

/// What a log entry is evidence of; `None` for operations that both logs may have.
fn of_operation(entry: &Entry<'_>) -> Option<EvidenceKind> {
    let operation = entry.value(&["operationName"]).ok().flatten()?.to_ascii_lowercase();
    if operation.starts_with("microsoft.authorization/roleassignments/") {
        Some(EvidenceKind::ActivityLog)
    } else if operation.starts_with("microsoft.resources/tenants/") {
        Some(EvidenceKind::DelegationLog)
    } else {
        None
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
