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

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{TAKEN_AT, issues, read_as, read_text};
    use super::*;
    use crate::access::Evidence;
    use crate::normalise::evidence::{EvidenceErrorKind, EvidenceInput};

    fn facts(evidence: &Evidence) -> Vec<String> {
        let text = |number| evidence.texts.get(number);
        let words = |fact: &Schedule| {
            let (scope, role, principal) = (text(fact.scope), text(fact.role), text(fact.principal));
            let (from, until) = (fact.from.map(|at| at.to_rfc3339()), fact.until.map(|at| at.to_rfc3339()));
            let (from, until) = (from.unwrap_or_default(), until.unwrap_or_default());
            format!("{:?} {:?} {principal} {role} {scope} {from} {until}", fact.kind, fact.principal_kind)
        };
        evidence.schedules.iter().map(words).collect()
    }

    #[test]
    fn shapes() {
        let (evidence, summary) = read_text(EvidenceKind::PimAssignments, samples::SCHEDULES);
        assert_eq!(
            facts(&evidence),
            [
                "Activated Identity p1 r1 /subscriptions/s1 2026-10-04T08:00:00.123+00:00 2026-10-04T16:00:00.123+00:00",
                "Assigned Group g1 r1 /subscriptions/s1 2026-01-01T00:00:00+00:00 ",
            ]
        );
        assert!(summary.complete);
        let (evidence, _) = read_text(EvidenceKind::PimEligibilities, samples::ELIGIBILITIES);
        let expected = "Eligible Identity p1 r1 /providers/microsoft.management/managementgroups/root";
        assert!(facts(&evidence)[0].starts_with(expected), "{:?}", facts(&evidence));
    }

    #[test]
    fn the_kind_of_bare_instances_must_be_told() {
        let text = r#"[{"scope": "/subscriptions/s1", "roleDefinitionId": "r1", "principalId": "p1",
            "startDateTime": "2026-01-01T00:00:00Z"}]"#;
        let (evidence, _) = read_as(EvidenceKind::PimEligibilities, text);
        assert_eq!(facts(&evidence), ["Eligible Identity p1 r1 /subscriptions/s1 2026-01-01T00:00:00+00:00 "]);
        let input = |kind: Option<EvidenceKind>| {
            let input = EvidenceInput::new("file.json", text.as_bytes(), TAKEN_AT);
            let input = kind.into_iter().fold(input, EvidenceInput::kind);
            crate::normalise::evidence::read(&mut Evidence::new(), &input).map_err(|error| error.kind().clone())
        };
        assert_eq!(input(None), Err(EvidenceErrorKind::UnknownKind));
        let (given, found) = (EvidenceKind::RoleAssignments, EvidenceKind::PimAssignments);
        assert_eq!(input(Some(given)), Err(EvidenceErrorKind::OtherKind { given, found }));
    }

    #[test]
    fn activated_or_assigned() {
        let text = samples::SCHEDULES.replace("\"Activated\"", "null").replace("\"Assigned\"", "\"Perhaps\"");
        let (evidence, summary) = read_as(EvidenceKind::PimAssignments, &text);
        assert_eq!(evidence.schedules[0].kind, ScheduleKind::Activated);
        let expected = ["entry 2, `assignmentType`: found `Perhaps`, expected `Assigned` or `Activated`"];
        assert_eq!(issues(&summary), expected);
    }
}
