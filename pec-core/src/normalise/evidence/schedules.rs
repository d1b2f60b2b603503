//! Privileged Identity Management: instances of assignments and of eligibilities.

use std::borrow::Cow;

use super::assignments::principal_kind;
use super::document::{Document, Item};
use super::entry::{Entry, Issues, Names, Unread, scope_above};
use super::reading::{Reading, Taken};
use crate::access::{EvidenceKind, Place, Schedule, ScheduleKind, UnreadSchedule};

const PRINCIPAL_TYPE: Names = &["principalType"];

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    // Who may only activate has no access by that: what is not known of it takes nothing away.
    if reading.kind == EvidenceKind::PimEligibilities {
        reading.each(document, read_eligibility);
        return;
    }
    reading.each_item(document, |reading, item, place| {
        let mut issues = Issues::default();
        match item {
            Item::Entry(entry) => read_assignment(entry, place, reading, &mut issues),
            Item::Other(value) => {
                issues.push(Unread::new("", value.shown(), "an object"));
                reading.evidence.unread_schedules.push(unread(place));
            }
        }
        reading.note_all(place.entry, issues);
        Ok(())
    });
    if let Some(place) = reading.next_page() {
        reading.evidence.unread_schedules.push(unread(place));
    }
}

fn read_eligibility(reading: &mut Reading<'_>, entry: &Entry<'_>, place: Place) -> Taken {
    let (role, principal, scope) = (entry.role()?, entry.id(&["principalId"])?, scope(entry)?);
    let (from, until) = (entry.instant(&["startDateTime"])?, entry.instant(&["endDateTime"])?);
    let (kind, principal_kind) = (ScheduleKind::Eligible, principal_kind(entry, PRINCIPAL_TYPE));
    let evidence = &mut *reading.evidence;
    let principal = evidence.principal(&principal, &entry.told(PRINCIPAL_TYPE).unwrap_or_default());
    let (scope, role) = (evidence.text(&scope), evidence.text(&role));
    evidence.schedules.push(Schedule { scope, role, principal, principal_kind, kind, from, until, place });
    Ok(())
}

/// One of which not all can be read is an assignment that was held when the file was taken, and may be an activation.
fn read_assignment(entry: &Entry<'_>, place: Place, reading: &mut Reading<'_>, issues: &mut Issues) {
    let (role, principal, scope) =
        (issues.keep(entry.role()), issues.keep(entry.id(&["principalId"])), issues.keep(scope(entry)));
    let kind = issues.keep(kind(entry));
    let start: Names = &["startDateTime"];
    let start = match kind {
        Some(ScheduleKind::Activated) => entry.instant_needed(start).map(Some),
        _ => entry.instant(start),
    };
    let (from, until) = (issues.keep(start), issues.keep(entry.instant(&["endDateTime"])));
    let evidence = &mut *reading.evidence;
    let mut text = |read: Option<Cow<'_, str>>| read.map_or(0, |read| evidence.text(&read));
    let (scope, role) = (text(scope), text(role));
    let principal_type = entry.told(PRINCIPAL_TYPE).unwrap_or_default();
    let principal = principal.map_or(0, |principal| evidence.principal(&principal, &principal_type));
    let known = UnreadSchedule { scope, role, principal, from: from.flatten(), until: until.flatten(), place };
    let is_placed = scope != 0 && role != 0 && principal != 0;
    let is_told = is_placed && from.is_some() && until.is_some();
    let told = kind.filter(|kind| *kind == ScheduleKind::Assigned || is_told);
    match told {
        None => evidence.unread_schedules.push(known),
        // When it ends is not known; it had not when the file was taken.
        Some(_) if until.is_none() => {
            evidence.unread_schedules.push(UnreadSchedule { from: Some(reading.taken_at), ..known });
        }
        Some(_) => {}
    }
    if is_placed {
        let (kind, until) = (told.unwrap_or(ScheduleKind::Assigned), known.until.filter(|_| told.is_some()));
        let principal_kind = principal_kind(entry, PRINCIPAL_TYPE);
        evidence.schedules.push(Schedule {
            scope,
            role,
            principal,
            principal_kind,
            kind,
            from: known.from,
            until,
            place,
        });
    }
}

/// One of which nothing is known.
const fn unread(place: Place) -> UnreadSchedule {
    UnreadSchedule { scope: 0, role: 0, principal: 0, from: None, until: None, place }
}

