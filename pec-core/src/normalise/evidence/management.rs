//! Management groups and the Azure subscriptions below them.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Document;
use super::entry::{Entry, Unread, last_segment};
use super::reading::{Reading, Taken};
use super::summary::CannotShow;

/// Ids of subscriptions by the name of a group above them.
type Trees = BTreeMap<String, BTreeSet<String>>;

/// Azure allows six levels; deeper texts are none of its.
const MAX_DEPTH: u8 = 16;

/// A group as it is exported.
struct Group {
    name: String,
    subscriptions: Vec<String>,
    groups: Vec<Group>,
    /// What it holds is listed.
    listed: bool,
}

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    let mut trees = Trees::new();
    reading.each(document, |reading, entry, _| {
        if entry.has("managementGroupAncestorsChain") {
            return read_subscription(entry, &mut trees);
        }
        let group = Group::read(entry, 0)?;
        if group.is_whole() {
            group.gather(&mut trees);
        } else {
            reading.cannot_show.insert(CannotShow::GroupsBelow);
        }
        Ok(())
    });
    // What is cut off must not pass for all there is.
    if !reading.is_whole() {
        return;
    }
    for (group, below) in trees {
        let group = reading.evidence.text(&group);
        if reading.said_complete {
            reading.evidence.whole_management_groups.insert(group);
        }
        let below = below.iter().map(|id| reading.evidence.text(id)).collect();
        reading.evidence.add_below(group, below);
    }
}

/// A subscription of Resource Graph with the groups above it.
fn read_subscription(entry: &Entry<'_>, trees: &mut Trees) -> Taken {
    let id = last_segment(entry.scope(&["id"])?).into_owned();
    for group in entry.entries(&["managementGroupAncestorsChain"])? {
        trees.entry(group.id(&["name"])?.into_owned()).or_default().insert(id.clone());
    }
    Ok(())
}

impl Group {
    fn read(entry: &Entry<'_>, depth: u8) -> Result<Self, Unread> {
        let name = last_segment(entry.scope(&["id"])?).into_owned();
        let children = entry.entries(&["children"])?;
        let listed = entry.get(&["children"]).is_some();
        let mut group = Self { name, subscriptions: Vec::new(), groups: Vec::new(), listed };
        if depth == MAX_DEPTH && !children.is_empty() {
            return Err(Unread::new("children", "an array", "at most six levels of groups"));
        }
        for child in children {
            let path = child.scope(&["id"])?;
            if path.to_ascii_lowercase().starts_with("/subscriptions/") {
                group.subscriptions.push(last_segment(path).into_owned());
            } else {
                group.groups.push(Self::read(&child, depth + 1)?);
            }
        }
        Ok(group)
    }

    /// Is all below it listed? An empty group has no list either: where the list of any group below is there, the
    /// export went down all levels.
    fn is_whole(&self) -> bool {
        fn any_listed(groups: &[Group]) -> bool {
            groups.iter().any(|group| group.listed || any_listed(&group.groups))
        }
        self.listed && (self.groups.is_empty() || any_listed(&self.groups))
    }

    /// Adds it and the groups below to `trees`; gives the subscriptions at all levels.
    fn gather(self, trees: &mut Trees) -> BTreeSet<String> {
        let mut below: BTreeSet<String> = self.subscriptions.into_iter().collect();
        for group in self.groups {
            below.extend(group.gather(trees));
        }
        trees.entry(self.name).or_default().extend(below.iter().cloned());
        below
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{issues, read_as, read_text};
    use super::*;
    use crate::access::{Evidence, EvidenceKind};

    fn trees(evidence: &Evidence) -> Vec<String> {
        let text = |number: &u32| evidence.texts.get(*number);
        let mut trees: Vec<String> = Vec::new();
        for (group, below) in &evidence.management_groups {
            trees.push(format!("{}: {}", text(group), below.iter().map(text).collect::<Vec<_>>().join(" ")));
        }
        trees.sort();
        trees
    }

    #[test]
    fn shapes() {
        let (evidence, summary) = read_text(EvidenceKind::ManagementGroups, samples::MANAGEMENT_GROUP);
        assert_eq!(trees(&evidence), ["corp: s1", "empty: ", "root: s1 s2"]);
        assert!(summary.cannot_show.is_empty(), "{summary:?}");
        let rest = samples::MANAGEMENT_GROUP.replacen("{\"children\"", "{\"properties\": {\"children\"", 1).replacen(
            "\"details\"",
            "\"x\": 1}, \"details\"",
            1,
        );
        let (evidence, _) = read_text(EvidenceKind::ManagementGroups, &format!("{{\"value\": [{rest}]}}"));
        assert_eq!(trees(&evidence), ["corp: s1", "empty: ", "root: s1 s2"]);
        let (evidence, _) = read_text(EvidenceKind::ManagementGroups, samples::GRAPH_SUBSCRIPTIONS);
        assert_eq!(trees(&evidence), ["corp: s1", "root: s1 s2"]);
    }

    #[test]
    fn a_part_must_not_pass_for_all() {
        let cut = samples::GRAPH_SUBSCRIPTIONS.replace("\"skip_token\": null", "\"skip_token\": \"x\"");
        let (evidence, _) = read_text(EvidenceKind::ManagementGroups, &cut);
        assert!(trees(&evidence).is_empty());
        for text in [
            r#"{"id": "/providers/Microsoft.Management/managementGroups/Root", "children": null}"#,
            r#"{"id": "/providers/Microsoft.Management/managementGroups/Root", "children": [{"children": null,
                "id": "/providers/Microsoft.Management/managementGroups/Corp"}]}"#,
        ] {
            let (evidence, summary) = read_text(EvidenceKind::ManagementGroups, text);
            assert!(trees(&evidence).is_empty());
            assert!(summary.cannot_show.contains(&CannotShow::GroupsBelow));
        }
    }

    #[test]
    fn depth() {
        let open = "{\"id\": \"/providers/Microsoft.Management/managementGroups/g\", \"children\": [";
        let text = format!("{}{}", open.repeat(1000), "]}".repeat(1000));
        let (evidence, summary) = read_as(EvidenceKind::ManagementGroups, &text);
        assert!(trees(&evidence).is_empty());
        assert_eq!(issues(&summary), ["entry 1, `children`: found `an array`, expected at most six levels of groups"]);
    }
}
