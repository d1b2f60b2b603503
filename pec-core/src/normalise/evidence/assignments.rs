//! Role assignments: Azure CLI, REST, PowerShell and Resource Graph.

use std::borrow::Cow;

use super::document::Document;
use super::entry::{Entry, Names, Unread, scope_above};
use super::reading::{NoFact, Reading};
use super::summary::{CannotShow, PassedOver};
use crate::access::{Assignment, PrincipalKind};

/// The principal, as PowerShell names it too.
const PRINCIPAL: Names = &["principalId", "ObjectId"];
const PRINCIPAL_TYPE: Names = &["principalType", "ObjectType"];

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    reading.each(document, |reading, entry, place| {
        if is_classic(entry) {
            return Err(NoFact::PassedOver(PassedOver::ClassicAdministrator));
        }
        let (role, principal, scope) = (entry.role()?, entry.id(PRINCIPAL)?, scope(entry)?);
        let (kind, created) = (principal_kind(entry, PRINCIPAL_TYPE), entry.instant(&["createdOn"])?);
        let conditional = entry.get(&["condition"]).is_some_and(|condition| !condition.is_blank());
        if created.is_none() {
            reading.cannot_show.insert(CannotShow::CreationTimes);
        }
        let evidence = &mut *reading.evidence;
        let (scope, role, principal) = (evidence.text(&scope), evidence.text(&role), evidence.text(&principal));
        evidence.assignments.push(Assignment { scope, role, principal, kind, created, conditional, place });
        Ok(())
    });
}

/// Where it holds. Its own path says it too.
fn scope<'a>(entry: &Entry<'a>) -> Result<Cow<'a, str>, Unread> {
    if entry.has("scope") {
        return entry.scope(&["scope"]);
    }
    let path = entry.scope(&["id", "RoleAssignmentId"])?;
    Ok(scope_above(path, "microsoft.authorization/roleassignments"))
}

/// Classic administrators stand in the same lists, without a role definition.
fn is_classic(entry: &Entry<'_>) -> bool {
    let role_is_none = entry.told(&["roleDefinitionId"]).is_some_and(|role| role.starts_with("NA("));
    let by_type = |name: &str| name.to_ascii_lowercase().contains("classicadministrator");
    role_is_none || entry.told(PRINCIPAL_TYPE).is_some_and(|name| by_type(&name))
}

