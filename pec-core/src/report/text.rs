//! The report as text, for a terminal or an e-mail.

use std::collections::BTreeMap;

use super::Report;
use super::losses::{MONTH_DAYS, per_month};
use super::setting::{Column, Grid, Text, Width, heading, line, table, wrapped};
use crate::eligibility::{Group, Rule, rule};
use crate::money::{Amount, Currency, Rounding};
use crate::observed::ObservedGap;
use crate::reconcile::Standing;

/// How many gaps and issues are listed; all of them are in the tables.
pub(super) const GAPS_SHOWN: usize = 15;
pub(super) const ISSUES_SHOWN: usize = 10;

/// Where the money went.
const STANDINGS: [Column; 5] =
    [Column::Left(12), Column::Right(14), Column::Right(20), Column::Right(18), Column::Right(18)];
const STANDING_HEADS: [&str; 5] = ["", "lines", "list cost", "credit paid", "credit possible"];

/// Why lines did not earn: the rule, how many lines, what they cost and could have earned.
const CAUSES: [Column; 5] = [Column::Left(34), Column::Right(12), Column::Left(6), Column::Right(18), Column::Left(0)];

impl Report {
    /// The report as text, for a file. Amounts are shown to the cent, ties to even; the exact ones are in the tables and the
    /// JSON.
    #[must_use]
    pub fn text(&self) -> String {
        self.text_in(Width::FILE)
    }

    /// The report as text of this width.
    #[must_use]
    pub fn text_in(&self, width: Width) -> String {
        let mut text = Text::new(width);
        super::files::write(&mut text, self);
        super::evidence::write(&mut text, &self.evidence);
        if let Some(prices) = &self.prices {
            super::prices::write(&mut text, prices);
        }
        super::picked::write(&mut text, self);
        self.write_standings(&mut text);
        self.write_causes(&mut text);
        if let Some(status) = &self.azure_credits {
            status.write(&mut text, &self.customer_names, self.credit_balances.as_ref());
        }
        self.write_remedies(&mut text);
        self.write_assumed(&mut text);
        self.write_gaps(&mut text);
        self.write_issues(&mut text);
        self.write_open_questions(&mut text);
        self.write_provisional(&mut text);
        text.finish()
    }

    fn write_standings(&self, text: &mut Text) {
        for (currency, lines, cost) in self.currencies() {
            heading(text, &format!("Where the money went ({currency})"));
            let mut rows: Vec<Vec<String>> = Vec::new();
            for standing in Standing::ALL {
                let found = || self.sums.iter().filter(|row| row.standing == standing && row.currency == currency);
                if found().next().is_none() {
                    continue;
                }
                let sum = |of: fn(&super::StandingSums) -> Amount| cents(total(found().map(of)));
                rows.push(vec![
                    standing.as_str().to_owned(),
                    count(found().map(|row| row.lines).sum()),
                    sum(|row| row.list_cost),
                    sum(|row| row.credit),
                    sum(|row| row.potential_credit),
                ]);
            }
            rows.push(vec!["all lines".to_owned(), count(lines), cents(cost)]);
            table(text, &STANDINGS, &STANDING_HEADS, &rows);
        }
        let read: u64 = self.sums.iter().map(|row| row.lines).sum();
        let left_out =
            if self.filter.is_some() { format!(" + {} left out", count(self.left_out)) } else { String::new() };
        let (read, unreadable, all) = (count(read), count(self.row_issues), counted(self.lines, "row"));
        line(text, &format!("{read} decided{left_out} + {unreadable} unreadable = {all} of the input"));
    }

