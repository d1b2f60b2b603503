//! What people and programs read: the report, explanations, the schemas of tables.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::num::NonZeroU32;
use std::ops::ControlFlow;

use pec_core::access::{Access, Evidence};
use pec_core::credit_offer::{Forecast, MonthlyDrawdown, Offer, Plan, Sizing};
use pec_core::money::Rate;
use pec_core::normalise::Record;
use pec_core::partner::Partner;
use pec_core::programme::Programme;
use pec_core::read::Input;
use pec_core::report::{
    CsvTable, EvidencePack, EvidencePackOf, Findings, Precision, Table, access_timeline, explain, record_batch,
};
use pec_core::testing::{Layout, Month};

use support::{engine, ledger_of, report_of};

fn month() -> Vec<u8> {
    let mut bytes = Vec::new();
    let written =
        Month::new(42).customers(10).lines(6_000).broken_rows(5).first_day(2025, 10).write_to(&mut bytes).unwrap();
    assert_eq!(written.rows, 6_000);
    bytes
}

#[test]
fn what_is_said_of_a_credit_offer() {
    let programme = Programme::builtin().unwrap();
    let on = |day: &str| programme.on(day.parse().unwrap()).unwrap();
    let acr: Vec<_> = ["600", "600", "1000.01"].iter().map(|month| month.parse().unwrap()).collect();
    let drawdown = MonthlyDrawdown::new("1500".parse().unwrap(), &acr).expires_after(NonZeroU32::new(3));
    let mut text = drawdown.table(&on("2024-01-15")).unwrap().text(Precision::Cents);
    for (acr, day) in [("15000", "2024-07-01"), ("4999.99", "2024-06-30")] {
        text.push_str(&Sizing::new(acr.parse().unwrap(), Rate::ONE, &on(day)).unwrap().text());
    }
    text.push_str(&Forecast::new("900".parse().unwrap(), &acr, "2024-03-01".parse().ok()).unwrap().text());
    let offer = std::fs::read_to_string(support::folder("examples/data/offer.toml")).unwrap();
    let offer = Offer::from_toml("offer.toml", &offer).unwrap();
    text.push_str(&Plan::new(&offer, &on("2023-07-27")).unwrap().text());
    insta::assert_snapshot!(text);
}

#[test]
fn the_report_of_a_month() {
    let month = month();
    insta::assert_snapshot!(report_of(&ledger_of(&[("usage-2025-10.csv", &month)], 2).unwrap()).text());
}

#[test]
fn the_report_of_two_currencies_a_basic_file_and_a_frame_of_nothing() {
    let mut basic = Vec::new();
    Month::new(7)
        .customers(2)
        .lines(300)
        .layout(Layout::JsonLinesBasic)
        .first_day(2022, 3)
        .write_to(&mut basic)
        .unwrap();
    let euro = "UsageDate,EntitlementId,UnitPrice,Quantity,PricingCurrency,PartnerEarnedCreditPercentage,PricingPreTaxTotal,MeterName,Mine\n\
                2022-03-01,s,1000.005,1234,EUR,15,1048905.2445,D2,\n\
                2022-03-02,s,0.1,3,EUR,15,0.3,D2 Spot,\n\
                2022-03-02,s,0.1,3,EUR,0,0.3,D2,\n";
    let files: [(&str, &[u8]); 3] = [("basic.jsonl", &basic), ("euro.csv", euro.as_bytes()), ("none.json", b"[]")];
    insta::assert_snapshot!(report_of(&ledger_of(&files, 1).unwrap()).text());
}

