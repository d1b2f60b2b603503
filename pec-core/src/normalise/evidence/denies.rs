//! Deny assignments.
//!
//! One that is listed is there, whatever of it can be read: the rest may hold or leave out anybody, and may be anywhere.

use super::document::{Document, Item};
use super::entry::{Entry, Issues, Names, Unread, id, scope_above};
use super::reading::Reading;
use crate::access::{Deny, DenyUnread, Evidence, Place, Text};

/// The principal that stands for everyone.
const EVERYONE: &str = "00000000-0000-0000-0000-000000000000";

/// The principals in a list.
#[derive(Default)]
struct Principals {
    ids: Vec<Text>,
    everyone: bool,
    /// There are others that could not be read.
    unread: bool,
}

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    reading.each_item(document, |reading, item, place| {
        let mut issues = Issues::default();
        match item {
            Item::Entry(entry) => read_entry(entry, place, reading, &mut issues),
            Item::Other(value) => {
                issues.push(Unread::new("", value.shown(), "an object"));
                add_unread(place, reading);
            }
        }
        reading.note_all(place.entry, issues);
        Ok(())
    });
    if let Some(place) = reading.next_page() {
        add_unread(place, reading);
    }
}

fn read_entry(entry: &Entry<'_>, place: Place, reading: &mut Reading<'_>, issues: &mut Issues) {
    let path = issues.keep(entry.scope(&["id"]));
    let scope = if entry.get(&["scope"]).is_some() {
        issues.keep(entry.scope(&["scope"]))
    } else {
        path.clone().map(|path| scope_above(path, "microsoft.authorization/denyassignments"))
    };
    let not_below = issues.keep(entry.flag(&["doNotApplyToChildScopes", "doesNotApplyToChildScopes"]));
    let created = issues.keep(entry.instant(&["createdOn"])).flatten();
    let named = principals(entry, &["principals"], reading.evidence, issues);
    let excluded = principals(entry, &["excludePrincipals"], reading.evidence, issues);
    if named.ids.is_empty() && !named.everyone && !named.unread {
        issues.push(Unread::new("principals", "", "at least one principal"));
    }
    let deny = Deny {
        id: path.map_or(0, |path| reading.evidence.text(&path)),
        scope: 0,
        everyone: named.everyone,
        unread: DenyUnread {
            principals: named.unread || (named.ids.is_empty() && !named.everyone),
            excluded: excluded.unread || scope.is_none() || not_below.is_none(),
        },
        principals: named.ids,
        excluded: excluded.ids,
        not_below: not_below.unwrap_or_default(),
        created,
        place,
    };
    add(deny, scope.as_deref(), reading);
}

/// Puts a deny assignment at its scope, or at all that it may be at.
fn add(deny: Deny, scope: Option<&str>, reading: &mut Reading<'_>) {
    let scopes = match (scope, reading.subscriptions) {
        (Some(scope), _) => vec![scope.to_owned()],
        (None, []) => vec!["/".to_owned()],
        (None, subscriptions) => subscriptions.iter().map(|id| format!("/subscriptions/{}", id.trim())).collect(),
    };
    for scope in scopes {
        let scope = reading.evidence.text(&scope);
        reading.evidence.denies.push(Deny { scope, ..deny.clone() });
    }
}

/// One of which nothing is known.
fn add_unread(place: Place, reading: &mut Reading<'_>) {
    let deny = Deny {
        id: 0,
        scope: 0,
        everyone: false,
        principals: Vec::new(),
        excluded: Vec::new(),
        not_below: false,
        unread: DenyUnread { principals: true, excluded: true },
        created: None,
        place,
    };
    add(deny, None, reading);
}

