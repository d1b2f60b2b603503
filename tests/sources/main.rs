//! One month, as every source of it would show it: the same standings and sums where the columns allow, and where not, what is
//! missing is said.

#[path = "../support/mod.rs"]
mod support;

mod as_parquet;
mod as_workbook;
mod kinds;

use pec_core::engine::EngineError;
use pec_core::ledger::TotalsAre;
use pec_core::read::ReadErrorKind;
use pec_core::reconcile::Standing;
use pec_core::report::Report;

use kinds::{Rows, cost_details, cost_details_of_2019, focus, month, regional};
use support::{ledger_of, report, report_of, result};

fn daily() -> (Rows, String) {
    let rows = month();
    let found = result(&report(&rows.csv()));
    (rows, found)
}

fn refused(bytes: &[u8]) -> String {
    match ledger_of(&[("file", bytes)], 1) {
        Err(EngineError::Read(error)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

fn facts(report: &Report) -> &pec_core::ledger::FileFacts {
    &report.files[0].facts
}

#[test]
fn the_month_has_every_standing_that_columns_tell() {
    let report = report(&daily().0.csv());
    for reason in ["spot_virtual_machine", "reservation", "savings_plan", "marketplace_product", "not_azure_plan"] {
        assert!(report.sums.iter().any(|row| row.reason.is_some_and(|found| found.as_str() == reason)), "{reason}");
    }
    assert!(report.sums.iter().any(|row| row.standing == Standing::Earned));
    assert!(!report.gaps.is_empty());
}

#[test]
fn text_sources_say_the_same() {
    let (rows, expected) = daily();
    for (name, kind, source) in [
        ("cost details", "Cost Management cost details", cost_details(&rows)),
        ("cost details of 2019", "Cost Management cost details", cost_details_of_2019(&rows)),
        ("FOCUS 1.0-preview", "FOCUS 1.0-preview", focus(&rows, "1.0-preview", "USD")),
        ("FOCUS 1.0", "FOCUS 1.0", focus(&rows, "1.0", "USD")),
        ("FOCUS 1.2", "FOCUS 1.2", focus(&rows, "1.2", "USD")),
    ] {
        let report = report(&source.csv());
        assert_eq!(result(&report), expected, "{name}");
        let facts = facts(&report);
        assert_eq!((facts.kind.as_str(), facts.format.as_str()), (kind, "CSV"));
        assert_eq!(facts.paid_totals.totals_are(), TotalsAre::Net, "{name}: {:?}", facts.paid_totals);
        assert_eq!(facts.paid_totals.credit_by_flag, facts.paid_totals.credit_by_amount);
        assert!(facts.unknown_columns.is_empty(), "{name}: {:?}", facts.unknown_columns);
        assert!(facts.missing_columns.contains("CreditType"), "{name} cannot tell of Azure credit");
        let threads = ledger_of(&[("file", &source.csv())], 3).unwrap();
        assert_eq!(result(&report_of(&threads)), expected, "{name} on 3 threads");
    }
}

#[test]
fn an_api_answer_says_the_same() {
    let (rows, expected) = daily();
    let source = cost_details(&rows);
    let report = report(&source.answers());
    assert_eq!(result(&report), expected);
    assert_eq!(facts(&report).format, "JSON document");
    assert!(facts(&report).unknown_columns.is_empty());
    let line: String = String::from_utf8(source.answers()).unwrap().split_whitespace().collect();
    let alone = line.split_once("[").unwrap().1.split_once("},{\"id").unwrap().0;
    let report = support::report(format!("{alone}}}\n").as_bytes());
    assert_eq!((report.lines, report.row_issues), (1, 0), "a record on a line of its own");
    let query =
        r#"{"id": "x", "properties": {"nextLink": null, "columns": [{"name": "PreTaxCost"}], "rows": [[1.5]]}}"#;
    assert!(refused(query.as_bytes()).contains("a cost query, which sums costs; it cannot show what was credited"));
}

#[test]
fn utf_16_says_the_same() {
    let (rows, expected) = daily();
    let text = |bytes: Vec<u8>| format!("\u{feff}{}", String::from_utf8(bytes).unwrap());
    for (bytes, format) in [(rows.csv(), "CSV"), (regional(&rows, '\t', true), "CSV with tabs and decimal commas")] {
        let units = text(bytes);
        for bytes in [
            units.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
            units.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            let report = report(&bytes);
            assert_eq!((result(&report), facts(&report).format.as_str()), (expected.clone(), format));
        }
    }
}

#[test]
fn focus_is_in_the_billing_currency() {
    let (rows, _) = daily();
    let (dollars, euros) = (report(&rows.csv()), report(&focus(&rows, "1.0", "EUR").csv()));
    let counted =
        |report: &Report| report.sums.iter().map(|row| (row.standing, row.reason, row.lines)).collect::<Vec<_>>();
    assert_eq!(euros.row_issues, 0, "{:?}", euros.issues);
    assert_eq!(counted(&euros), counted(&dollars));
    assert!(euros.sums.iter().all(|row| row.currency.as_str() == "EUR"));
}

#[test]
fn parquet_says_the_same() {
    let (rows, expected) = daily();
    for (source, doubles) in
        [(cost_details(&rows), true), (focus(&rows, "1.0-preview", "USD"), true), (focus(&rows, "1.2", "USD"), false)]
    {
        let report = report(&as_parquet::written(&source, doubles));
        assert_eq!(result(&report), expected);
        assert_eq!((facts(&report).format.as_str(), facts(&report).amounts_were_doubles), ("Parquet", doubles));
        assert_eq!(facts(&report).paid_totals.totals_are(), TotalsAre::Net);
    }
    for codec in as_parquet::codecs() {
        let report = report(&as_parquet::compressed(&cost_details(&rows), true, codec));
        assert_eq!(result(&report), expected, "{codec:?}");
    }
    let whole = as_parquet::written(&cost_details(&rows), true);
    for length in [4, 100, whole.len() / 2, whole.len() - 5] {
        assert!(refused(&whole[..length]).contains("Parquet"), "cut after {length}");
    }
}

#[test]
fn a_workbook_says_the_same() {
    let (rows, expected) = daily();
    for (name, swapped) in [("as exported", false), ("day and month swapped", true)] {
        let report = report(&as_workbook::written(&rows, swapped));
        assert_eq!(result(&report), expected, "{name}");
        assert_eq!(facts(&report).format, "workbook, sheet `Usage`");
        assert!(facts(&report).amounts_were_doubles);
    }
    let whole = as_workbook::written(&rows, false);
    assert!(refused(&whole[..whole.len() / 2]).contains("broken"));
    assert!(refused(&as_workbook::far_cell()).contains("column"));
    assert!(refused(&as_workbook::bomb()).contains("unpacks to more than"));
}

#[test]
fn what_a_spreadsheet_saved_says_the_same() {
    let (rows, expected) = daily();
    for (separator, comma, format) in [
        (';', true, "CSV with semicolons and decimal commas"),
        (';', false, "CSV with semicolons"),
        ('\t', false, "CSV with tabs"),
        ('\t', true, "CSV with tabs and decimal commas"),
    ] {
        let report = report(&regional(&rows, separator, comma));
        // A price of three decimals behind a point would be ambiguous; with commas there is none.
        assert_eq!(result(&report), expected, "{format}");
        assert_eq!(facts(&report).format, format);
    }
}

#[test]
fn retail_prices_are_refused_with_the_reason() {
    let (rows, _) = daily();
    let retail = cost_details(&rows).without(&["partnerEarnedCreditRate", "partnerEarnedCreditApplied"]);
    let message = refused(&retail.csv());
    for part in ["Cost Management", "retail", "cannot show what was credited", "billing account"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let focus = focus(&rows, "1.0", "USD").without(&["x_PartnerCreditRate", "x_PartnerCreditApplied"]);
    assert!(refused(&focus.csv()).contains("FOCUS"));
    let blank = kinds::with_blank(&cost_details(&rows), &["partnerEarnedCreditRate", "partnerEarnedCreditApplied"]);
    let report = report(&blank.csv());
    assert_eq!(facts(&report).untold_lines, report.lines);
    assert!(report.text().contains("no line says whether a credit was applied"), "{}", report.text());
    assert!(report.sums.iter().all(|row| row.credit.is_zero()));
}

const ROW: &str = "\
date,SubscriptionId,PayGPrice,effectivePrice,unitPrice,quantity,costInPricingCurrency,pricingCurrency,chargeType,partnerEarnedCreditRate,partnerEarnedCreditApplied
";

#[test]
fn a_price_is_no_flag() {
    // A discount of a contract is 15 % as well (Finding 7): the flag says no.
    let direct = format!("{ROW}10/04/2026,s1,1.5,1.275,1.275,499.399,636.733725,USD,Usage,0,0\n");
    let found = report(direct.as_bytes());
    assert!(found.sums.iter().all(|row| row.credit.is_zero()));
    assert_eq!((facts(&found).inferred_from_price.lines, facts(&found).untold_lines), (0, 0));
    // Without a flag it is inferred, and still not paid.
    let untold = direct.replace("Usage,0,0", "Usage,,");
    let found = report(untold.as_bytes());
    assert!(found.sums.iter().all(|row| row.credit.is_zero()));
    let inferred = facts(&found).inferred_from_price;
    assert_eq!((inferred.lines, inferred.credit.to_string()), (1, "112.364775".into()));
    assert!(found.text().contains("inferred from price: 1 line"), "{}", found.text());
    // Outside the band nothing is inferred: 0.86, and a whole cent below.
    for price in ["1.29", "1.2749", "0", "1.5"] {
        let other = untold.replace("1.275,1.275", &format!("{price},1.275"));
        assert_eq!(facts(&report(other.as_bytes())).inferred_from_price.lines, 0, "{price}");
    }
}

#[test]
fn published_effective_prices_lie_in_the_band() {
    // R70, Finding 1: 0.868 a unit, 15 %, cut to cents.
    for (quantity, price) in
        [("29", "0.737586206896552"), ("210.950039", "0.737757626107858"), ("555.950039", "0.737782122900436")]
    {
        let file = format!(
            "UsageDate,EntitlementId,UnitPrice,Quantity,EffectiveUnitPrice,CreditType,PartnerEarnedCreditPercentage\n\
             2020-08-03,s1,0.868,{quantity},{price},,\n"
        );
        let report = report(file.as_bytes());
        assert_eq!(facts(&report).inferred_from_price.lines, 1, "{price}");
        assert!(report.sums.iter().all(|row| row.credit.is_zero()));
    }
}

#[test]
fn charges_that_are_no_usage_may_lack_what_usage_has() {
    let file = format!(
        "{ROW}10/04/2026,,,,,,-0.01,USD,RoundingAdjustment,,\n10/04/2026,,1,1,1,1,1,USD,Purchase,0,0\n10/04/2026,,1,1,1,1,1,USD,Usage,0,0\n"
    );
    let report = report(file.as_bytes());
    assert_eq!((report.lines, report.row_issues), (3, 1), "{:?}", report.issues);
    assert_eq!(report.issues[0].column, "SubscriptionId");
    assert!(matches!(
        ledger_of(&[("file", b"date,SubscriptionId,quantity,partnerEarnedCreditApplied\n")], 1),
        Err(EngineError::Read(error)) if matches!(error.kind(), ReadErrorKind::MissingColumns { .. })
            && error.to_string().contains("PayGPrice")
    ));
}

/// Daily usage of two columns of credit: percentage and type, on 1.00 each.
fn credited(columns: &[(&str, &str)]) -> Report {
    let lines: String =
        columns.iter().map(|(percentage, kind)| format!("2026-10-04,s1,1,1,{percentage},{kind}\n")).collect();
    let header = "UsageDate,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage,CreditType\n";
    report(format!("{header}{lines}").as_bytes())
}

/// The text with its lines joined.
fn said(report: &Report) -> String {
    report.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn columns_that_contradict_each_other_are_counted_and_told() {
    let (applied, not) = ("Partner Earned Credit Applied", "Credit Not Applied");
    let agree =
        credited(&[("15", applied), ("0", not), ("15", ""), ("0", ""), ("", not), ("0", "Azure Credit Applied")]);
    assert_eq!(facts(&agree).contradicting_lines, 0);
    assert!(!said(&agree).contains("the opposite"));
    let contradict = credited(&[("0", applied), ("15", not), ("15", applied)]);
    assert_eq!(facts(&contradict).contradicting_lines, 2);
    assert!(said(&contradict).contains("2 lines whose `CreditType` says the opposite"), "{}", said(&contradict));
    // The percentage is believed: the first line is not paid, the others are.
    assert_eq!(facts(&contradict).paid_totals.totals_are(), TotalsAre::Untold);
    let paid: u64 = contradict.sums.iter().filter(|row| !row.credit.is_zero()).map(|row| row.lines).sum();
    assert_eq!(paid, 2);
    // What charges nothing pays nothing, whatever its columns say.
    let free = report(
        b"UsageDate,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage,CreditType\n\
          2026-10-04,s1,0,1,15,Credit Not Applied\n",
    );
    assert_eq!(facts(&free).contradicting_lines, 0);
}

#[test]
fn rates_that_are_not_the_programmes_are_counted_and_told() {
    let usual = credited(&[("15", ""), ("0", ""), ("", "Partner Earned Credit Applied")]);
    assert_eq!((facts(&usual).other_rates.lines, facts(&usual).other_rates.rates.len()), (0, 0));
    assert!(!said(&usual).contains("another rate"));
    let other = credited(&[("100", ""), ("1", ""), ("10", ""), ("15", "")]);
    let rates: Vec<_> = facts(&other).other_rates.rates.iter().map(ToString::to_string).collect();
    assert_eq!((facts(&other).other_rates.lines, rates), (3, vec!["0.1".to_owned(), "1".to_owned()]));
    assert!(said(&other).contains("3 lines paid at another rate"), "{}", said(&other));
    // Many rates are not all kept; which ones depends on no order.
    let many: Vec<String> = (16..90).map(|percent| percent.to_string()).collect();
    let mut lines: Vec<_> = many.iter().map(|percent| (percent.as_str(), "")).collect();
    let forward = credited(&lines);
    lines.reverse();
    assert_eq!(facts(&forward).other_rates, facts(&credited(&lines)).other_rates);
    assert_eq!((facts(&forward).other_rates.lines, facts(&forward).other_rates.rates.len()), (74, 10));
}

#[test]
fn a_plan_that_only_its_name_tells_is_counted_and_told_once() {
    let line = |description: &str, invoice: &str, percent: &str, charge: &str| {
        format!("2026-10-04,s1,1,1,{percent},{description},{invoice},{charge}\n")
    };
    let head = "UsageDate,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage,SubscriptionDescription,InvoiceNumber,ChargeType\n";
    let found = |lines: &[String]| report(format!("{head}{}", lines.concat()).as_bytes());
    let none = found(&[
        line("Azure plan", "G1", "15", "new"),
        line("", "G1", "0", "new"),
        // The invoice tells, too.
        line("Pay as you go", "D1", "0", "new"),
        // Another rule comes first.
        line("Contoso", "G1", "0", "refund"),
    ]);
    assert_eq!(facts(&none).not_azure_plan_by_name, Default::default());
    assert!(!said(&none).contains("by the name of the plan"));
    let some = found(&[
        line("Contoso production", "G1", "0", "new"),
        line("Contoso production", "G1", "15", "new"),
        line("Teams Calling", "", "0", "new"),
    ]);
    let by_name = facts(&some).not_azure_plan_by_name;
    assert_eq!((by_name.lines, by_name.paid_lines), (3, 1));
    let told = "3 lines are not_azure_plan by the name of the plan alone (`SubscriptionDescription`): no other column \
                tells an Azure plan that a customer renamed, and 1 of them was paid, as if it was one";
    assert_eq!(said(&some).matches(told).count(), 1, "{}", said(&some));
}

#[test]
fn one_usage_in_two_exports_is_told_and_counts_twice() {
    let (rows, _) = daily();
    let (csv, details) = (rows.csv(), cost_details(&rows).csv());
    let lines = report(&csv).lines;
    let both = report_of(&ledger_of(&[("daily.csv", &csv), ("details.csv", &details)], 2).unwrap());
    assert_eq!(both.lines, 2 * lines);
    let same: Vec<_> = both.same_usage.iter().map(|same| (same.because.as_str(), same.files.join(" "))).collect();
    assert_eq!(same, [("other_kind", "daily.csv details.csv".to_owned())]);
    assert!(said(&both).contains("daily.csv, details.csv are of different kinds"), "{}", said(&both));
    let twice = report_of(&ledger_of(&[("a.csv", &csv), ("b.csv", &csv)], 2).unwrap());
    assert_eq!((twice.same_usage.len(), twice.same_usage[0].because.as_str()), (1, "same_sums"));
    assert!(report(&csv).same_usage.is_empty());
}

#[test]
fn a_line_that_names_the_separator_is_no_header() {
    let (rows, expected) = daily();
    for (first, bytes) in
        [("sep=;\r\n", regional(&rows, ';', true)), ("SEP=,\n", rows.csv()), ("sep=\t\n", regional(&rows, '\t', false))]
    {
        assert_eq!(result(&report(&[first.as_bytes(), &bytes].concat())), expected, "{first}");
    }
    // Rows count as a spreadsheet shows them.
    let broken = report(b"sep=,\nUsageDate,EntitlementId,UnitPrice,Quantity,CreditType\n2026-10-04,s1,1,?,\n");
    assert_eq!(broken.issues[0].row, 3);
}

#[test]
fn a_known_file_in_the_place_of_usage_is_named() {
    let invoice = refused(b"ProductId,BillableQuantity,Subtotal,Currency\n");
    assert!(invoice.contains("an invoice reconciliation file; give it as the invoice"), "{invoice}");
    let prices = refused(b"ProductId,SkuId,UnitPrice,EffectiveStartDate\n");
    assert!(prices.contains("a price list"), "{prices}");
    for error in
        [r#"{"error":{"code":"Unauthorized"}}"#, r#"{"code":"401","description":"no"}"#, r#"{"code":1,"message":"no"}"#]
    {
        assert!(refused(error.as_bytes()).contains("an error that a service answered with"), "{error}");
    }
    // Usage that lacks a column is asked for the column.
    let usage = refused(b"UsageDate,EntitlementId,UnitPrice,CreditType\n");
    assert!(usage.contains("no column `Quantity`"), "{usage}");
    let invoice_of = |text: &'static str| {
        let mut invoice = pec_core::tie_out::Invoice::default();
        invoice.read(pec_core::read::Input::new("file", text.as_bytes())).unwrap_err().to_string()
    };
    let usage = invoice_of("UsageDate,EntitlementId,ProductId,UnitPrice,Quantity\n");
    assert!(usage.contains("daily rated usage; give it as usage"), "{usage}");
    assert!(invoice_of("ProductId,BillableQuantity,Subtotal\n").contains("no column `SubscriptionId`"));
}