fn scope<'a>(entry: &Entry<'a>) -> Result<Cow<'a, str>, Unread> {
    Ok(scope_above(entry.scope(&["scope", "id"])?, "microsoft.authorization/role"))
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
        assert_eq!(evidence.unread_schedules.len(), 1);
    }

    /// What is known of instances that could not all be read, and the facts.
    fn unread(kind: EvidenceKind, fields: &str) -> [String; 2] {
        let text = format!(r#"[{{"scope": "/subscriptions/s1", "roleDefinitionId": "r1", {fields}}}]"#);
        let (evidence, summary) = read_as(kind, &text);
        assert!(!summary.complete && summary.issue_count > 0, "{text}");
        let text = |number| evidence.texts.get(number);
        let words = |one: &UnreadSchedule| {
            let times = [one.from, one.until].map(|at| at.map(|at| at.to_rfc3339()).unwrap_or_default()).join(" ");
            format!("{} {} {} {times}", text(one.scope), text(one.role), text(one.principal))
        };
        [evidence.unread_schedules.iter().map(words).collect::<Vec<_>>().join("; "), facts(&evidence).join("; ")]
    }

    #[test]
    fn what_cannot_be_read_may_be_an_activation() {
        let pim = EvidenceKind::PimAssignments;
        let activated = r#""principalId": "p1", "assignmentType": "Activated""#;
        let start = r#""startDateTime": "2026-10-04T08:00:00Z""#;
        assert_eq!(
            unread(pim, &format!(r#"{activated}, "startDateTime": null"#)),
            ["/subscriptions/s1 r1 p1  ", "Assigned Identity p1 r1 /subscriptions/s1  "]
        );
        assert_eq!(
            unread(pim, &format!(r#"{activated}, {start}, "endDateTime": "x""#)),
            [
                "/subscriptions/s1 r1 p1 2026-10-04T08:00:00+00:00 ",
                "Assigned Identity p1 r1 /subscriptions/s1 2026-10-04T08:00:00+00:00 ",
            ]
        );
        assert_eq!(
            unread(pim, &format!(r#""assignmentType": "Activated", {start}"#)),
            ["/subscriptions/s1 r1  2026-10-04T08:00:00+00:00 ", ""]
        );
        let nothing_known = r#"{"value": [], "nextLink": "https://next"}"#;
        let (evidence, _) = read_as(pim, nothing_known);
        assert_eq!(evidence.unread_schedules[0].place.entry, 1);
    }

    #[test]
    fn an_instance_without_its_signs_is_one_all_the_same() {
        let pim = EvidenceKind::PimAssignments;
        // Beside an entry that shows what the file holds.
        let beside = |entry: &str| samples::SCHEDULES.replacen("\"value\": [", &format!("\"value\": [{entry}, "), 1);
        let bare = r#"{"scope": "/subscriptions/s1", "roleDefinitionId": "r1", "principalId": "p1"}"#;
        let (evidence, summary) = read_as(pim, &beside(bare));
        assert_eq!((evidence.unread_schedules.len(), evidence.schedules.len()), (1, 3));
        assert_eq!(issues(&summary), ["entry 1, `assignmentType`: found ``, expected `Assigned` or `Activated`"]);
        assert!(!summary.complete && summary.passed_over.is_empty());
        let assignment = samples::ASSIGNMENTS.trim_matches(['[', ']']);
        let (evidence, summary) = read_as(pim, &beside(assignment));
        assert!(evidence.unread_schedules.is_empty() && summary.passed_over.len() == 1, "its path says what it is");
    }

    #[test]
    fn what_cannot_be_read_of_a_standing_assignment() {
        let assigned = r#""principalId": "p1", "assignmentType": "Assigned""#;
        assert_eq!(
            unread(EvidenceKind::PimAssignments, &format!(r#"{assigned}, "startDateTime": null, "endDateTime": "x""#)),
            ["/subscriptions/s1 r1 p1 2026-11-02T00:00:00+00:00 ", "Assigned Identity p1 r1 /subscriptions/s1  "],
            "when it ends"
        );
        assert_eq!(
            unread(EvidenceKind::PimAssignments, &format!(r#"{assigned}, "startDateTime": "x""#)),
            ["", "Assigned Identity p1 r1 /subscriptions/s1  "]
        );
        assert_eq!(unread(EvidenceKind::PimEligibilities, r#""principalId": "p1", "startDateTime": "x""#), ["", ""]);
    }
}