/// What kind of thing a principal is; one that is not told is taken for an identity.
pub(super) fn principal_kind(entry: &Entry<'_>, names: Names) -> PrincipalKind {
    match entry.told(names) {
        Some(kind) if kind.eq_ignore_ascii_case("ForeignGroup") => PrincipalKind::ForeignGroup,
        Some(kind) if kind.eq_ignore_ascii_case("Group") => PrincipalKind::Group,
        _ => PrincipalKind::Identity,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{issues, read_text};
    use super::*;
    use crate::access::{Evidence, EvidenceKind};

    const AZ: &str = r#"[{
        "condition": null, "conditionVersion": null, "createdBy": "c0ffee00-0000-4000-8000-000000000009",
        "createdOn": "2025-03-01T09:12:44.5120319+00:00", "delegatedManagedIdentityResourceId": null, "description": null,
        "id": "/subscriptions/S1/providers/Microsoft.Authorization/roleAssignments/a1", "name": "a1",
        "principalId": "P1", "principalName": "anna@contoso.com", "principalType": "ForeignGroup",
        "roleDefinitionId": "/subscriptions/S1/providers/Microsoft.Authorization/roleDefinitions/R1",
        "roleDefinitionName": "Owner", "scope": "/subscriptions/S1", "type": "Microsoft.Authorization/roleAssignments",
        "updatedBy": "anna@contoso.com", "updatedOn": "2025-03-01T09:12:44.512031+00:00"
    }]"#;

    const REST: &str = r#"{"value": [{"properties": {
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/r1", "principalId": "p1",
        "principalType": "foreigngroup", "scope": "/subscriptions/s1", "createdOn": "2025-03-01T09:12:44.5120319Z",
        "createdBy": "anna@contoso.com"}, "id": "/subscriptions/s1/providers/Microsoft.Authorization/roleAssignments/a1",
        "type": "Microsoft.Authorization/roleAssignments", "name": "a1"}], "nextLink": null}"#;

    const RESOURCE_GRAPH: &str = r#"{"count": 1, "data": [{"id":
        "/subscriptions/s1/providers/Microsoft.Authorization/RoleAssignments/a1", "name": "a1", "tenantId": "t1",
        "subscriptionId": "", "type": "microsoft.authorization/roleassignments", "properties": {"principalId": "p1",
        "principalType": "ForeignGroup", "roleDefinitionId": "/providers/Microsoft.Authorization/RoleDefinitions/r1",
        "scope": "/subscriptions/s1", "createdOn": "2025-03-01T09:12:44.5120319Z", "updatedBy": "anna@contoso.com"}}],
        "skip_token": null, "total_records": 1}"#;

    /// Its only fact in words.
    fn only(evidence: &Evidence) -> String {
        assert_eq!(evidence.assignments.len(), 1);
        let fact = &evidence.assignments[0];
        let text = |number| evidence.texts.get(number);
        let created = fact.created.map(|created| created.to_rfc3339()).unwrap_or_default();
        let (scope, role, principal) = (text(fact.scope), text(fact.role), text(fact.principal));
        format!("{:?} {principal} {role} {scope} {created} {}", fact.kind, fact.conditional)
    }

    #[test]
    fn shapes() {
        let paged = format!("[{}, {}]", REST.replace("null", "\"https://next\""), r#"{"value": []}"#);
        let rows = REST.replace(r#"{"value": "#, "").replace(r#", "nextLink": null}"#, "");
        for text in [AZ, REST, RESOURCE_GRAPH, &paged, &rows] {
            let (evidence, summary) = read_text(EvidenceKind::RoleAssignments, text);
            let expected = "ForeignGroup p1 r1 /subscriptions/s1 2025-03-01T09:12:44.512031900+00:00 false";
            assert_eq!(only(&evidence), expected, "{text}");
            assert!(summary.complete && summary.entries == 1, "{summary:?}");
            assert!(!format!("{evidence:?}{summary:?}").contains("anna"), "{evidence:?}");
        }
    }

    #[test]
    fn powershell() {
        let one = r#"{"RoleAssignmentName": "a1", "RoleAssignmentId":
            "/subscriptions/s1/providers/Microsoft.Authorization/roleAssignments/a1", "Scope": "/subscriptions/s1/",
            "DisplayName": "Anna", "SignInName": "anna@contoso.com", "RoleDefinitionName": "Reader", "RoleDefinitionId": "R1",
            "ObjectId": "P1", "ObjectType": "Group", "CanDelegate": false, "Condition": "@Resource[x] StringEquals 'y'"}"#;
        for text in [one.to_owned(), format!("[{one}]")] {
            let (evidence, summary) = read_text(EvidenceKind::RoleAssignments, &text);
            assert_eq!(only(&evidence), "Group p1 r1 /subscriptions/s1  true");
            assert!(summary.cannot_show.contains(&CannotShow::CreationTimes));
            assert!(!format!("{evidence:?}").to_lowercase().contains("anna"), "{evidence:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_and_the_rest_is_read() {
        let text = format!(
            r#"[{{"type": "Microsoft.Authorization/roleAssignments", "principalId": "anna@contoso.com", "roleDefinitionId": "r",
            "scope": "/subscriptions/s1"}}, 7, {{"principalId": "NA", "roleDefinitionId": "NA(classic admins)", "scope": "/x"}},
            {{"type": "microsoft.authorization/roledefinitions", "id": "x"}}, {{"error": {{"code": "Denied"}}}}, {}]"#,
            AZ.trim_matches(['[', ']'])
        );
        let (evidence, summary) = read_text_as_given(&text);
        assert_eq!(only(&evidence).split(' ').next(), Some("ForeignGroup"));
        assert_eq!(
            issues(&summary),
            [
                "entry 1, `principalId`: found `a sign-in name`, expected an object id, usually a GUID",
                "entry 2, ``: found `7`, expected an object",
                "entry 5, `error`: found `Denied`, expected an entry; the export failed, repeat it",
            ]
        );
        assert!(!summary.complete);
        assert!(summary.cannot_show.contains(&CannotShow::UnreadEntries));
        let passed: Vec<_> = summary.passed_over.into_iter().collect();
        assert_eq!(passed, [(PassedOver::OtherKind, 1), (PassedOver::ClassicAdministrator, 1)]);
    }

    fn read_text_as_given(text: &str) -> (Evidence, super::super::EvidenceSummary) {
        let mut evidence = Evidence::new();
        let input = super::super::EvidenceInput::new("file.json", text.as_bytes(), super::super::tests::TAKEN_AT);
        let input = input.complete(true).subscriptions(["s1"]).kind(EvidenceKind::RoleAssignments);
        let summary = super::super::read(&mut evidence, &input).unwrap();
        (evidence, summary)
    }
}
