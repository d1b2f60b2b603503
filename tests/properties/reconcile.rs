//! Standings partition the file, and no order, split or spelling changes anything.

use pec_core::money::Amount;
use pec_core::observed::ObservedGap;
use pec_core::reconcile::Standing;
use pec_core::report::{Dimension, Report, sum_by};
use proptest::prelude::*;

use crate::strategies::{SPELLINGS, Spelling, file, records};
use crate::support::{engine, findings, ledger_of, report, report_of, result, shuffle};

fn add(sum: Amount, amount: &str) -> Amount {
    sum.checked_add(Amount::from_number(amount.parse().unwrap()).unwrap()).unwrap()
}

fn total<'r, T: 'r>(items: impl IntoIterator<Item = &'r T>, of: impl Fn(&T) -> Amount) -> Amount {
    items.into_iter().fold(Amount::ZERO, |sum, item| sum.checked_add(of(item)).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn prop_standings_partition_the_file(records in records()) {
        let file = file(&records, Spelling::Today);
        let found = report(&file);
        let lines: u64 = found.sums.iter().map(|row| row.lines).sum();
        prop_assert_eq!(found.lines, records.len() as u64);
        prop_assert_eq!(lines + found.row_issues, found.lines);
        let (read, issues) = findings("f", &file).unwrap();
        prop_assert_eq!((read.len() as u64, issues.len() as u64), (lines, found.row_issues));
        for currency in ["USD", "EUR"] {
            let of_currency = || found.sums.iter().filter(|row| row.currency.as_str() == currency);
            for (field, of) in [("list_cost", (|row| row.list_cost) as fn(&pec_core::report::StandingSums) -> Amount), ("credit", |row| row.credit)] {
                let of_lines = read.iter().filter(|line| line["currency"] == currency);
                let of_lines = of_lines.fold(Amount::ZERO, |sum, line| add(sum, line[field].as_str().unwrap()));
                prop_assert_eq!(of_currency().fold(Amount::ZERO, |sum, row| sum.checked_add(of(row)).unwrap()), of_lines);
            }
        }
        let paid = |row: &&pec_core::report::StandingSums| matches!(row.standing, Standing::Earned | Standing::Unexpected);
        for row in &found.sums {
            prop_assert_eq!(row.reason.is_none(), row.standing == Standing::Earned);
            prop_assert!(paid(&row) || row.credit == Amount::ZERO, "{:?}", row);
        }
        let mut keys: Vec<_> = found.sums.iter().map(|row| (row.standing, row.reason.map(|reason| reason as u8), row.currency)).collect();
        keys.dedup();
        prop_assert!(keys.len() == found.sums.len() && keys.is_sorted(), "{:?}", keys);
    }

    #[test]
    fn prop_every_table_adds_up_to_the_same(records in records()) {
        let ledger = ledger_of(&[("f", &file(&records, Spelling::Today))], 1).unwrap();
        let found = report_of(&ledger);
        for dimension in [Dimension::Customer, Dimension::Subscription, Dimension::ResourceGroup, Dimension::Day, Dimension::Reseller, Dimension::Standing, Dimension::Reason] {
            let table = sum_by(&ledger, &[dimension]).unwrap();
            prop_assert_eq!(table.rows.iter().map(|row| row.sums.lines).sum::<u64>(), found.sums.iter().map(|row| row.lines).sum::<u64>());
            prop_assert_eq!(total(&table.rows, |row| row.sums.list_cost), total(&found.sums, |row| row.list_cost));
            prop_assert_eq!(total(&table.rows, |row| row.sums.credit), total(&found.sums, |row| row.credit));
            prop_assert_eq!(total(&table.rows, |row| row.sums.potential_credit), total(&found.sums, |row| row.potential_credit));
        }
    }

    #[test]
    fn prop_shuffled_and_split_files_give_one_result(records in records(), seed: u64, at in 0..60_usize, threads in 1..5_usize) {
        let once = result(&report(&file(&records, Spelling::Today)));
        let mut shuffled = records.clone();
        shuffle(&mut shuffled, seed);
        let (first, second) = shuffled.split_at(at.min(shuffled.len()));
        let files = [file(first, Spelling::Today), file(second, Spelling::Lines)];
        let mut files: Vec<(&str, &[u8])> = vec![("first", &files[0]), ("second", &files[1])];
        if second.is_empty() {
            files.pop(); // JSON Lines without a line is an empty file
        }
        prop_assert_eq!(result(&report_of(&ledger_of(&files, threads).unwrap())), once);
    }

    #[test]
    fn prop_every_spelling_gives_one_result(records in records()) {
        let once = result(&report(&file(&records, Spelling::Today)));
        for spelling in SPELLINGS {
            if records.is_empty() && matches!(spelling, Spelling::Lines) {
                continue;
            }
            prop_assert_eq!(&result(&report(&file(&records, spelling))), &once, "{:?}", spelling);
        }
    }

    #[test]
    fn prop_one_record_is_decided_as_in_a_file(records in records()) {
        let (lines, issues) = findings("f", &file(&records, Spelling::Today)).unwrap();
        let (mut lines, mut issues) = (lines.into_iter(), issues.into_iter());
        let engine = engine();
        for cells in &records {
            let mut record = pec_core::normalise::Record::new(cells.iter().map(|(name, text)| (*name, text.as_str()))).unwrap();
            match record.line() {
                Ok(line) => {
                    let (decision, in_file) = (engine.decide(&line).unwrap(), lines.next().unwrap());
                    prop_assert_eq!(decision.standing.as_str(), in_file["standing"].as_str().unwrap());
                    prop_assert_eq!(decision.credit.to_string(), in_file["credit"].as_str().unwrap());
                }
                Err(issue) => prop_assert_eq!(&issues.next().unwrap()["column"], &issue.column),
            }
        }
        prop_assert!(lines.next().is_none() && issues.next().is_none());
    }

    #[test]
    fn prop_gaps_hold_unpaid_lines_only(records in records()) {
        let found = report(&file(&records, Spelling::Today));
        check_gaps(&found)?;
    }

    #[test]
    fn prop_a_paid_line_more_never_lengthens_a_gap(records in records()) {
        let without = report(&file(&records, Spelling::Today));
        let paid: Vec<_> = records.iter().filter(|cells| cells["PartnerEarnedCreditPercentage"] == "15").cloned().collect();
        let with = report(&file(&[records, paid].concat(), Spelling::Today));
        prop_assert_eq!(gap_lines(&with.gaps), gap_lines(&without.gaps), "the same paid lines once more change no gap");
    }
}

fn gap_lines(gaps: &[ObservedGap]) -> u64 {
    gaps.iter().map(|gap| gap.lines).sum()
}

/// What is lost in gaps is part of what is unknown; what is not in a gap shares its resource's day with a paid line, or refunds make
/// up for it.
fn check_gaps(found: &Report) -> Result<(), TestCaseError> {
    let unknown = || found.sums.iter().filter(|row| row.standing == Standing::Unknown);
    prop_assert!(gap_lines(&found.gaps) <= unknown().map(|row| row.lines).sum());
    for gap in &found.gaps {
        prop_assert!(gap.first_day <= gap.last_day);
        prop_assert!(gap.days >= 1 && gap.days <= gap.last_day.days_since(gap.first_day).unsigned_abs() + 1);
        prop_assert!(gap.lines >= 1 && gap.credit_lost > Amount::ZERO);
        prop_assert!(!gap.never_earned || gap.ongoing);
        prop_assert!(gap.scope.starts_with("/subscriptions/"));
        prop_assert!(gap.scope == gap.scope.to_lowercase());
    }
    if found.sums.iter().all(|row| row.standing != Standing::Earned) {
        for row in unknown() {
            let gaps = || found.gaps.iter().filter(|gap| gap.currency == row.currency);
            let cost = gaps().try_fold(Amount::ZERO, |sum, gap| sum.checked_add(gap.list_cost)).unwrap();
            let all_in_gaps = gaps().map(|gap| gap.lines).sum::<u64>() == row.lines;
            prop_assert!(cost == row.list_cost || (cost > row.list_cost && !all_in_gaps), "the rest is refunds");
        }
        prop_assert!(found.gaps.iter().all(|gap| gap.never_earned));
    }
    Ok(())
}
