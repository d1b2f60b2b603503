//! What a report says of a ledger's cells, in one look at them: there are as many as accounts and days.

use std::collections::BTreeMap;

use crate::access::Assumption;
use crate::eligibility::RuleId;
use crate::ledger::{Cell, Ledger, Sums};
use crate::lookup::Table;
use crate::money::{AmountError, Currency};
use crate::programme::{Incident, Programme};
use crate::reconcile::Standing;

use super::losses::{Loss, Losses};
use super::{AssumedSums, StandingSums, TouchedByIncident};

/// What cells come to.
pub(super) struct Summed {
    /// By standing, reason and currency.
    pub(super) sums: Vec<StandingSums>,
    /// By these and assumption.
    pub(super) assumed: Vec<AssumedSums>,
    pub(super) losses: Vec<Loss>,
    /// Those that touch the input.
    pub(super) incidents: Vec<TouchedByIncident>,
}

pub(super) fn summed(ledger: &Ledger, programme: &Programme) -> Result<Summed, AmountError> {
    let mut standings = Standings::default();
    let mut losses = Losses::default();
    let mut incidents: Vec<_> = programme.incidents().iter().map(|incident| (incident, 0)).collect();
    for cell in ledger.unordered_cells() {
        standings.add(&cell)?;
        losses.add(&cell)?;
        for (_, lines) in incidents.iter_mut().filter(|(incident, _)| incident.touches(cell.day.date())) {
            *lines += cell.sums.lines;
        }
    }
    let incidents = incidents.into_iter().filter(|(_, lines)| *lines > 0).map(touched).collect();
    Ok(Summed { sums: standings.rows(), assumed: standings.assumed(), losses: losses.of(ledger)?, incidents })
}

/// What sums stand for in a report.
type Key = (Standing, Option<RuleId>, Currency);

#[derive(Default)]
struct Standings {
    all: Table<Key, Sums>,
    assumed: BTreeMap<(Assumption, Key), Sums>,
}

impl Standings {
    fn add(&mut self, cell: &Cell<'_>) -> Result<(), AmountError> {
        let key = (cell.standing, cell.reason, cell.currency);
        for assumption in cell.assumptions.iter() {
            self.assumed.entry((assumption, key)).or_default().add(&cell.sums)?;
        }
        self.all.entry(key).add(&cell.sums)
    }

    fn rows(&self) -> Vec<StandingSums> {
        let mut rows: Vec<_> = self.all.entries().iter().map(|(key, sums)| row(*key, sums)).collect();
        rows.sort_by_key(|row| (row.standing, row.reason, row.currency));
        rows
    }

    fn assumed(&self) -> Vec<AssumedSums> {
        let of = |((assumption, key), sums): (&(Assumption, Key), &Sums)| AssumedSums {
            assumption: *assumption,
            sums: row(*key, sums),
        };
        self.assumed.iter().map(of).collect()
    }
}

fn row((standing, reason, currency): Key, sums: &Sums) -> StandingSums {
    let Sums { lines, list_cost, potential_credit, credit } = *sums;
    StandingSums { standing, reason, currency, lines, list_cost, potential_credit, credit }
}

fn touched((incident, lines): (&Incident, u64)) -> TouchedByIncident {
    TouchedByIncident {
        first_day: incident.first_day(),
        last_day: incident.last_day(),
        what: incident.what().to_owned(),
        source: incident.source().document().to_owned(),
        lines,
    }
}
