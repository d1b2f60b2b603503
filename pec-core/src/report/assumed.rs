//! What verdicts rest on that nothing proves, by standing, as sums and as text.

use std::collections::BTreeMap;

use serde::Serialize;

use super::setting::{Column, Grid, Text, heading, wrapped};
use super::text::{cents, count, total};
use super::{Report, StandingSums};
use crate::access::Assumption;
use crate::money::{Amount, Currency};
use crate::reconcile::Standing;

const COLUMNS: [Column; 5] = [Column::Left(12), Column::Right(12), Column::Left(6), Column::Right(18), Column::Left(0)];

/// Lines whose verdicts rest on an assumption: evidence supports it, no export proves it, and none contradicts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AssumedSums {
    /// What is assumed. A line that rests on several counts under each.
    pub assumption: Assumption,
    /// Their sums, of one standing, reason and currency; in JSON the fields stand beside the assumption.
    #[serde(flatten)]
    pub sums: StandingSums,
}

/// What is assumed, and what would prove it, in words.
#[must_use]
pub const fn assumption_sentences(assumption: Assumption) -> (&'static str, &'static str) {
    match assumption {
        Assumption::AssumedUnchanged => {
            ("nothing changed between and before the exports", "complete logs of those days would prove it")
        }
        Assumption::NoDenyAssignments => (
            "no deny assignment was in force but those listed",
            "a complete export of deny assignments, taken since, would prove it",
        ),
        Assumption::GroupMembersAsListed => {
            ("groups had the members of their newest lists", "no export tells when they came")
        }
    }
}

impl Report {
    pub(super) fn write_assumed(&self, text: &mut Text) {
        if self.assumed.is_empty() {
            return;
        }
        heading(text, "What rests on an assumption");
        for of_one in self.assumed.chunk_by(|one, next| one.assumption == next.assumption) {
            let mut found: BTreeMap<(Standing, Currency), (u64, Amount)> = BTreeMap::new();
            for AssumedSums { sums, .. } in of_one {
                let (lines, money) = found.entry((sums.standing, sums.currency)).or_default();
                *lines += sums.lines;
                *money = total([*money, at_stake(sums)]);
            }
            let Some(assumption) = of_one.first().map(|assumed| assumed.assumption) else { continue };
            let (what, proof) = assumption_sentences(assumption);
            wrapped(text, &format!("{}: {what}; {proof}.", assumption.as_str()));
            let rows: Vec<_> = found.into_iter().map(|of| cells(&of)).collect();
            let columns = Grid::fit(text, &COLUMNS, &[], &rows);
            rows.iter().for_each(|cells| columns.row(text, cells));
        }
        wrapped(text, "Where and when: `pec explain` tells it of a day, `pec evidence` of all days of a customer.");
    }
}

/// The money that hangs on it: what was paid against the rules, else what could be.
const fn at_stake(sums: &StandingSums) -> Amount {
    if matches!(sums.standing, Standing::Unexpected) { sums.credit } else { sums.potential_credit }
}

fn cells(((standing, currency), (lines, money)): &((Standing, Currency), (u64, Amount))) -> Vec<String> {
    let what = if *standing == Standing::Unexpected { "paid" } else { "possible" };
    vec![
        format!("  {standing}"),
        count(*lines),
        format!(" {}", if *lines == 1 { "line" } else { "lines" }),
        cents(*money),
        format!(" {currency} {what}"),
    ]
}