    fn write_causes(&self, text: &mut Text) {
        let causes: Vec<_> = self.sums.iter().filter_map(|row| Some((row, rule(row.reason?)))).collect();
        if causes.is_empty() {
            return;
        }
        heading(text, "Why lines did not earn");
        let although = |row: &super::StandingSums| row.standing == Standing::Unexpected;
        let cells = |(row, rule): &(&super::StandingSums, &Rule)| {
            let possible = if row.potential_credit.is_zero() {
                String::new()
            } else {
                format!(", {} possible", cents(row.potential_credit))
            };
            vec![
                format!("{}{}", if although(row) { "! " } else { "" }, rule.id),
                count(row.lines),
                format!(" {}", if row.lines == 1 { "line" } else { "lines" }),
                cents(row.list_cost),
                format!(" {}{possible}", row.currency),
            ]
        };
        let rows: Vec<_> = causes.iter().map(cells).collect();
        let columns = Grid::fit(text, &CAUSES, &[], &rows);
        for ((row, rule), cells) in causes.iter().zip(&rows) {
            columns.row(text, cells);
            let although = if although(row) { "paid although " } else { "" };
            wrapped(text, &format!("  {although}{} [{}]", rule.sentence, rule.group));
        }
    }

    fn write_gaps(&self, text: &mut Text) {
        if self.gaps.is_empty() {
            return;
        }
        heading(text, "Gaps seen in the file: days on which lines that could earn were not paid");
        for gap in self.gaps.iter().take(GAPS_SHOWN) {
            self.write_gap(text, gap);
        }
        let more = self.gaps.len().saturating_sub(GAPS_SHOWN);
        if more > 0 {
            line(text, &format!("... and {} more; `--out DIR` writes all of them", count(more as u64)));
        }
        for (currency, lost) in by_currency(self.gaps.iter().map(|gap| (gap.currency, gap.credit_lost))) {
            let gaps = self.gaps.iter().filter(|gap| gap.currency == currency).count() as u64;
            let all = if gaps == 1 { "the one gap".to_owned() } else { format!("all {} gaps", count(gaps)) };
            line(text, &format!("credit not earned in {all}: {} {currency}", cents(lost)));
        }
        let ongoing = self
            .gaps
            .iter()
            .filter(|gap| gap.ongoing)
            .filter_map(|gap| Some((gap.currency, per_month(gap.credit_lost, gap.first_day, gap.last_day)?)));
        for (currency, lost) in by_currency(ongoing) {
            line(
                text,
                &format!(
                    "those that were still open on their last day cost {} {currency} a month of {MONTH_DAYS} days",
                    cents(lost)
                ),
            );
        }
    }

    fn write_gap(&self, text: &mut Text, gap: &ObservedGap) {
        let open = match (gap.never_earned, gap.ongoing) {
            (true, _) => ", never earned in this input",
            (_, true) => ", not over yet",
            _ => "",
        };
        let month = per_month(gap.credit_lost, gap.first_day, gap.last_day)
            .filter(|_| gap.ongoing)
            .map(|cost| format!("; {} a month if it goes on", cents(cost)))
            .unwrap_or_default();
        let days = counted(gap.days, "day");
        line(
            text,
            &format!(
                "{:>14} {}  {} to {} ({days}){open}{month}",
                cents(gap.credit_lost),
                gap.currency,
                gap.first_day,
                gap.last_day
            ),
        );
        line(
            text,
            &format!(
                "{:20}{}, {}",
                "",
                named(&self.customer_names, &gap.customer),
                named(&self.subscription_names, &gap.subscription)
            ),
        );
        line(text, &format!("{:20}{}", "", gap.scope));
    }

    fn write_issues(&self, text: &mut Text) {
        if self.row_issues == 0 {
            return;
        }
        heading(text, "Rows that could not be read");
        for counted in &self.issue_counts {
            let column = if counted.column.is_empty() { "the row" } else { &counted.column };
            line(text, &format!("{} x {column}: expected {}", count(counted.rows), counted.expected));
        }
        for issue in self.issues.iter().take(ISSUES_SHOWN) {
            let column = if issue.column.is_empty() { String::new() } else { format!(", {}", issue.column) };
            line(text, &format!("{} row {}{column}: found `{}`", issue.file, issue.row, issue.found));
        }
    }

