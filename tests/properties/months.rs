//! Generated months: what was seeded is what is found, in every layout and on any number of threads.

use std::collections::BTreeMap;

use pec_core::reconcile::Standing;
use pec_core::report::Report;
use pec_core::testing::{Kind, Layout, Month, Written};

use crate::support::{everything, ledger_of, report, report_of, result};

fn file(month: &Month) -> (Vec<u8>, Written) {
    let mut bytes = Vec::new();
    let written = month.write_to(&mut bytes).expect("memory can be written");
    (bytes, written)
}

/// Lines and list cost of a standing and reason.
fn sum(report: &Report, standing: Standing, reason: Option<&str>) -> (u64, String) {
    let rows =
        report.sums.iter().filter(|row| row.standing == standing && row.reason.map(|reason| reason.as_str()) == reason);
    let rows: Vec<_> = rows.collect();
    assert!(rows.len() <= 1, "one currency: {rows:?}");
    rows.first().map_or((0, "0.00".to_owned()), |row| (row.lines, row.list_cost.to_string()))
}

const BY_DESIGN: [(Kind, &str); 7] = [
    (Kind::Spot, "spot_virtual_machine"),
    (Kind::Reservation, "reservation"),
    (Kind::SavingsPlan, "savings_plan"),
    (Kind::Marketplace, "marketplace_product"),
    (Kind::AzureCredit, "azure_credit_applied"),
    (Kind::FreeTier, "nothing_charged"),
    (Kind::NotAzurePlan, "not_azure_plan"),
];

#[test]
fn a_report_is_what_was_seeded() {
    for seed in 0..4 {
        let (bytes, written) = file(&Month::new(seed).lines(12_000).broken_rows(9));
        let found = report(&bytes);
        assert_eq!((found.lines, found.row_issues), (written.rows, written.broken.len() as u64));
        // The header is row 1.
        let rows: Vec<u64> = found.issues.iter().map(|issue| issue.row - 1).collect();
        assert_eq!(rows, written.broken);
        assert_eq!(sum(&found, Standing::Earned, None), (written.earned.lines, written.earned.list_cost.to_string()));
        let mut lost = (0, pec_core::testing::Cost::default());
        for loss in &written.losses {
            lost = (lost.0 + loss.tally.lines, {
                lost.1 += loss.tally.list_cost;
                lost.1
            });
        }
        assert_eq!(sum(&found, Standing::Unknown, Some("no_access_evidence")), (lost.0, lost.1.to_string()));
        let in_gaps: u64 = found.gaps.iter().map(|gap| gap.lines).sum();
        assert_eq!(in_gaps, lost.0, "every lost line is in a gap");
        let mut by_design: BTreeMap<&str, u64> = BTreeMap::new();
        for (kind, reason) in BY_DESIGN {
            let tally = written.tally(kind);
            assert!(tally.lines > 0, "seed {seed} has no {kind:?}");
            assert_eq!(
                sum(&found, Standing::Excluded, Some(reason)),
                (tally.lines, tally.list_cost.to_string()),
                "{kind:?}"
            );
            by_design.insert(reason, tally.lines);
        }
        let excluded = found.sums.iter().filter(|row| row.standing == Standing::Excluded).count();
        assert_eq!(excluded, by_design.len(), "no other reason: {:?}", found.sums);
    }
}

#[test]
fn every_seeded_loss_is_one_gap() {
    let (bytes, written) = file(&Month::new(3).customers(10).lines(50_000));
    let found = report(&bytes);
    let gaps: Vec<_> = found
        .gaps
        .iter()
        .map(|gap| {
            (
                gap.customer.clone(),
                gap.subscription.clone(),
                gap.scope.clone(),
                gap.first_day.to_string(),
                gap.last_day.to_string(),
                gap.lines,
                gap.list_cost.to_string(),
            )
        })
        .collect();
    let losses: Vec<_> = written
        .losses
        .iter()
        .map(|loss| {
            (
                loss.customer.clone(),
                loss.subscription.clone(),
                loss.scope.clone(),
                loss.first_day.to_string(),
                loss.last_day.to_string(),
                loss.tally.lines,
                loss.tally.list_cost.to_string(),
            )
        })
        .collect();
    assert_eq!(gaps.len(), losses.len());
    for loss in losses {
        assert!(gaps.contains(&loss), "{loss:?} is not among {gaps:#?}");
    }
    for kind in Kind::LOSSES {
        assert!(written.losses.iter().any(|loss| loss.kind == kind), "no {kind:?} was seeded");
    }
}

