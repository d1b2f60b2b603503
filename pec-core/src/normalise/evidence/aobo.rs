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
