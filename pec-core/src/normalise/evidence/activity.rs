//! The activity log of role assignments.
//!
//! An operation leaves several entries: its start with the request, its end with the outcome and the response. They
//! share an operation id and make one fact.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::assignments::principal_kind;
use super::document::Document;
use super::entry::{Entry, Unread, scope, scope_above};
use super::json::{Json, values};
use super::reading::{NoFact, Reading, Taken};
use super::summary::PassedOver;
use crate::access::{Instant, Logged, LoggedOf, Place};

/// What entries of one operation tell.
struct Operation<'a> {
    granted: bool,
    place: Place,
    started: Option<Instant>,
    succeeded: Option<Instant>,
    failed: bool,
    nothing_there: bool,
    request: Option<Json<'a>>,
    response: Option<Json<'a>>,
    /// Of the role assignment.
    path: Option<Cow<'a, str>>,
}

/// A step of an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Started,
    Succeeded,
    Failed,
    Other,
}

const BODY: &str = "the JSON text of the role assignment";
const ASSIGNMENTS: &str = "microsoft.authorization/roleassignments";

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    let mut operations: BTreeMap<(String, bool), Operation<'_>> = BTreeMap::new();
    reading.each(document, |_, entry, place| {
        let granted = grants(entry)?;
        let (at, step) = (entry.instant_needed(&["eventTimestamp"])?, step(entry)?);
        let id = entry.text(&["operationId", "correlationId"])?;
        // An entry without an id is an operation of its own.
        let id = id.map_or_else(|| place.entry.to_string(), |id| id.to_ascii_lowercase());
        operations.entry((id, granted)).or_insert_with(|| Operation::new(granted, place)).add(entry, at, step);
        Ok(())
    });
    let mut operations: Vec<_> = operations.into_values().collect();
    operations.sort_by_key(|operation| operation.place);
    for operation in operations {
        let taken = operation.take(reading);
        reading.note(operation.place.entry, taken);
    }
}

/// Is it an operation that grants, or one that revokes?
fn grants(entry: &Entry<'_>) -> Result<bool, NoFact> {
    let operation = entry.value(&["operationName"])?.unwrap_or_default().to_ascii_lowercase();
    match operation.strip_prefix(ASSIGNMENTS) {
        Some("/write") => Ok(true),
        Some("/delete") => Ok(false),
        _ if operation.is_empty() => Err(Unread::new("operationName", "", "the name of an operation").into()),
        _ => Err(PassedOver::OtherOperation.into()),
    }
}

fn step(entry: &Entry<'_>) -> Result<Step, Unread> {
    let status = entry.value(&["status"])?.unwrap_or_default();
    Ok(match status.to_ascii_lowercase().as_str() {
        "started" | "start" => Step::Started,
        "succeeded" | "success" => Step::Succeeded,
        "failed" | "failure" | "canceled" => Step::Failed,
        _ => Step::Other,
    })
}

impl<'a> Operation<'a> {
    const fn new(granted: bool, place: Place) -> Self {
        Self {
            granted,
            place,
            started: None,
            succeeded: None,
            failed: false,
            nothing_there: false,
            request: None,
            response: None,
            path: None,
        }
    }

    fn add(&mut self, entry: &Entry<'a>, at: Instant, step: Step) {
        match step {
            Step::Started => self.started = Some(self.started.map_or(at, |known| known.min(at))),
            Step::Succeeded => self.succeeded = Some(self.succeeded.map_or(at, |known| known.min(at))),
            Step::Failed => self.failed = true,
            Step::Other => {}
        }
        self.nothing_there |= entry.told(&["statusCode"]).is_some_and(|code| code.eq_ignore_ascii_case("NoContent"));
        self.request = self.request.or_else(|| entry.get(&["requestBody"]));
        self.response = self.response.or_else(|| entry.get(&["responseBody"]));
        if self.path.is_none() {
            let authorized = entry.entry(&["authorization"]).and_then(|authorization| authorization.told(&["scope"]));
            self.path = authorized.or_else(|| entry.told(&["resourceId"]));
        }
    }

    /// The fact it makes. A grant without an outcome in the file counts, since most exports are cut by time; a deletion
    /// must have succeeded.
    fn take(&self, reading: &mut Reading<'_>) -> Taken {
        if self.failed {
            return Err(PassedOver::Failed.into());
        }
        let at = self.succeeded.or(self.started.filter(|_| self.granted)).ok_or(PassedOver::OtherOperation)?;
        let (bodies, field) = if self.granted {
            ([self.request, self.response], "properties.requestbody")
        } else {
            ([self.response, self.request], "properties.responseBody")
        };
        let body = bodies.into_iter().flatten().find(|body| !body.is_blank());
        if body.is_none() && self.nothing_there && !self.granted {
            return Err(PassedOver::NothingDeleted.into());
        }
        let body = body.ok_or_else(|| Unread::new(field, "", BODY))?;
        let logged = self.logged(at, body, field, reading)?;
        reading.evidence.logged.push(logged);
        Ok(())
    }

