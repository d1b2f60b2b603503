//! The activity log of role assignments.
//!
//! An operation leaves several entries: its start with the request, its end with the outcome and the response. They
//! share an operation id and make one fact. REST, diagnostic settings (a storage account, Event Hubs) and Log Analytics
//! have the same under other names; only the last two go back further than 90 days.

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
    request: Option<Cow<'a, str>>,
    response: Option<Cow<'a, str>>,
    /// Of the role assignment.
    path: Option<Cow<'a, str>>,
}

/// What the properties of an entry tell.
struct Details<'a> {
    nothing_there: bool,
    request: Option<Cow<'a, str>>,
    response: Option<Cow<'a, str>>,
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
        let at = entry.instant_needed(&["eventTimestamp", "time", "TimeGenerated"])?;
        let step = step(entry)?;
        // An entry without an id is an operation of its own.
        let id = operation_id(entry)?.unwrap_or_else(|| place.entry.to_string());
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

/// The operation of a log entry. Log Analytics has it beside a name for people, which tells nothing.
pub(super) fn operation(entry: &Entry<'_>) -> Result<String, Unread> {
    let value = entry.value(&["operationNameValue"])?;
    let name = value.map_or_else(|| entry.value(&["operationName"]), |value| Ok(Some(value)))?.unwrap_or_default();
    if name.contains('/') {
        return Ok(name.to_ascii_lowercase());
    }
    Err(Unread::new("operationName", name, "an operation such as `Microsoft.Authorization/roleAssignments/write`"))
}

/// Is it an operation that grants, or one that revokes?
fn grants(entry: &Entry<'_>) -> Result<bool, NoFact> {
    match operation(entry)?.strip_prefix(ASSIGNMENTS) {
        Some("/write") => Ok(true),
        Some("/delete") => Ok(false),
        _ => Err(PassedOver::OtherOperation.into()),
    }
}

/// What entries of one operation share. A correlation id is that of all that one deployment did.
fn operation_id(entry: &Entry<'_>) -> Result<Option<String>, Unread> {
    if let Some(id) = entry.text(&["operationId"])? {
        return Ok(Some(id.to_ascii_lowercase()));
    }
    let path = path(entry).unwrap_or_default();
    Ok(entry.text(&["correlationId"])?.map(|id| format!("{id} {path}").to_ascii_lowercase()))
}

/// The path of the role assignment.
fn path<'a>(entry: &Entry<'a>) -> Option<Cow<'a, str>> {
    let of = |entry: &Entry<'a>| entry.entry(&["authorization"])?.told(&["scope"]);
    let identity = || of(&entry.entry(&["identity"])?);
    of(entry).or_else(identity).or_else(|| entry.told(&["resourceId"])).or_else(|| entry.told(&["_ResourceId"]))
}

fn step(entry: &Entry<'_>) -> Result<Step, Unread> {
    let status = entry.value(&["ActivityStatusValue", "resultType", "status"])?.unwrap_or_default();
    if status.is_empty() {
        return Err(Unread::new("status", "", "a status such as `Succeeded`"));
    }
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
        let details = Details::of(entry);
        self.nothing_there |= details.nothing_there;
        self.request = self.request.take().or(details.request);
        self.response = self.response.take().or(details.response);
        self.path = self.path.take().or_else(|| path(entry));
    }

    /// The fact it makes. A grant without an outcome in the file counts, since most exports are cut by time; a deletion
    /// must have succeeded.
    fn take(&self, reading: &mut Reading<'_>) -> Taken {
        if self.failed {
            return Err(PassedOver::Failed.into());
        }
        let at = self.succeeded.or(self.started.filter(|_| self.granted)).ok_or(PassedOver::OtherOperation)?;
        let (bodies, field) = if self.granted {
            ([&self.request, &self.response], "properties.requestbody")
        } else {
            ([&self.response, &self.request], "properties.responseBody")
        };
        let body = bodies.into_iter().flatten().find(|body| !body.trim().is_empty());
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
        body: &str,
        field: &'static str,
        reading: &mut Reading<'_>,
    ) -> Result<Logged, Unread> {
        let body = values(body).ok().and_then(|values| values.first()?.object()).map(Entry::new);
        let body = body.ok_or_else(|| Unread::new(field, "other text", BODY))?;
        let paths = [body.told(&["scope"]), self.path.as_deref().map(Cow::Borrowed), body.told(&["id"])];
        let path = paths.into_iter().flatten().find(|path| path.starts_with('/')).unwrap_or_default();
        let scope = scope_above(scope(path, "scope")?, ASSIGNMENTS);
        let (role, principal) = (body.role()?, body.id(&["principalId"])?);
        let created = if self.granted { None } else { body.instant(&["createdOn"])? };
        let kind = principal_kind(&body, &["principalType"]);
        let evidence = &mut *reading.evidence;
        let principal = evidence.principal(&principal, &body.told(&["principalType"]).unwrap_or_default());
        let (scope, role) = (evidence.text(&scope), evidence.text(&role));
        let of = LoggedOf::Assignment { scope, role, principal, kind };
        Ok(Logged { at, granted: self.granted, of, created, place: self.place })
    }
}

