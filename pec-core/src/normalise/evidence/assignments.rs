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
/// Its own path, as PowerShell names it too.
const PATH: Names = &["id", "RoleAssignmentId"];
const TYPE: &str = "microsoft.authorization/roleassignments";

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
        let name = entry.name_in(&scope, PATH, TYPE);
        let evidence = &mut *reading.evidence;
        let name = name.map_or(0, |name| evidence.text(&name));
        let principal = evidence.principal(&principal, &entry.told(PRINCIPAL_TYPE).unwrap_or_default());
        let (scope, role) = (evidence.text(&scope), evidence.text(&role));
        evidence.assignments.push(Assignment { scope, role, principal, kind, created, conditional, name, place });
        Ok(())
    });
}

/// Where it holds. Its own path says it too.
fn scope<'a>(entry: &Entry<'a>) -> Result<Cow<'a, str>, Unread> {
    if entry.get(&["scope"]).is_some() {
        return entry.scope(&["scope"]);
    }
    Ok(scope_above(entry.scope(PATH)?, TYPE))
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
    use super::super::samples;
    use super::super::tests::{issues, read_as, read_text};
    use super::*;
    use crate::access::{Evidence, EvidenceKind};

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
        let paged =
            format!("[{}, {}]", samples::REST_ASSIGNMENTS.replace("null", "\"https://next\""), r#"{"value": []}"#);
        let rows = samples::REST_ASSIGNMENTS.replace(r#"{"value": "#, "").replace(r#", "nextLink": null}"#, "");
        for text in [samples::ASSIGNMENTS, samples::REST_ASSIGNMENTS, samples::GRAPH_ASSIGNMENTS, &paged, &rows] {
            let (evidence, summary) = read_text(EvidenceKind::RoleAssignments, text);
            let expected = "ForeignGroup p1 r1 /subscriptions/s1 2025-03-01T09:12:44.512031900+00:00 false";
            assert_eq!(only(&evidence), expected, "{text}");
            assert!(summary.complete && summary.entries == 1, "{summary:?}");
        }
    }

    #[test]
    fn powershell() {
        let one = samples::POWERSHELL_ASSIGNMENT;
        for text in [one.to_owned(), format!("[{one}]")] {
            let (evidence, summary) = read_text(EvidenceKind::RoleAssignments, &text);
            assert_eq!(only(&evidence), "Group p1 r1 /subscriptions/s1  true");
            assert!(summary.cannot_show.contains(&CannotShow::CreationTimes));
            assert_eq!(evidence.texts.get(evidence.assignments[0].name), "a1");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_and_the_rest_is_read() {
        let text = format!(
            r#"[{{"type": "Microsoft.Authorization/roleAssignments", "principalId": "anna@contoso.com", "roleDefinitionId": "r",
            "scope": "/subscriptions/s1"}}, 7, {{"principalId": "NA", "roleDefinitionId": "NA(classic admins)", "scope": "/x"}},
            {{"type": "microsoft.authorization/roledefinitions", "id": "x"}}, {{"error": {{"code": "Denied"}}}}, {}]"#,
            samples::ASSIGNMENTS.trim_matches(['[', ']'])
        );
        let (evidence, summary) = read_as(EvidenceKind::RoleAssignments, &text);
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
}
