//! What Microsoft may still change: usage of an open period (R51, R52), days of an incident (R53).

mod support;

use pec_core::report::Report;

use support::report;

fn of(header: &str, rows: &[&str]) -> Report {
    let mut file =
        format!("UsageDate,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage{header}\n").into_bytes();
    for row in rows {
        file.extend(format!("{row}\n").bytes());
    }
    report(&file)
}

#[test]
fn lines_without_an_invoice_number_are_of_an_open_period() {
    let rows = ["2022-07-04,s,1,1,15,G1", "2022-07-04,s,1,1,15,", "2022-07-05,s,1,1,0, "];
    let found = of(",InvoiceNumber", &rows);
    assert_eq!(found.files[0].facts.open_period_lines, 2);
    assert!(found.text().contains("2 lines are of an open period"), "{}", found.text());
}

#[test]
fn a_file_that_has_no_invoice_numbers_tells_nothing() {
    let found = of("", &["2022-07-04,s,1,1,15"]);
    assert_eq!(found.files[0].facts.open_period_lines, 0);
    assert!(!found.text().contains("What may still change"));
}

#[test]
fn days_of_an_incident() {
    let rows = ["2022-11-12,s,1,1,15,G1", "2022-11-13,s,1,1,0,G1", "2022-11-13,s,2,1,0,G1", "2022-11-14,s,1,1,15,G1"];
    let found = of(",InvoiceNumber", &rows);
    let [incident] = found.incidents.as_slice() else { panic!("{:?}", found.incidents) };
    assert_eq!((incident.first_day.to_string().as_str(), incident.lines), ("2022-11-13", 2));
    assert!(found.text().contains("2 lines from 2022-11-13 on"), "{}", found.text());
}
