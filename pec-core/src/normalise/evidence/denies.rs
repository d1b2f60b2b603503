//! Deny assignments.

use super::document::Document;
use super::entry::{Entry, Names, Unread, id, scope_above};
use super::reading::Reading;
use crate::access::{Deny, Evidence, Text};

/// The principal that stands for everyone.
const EVERYONE: &str = "00000000-0000-0000-0000-000000000000";

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    reading.each(document, |reading, entry, place| {
        let path = entry.scope(&["id"])?;
        let scope = if entry.get(&["scope"]).is_some() {
            entry.scope(&["scope"])?
        } else {
            scope_above(path.clone(), "microsoft.authorization/denyassignments")
        };
        let not_below = entry.flag(&["doNotApplyToChildScopes", "doesNotApplyToChildScopes"])?;
        let created = entry.instant(&["createdOn"])?;
        let (principals, everyone) = principals(entry, &["principals"], reading.evidence)?;
        let (excluded, _) = self::principals(entry, &["excludePrincipals"], reading.evidence)?;
        let (id, scope) = (reading.evidence.text(&path), reading.evidence.text(&scope));
        reading.evidence.denies.push(Deny { id, scope, everyone, principals, excluded, not_below, created, place });
        Ok(())
    });
}

/// The ids in a list of principals, and whether everyone is among them.
fn principals(entry: &Entry<'_>, names: Names, evidence: &mut Evidence) -> Result<(Vec<Text>, bool), Unread> {
    let (mut ids, mut everyone) = (Vec::new(), false);
    for (place, principal) in entry.entries(names)?.iter().enumerate() {
        let in_list = |unread: Unread| unread.in_part(names, place);
        let is_system =
            principal.told(&["type", "objectType"]).is_some_and(|kind| kind.eq_ignore_ascii_case("SystemDefined"));
        let told = principal.id_if_any(&["id", "objectId"]).map_err(in_list)?;
        if is_system || told.as_deref() == Some(EVERYONE) {
            everyone = true;
            continue;
        }
        let told = id(told.unwrap_or_default(), "id").map_err(in_list)?;
        let told = evidence.text(&told);
        if principal.told(&["type", "objectType"]).is_some_and(|kind| kind.eq_ignore_ascii_case("Group")) {
            evidence.groups.insert(told);
        }
        ids.push(told);
    }
    Ok((ids, everyone))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{issues, read_as, read_text};
    use super::*;
    use crate::access::EvidenceKind;

    fn facts(evidence: &Evidence) -> Vec<String> {
        let text = |number| evidence.texts.get(number);
        let all = |ids: &[Text]| ids.iter().map(|id| text(*id)).collect::<Vec<_>>().join(" ");
        let words = |fact: &Deny| {
            let (who, but) = (all(&fact.principals), all(&fact.excluded));
            format!("{} {} [{who}] but [{but}] {}", text(fact.scope), fact.everyone, fact.not_below)
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
    fn what_cannot_be_read() {
        let text = samples::DENIES.replace("\"P9\"", "\"anna@contoso.com\"");
        let (evidence, summary) = read_as(EvidenceKind::DenyAssignments, &text);
        assert!(evidence.denies.is_empty() && !summary.complete);
        let expected =
            "entry 1, `excludePrincipals[0].id`: found `a sign-in name`, expected an object id, usually a GUID";
        assert_eq!(issues(&summary), [expected]);
    }
}
