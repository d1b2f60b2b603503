//! The shipped month is the generator's, and the report finds in it what was seeded.

use std::fs::File;
use std::io::Read;

use pec_core::engine::{Engine, Run};
use pec_core::read::Input;
use pec_core::report::Report;
use pec_core::testing::{Kind, Month, Written};
use pec_core::tie_out::{Because, Invoice, Method, tie_out};

const SHIPPED: &str = "examples/data/2026-10/daily_rated_usage.csv.gz";
const INVOICE: &str = "examples/data/invoice/invoice_reconciliation.csv";

fn generated() -> (Vec<u8>, Written) {
    let mut bytes = Vec::new();
    let month = Month::new(2026).lines(10_000).customers(8).first_day(2026, 10).broken_rows(4);
    let written = month.write_to(&mut bytes).unwrap();
    (bytes, written)
}

#[test]
fn the_shipped_month_is_the_generators() {
    let mut shipped = Vec::new();
    flate2::read::GzDecoder::new(File::open(SHIPPED).unwrap()).read_to_end(&mut shipped).unwrap();
    assert!(shipped == generated().0, "regenerate {SHIPPED} as examples/data/README.md says");
}

#[test]
fn the_report_finds_what_was_seeded() {
    let (_, written) = generated();
    let engine = Engine::new().unwrap();
    let ledger = engine.reconcile([Input::new(SHIPPED, File::open(SHIPPED).unwrap())], &Run::default()).unwrap();
    let report = Report::new(&ledger, engine.programme()).unwrap();

    let mut seeded: Vec<_> = (written.losses.iter())
        .filter(|loss| Kind::LOSSES.contains(&loss.kind))
        .map(|loss| (loss.scope.clone(), loss.tally.lines, loss.tally.list_cost.to_string()))
        .collect();
    let mut found: Vec<_> =
        report.gaps.iter().map(|gap| (gap.scope.clone(), gap.lines, gap.list_cost.to_string())).collect();
    seeded.sort();
    found.sort();
    assert_eq!(found, seeded);
    assert_eq!(report.row_issues, written.broken.len() as u64);

    // Every figure of the page beside the data.
    let page = std::fs::read_to_string("examples/data/README.md").unwrap();
    let by_design = Kind::BY_DESIGN.into_iter().map(|kind| written.tally(kind));
    for tally in by_design.chain([written.earned]).chain(written.losses.iter().map(|loss| loss.tally)) {
        assert!(page.contains(&tally.list_cost.to_string()), "{} is not on the page", tally.list_cost);
    }
}

#[test]
fn one_cent_of_the_invoice_is_wrong() {
    let engine = Engine::new().unwrap();
    let daily = [Input::new(SHIPPED, File::open(SHIPPED).unwrap())];
    let charges = engine.daily_charges(daily, &Run::default()).unwrap();
    let mut invoice = Invoice::default();
    invoice.read(Input::new(INVOICE, File::open(INVOICE).unwrap())).unwrap();
    let found = tie_out(&charges, &invoice).unwrap();
    assert_eq!((found.keys - found.tied, found.row_issues), (1, 4), "{:?}", found.untied);
    let untied = &found.untied[0];
    assert_eq!((untied.difference.to_string().as_str(), untied.method), ("0.01", Some(Method::Forward)));
    assert_eq!(untied.because, [Because::Amount]);
    assert!(found.unpaired_credits.is_empty());
    insta::assert_snapshot!(found.text());
}
