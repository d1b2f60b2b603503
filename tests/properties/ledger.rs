//! Ledgers merge in any order and grouping.

use pec_core::day::UsageDay;
use pec_core::ledger::{Filter, Ledger};
use pec_core::report::Report;
use proptest::prelude::*;
use proptest::sample::select;

use crate::strategies::{Spelling, file, records};
use crate::support::{engine, everything, ledger_of, report_of};

fn merged<'l>(parts: impl IntoIterator<Item = &'l Ledger>) -> Ledger {
    let mut whole = Ledger::new();
    parts.into_iter().for_each(|part| whole.merge(part).unwrap());
    whole
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn prop_merging_is_associative_and_commutative(a in records(), b in records(), c in records()) {
        let ledger = |name, records: &[_]| ledger_of(&[(name, &file(records, Spelling::Today))], 1).unwrap();
        let (a, b, c) = (ledger("a", &a), ledger("b", &b), ledger("c", &c));
        let shown = |ledger: &Ledger| everything(&report_of(ledger));
        let once = shown(&merged([&a, &b, &c]));
        prop_assert_eq!(shown(&merged([&merged([&a, &b]), &c])), once.clone());
        prop_assert_eq!(shown(&merged([&a, &merged([&b, &c])])), once.clone());
        prop_assert_eq!(shown(&merged([&c, &a, &b])), once.clone());
        prop_assert_eq!(shown(&merged([&c, &b, &a, &Ledger::new()])), once.clone());
        let mut into = a.clone();
        into.merge(&merged([&b, &c])).unwrap();
        prop_assert_eq!(shown(&into), once.clone());
        let backwards = merged([&c, &b, &a]);
        prop_assert_eq!(into.cells(), backwards.cells());
    }

    #[test]
    fn prop_parts_of_one_file_merge_to_the_file(records in records(), at in 0..60_usize) {
        let (first, second) = records.split_at(at.min(records.len()));
        let part = |records: &[_]| ledger_of(&[("file", &file(records, Spelling::Today))], 1).unwrap();
        let whole = part(&records);
        let parts = merged([&part(first), &part(second)]);
        prop_assert_eq!(parts.cells(), whole.cells());
        let (parts, whole) = (report_of(&parts), report_of(&whole));
        // Rows of the second part count from its own header, so only the issues' places differ.
        prop_assert_eq!(serde_json::to_value(&parts.files).unwrap(), serde_json::to_value(&whole.files).unwrap());
        prop_assert_eq!(parts.issue_counts, whole.issue_counts);
    }
}

