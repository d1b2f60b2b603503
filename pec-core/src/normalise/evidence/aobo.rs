//! The file of the AOBO checker: tab-separated blocks, each below its own header.

use super::entry::id;
use super::error::EvidenceErrorKind;
use super::reading::{NoFact, Reading, Taken};
use super::summary::PassedOver;

/// Agent groups whose access earns; SalesAgents have none that does.
const EARNING: [&str; 2] = ["AdminAgents", "HelpdeskAgents"];

/// The block that names the partner's groups; the others are about customers.
const GROUPS: &str = "GroupName";
const CUSTOMERS: &str = "CustomerTenantName";

/// Where the columns of the block are that names the groups.
#[derive(Clone, Copy)]
struct Columns {
    name: usize,
    group: usize,
    tenant: Option<usize>,
}

/// Is it such a file?
pub(super) fn is_table(text: &str) -> bool {
    rows(text).any(|row| is_header(&row))
}

/// Checks that groups are named; nothing was taken before.
pub(super) fn check(text: &str) -> Result<(), EvidenceErrorKind> {
    let named = rows(text).any(|row| Columns::of(&row).is_some());
    named.then_some(()).ok_or(EvidenceErrorKind::NoAgentGroups)
}

pub(super) fn read(text: &str, reading: &mut Reading<'_>) {
    let (mut columns, mut entries) = (None, 0);
    for row in rows(text) {
        if is_header(&row) {
            columns = Columns::of(&row);
            continue;
        }
        entries += 1;
        let taken = columns.map_or(Err(PassedOver::CustomerRow.into()), |columns| read_group(columns, &row, reading));
        reading.note(entries, taken);
    }
    reading.set_entries(entries);
}

fn read_group(columns: Columns, row: &[&str], reading: &mut Reading<'_>) -> Taken {
    let cell = |column: usize| row.get(column).copied().unwrap_or_default();
    let name = cell(columns.name);
    if !EARNING.iter().any(|earning| earning.eq_ignore_ascii_case(name)) {
        return Err(NoFact::PassedOver(PassedOver::OtherAgentGroup));
    }
    let group = id(cell(columns.group).into(), "ObjectID")?;
    let tenant = columns.tenant.map_or("", cell);
    let tenant = if tenant.is_empty() { 0 } else { reading.evidence.text(&id(tenant.into(), "PartnerTenantID")?) };
    let group = reading.evidence.text(&group);
    reading.evidence.agent_groups.push((tenant, group));
    Ok(())
}

impl Columns {
    /// The columns of a header of groups.
    fn of(row: &[&str]) -> Option<Self> {
        let find = |name: &str| row.iter().position(|cell| cell.eq_ignore_ascii_case(name));
        Some(Self { name: find(GROUPS)?, group: find("ObjectID")?, tenant: find("PartnerTenantID") })
    }
}

fn is_header(row: &[&str]) -> bool {
    row.iter().any(|cell| cell.eq_ignore_ascii_case(GROUPS) || cell.eq_ignore_ascii_case(CUSTOMERS))
}

/// Rows of cells without their quotes. Blank lines and the type that PowerShell may write on top are none.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("#TYPE"));
    lines.map(|line| line.split('\t').map(|cell| cell.trim().trim_matches('"').trim()).collect())
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::{TAKEN_AT, issues, read_text};
    use super::*;
    use crate::access::{Evidence, EvidenceKind};
    use crate::normalise::evidence::EvidenceInput;

    fn groups(evidence: &Evidence) -> Vec<String> {
        let text = |number| evidence.texts.get(number);
        evidence.agent_groups.iter().map(|(tenant, group)| format!("{} {}", text(*tenant), text(*group))).collect()
    }

    #[test]
    fn only_groups_that_earn() {
        let quoted =
            format!("#TYPE System.Object\r\n{}", samples::AOBO.replace("AdminAgents\tG1", "\"AdminAgents\"\t\"G1\""));
        for text in [samples::AOBO, &quoted] {
            let (evidence, summary) = read_text(EvidenceKind::AoboChecker, text);
            assert_eq!(groups(&evidence), ["t9 g1", "t9 g2"]);
            assert_eq!(summary.entries, 4);
            let passed: Vec<_> = summary.passed_over.into_iter().collect();
            assert_eq!(passed, [(PassedOver::OtherAgentGroup, 1), (PassedOver::CustomerRow, 1)]);
        }
    }

    #[test]
    fn columns_that_are_missing() {
        let (evidence, _) = read_text(EvidenceKind::AoboChecker, "GroupName\tObjectID\nAdminAgents\tg1\n");
        assert_eq!(groups(&evidence), [" g1"]);
        let (evidence, summary) = read_text(EvidenceKind::AoboChecker, "GroupName\tObjectID\nAdminAgents\n");
        assert!(groups(&evidence).is_empty());
        assert_eq!(issues(&summary), ["entry 1, `ObjectID`: found ``, expected an object id, usually a GUID"]);
        let header = "CustomerTenantName\tSubscriptionId\n";
        let input = EvidenceInput::new("a.csv", header.as_bytes(), TAKEN_AT);
        let error = crate::normalise::evidence::read(&mut Evidence::new(), &input).unwrap_err();
        assert_eq!(*error.kind(), EvidenceErrorKind::NoAgentGroups);
    }
}
