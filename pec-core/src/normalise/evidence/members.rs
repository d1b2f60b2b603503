//! Members of groups: lists of one group's members, and groups with their members.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::document::{Document, Item};
use super::entry::{Entry, Unread, id};
use super::error::EvidenceErrorKind;
use super::json::Json;
use super::reading::{Reading, Taken};
use super::summary::CannotShow;
use crate::access::Text;

/// As many members as `$expand` of Microsoft Graph gives; there may be more.
const EXPANDED: usize = 20;

/// Checks that members are told with their group; nothing was taken before.
pub(super) fn check(document: &Document<'_>, group: Option<&str>) -> Result<(), EvidenceErrorKind> {
    let mut all_are_groups = true;
    document.each(&mut |_, item| {
        all_are_groups &= matches!(&item, Item::Entry(entry) if entry.has("members") || entry.error().is_some());
        ControlFlow::Continue(())
    });
    if !all_are_groups && group.is_none() { Err(EvidenceErrorKind::NoGroup) } else { Ok(()) }
}

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    let mut members = Vec::new();
    let mut bare = reading.group.is_some();
    reading.each_item(document, |reading, item, _| match item {
        Item::Entry(entry) if entry.has("members") => {
            bare = false;
            read_group(entry, reading)
        }
        Item::Entry(entry) => {
            members.push(member(entry, reading)?);
            Ok(())
        }
        Item::Other(value) => {
            members.push(listed(*value, reading)?);
            Ok(())
        }
    });
    // A list that is cut off, or cannot be read whole, must not pass for all there are.
    let Some(group) = reading.group.filter(|_| (bare || !members.is_empty()) && reading.is_whole()) else { return };
    let group = reading.evidence.text(group);
    reading.evidence.members.push((group, reading.file(), members));
}

/// A group with its members.
fn read_group(entry: &Entry<'_>, reading: &mut Reading<'_>) -> Taken {
    let group = entry.id(&["id"])?;
    // PowerShell writes `null` where members were not asked for.
    let members = entry.list(&["members"])?.ok_or_else(|| Unread::new("members", "", "an array of members"))?;
    if members.len() >= EXPANDED || entry.get(&["members@odata.nextLink"]).is_some() {
        reading.cannot_show.insert(CannotShow::FurtherMembers);
        return Ok(());
    }
    let members = members.into_iter().map(|value| match value.object() {
        Some(object) => member(&Entry::new(object), reading),
        None => listed(value, reading),
    });
    let members = members.collect::<Result<_, _>>()?;
    let group = reading.evidence.text(&group);
    reading.evidence.members.push((group, reading.file(), members));
    Ok(())
}

fn member(entry: &Entry<'_>, reading: &mut Reading<'_>) -> Result<Text, Unread> {
    let id = entry.id(&["id", "objectId"])?;
    // `Get-AzADGroupMember` spells it as a property.
    let kind = entry.told(&["@odata.type", "OdataType", "objectType"]).unwrap_or_default();
    let number = reading.evidence.principal(&id, &kind);
    if kind.eq_ignore_ascii_case("#microsoft.graph.group") || kind.eq_ignore_ascii_case("Group") {
        reading.evidence.groups.insert(number);
    }
    Ok(number)
}

/// A member told by its id alone.
fn listed(value: Json<'_>, reading: &mut Reading<'_>) -> Result<Text, Unread> {
    let text =
        value.text().filter(|_| !value.is_null()).map_or(Cow::Borrowed(""), |text| text.trim().to_owned().into());
    let id = id(text, "id")?;
    Ok(reading.evidence.text(&id))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{TAKEN_AT, issues};
    use super::*;
    use crate::access::{Evidence, EvidenceKind};
    use crate::normalise::evidence::{EvidenceError, EvidenceInput, EvidenceSummary};

    fn read_members(text: &str, group: Option<&str>) -> Result<(Vec<String>, EvidenceSummary), EvidenceError> {
        let input = EvidenceInput::new("file.json", text.as_bytes(), TAKEN_AT).kind(EvidenceKind::GroupMembers);
        let input = group.into_iter().fold(input.complete(true), |input, group| input.group(group));
        let mut evidence = Evidence::new();
        let summary = crate::normalise::evidence::read(&mut evidence, &input)?;
        let words = |(group, _, members): &(Text, u32, Vec<Text>)| {
            let members: Vec<_> = members.iter().map(|id| evidence.texts.get(*id)).collect();
            format!("{}: {}", evidence.texts.get(*group), members.join(" "))
        };
        Ok((evidence.members.iter().map(words).collect(), summary))
    }

    #[test]
    fn shapes() {
        let read = |text: &str, group: Option<&str>| read_members(text, group).unwrap().0;
        assert_eq!(read(samples::GROUPS, None), ["g1: p1 g2", "g3: "]);
        assert_eq!(read(r#"{"value": [{"id": "P1"}, {"id": "p2"}]}"#, Some("G")), ["g: p1 p2"]);
        assert_eq!(read(r#"[{"id": "P1", "userPrincipalName": "anna@contoso.com"}]"#, Some("G")), ["g: p1"]);
        assert_eq!(read(r#"["P1", "p2"]"#, Some("G")), ["g: p1 p2"]);
        assert_eq!(read(r#"{"Id": "G", "Members": ["P1"]}"#, None), ["g: p1"]);
        assert_eq!(read("[]", Some("G")), ["g: "]);
        assert_eq!(read(samples::GROUPS, Some("G")), ["g1: p1 g2", "g3: "]);
    }

    /// Of the Graph, of the Azure CLI and the script, of PowerShell.
    #[test]
    fn groups_among_members_are_told() {
        for name in ["@odata.type", "objectType", "OdataType"] {
            let text = format!(r##"[{{"Id": "g2", "{name}": "#microsoft.graph.group"}}]"##);
            let input = EvidenceInput::new("file.json", text.as_bytes(), TAKEN_AT).kind(EvidenceKind::GroupMembers);
            let mut evidence = Evidence::new();
            crate::normalise::evidence::read(&mut evidence, &input.group("g")).unwrap();
            assert_eq!(evidence.groups.len(), 1, "{name}");
        }
    }

    #[test]
    fn members_need_their_group() {
        let error = read_members(r#"[{"id": "P1"}]"#, None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "file.json: these are members of a group that is not told; name its object id as `group` in the manifest"
        );
    }

    #[test]
    fn a_part_must_not_pass_for_all() {
        let (found, summary) = read_members(r#"{"value": [{"id": "p1"}], "@odata.nextLink": "x"}"#, Some("g")).unwrap();
        assert!(found.is_empty() && !summary.complete && summary.cannot_show.contains(&CannotShow::FurtherPages));
        let (found, summary) = read_members(r#"["p1", "anna@contoso.com"]"#, Some("g")).unwrap();
        assert!(found.is_empty() && !summary.complete);
        assert_eq!(issues(&summary), ["entry 2, `id`: found `a sign-in name`, expected an object id, usually a GUID"]);
        let (found, summary) = read_members("{\"id\": \"g\", \"Members\": null}", None).unwrap();
        assert!(found.is_empty());
        assert_eq!(issues(&summary), ["entry 1, `members`: found ``, expected an array of members"]);
        let twenty = format!("[{{\"id\": \"g\", \"members\": [{}]}}]", ["\"p\""; 20].join(","));
        let (found, summary) = read_members(&twenty, None).unwrap();
        assert!(found.is_empty() && summary.cannot_show.contains(&CannotShow::FurtherMembers));
    }
}