fn principals(entry: &Entry<'_>, names: Names, evidence: &mut Evidence, issues: &mut Issues) -> Principals {
    let Some(list) = issues.keep(entry.each_entry(names)) else {
        return Principals { unread: true, ..Principals::default() };
    };
    let mut found = Principals::default();
    for (place, principal) in list.into_iter().enumerate() {
        let Some(principal) = issues.keep(principal) else {
            found.unread = true;
            continue;
        };
        let kind = principal.told(&["type", "objectType"]).unwrap_or_default();
        let told = principal.id_if_any(&["id", "objectId"]);
        if kind.eq_ignore_ascii_case("SystemDefined") || told.as_ref().is_ok_and(|id| id.as_deref() == Some(EVERYONE)) {
            found.everyone = true;
            continue;
        }
        let told = told.and_then(|told| id(told.unwrap_or_default(), "id"));
        let Some(told) = issues.keep(told.map_err(|unread| unread.in_part(names, place))) else {
            found.unread = true;
            continue;
        };
        let told = evidence.text(&told);
        if kind.eq_ignore_ascii_case("Group") {
            evidence.groups.insert(told);
        }
        found.ids.push(told);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{TAKEN_AT, issues, read_as, read_text};
    use super::super::{EvidenceInput, read};
    use super::{Deny, DenyUnread, Text};
    use crate::access::{Evidence, EvidenceKind};

    fn facts(evidence: &Evidence) -> Vec<String> {
        let text = |number| evidence.texts.get(number);
        let all = |ids: &[Text]| ids.iter().map(|id| text(*id)).collect::<Vec<_>>().join(" ");
        let words = |fact: &Deny| {
            let (who, but) = (all(&fact.principals), all(&fact.excluded));
            let DenyUnread { principals, excluded } = fact.unread;
            let unread = [(principals, " or others"), (excluded, " or not")];
            let unread: String = unread.iter().filter(|(is, _)| *is).map(|(_, words)| *words).collect();
            format!("{} {} [{who}] but [{but}] {}{unread}", text(fact.scope), fact.everyone, fact.not_below)
        };
        evidence.denies.iter().map(words).collect()
    }

    #[test]
    fn shapes() {
        let (evidence, summary) = read_text(EvidenceKind::DenyAssignments, samples::DENIES);
        assert_eq!(facts(&evidence), ["/subscriptions/s1/resourcegroups/mrg true [] but [p9] true"]);
        assert!(summary.complete && evidence.denies[0].created.is_some());
        let flat = r#"[{"id": "/subscriptions/s1/providers/Microsoft.Authorization/denyAssignments/x1", "principals":
            [{"id": "P1", "type": "User"}, {"ObjectId": "g1", "ObjectType": "Group"}], "excludePrincipals": null}]"#;
        let (evidence, _) = read_text(EvidenceKind::DenyAssignments, flat);
        assert_eq!(facts(&evidence), ["/subscriptions/s1 false [p1 g1] but [] false"]);
    }

    #[test]
    fn what_cannot_be_read_is_there_all_the_same() {
        let read = |text: &str| {
            let (evidence, summary) = read_as(EvidenceKind::DenyAssignments, text);
            assert!(!summary.complete, "{text}");
            (facts(&evidence), issues(&summary))
        };
        let is = |text: &str, expected: [&str; 2]| {
            let (facts, issues) = read(text);
            assert_eq!(
                (facts.join("; "), issues.join("; ")),
                (expected[0].to_owned(), expected[1].to_owned()),
                "{text}"
            );
        };
        is(
            &samples::DENIES.replace("\"P9\"", "\"anna@contoso.com\""),
            [
                "/subscriptions/s1/resourcegroups/mrg true [] but [] true or not",
                "entry 1, `excludePrincipals[0].id`: found `a sign-in name`, expected an object id, usually a GUID",
            ],
        );
        let one = |rest: &str| {
            format!(r#"[{{"id": "/subscriptions/s1/providers/Microsoft.Authorization/denyAssignments/x1", {rest}}}]"#)
        };
        is(
            &one(r#""principals": ["PSPrincipal", {"id": "p1"}], "createdOn": "soon""#),
            [
                "/subscriptions/s1 false [p1] but [] false or others",
                "entry 1, `createdOn`: found `soon`, expected an instant such as `2026-10-04T08:30:00Z`; \
                 entry 1, `principals[0]`: found `PSPrincipal`, expected an object",
            ],
        );
        for nobody in ["null", "[]"] {
            is(
                &one(&format!("\"principals\": {nobody}")),
                [
                    "/subscriptions/s1 false [] but [] false or others",
                    "entry 1, `principals`: found ``, expected at least one principal",
                ],
            );
        }
        is(
            r#"[{"id": "x1", "principals": [{"id": "p1"}], "doNotApplyToChildScopes": "perhaps"}]"#,
            [
                "/subscriptions/s1 false [p1] but [] false or not",
                "entry 1, `id`: found `x1`, expected an ARM path such as `/subscriptions/<id>`; \
                 entry 1, `doNotApplyToChildScopes`: found `perhaps`, expected `true` or `false`",
            ],
        );
        let anybody = "/subscriptions/s1 false [] but [] false or others or not";
        is(r#"["PSDenyAssignment"]"#, [anybody, "entry 1, ``: found `PSDenyAssignment`, expected an object"]);
        is(r#"{"value": [], "nextLink": "https://next"}"#, [anybody, ""]);
        // What the service says instead of a list is no list.
        is(
            r#"{"error": {"code": "AuthorizationFailed"}}"#,
            ["", "entry 1, `error`: found `AuthorizationFailed`, expected an entry; the export failed, repeat it"],
        );
    }

    #[test]
    fn of_a_file_about_no_subscription_it_may_be_anywhere() {
        let input = EvidenceInput::new("file.json", br#"["x"]"#, TAKEN_AT).kind(EvidenceKind::DenyAssignments);
        let mut evidence = Evidence::new();
        read(&mut evidence, &input).unwrap();
        assert_eq!(facts(&evidence), ["/ false [] but [] false or others or not"]);
    }
}