/// The sums, gaps and losses of a ledger.
fn figures(ledger: &Ledger) -> serde_json::Value {
    let report = report_of(ledger);
    serde_json::json!([report.sums, report.gaps, report.losses, report.customer_names, report.subscription_names])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn prop_a_filter_is_a_run_over_what_it_keeps(
        records in records(),
        customer in 0..3_u8,
        subscriptions in proptest::sample::subsequence(vec![0_u8, 1, 2], 1..3),
        days in (1..=28_u32, 1..=28_u32),
    ) {
        let days = (days.0.min(days.1), days.0.max(days.1));
        let day = |day| UsageDay::from_ymd(2026, 10, day);
        let filter = Filter {
            customers: Some([format!("customer-{customer}")].into()),
            subscriptions: Some(subscriptions.iter().map(|subscription| format!("s{subscription}")).collect()),
            first_day: day(days.0),
            last_day: day(days.1),
            ..Filter::default()
        };
        let kept = |cells: &&_| {
            let cells: &crate::strategies::Cells = cells;
            let on: Vec<u32> = cells["UsageDate"].split('/').filter_map(|part| part.parse().ok()).collect();
            cells["CustomerId"] == format!("customer-{customer}")
                && subscriptions.iter().any(|one| cells["EntitlementId"] == format!("S{one}"))
                && matches!(on[..], [10, day, _] if (days.0..=days.1).contains(&day))
        };
        let ledger = |records: &[_]| ledger_of(&[("f", &file(records, Spelling::Today))], 1).unwrap();
        let whole = ledger(&records);
        let part = whole.filtered(&filter).unwrap();
        let run = ledger(&records.iter().filter(kept).cloned().collect::<Vec<_>>());
        prop_assert_eq!(figures(&part), figures(&run));
        // Nothing is lost, and what is kept can be filtered again.
        let lines = |ledger: &Ledger| ledger.cells().iter().map(|cell| cell.sums.lines).sum::<u64>();
        prop_assert_eq!(lines(&part) + part.left_out(), lines(&whole));
        prop_assert_eq!(figures(&part.filtered(&filter).unwrap()), figures(&part));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn prop_bytes_give_the_ledger_back(a in records(), b in records()) {
        let ledger = |name, records: &[_]| ledger_of(&[(name, &file(records, Spelling::Today))], 1).unwrap();
        let again = |ledger: &Ledger| Ledger::from_bytes(&ledger.to_bytes().unwrap()).unwrap();
        let (a, b) = (ledger("a", &a), ledger("b", &b));
        let once = merged([&a, &b]);
        // The order in which sums came together cannot be seen in the bytes.
        prop_assert_eq!(merged([&b, &a]).to_bytes(), once.to_bytes());
        let of_both = merged([&again(&b), &again(&a)]);
        for ledger in [&a, &once, &of_both] {
            let again = again(ledger);
            prop_assert_eq!(again.to_bytes(), ledger.to_bytes());
            prop_assert_eq!(again.cells(), ledger.cells());
            prop_assert_eq!(everything(&report_of(&again)), everything(&report_of(ledger)));
        }
        prop_assert_eq!(of_both.to_bytes(), once.to_bytes());
        prop_assert_eq!(merged([&a, &again(&b)]).to_bytes(), once.to_bytes());
        let part = once.filtered(&Filter { customers: Some(["customer-1".to_owned()].into()), ..Filter::default() }).unwrap();
        prop_assert_eq!(everything(&report_of(&again(&part))), everything(&report_of(&part)));
    }

    #[test]
    fn prop_any_bytes_are_a_ledger_or_refused(
        records in records(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), select(NASTY)), 1..4),
    ) {
        let ledger = ledger_of(&[("f", &file(&records, Spelling::Today))], 1).unwrap();
        let text = String::from_utf8(ledger.to_bytes().unwrap()).unwrap();
        // Values of JSON stand between these.
        let mut values: Vec<&str> = text.split_inclusive(['[', ',', ']', ':', '{', '}']).collect();
        for (at, nasty) in &changes {
            let at = at.index(values.len());
            values[at] = nasty;
        }
        if let Ok(ledger) = Ledger::from_bytes(values.concat().as_bytes()) {
            // A sum may not fit; nothing may panic.
            let _ = Report::new(&ledger, engine().programme()).map(|report| report.text());
            prop_assert!(ledger.to_bytes().is_ok());
        }
    }
}

pub(crate) const NASTY: &[&str] = &[
    "0,",
    "18446744073709551615,",
    "4294967295,",
    "-1,",
    "32,",
    "1.5,",
    "\"1.00\",",
    "\"-499999999999999999999.99\",",
    "null,",
    "[],",
    "\"2026-02-30\",",
    "\"2099-12-31\",",
    "2147483647,",
    "]",
    "}",
    "",
];

#[test]
fn another_version_is_named() {
    let bytes = String::from_utf8(Ledger::new().to_bytes().unwrap()).unwrap();
    let later = bytes.replace("\"version\":4", "\"version\":5,\"more\":true");
    let told = Ledger::from_bytes(later.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        told,
        "this result was saved in version 5 of the form, expected version 4; save it again with this version of pec"
    );
    let told = Ledger::from_bytes(b"{\"format\":\"zip\",\"version\":1}").unwrap_err().to_string();
    assert_eq!(told, "these bytes are no saved result (`format` is not `pec result`); save it again");
    let deep = "[".repeat(1_000_000);
    assert!(Ledger::from_bytes(deep.as_bytes()).is_err());
}
