//! Ledgers merge in any order and grouping.

use pec_core::ledger::Ledger;
use proptest::prelude::*;

use crate::strategies::{Spelling, file, records};
use crate::support::{everything, ledger_of, report_of};

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
