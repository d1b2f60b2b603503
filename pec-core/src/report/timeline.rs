//! The timeline of access as record batches.

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;

use super::arrow::Columns;
use crate::access::{Access, AccessStretch, AccessTimeline, Findings};
use crate::day::Interval;
use crate::ledger::Ledger;
use crate::programme::Programme;

/// What belongs to a ledger of the timeline of access: of a filtered one the stretches on its days, of grants that reach
/// the Azure subscriptions that have lines left, or may.
///
/// A stretch is whole: it may begin before the first day and end after the last.
#[must_use]
pub fn access_of<'a>(ledger: &Ledger, access: &'a Access, programme: &'a Programme) -> AccessTimeline<'a> {
    let Some(filter) = ledger.filter() else { return access.timeline(programme) };
    let cells = ledger.cells();
    let mut timeline = access.timeline_in(programme, &cells.iter().map(|cell| cell.subscription).collect());
    let on_its_days = |stretch: Interval| {
        filter.first_day.is_none_or(|day| day.interval().from() < stretch.until())
            && filter.last_day.is_none_or(|day| stretch.from() < day.interval().until())
    };
    timeline.stretches.retain(|stretch| stretch.interval().is_some_and(on_its_days));
    timeline
}

/// Rows of a batch.
const BATCH_ROWS: usize = 32_768;

/// A timeline as record batches of one schema, at least one: a row for each grant and stretch.
///
/// ```
/// use pec_core::access::{Access, Evidence};
/// use pec_core::{partner::Partner, programme::Programme, report::access_timeline};
/// let partner = "[partner]\nkind = \"direct_bill\"\ntenant_id = \"t\"\npartner_ids = [\"1\"]\n";
/// let access = Access::new(Partner::from_toml("partner.toml", partner)?, Evidence::new());
/// let batches = access_timeline(&access.timeline(&Programme::builtin()?))?;
/// assert_eq!((batches.len(), batches[0].num_rows()), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// None: every timeline fits.
pub fn access_timeline(timeline: &AccessTimeline<'_>) -> Result<Vec<RecordBatch>, ArrowError> {
    let mut batches: Vec<_> = timeline.stretches.chunks(BATCH_ROWS).map(batch).collect::<Result<_, _>>()?;
    if batches.is_empty() {
        batches.push(batch(&[])?);
    }
    Ok(batches)
}

fn batch(stretches: &[AccessStretch<'_>]) -> Result<RecordBatch, ArrowError> {
    let mut columns = Columns::default();
    columns.optional_texts("subscription", stretches.iter().map(AccessStretch::subscription));
    add_stretches(&mut columns, stretches, |file| file);
    columns.batch()
}

/// The columns of stretches; files are called by the name that `named` gives them.
pub(super) fn add_stretches<'n>(
    columns: &mut Columns,
    stretches: &'n [AccessStretch<'n>],
    named: impl Fn(&'n str) -> &'n str,
) {
    columns.texts("scope", stretches.iter().map(AccessStretch::scope));
    columns.texts("path", stretches.iter().map(|stretch| stretch.path().as_str()));
    columns.texts("role", stretches.iter().map(AccessStretch::role));
    columns.optional_texts("role_name", stretches.iter().map(|stretch| stretch.role_name));
    columns.texts("principal", stretches.iter().map(AccessStretch::principal));
    columns.optional_texts("managing_tenant", stretches.iter().map(AccessStretch::managing_tenant));
    columns.moments("from", stretches.iter().map(|stretch| stretch.span.from));
    columns.moments("until", stretches.iter().map(|stretch| stretch.span.until));
    columns.texts("state", stretches.iter().map(|stretch| stretch.state.as_str()));
    columns.flags("assumed", stretches.iter().map(|stretch| stretch.assumed));
    columns.texts("counts", stretches.iter().map(|stretch| stretch.counts.as_str()));
    let because: Vec<_> = stretches.iter().map(|stretch| listed(stretch.because)).collect();
    columns.texts("because", because.iter().map(String::as_str));
    let evidence = |stretch: &'n AccessStretch<'n>| {
        let place = |(file, entry)| format!("{} entry {entry}", named(file));
        stretch.evidence().into_iter().map(place).collect::<Vec<_>>().join(", ")
    };
    let evidence: Vec<_> = stretches.iter().map(evidence).collect();
    columns.texts("evidence", evidence.iter().map(String::as_str));
}

fn listed(findings: Findings) -> String {
    findings.iter().map(|finding| finding.as_str()).collect::<Vec<_>>().join(", ")
}