    fn logged(
        &self,
        at: Instant,
        body: Json<'a>,
        field: &'static str,
        reading: &mut Reading<'_>,
    ) -> Result<Logged, Unread> {
        // Most exports have the body as text.
        let text = body.text();
        let of_text = || values(text.as_deref()?).ok()?.first()?.object();
        let body = body.object().or_else(of_text).map(Entry::new);
        let body = body.ok_or_else(|| Unread::new(field, "other text", BODY))?;
        let paths = [body.told(&["scope"]), self.path.clone(), body.told(&["id"])];
        let path = paths.into_iter().flatten().find(|path| path.starts_with('/')).unwrap_or_default();
        let scope = scope_above(scope(path, "scope")?, ASSIGNMENTS);
        let (role, principal) = (body.role()?, body.id(&["principalId"])?);
        let created = if self.granted { None } else { body.instant(&["createdOn"])? };
        let kind = principal_kind(&body, &["principalType"]);
        let evidence = &mut *reading.evidence;
        let (scope, role, principal) = (evidence.text(&scope), evidence.text(&role), evidence.text(&principal));
        let of = LoggedOf::Assignment { scope, role, principal, kind };
        Ok(Logged { at, granted: self.granted, of, created, place: self.place })
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{issues, read_as, read_text};
    use super::*;
    use crate::access::{Evidence, EvidenceKind};

    fn facts(evidence: &Evidence) -> Vec<String> {
        let text = |number| evidence.texts.get(number);
        let words = |fact: &Logged| {
            let LoggedOf::Assignment { scope, role, principal, kind } = fact.of else { return String::new() };
            let created = fact.created.map(|at| at.to_rfc3339()).unwrap_or_default();
            let at = fact.at.format("%d %H:%M:%S%.f");
            format!("{at} {} {kind:?} {} {} {} {created}", fact.granted, text(principal), text(role), text(scope))
        };
        evidence.logged.iter().map(words).collect()
    }

    const GRANT: &str = "05 14:00:01.500 true ForeignGroup p1 r1 /subscriptions/s1 ";

    #[test]
    fn entries_of_one_operation_are_one_fact() {
        let of_rest = format!("{{\"value\": {}, \"nextLink\": \"\"}}", samples::ACTIVITY);
        for text in [samples::ACTIVITY, &of_rest] {
            let (evidence, summary) = read_text(EvidenceKind::ActivityLog, text);
            let revoke = "06 09:00:00.123456700 false Identity p2 r1 /subscriptions/s1/resourcegroups/web";
            assert_eq!(facts(&evidence), [GRANT, &format!("{revoke} 2025-01-01T00:00:00+00:00")]);
            assert!(summary.complete && summary.issues.is_empty(), "{summary:?}");
        }
    }

    #[test]
    fn outcomes() {
        let read = |text: &str| {
            let (evidence, summary) = read_as(EvidenceKind::ActivityLog, text);
            (facts(&evidence), summary)
        };
        let without_outcome = samples::ACTIVITY.replacen("roleAssignments/write\"}", "roleDefinitions/write\"}", 1);
        let (found, summary) = read(&without_outcome);
        assert_eq!(found[0], GRANT.replace("01.500", "00"));
        assert_eq!(summary.passed_over.get(&PassedOver::OtherOperation), Some(&1));
        let (found, summary) = read(&samples::ACTIVITY.replace("\"value\": \"Succeeded\"", "\"value\": \"Failed\""));
        assert_eq!((found.len(), summary.passed_over.get(&PassedOver::Failed)), (0, Some(&2)));
        assert!(summary.complete);
    }

    #[test]
    fn bodies() {
        let read = |text: &str| read_as(EvidenceKind::ActivityLog, text);
        let (evidence, summary) = read(&samples::ACTIVITY.replace("responseBody", "other"));
        assert_eq!(evidence.logged.len(), 1);
        let expected = "entry 3, `properties.responseBody`: found ``, expected the JSON text of the role assignment";
        assert_eq!(issues(&summary), [expected]);
        assert!(!summary.complete);
        let nothing = samples::ACTIVITY.replace("responseBody", "other").replace("\"OK\"", "\"NoContent\"");
        let (_, summary) = read(&nothing);
        assert!(summary.complete && summary.passed_over.get(&PassedOver::NothingDeleted) == Some(&1));
        let (_, summary) = read(&samples::ACTIVITY.replace("{\\\"Id", "Id"));
        let expected =
            "entry 1, `properties.requestbody`: found `other text`, expected the JSON text of the role assignment";
        assert_eq!(issues(&summary), [expected]);
        // The request may leave the scope out: it is in the path of what it makes.
        let (evidence, _) = read(
            &samples::ACTIVITY
                .replace(",\\\"Scope\\\":\\\"/subscriptions/s1\\\"", "")
                .replace("\\\"Id\\\":\\\"a1\\\",", ""),
        );
        assert_eq!(facts(&evidence)[0], GRANT);
    }
}
