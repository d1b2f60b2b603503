//! The decision space, enumerated in full: exactly one outcome and one primary for each line, every rule reached, and
//! all as a little table says that was written from the decisions and not from the code.

#[path = "../support/mod.rs"]
mod support;

mod access;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use pec_core::eligibility::{Group, Outcome, RuleId, rules};
use pec_core::normalise::price_list;
use pec_core::read::Input;
use pec_core::reconcile::Standing;

/// Columns and what stands in them.
const SPACE: [(&str, &[&str]); 13] = [
    ("ChargeType", &["New", "customerCredit"]),
    ("SubscriptionDescription", &["Azure plan", "Microsoft Azure"]),
    ("InvoiceNumber", &["G1", "D1"]),
    ("AdditionalInfo", &["", "{\"ReservationOrderId\":\"x\"}"]),
    ("BenefitType", &["Charge", "SavingsPlan", "Reservation"]),
    ("PublisherName", &["Microsoft", "Contoso"]),
    ("ProductId", &["LISTED", "THIRD", "MARKET", "ABSENT"]),
    ("MeterName", &["D2s v3", "D2s v3 Spot"]),
    ("CreditType", &["", "Credit Not Applied", "Partner Earned Credit Applied", "Azure Credit Applied"]),
    ("CreditPercentage", &["", "0", "10", "100"]),
    ("PartnerEarnedCreditPercentage", &["", "0", "15"]),
    ("UnitPrice", &["0", "2"]),
    ("PricingPreTaxTotal", &["", "0", "1"]),
];

/// What the products are.
const PRICES: &str = "ProductId,SkuId,UnitPrice,Publisher,Tags\n\
    LISTED,1,2,Microsoft,\"Azure, Consumption\"\nTHIRD,1,2,Microsoft,\"Azure, Third Party\"\nMARKET,1,2,Contoso,\n";

#[derive(Debug, PartialEq)]
struct Expected {
    findings: Vec<&'static str>,
    standing: &'static str,
    credit: &'static str,
    potential: &'static str,
}

/// The decisions, said once more.
fn expected(cell: impl Fn(&str) -> &'static str) -> Expected {
    let pec_text = cell("CreditType") == "Partner Earned Credit Applied";
    let azure_text = cell("CreditType") == "Azure Credit Applied";
    let table = [
        ("not_usage_charge", cell("ChargeType") == "customerCredit"),
        ("not_azure_plan", cell("SubscriptionDescription") == "Microsoft Azure" || cell("InvoiceNumber") == "D1"),
        ("reservation", !cell("AdditionalInfo").is_empty() || cell("BenefitType") == "Reservation"),
        ("savings_plan", cell("BenefitType") == "SavingsPlan"),
        ("marketplace_product", cell("PublisherName") == "Contoso" || cell("ProductId") == "MARKET"),
        ("third_party_product", cell("ProductId") == "THIRD"),
        ("spot_virtual_machine", cell("MeterName") == "D2s v3 Spot"),
        ("not_in_price_list", matches!(cell("ProductId"), "MARKET" | "ABSENT")),
        ("azure_credit_applied", azure_text || (cell("CreditPercentage") == "100" && !pec_text)),
        ("nothing_charged", cell("UnitPrice") == "0" || cell("PricingPreTaxTotal") == "0"),
    ];
    let mut findings: Vec<_> = table.iter().filter(|(_, holds)| *holds).map(|(id, _)| *id).collect();
    let excluded = !findings.is_empty();
    let nothing = findings.contains(&"nothing_charged");
    if !excluded {
        findings.push("no_access_evidence");
    }
    // A unit costs 2; there are 3.
    let credit = match (cell("PartnerEarnedCreditPercentage"), cell("CreditPercentage")) {
        _ if nothing => "0.00",
        ("15", _) => "0.90",
        ("0", _) => "0.00",
        ("", "10") if pec_text => "0.60",
        ("", _) if pec_text => "0.90",
        _ => "0.00",
    };
    let standing = match (excluded, credit) {
        (true, "0.00") => "excluded",
        (true, _) => "unexpected",
        (false, "0.00") => "unknown",
        (false, _) => "earned",
    };
    Expected { findings, standing, credit, potential: if excluded { "0.00" } else { "0.90" } }
}

/// The place of a line in the space, as the choice in each column.
fn choices(mut number: usize) -> [usize; SPACE.len()] {
    SPACE.map(|(_, texts)| {
        let choice = number % texts.len();
        number /= texts.len();
        choice
    })
}

#[test]
fn every_combination_has_exactly_one_answer() {
    let size: usize = SPACE.iter().map(|(_, texts)| texts.len()).product();
    let header = SPACE.iter().map(|(name, _)| *name).chain(["UsageDate", "EntitlementId", "Quantity", "SkuId"]);
    let mut writer = csv::Writer::from_writer(Vec::with_capacity(size * 120));
    writer.write_record(header).unwrap();
    for number in 0..size {
        let cells = SPACE.iter().zip(choices(number)).map(|((_, texts), choice)| texts[choice]);
        writer.write_record(cells.chain(["2026-10-04", "s", "3", "1"])).unwrap();
    }
    let file = writer.into_inner().unwrap();
    let (mut number, mut primaries) = (0, BTreeMap::new());
    let (prices, _) = price_list::read([Input::new("prices.csv", PRICES.as_bytes())]).unwrap();
    let engine = support::engine().with_prices(prices);
    engine
        .stream(Input::new("space.csv", &file[..]), &mut |row, line| {
            let (_, decision) = line.unwrap_or_else(|issue| panic!("{issue}"));
            let chosen = choices(number);
            number += 1;
            assert_eq!(row, number as u64 + 1);
            let cell = |name: &str| {
                let column = SPACE.iter().position(|(column, _)| *column == name).unwrap();
                SPACE[column].1[chosen[column]]
            };
            let expected = expected(cell);
            let found = Expected {
                findings: decision.verdict.findings().map(|reason| reason.rule().as_str()).collect(),
                standing: decision.standing.as_str(),
                credit: expected_text(&decision.credit.to_string(), expected.credit),
                potential: expected_text(&decision.potential_credit.to_string(), expected.potential),
            };
            assert_eq!(found, expected, "row {row}");
            let ineligible = decision.verdict.outcome() == Outcome::Ineligible;
            assert_eq!(ineligible, expected.findings != ["no_access_evidence"]);
            assert_eq!(decision.verdict.primary().unwrap().rule().as_str(), expected.findings[0]);
            *primaries.entry((decision.standing, expected.findings[0])).or_insert(0_u64) += 1;
            ControlFlow::Continue(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(number, size);
    for rule in rules().iter().filter(|rule| rule.group == Group::ByDesign || rule.id == RuleId::NoAccessEvidence) {
        assert!(primaries.keys().any(|(_, primary)| *primary == rule.id.as_str()), "{} is never primary", rule.id);
    }
    let standings: std::collections::BTreeSet<_> = primaries.keys().map(|(standing, _)| *standing).collect();
    assert_eq!(standings.len(), 4);
    assert!(!standings.contains(&Standing::Missed), "nothing is missed without evidence of access");
    println!("{size} combinations");
}

/// The same text where the amounts agree, so that they compare as amounts and show as texts.
fn expected_text(found: &str, expected: &'static str) -> &'static str {
    if found == expected { expected } else { Box::leak(found.to_owned().into_boxed_str()) }
}