impl<'a> Details<'a> {
    /// Log Analytics has the properties as a JSON text.
    fn of(entry: &Entry<'a>) -> Self {
        let text = entry.told(&["properties", "Properties_d"]);
        match text.and_then(|text| Some(Details::told(&Entry::new(values(&text).ok()?.first()?.object()?)).owned())) {
            Some(details) => details,
            // `Get-AzLog` puts a box around them.
            None => match entry.entry(&["properties"]).and_then(|properties| properties.entry(&["Content"])) {
                Some(content) => Self::told(&content),
                None => Self::told(entry),
            },
        }
    }

    fn told(entry: &Entry<'a>) -> Self {
        let body = |names| entry.get(names).and_then(Json::json);
        Self {
            nothing_there: entry.told(&["statusCode"]).is_some_and(|code| code.eq_ignore_ascii_case("NoContent")),
            request: body(&["requestBody"]),
            response: body(&["responseBody"]),
        }
    }

    fn owned(self) -> Details<'static> {
        let owned = |body: Option<Cow<'_, str>>| body.map(|body| Cow::Owned(body.into_owned()));
        Details { nothing_there: self.nothing_there, request: owned(self.request), response: owned(self.response) }
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
        let lines = samples::DIAGNOSTICS
            .replace("{\"records\": [", "")
            .replace("]}", "")
            .replace("},\n    {\"time\"", "}\n{\"time\"");
        for text in [samples::ACTIVITY, &of_rest, samples::DIAGNOSTICS, &lines, samples::LOG_ANALYTICS] {
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
        let (_, summary) = read(&samples::ACTIVITY.replace("\"status\": {", "\"status\": null, \"x\": {"));
        assert!(!summary.complete, "how it ended is not told");
        assert_eq!(issues(&summary)[0], "entry 1, `status`: found ``, expected a status such as `Succeeded`");
    }

    #[test]
    fn a_name_for_people_is_no_operation() {
        for (sample, name) in [
            (samples::ACTIVITY.replace("Microsoft.Authorization/roleAssignments/delete", "Delete role assignment"), 3),
            (samples::LOG_ANALYTICS.replace("OperationNameValue", "Other"), 1),
        ] {
            let (_, summary) = read_as(EvidenceKind::ActivityLog, &sample);
            assert!(!summary.complete && summary.passed_over.is_empty(), "{summary:?}");
            let expected = format!(
                "entry {name}, `operationName`: found `{}`, expected an operation such as \
                 `Microsoft.Authorization/roleAssignments/write`",
                if name == 3 { "Delete role assignment" } else { "Create role assignment" }
            );
            assert_eq!(issues(&summary).first(), Some(&expected));
        }
    }

    /// One deployment has one correlation id.
    #[test]
    fn operations_of_one_deployment_are_told_apart() {
        let two = samples::DIAGNOSTICS.replace("DELETE\"", "WRITE\"").replace("responseBody", "requestbody");
        let (evidence, summary) = read_as(EvidenceKind::ActivityLog, &two);
        assert!(summary.complete, "{summary:?}");
        let last = "06 09:00:00.123456700 true Identity p2 r1 /subscriptions/s1/resourcegroups/web ";
        assert_eq!(facts(&evidence), [GRANT, last]);
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
