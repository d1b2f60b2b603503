//! What a report says of a ledger's cells, in one look at them: there are as many as accounts and days.

use crate::eligibility::RuleId;
use crate::ledger::{Cell, Ledger, Sums};
use crate::lookup::Table;
use crate::money::{AmountError, Currency};
use crate::programme::{Incident, Programme};
use crate::reconcile::Standing;

use super::losses::{Loss, Losses};
use super::{StandingSums, TouchedByIncident};

/// Sums by standing, reason and currency; losses; and the incidents that touch the input.
type Summed = (Vec<StandingSums>, Vec<Loss>, Vec<TouchedByIncident>);

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
    let touched = incidents.into_iter().filter(|(_, lines)| *lines > 0).map(touched).collect();
    Ok((standings.rows(), losses.of(ledger)?, touched))
}

#[derive(Default)]
struct Standings(Table<(Standing, Option<RuleId>, Currency), Sums>);

impl Standings {
    fn add(&mut self, cell: &Cell<'_>) -> Result<(), AmountError> {
        self.0.entry((cell.standing, cell.reason, cell.currency)).add(&cell.sums)
    }

    fn rows(&self) -> Vec<StandingSums> {
        let row = |((standing, reason, currency), sums): &((Standing, Option<RuleId>, Currency), Sums)| StandingSums {
            standing: *standing,
            reason: *reason,
            currency: *currency,
            lines: sums.lines,
            list_cost: sums.list_cost,
            potential_credit: sums.potential_credit,
            credit: sums.credit,
        };
        let mut rows: Vec<_> = self.0.entries().iter().map(row).collect();
        rows.sort_by_key(|row| (row.standing, row.reason, row.currency));
        rows
    }
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