#[test]
fn threads_and_files_change_no_byte() {
    let (bytes, _) = file(&Month::new(8).lines(4_000).broken_rows(40));
    assert!(bytes.len() > 16 * 256 * 1024 / 2, "a file of many blocks");
    let run = |threads| everything(&report_of(&ledger_of(&[("month.csv", &bytes)], threads).unwrap()));
    let once = run(1);
    for threads in [2, 3, 8] {
        assert_eq!(run(threads), once, "{threads} threads");
    }
    let (lines, _) = file(&Month::new(8).lines(4_000).broken_rows(40).layout(Layout::JsonLinesFull));
    let both = |threads| {
        everything(&report_of(&ledger_of(&[("month.csv", &bytes), ("month.jsonl", &lines)], threads).unwrap()))
    };
    assert_eq!(both(1), both(5));
}

#[test]
fn the_old_and_the_new_layout_give_one_result() {
    let month = Month::new(5).lines(6_000).broken_rows(6);
    let (today, _) = file(&month);
    let once = result(&report(&today));
    let spaced = {
        let end = today.iter().position(|byte| *byte == b'\n').unwrap();
        let header = String::from_utf8(today[..end].to_vec()).unwrap();
        let header: Vec<String> = header.split(',').map(old_name).collect();
        [header.join(",").as_bytes(), &today[end..]].concat()
    };
    assert_ne!(spaced, today);
    assert_eq!(result(&report(&spaced)), once, "names of 2019");
    for layout in [Layout::JsonLinesFull, Layout::V1] {
        assert_eq!(result(&report(&file(&month.clone().layout(layout)).0)), once, "{layout:?}");
    }
}

/// A name as the first page of 2019 has it: in words.
fn old_name(name: &str) -> String {
    match name {
        "Tier2MpnId" => return "Reseller MPNID".to_owned(),
        "Quantity" => return "Consumed Quantity".to_owned(),
        _ => {}
    }
    let mut words = String::new();
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            words.push(' ');
        }
        words.push(letter);
        before = letter;
    }
    words
}

/// Fewer columns tell less, and only that: what the missing ones would have excluded is unknown.
#[test]
fn layouts_with_fewer_columns_differ_only_in_what_is_missing() {
    let month = Month::new(6).lines(6_000);
    let (full, written) = file(&month);
    let full = report(&full);
    for (layout, cannot_tell) in [
        // No CreditType, CreditPercentage and BenefitType.
        (Layout::Csv50, &[Kind::AzureCredit, Kind::SavingsPlan][..]),
        // No BenefitType; what a savings plan covers has no price.
        (Layout::Csv52, &[Kind::SavingsPlan][..]),
        // No SubscriptionDescription.
        (Layout::JsonLinesBasic, &[Kind::NotAzurePlan][..]),
    ] {
        let found = report(&file(&month.clone().layout(layout)).0);
        assert_eq!(found.lines, full.lines);
        assert_eq!(sum(&found, Standing::Earned, None), sum(&full, Standing::Earned, None), "{layout:?}");
        for (kind, reason) in BY_DESIGN {
            let lines = sum(&found, Standing::Excluded, Some(reason)).0;
            match (cannot_tell.contains(&kind), reason) {
                (true, _) => assert_eq!(lines, 0, "{layout:?} cannot tell {reason}"),
                (false, "nothing_charged") => assert!(lines >= written.tally(kind).lines, "{layout:?}"),
                (false, _) => assert_eq!(lines, written.tally(kind).lines, "{layout:?} {reason}"),
            }
        }
        let all = |report: &Report| {
            report.sums.iter().fold(pec_core::money::Amount::ZERO, |sum, row| sum.checked_add(row.list_cost).unwrap())
        };
        assert_eq!(all(&found), all(&full), "{layout:?}");
        assert!(!found.files[0].facts.missing_columns.is_empty());
    }
}
