//! Cells: every spelling of a value is the same value.

use chrono::{Datelike, Days, NaiveDate};
use pec_core::normalise::Record;
use proptest::prelude::*;

use crate::support::{findings, padded};

fn record(cells: &[(&str, &str)]) -> Record {
    let plain = [
        ("UsageDate", "2026-10-04"),
        ("EntitlementId", "s"),
        ("UnitPrice", "2"),
        ("Quantity", "3"),
        ("CreditType", "Credit Not Applied"),
    ];
    let kept = plain.iter().filter(|(name, _)| cells.iter().all(|(other, _)| other != name));
    Record::new(kept.chain(cells).map(|(name, text)| (*name, *text))).unwrap()
}

fn day(cells: &[(&str, &str)]) -> Option<NaiveDate> {
    record(cells).line().ok().map(|line| line.day.date())
}

proptest! {
    #[test]
    fn prop_every_spelling_of_a_day_is_that_day(offset in 0..36_524_u64, hour in 0..24, minute in 0..60) {
        let date = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap().checked_add_days(Days::new(offset)).unwrap();
        let (y, m, d) = (date.year(), date.month(), date.day());
        for (usage, start) in [
            (format!("{m}/{d}/{y}"), format!("{m}/1/{y}")),
            (format!("{m:02}/{d:02}/{y} 12:00:00 AM"), format!("{m:02}/01/{y} 12:00:00 AM")),
            (format!("{d}/{m}/{y}"), format!("1/{m}/{y}")),
            (format!("{d}/{m}/{y}"), format!("{y}-{m:02}-01T00:00:00Z")),
            (format!("{m}-{d}-{:02}", y % 100), format!("{m}-1-{:02}", y % 100)),
            (format!("{y}-{m:02}-{d:02}"), String::new()),
            (format!("{y}/{m:02}/{d:02}"), String::new()),
            (format!("{y}-{m:02}-{d:02}T{hour:02}:{minute:02}:59.1234567Z"), String::new()),
            (format!("{y}-{m:02}-{d:02} {hour:02}:{minute:02}"), String::new()),
        ] {
            prop_assert_eq!(day(&[("UsageDate", &usage), ("ChargeStartDate", &start)]), Some(date), "{} {}", usage, start);
        }
    }

    #[test]
    fn prop_an_offset_moves_the_utc_day(offset in 1..36_000_u64, hour in 0..24_i64, east in -14..=14_i64) {
        let local = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap().checked_add_days(Days::new(offset)).unwrap();
        let sign = if east < 0 { '-' } else { '+' };
        let text = format!("{local}T{hour:02}:30:00{sign}{:02}:00", east.abs());
        let utc_hour = hour - east;
        let utc = match utc_hour { ..0 => local.pred_opt(), 24.. => local.succ_opt(), _ => Some(local) };
        prop_assert_eq!(day(&[("UsageDate", &text)]), utc, "{}", text);
    }

    #[test]
    fn prop_an_unsettled_day_is_never_guessed(d in 1..=12_u32, m in 1..=12_u32) {
        let text = format!("{m}/{d}/2026");
        prop_assert_eq!(day(&[("UsageDate", &text)]).is_some(), d == m);
    }

    #[test]
    fn prop_every_spelling_of_a_percentage_pays_the_same(ten_thousandths in 10_001..=1_000_000_u32) {
        let percent = format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000);
        let fraction = format!("{}.{:06}", ten_thousandths / 1_000_000, ten_thousandths % 1_000_000);
        let paid = |text: &str| {
            let mut record = record(&[("PartnerEarnedCreditPercentage", text)]);
            let line = record.line().map_err(|issue| issue.to_string())?;
            Ok::<_, String>(crate::support::engine().decide(&line).unwrap().credit.to_string())
        };
        let once = paid(&percent);
        prop_assert!(once.is_ok());
        for text in [format!("{percent}%"), format!(" {percent} % "), fraction, format!("+{percent}00e0")] {
            prop_assert_eq!(&paid(&text), &once, "{}", text);
        }
    }

    #[test]
    fn prop_ids_are_the_same_in_any_case(id in "[a-zA-Z0-9-]{1,40}", org in "|org:|ORG:", space in " {0,2}") {
        let file = |id: &str| format!("UsageDate,EntitlementId,CustomerId,UnitPrice,Quantity,CreditType\n2026-10-04,{id},{org}{space}{id}{space},1,1,x\n");
        let (upper, lower) = (findings("f", file(&id.to_uppercase()).as_bytes()).unwrap(), findings("f", file(&id.to_lowercase()).as_bytes()).unwrap());
        prop_assert_eq!(&upper, &lower);
        prop_assert_eq!(&upper.0[0]["customer"], &id.to_lowercase());
    }

    #[test]
    fn prop_what_is_read_is_what_was_written(price in crate::strategies::decimal(5), quantity in "[1-9]") {
        let mut record = record(&[("UnitPrice", &price), ("Quantity", &quantity)]);
        let line = record.line().unwrap();
        let exact: pec_core::money::Number = price.parse().unwrap();
        prop_assert_eq!((line.unit_price, padded(&line.quantity.to_string())), (exact, format!("{quantity}.00")));
    }

    #[test]
    fn prop_any_cell_is_a_line_or_an_issue_of_its_column(text in "\\PC{0,30}", column in 0..5_usize) {
        let column = ["UsageDate", "EntitlementId", "UnitPrice", "PricingCurrency", "PartnerEarnedCreditPercentage"][column];
        if let Err(issue) = record(&[(column, &text)]).line() {
            prop_assert_eq!(issue.column.as_str(), column);
            prop_assert!(!issue.expected.is_empty() && issue.found.chars().count() <= 400);
        }
    }
}
