//! The most important of a report in one line.

use super::Report;
use super::text::{by_currency, cents, count, counted};
use crate::reconcile::Standing;

impl Report {
    /// What was read, and by currency what was earned and what was not: one line, amounts to the cent, ties to even.
    #[must_use]
    pub fn headline(&self) -> String {
        let mut parts = vec![counted(self.lines, "row")];
        if self.row_issues > 0 {
            parts.push(format!("{} unreadable", count(self.row_issues)));
        }
        if self.filter.is_some() {
            parts.push(format!("{} left out", count(self.left_out)));
        }
        for standing in Standing::ALL {
            // What is excluded or unexpected is no credit that was earned or could be.
            let credit = |row: &super::StandingSums| match standing {
                Standing::Earned => Some(row.credit),
                Standing::Missed | Standing::Lost | Standing::Unknown => Some(row.potential_credit),
                Standing::Unexpected | Standing::Excluded => None,
            };
            let rows = self.sums.iter().filter(|row| row.standing == standing);
            let sums = by_currency(rows.filter_map(|row| Some((row.currency, credit(row)?))));
            parts.extend(sums.iter().map(|(currency, sum)| format!("{} {currency} {standing}", cents(*sum))));
        }
        parts.push(counted(self.gaps.len() as u64, "gap"));
        parts.join(", ")
    }
}