    fn write_open_questions(&self, text: &mut Text) {
        let open: Vec<_> = self
            .sums
            .iter()
            .filter_map(|row| Some((row, rule(row.reason?))))
            .filter(|(_, rule)| rule.group == Group::Undetermined)
            .collect();
        if open.is_empty() && self.programme_verified_through.is_none() {
            return;
        }
        heading(text, "What could not be decided");
        for (row, rule) in open {
            wrapped(
                text,
                &format!(
                    "{}, {} {} of credit: {}.",
                    counted(row.lines, "line"),
                    cents(row.potential_credit),
                    row.currency,
                    rule.sentence
                ),
            );
            wrapped(text, &format!("To settle it: {}.", rule.remedy));
        }
        if let Some(day) = self.programme_verified_through {
            wrapped(
                text,
                &format!(
                    "The programme's values were verified through {day}; later days are decided with the last known values."
                ),
            );
        }
    }

    /// What Microsoft may still change.
    fn write_provisional(&self, text: &mut Text) {
        let open: u64 = self.files.iter().map(|file| file.facts.open_period_lines).sum();
        if open == 0 && self.incidents.is_empty() {
            return;
        }
        heading(text, "What may still change");
        if open > 0 {
            let (lines, are) = (counted(open, "line"), if open == 1 { "is" } else { "are" });
            wrapped(
                text,
                &format!(
                    "{lines} {are} of an open period: usage and credit are provisional until they are on an invoice (R51, R52)."
                ),
            );
        }
        for incident in &self.incidents {
            let (lines, day, what) = (counted(incident.lines, "line"), incident.first_day, &incident.what);
            wrapped(text, &format!("{lines} from {day} on: {what} (R53)."));
        }
    }

    /// Lines and list cost of each currency.
    fn currencies(&self) -> Vec<(Currency, u64, Amount)> {
        let mut found: BTreeMap<Currency, (u64, Amount)> = BTreeMap::new();
        for row in &self.sums {
            let (lines, cost) = found.entry(row.currency).or_default();
            *lines += row.lines;
            *cost = total([*cost, row.list_cost]);
        }
        found.into_iter().map(|(currency, (lines, cost))| (currency, lines, cost)).collect()
    }
}

/// The name of an id with the id behind it, as far as there are any.
pub(super) fn named(names: &BTreeMap<String, String>, id: &str) -> String {
    match (names.get(id), id) {
        (Some(name), id) => format!("{name} ({id})"),
        (None, "") => "customer not stated".to_owned(),
        (None, id) => id.to_owned(),
    }
}

pub(super) fn by_currency(amounts: impl Iterator<Item = (Currency, Amount)>) -> BTreeMap<Currency, Amount> {
    let mut sums = BTreeMap::new();
    for (currency, amount) in amounts {
        let sum = sums.entry(currency).or_default();
        *sum = total([*sum, amount]);
    }
    sums
}

/// The sum of parts of a sum that fits.
pub(super) fn total(amounts: impl IntoIterator<Item = Amount>) -> Amount {
    amounts.into_iter().fold(Amount::ZERO, |sum, amount| sum.checked_add(amount).unwrap_or(sum))
}

/// To the cent, with separators between thousands.
pub(super) fn cents(amount: Amount) -> String {
    let shown = amount.rounded(2, Rounding::HalfEven).to_string();
    let (sign, digits) = shown.strip_prefix('-').map_or(("", shown.as_str()), |digits| ("-", digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "00"));
    format!("{sign}{}.{decimals}", grouped(whole))
}

pub(super) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// A number with what it counts, in the singular or the plural.
pub(super) fn counted(number: u64, one: &str) -> String {
    match (number, one) {
        (1, one) => format!("1 {one}"),
        (_, "entry") => format!("{} entries", count(number)),
        (_, one) => format!("{} {one}s", count(number)),
    }
}

fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