#[test]
fn explanations() {
    let usual = [
        ("UsageDate", "2022-07-04"),
        ("EntitlementId", "3f47bcf1-965d-40a1-a2bc-3d5db3653250"),
        (
            "ResourceURI",
            "/subscriptions/3f47bcf1-965d-40a1-a2bc-3d5db3653250/resourceGroups/rg-web/providers/Microsoft.Compute/virtualMachines/web1",
        ),
        ("UnitPrice", "0.868"),
        ("Quantity", "24"),
    ];
    let mut text = String::new();
    for (what, cells) in [
        ("paid", &[("PartnerEarnedCreditPercentage", "15")][..]),
        ("not paid", &[("PartnerEarnedCreditPercentage", "0")]),
        ("by design", &[("PartnerEarnedCreditPercentage", "0"), ("MeterName", "D2s v3 Spot")]),
        (
            "paid against the rules",
            &[
                ("PartnerEarnedCreditPercentage", "15"),
                ("PublisherName", "Contoso"),
                ("AdditionalInfo", "{\"Priority\":\"Spot\"}"),
            ],
        ),
        (
            "without a resource, refunded",
            &[("CreditType", "Azure Credit Applied"), ("ChargeType", "refund"), ("ResourceURI", "")],
        ),
        (
            "everything at once",
            &[
                ("ChargeType", "tax"),
                ("InvoiceNumber", "D1"),
                ("BenefitType", "SavingsPlan"),
                ("MeterId", "x"),
                ("MeterName", "spot"),
                ("CreditType", "PEC applied"),
                ("CreditPercentage", "100"),
                ("UnitPrice", "0"),
                ("AdditionalInfo", "{\"ReservationId\":\"r\"}"),
            ],
        ),
    ] {
        let kept = usual.iter().filter(|(name, _)| cells.iter().all(|(other, _)| other != name));
        let mut record = Record::new(kept.chain(cells).map(|(name, text)| (*name, *text))).unwrap();
        let line = record.line().unwrap();
        let _ = write!(text, "# {what}\n{}\n", explain(&line, &engine().decide(&line).unwrap()));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn schemas_of_tables() {
    let month = month();
    let ledger = ledger_of(&[("usage-2025-10.csv", &month)], 1).unwrap();
    let report = report_of(&ledger);
    let mut text = String::new();
    let mut write = |name: &str, schema: &arrow_schema::Schema| {
        let _ = writeln!(text, "{name}");
        for field in schema.fields() {
            let _ = writeln!(
                text,
                "  {}: {}{}",
                field.name(),
                field.data_type(),
                if field.is_nullable() { ", may be null" } else { "" }
            );
        }
    };
    for table in Table::ALL {
        assert_eq!(Table::named(table.as_str()), Some(table));
        write(table.as_str(), &record_batch(&ledger, &report, table).unwrap().schema());
    }
    write("findings", &Findings::new(&ledger).schema().unwrap());
    let partner = "[partner]\nkind = \"direct_bill\"\ntenant_id = \"t\"\npartner_ids = [\"1\"]\n";
    let access = Access::new(Partner::from_toml("partner.toml", partner).unwrap(), Evidence::new());
    let engine = engine();
    write("access_timeline", &access_timeline(&access.timeline(engine.programme())).unwrap()[0].schema());
    let of = EvidencePackOf { customer: ledger.cells()[0].customer.to_owned(), ..EvidencePackOf::default() };
    let mut pack = EvidencePack::new(&ledger, engine.programme(), &access, &of).unwrap();
    write("lines of an evidence pack", &pack.take().unwrap().schema());
    for (name, table) in pack.finish(&[], &BTreeMap::new(), &[]).unwrap().tables {
        write(&format!("{name} of an evidence pack"), &table.schema());
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_few_rows_of_each_table() {
    let month = month();
    let ledger = ledger_of(&[("usage-2025-10.csv", &month)], 1).unwrap();
    let report = report_of(&ledger);
    let mut text = String::new();
    let mut write = |name: &str, batch: &_| {
        let mut written = Vec::new();
        let mut table = CsvTable::new(&mut written);
        table.write(batch).unwrap();
        table.finish().unwrap();
        let written = String::from_utf8(written).unwrap();
        let rows: Vec<&str> = written.lines().collect();
        let _ = writeln!(text, "{name} ({} rows)\n  {}", rows.len() - 1, rows[..rows.len().min(4)].join("\n  "));
    };
    for table in Table::ALL {
        write(table.as_str(), &record_batch(&ledger, &report, table).unwrap());
    }
    let mut findings = Findings::new(&ledger);
    engine()
        .stream(Input::new("usage-2025-10.csv", &month[..]), &mut |row, line| {
            if let Ok((line, decision)) = line {
                assert!(!findings.add("usage-2025-10.csv", row, line, decision), "6,000 lines are less than a batch");
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    write("findings", &findings.take().unwrap());
    insta::assert_snapshot!(text);
}
