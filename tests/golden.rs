//! Every case of `tests/golden`, through the public API.

mod support;

#[path = "support/credit_offer.rs"]
mod credit_offer;
#[path = "support/drawdown.rs"]
mod drawdown;

use std::collections::{BTreeMap, BTreeSet};

use pec_core::access::Comparison;
use pec_core::eligibility::{Outcome, Verdict};
use pec_core::engine::Engine;
use pec_core::invoice::{
    LicenceOrder, PriceAdjustments, Proration, billable_cost, billable_cost_of_price, effective_unit_price,
    licence_subtotal, usage_subtotal,
};
use pec_core::ledger::summed_reason;
use pec_core::money::{Amount, ListCost, Number, Rate, Rounding};
use pec_core::normalise::{Record, RowIssue, price_list};
use pec_core::programme::Programme;
use pec_core::read::Input;
use pec_core::report::DiffReport;
use pec_core::usage::{PartnerEarnedCredit, UsageLine};
use serde_json::{Map, Value, json};

use support::access::{access_of, at_stake, folder_of, partner_of};
use support::{engine, findings, findings_by, folder, json_of, padded, places, report};

/// Known, and strict: a case that begins to pass fails here until its line is taken away.
const DIFFERENCES: [(&str, &str); 0] = [];

/// A record that says nothing of its own.
const PLAIN: [(&str, &str); 6] = [
    ("UsageDate", "2021-07-01"),
    ("EntitlementId", "3f47bcf1-965d-40a1-a2bc-3d5db3653250"),
    ("UnitPrice", "0.868"),
    ("Quantity", "10"),
    ("CreditType", "Credit Not Applied"),
    ("BenefitType", "Charge"),
];

type Columns = BTreeMap<String, String>;

#[test]
fn every_case() {
    let (mut ran, mut ids, mut failed) = (0, BTreeSet::new(), Vec::new());
    let mut known: BTreeSet<&str> = DIFFERENCES.iter().map(|(id, _)| *id).collect();
    for (stage, file, document) in documents() {
        assert_eq!(document["stage"], stage.as_str(), "{file} stands in the folder of another stage");
        for case in document["cases"].as_array().expect("cases") {
            let id = format!("{stage}/{file}/{}", text(case, "id"));
            assert!(ids.insert(format!("{stage}/{}", text(case, "id"))), "{id} is not unique in its stage");
            let expected = &case["expect"];
            let found = run(&stage, case, &document, expected);
            ran += 1;
            match (found == *expected, known.remove(id.as_str())) {
                (true, false) | (false, true) => {}
                (false, false) => failed.push(format!("{id}\n  expected {expected}\n  found    {found}")),
                (true, true) => failed.push(format!("{id} passes now: take it off the list of differences")),
            }
        }
    }
    println!("{ran} golden cases, {} known differences", DIFFERENCES.len());
    assert!(known.is_empty(), "no such cases: {known:?}");
    assert!(failed.is_empty(), "{} of {ran} cases differ:\n{}", failed.len(), failed.join("\n"));
    assert_eq!(ran, ids.len());
    assert!(ran >= 550, "only {ran} cases were found");
}

/// Stage, file name and content of each file of cases.
fn documents() -> Vec<(String, String, Value)> {
    let mut documents = Vec::new();
    for stage in std::fs::read_dir(folder("tests/golden")).expect("tests/golden") {
        let stage = stage.expect("an entry").path();
        if !stage.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&stage).expect("a stage") {
            let file = file.expect("an entry").path();
            assert_eq!(file.extension().and_then(|ending| ending.to_str()), Some("json"), "{}", file.display());
            let name = |path: &std::path::Path| path.file_stem().unwrap().to_string_lossy().into_owned();
            let document = std::fs::read_to_string(&file).expect("a file of cases");
            let document =
                serde_json::from_str(&document).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            documents.push((name(&stage), name(&file), document));
        }
    }
    documents.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    documents
}

/// What is found where `expected` expects something, in its form.
fn run(stage: &str, case: &Value, document: &Value, expected: &Value) -> Value {
    let defaults = &document["defaults"];
    match (stage, case["kind"].as_str()) {
        ("money", Some("parse")) => parse(case),
        ("money", Some("product")) => product(case),
        ("normalise", Some("date")) => date(case, expected),
        ("normalise", Some("percent")) => percent(case),
        ("normalise", Some("record")) => record(&overlaid(defaults, &case["record"]), expected),
        ("normalise", Some("table")) => table(case, expected),
        ("eligibility", None) => eligibility(case, &overlaid(defaults, &case["record"])),
        ("reconcile", None) => reconcile(case, defaults),
        ("access", None) => access(case, document),
        ("diff", None) => diff(case, document),
        ("invoice", Some("usage")) => invoice_usage(case, expected),
        ("invoice", Some("price")) => invoice_price(case),
        ("invoice", Some("licence")) => invoice_licence(case),
        ("credit_offer", Some(kind)) => credit_offer::answer(kind, case),
        ("drawdown", None) => drawdown_case(case, defaults),
        other => panic!("nothing runs cases of {other:?}"),
    }
}

fn text<'c>(case: &'c Value, field: &str) -> &'c str {
    case[field].as_str().unwrap_or_default()
}

fn overlaid(defaults: &Value, record: &Value) -> Columns {
    let mut columns = Map::new();
    for part in [defaults, record] {
        columns.extend(part.as_object().cloned().unwrap_or_default());
    }
    columns.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect()
}

fn plain(differences: &[(&str, &str)]) -> Columns {
    PLAIN.iter().chain(differences).map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn parse(case: &Value) -> Value {
    match text(case, "text").trim().parse::<Number>() {
        Ok(number) => json!({"value": padded(&number.to_string())}),
        Err(_) => json!({"refused": true}),
    }
}

fn product(case: &Value) -> Value {
    let number = |field| text(case, field).parse::<Number>().ok();
    let cost =
        number("unit_price").zip(number("quantity")).and_then(|(price, quantity)| ListCost::new(price, quantity).ok());
    let Some(cost) = cost else { return json!({"refused": true}) };
    let mut found = json!({"list_cost": cost.amount().to_string()});
    if let Some(rate) = number("rate") {
        found["credit"] = cost.share(Rate::from_fraction(rate).expect("a rate")).to_string().into();
    }
    found
}

/// The number in a field of a case, or the one it stands for where it is absent.
fn number_or(case: &Value, field: &str, absent: &str) -> Number {
    case[field].as_str().unwrap_or(absent).parse().expect("a number")
}

fn invoice_usage(case: &Value, expected: &Value) -> Value {
    let number = |field, absent| number_or(case, field, absent);
    let rate = |field| Rate::from_fraction(number(field, "0")).expect("a rate");
    let adjustments = PriceAdjustments { tier_discount: rate("tier"), partner_earned_credit: rate("rate") };
    let quantity = number("quantity", "");
    let Ok(list_cost) = Amount::product(number("unit_price", ""), quantity) else { return json!({"refused": true}) };
    let cost = billable_cost(list_cost, adjustments).expect("an amount");
    let digits = case["digits"].as_u64().and_then(|digits| u32::try_from(digits).ok());
    let price = match digits {
        None => effective_unit_price(cost, quantity),
        Some(digits) => cost.quotient(quantity, digits, Rounding::HalfEven),
    };
    let billing = case["currency"].as_str().unwrap_or("USD").parse().expect("a currency");
    let subtotal = usage_subtotal(list_cost, adjustments, number("exchange_rate", "1"), billing).expect("an amount");
    let all = json!({
        "billable_cost": cost.to_string(),
        "effective_unit_price": price.map(|price| price.to_string()),
        "subtotal": subtotal.to_string(),
    });
    only(&all, expected)
}

fn invoice_price(case: &Value) -> Value {
    let cost = billable_cost_of_price(number_or(case, "effective_unit_price", ""), number_or(case, "quantity", ""));
    json!({"billable_cost": cost.expect("an amount").to_string()})
}

fn invoice_licence(case: &Value) -> Value {
    let part = |field: &str| u32::try_from(case[field].as_u64().expect("days")).expect("days");
    let order = match text(case, "order") {
        "price_first" => LicenceOrder::PriceFirst,
        "amount_first" => LicenceOrder::AmountFirst,
        other => panic!("no order {other}"),
    };
    let subtotal = licence_subtotal(
        number_or(case, "unit_price", ""),
        number_or(case, "quantity", ""),
        Proration { billed: part("billed"), cycle: part("cycle") },
        order,
        number_or(case, "exchange_rate", "1"),
        case["currency"].as_str().unwrap_or("USD").parse().expect("a currency"),
    );
    json!({"subtotal": subtotal.expect("an amount").to_string()})
}

fn date(case: &Value, expected: &Value) -> Value {
    let dates = [("UsageDate", "usage_date"), ("ChargeStartDate", "charge_start"), ("ChargeEndDate", "charge_end")];
    let dates: Vec<_> = dates.into_iter().map(|(column, field)| (column, text(case, field))).collect();
    record(&plain(&dates), expected)
}

/// The fraction that a percent cell says, in whichever column it stands.
fn percent(case: &Value) -> Value {
    let mut columns = plain(&[]);
    columns.insert(text(case, "column").to_owned(), text(case, "text").to_owned());
    with_line(&columns, |line| {
        let credit = line.credit;
        let rate = match (credit.partner_earned_credit, credit.credit) {
            (Some(PartnerEarnedCredit::Rate(rate)), _) | (None, Some(rate)) => rate,
            (Some(PartnerEarnedCredit::Applied), _) => engine().decide(line).expect("a day of the programme").paid,
            (None, None) => Rate::ZERO,
        };
        json!({"fraction": padded(&rate.to_string())})
    })
    .unwrap_or_else(|issue| json!({"issue": issue.column}))
}

fn with_line(columns: &Columns, then: impl FnOnce(&UsageLine<'_>) -> Value) -> Result<Value, RowIssue> {
    let mut record = Record::new(columns).unwrap_or_else(|error| panic!("{error}"));
    record.line().map(|line| then(&line))
}

fn record(columns: &Columns, expected: &Value) -> Value {
    with_line(columns, |line| {
        // Some days of the cases lie before the programme: their credit is not asked for.
        let credit = engine().decide(line).map_or(Value::Null, |decision| decision.credit.to_string().into());
        let all = json!({
            "day": line.day.to_string(),
            "customer": line.customer.to_string(),
            "subscription": line.subscription.to_string(),
            "resource_group": line.resource_group.to_lowercase(),
            "resource": line.resource.to_lowercase(),
            "reseller": Some(line.reseller.to_string()).filter(|reseller| !reseller.is_empty()),
            "currency": line.currency.to_string(),
            "list_cost": line.list_cost.amount().to_string(),
            "credit": credit,
        });
        only(&all, expected)
    })
    .unwrap_or_else(|issue| json!({"issue": issue.column}))
}

/// Of what was found, that for which the case expects something.
fn only(all: &Value, expected: &Value) -> Value {
    let expected = expected.as_object().expect("what is expected");
    let fields = all.as_object().expect("fields").iter().filter(|(name, _)| expected.contains_key(*name));
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn table(case: &Value, expected: &Value) -> Value {
    let cells = |row: &Value| {
        row.as_array().expect("cells").iter().map(|cell| cell.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> =
        std::iter::once(&case["headers"]).chain(case["rows"].as_array().unwrap()).map(cells).collect();
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).expect("memory can be written"));
    let file = writer.into_inner().expect("memory can be written");
    match findings("case.csv", &file) {
        Ok((lines, issues)) => match (lines.as_slice(), issues.as_slice()) {
            ([line], []) => {
                let mut line = line.clone();
                line["day"] = line["usage_day"].clone();
                only(&line, expected)
            }
            ([], [issue]) => json!({"issue": issue["column"]}),
            other => panic!("one row became {other:?}"),
        },
        Err(error) => {
            let named = |name: &&Value| error.to_string().contains(name.as_str().unwrap());
            json!({"error": expected["error"].as_array().unwrap_or(&Vec::new()).iter().filter(named).collect::<Vec<_>>()})
        }
    }
}

/// The engine with the case's price list.
fn engine_of(case: &Value) -> Engine {
    match case.get("prices") {
        None => engine(),
        Some(rows) => {
            let rows = rows.to_string();
            let prices = price_list::read([Input::new("prices.json", rows.as_bytes())]);
            engine().with_prices(prices.unwrap_or_else(|error| panic!("{error}")).0)
        }
    }
}

/// Lines of which credits pay some.
fn drawdown_case(case: &Value, defaults: &Value) -> Value {
    let records = case["records"].as_array().expect("records").iter().map(|record| overlaid(defaults, record));
    let lines: String = records.map(|record| serde_json::to_string(&record).expect("text") + "\n").collect();
    let files = [("case.jsonl", lines.as_bytes())];
    let ledger = drawdown::ledger_of(&engine_of(case), text(case, "credits_toml"), &files, 1);
    drawdown::found(&ledger, text(case, "credits_toml"))
}

fn eligibility(case: &Value, columns: &Columns) -> Value {
    let engine = engine_of(case);
    let by_record = with_line(columns, |line| {
        let decision = engine.decide(line).expect("a day of the programme");
        assert_eq!(engine.judge(line), decision.verdict, "a line is decided in one place");
        json!({
            "outcome": outcome(&decision.verdict),
            "primary": decision.verdict.primary().map(|reason| reason.rule().as_str()),
            "findings": decision.verdict.findings().map(|reason| reason.rule().as_str()).collect::<Vec<_>>(),
            "list_cost": decision.list_cost.to_string(),
            "credit": decision.credit.to_string(),
            "standing": decision.standing.as_str(),
            "reason": summed_reason(&decision).map(|reason| reason.as_str()),
        })
    });
    let by_record = by_record.unwrap_or_else(|issue| panic!("{issue}"));
    // The same record as a line of JSON takes the same road.
    let line = serde_json::to_vec(columns).expect("text");
    let (lines, _) = findings_by(&engine, "case.jsonl", &line).unwrap_or_else(|error| panic!("{error}"));
    let by_line = &lines[0];
    for field in ["list_cost", "credit", "standing", "reason"] {
        assert_eq!(by_line[field], by_record[field], "{field} by file and by record");
    }
    assert_eq!(by_line["all_findings"], by_record["findings"]);
    by_record
}

fn outcome(verdict: &Verdict) -> &'static str {
    match verdict.outcome() {
        Outcome::Eligible => "eligible",
        Outcome::Ineligible => "ineligible",
        Outcome::Undetermined => "undetermined",
    }
}

/// Lines judged with a partner file and a folder of evidence.
fn access(case: &Value, document: &Value) -> Value {
    let mut engine = Engine::with_programme(switched(&case["programme"]));
    let partner = case.get("partner").unwrap_or(&document["partner"]);
    if !partner.is_null() {
        engine = engine.with_access(access_of(partner, &case["evidence"]));
    }
    let records: Vec<_> = (case["records"].as_array().expect("records").iter())
        .map(|record| overlaid(&document["defaults"], record))
        .collect();
    let judged = |verdict: &Verdict| {
        let findings: Vec<_> = verdict.findings().map(|reason| reason.rule().as_str()).collect();
        json!({"outcome": outcome(verdict), "primary": findings.first(), "findings": findings})
    };
    let one = |columns| {
        with_line(columns, |line| {
            let explained = engine.explain_access(line);
            assert_eq!(explained.is_some(), !partner.is_null(), "what was judged is explained");
            judged(&engine.judge(line))
        })
    };
    let by_record: Vec<_> = records.iter().map(|columns| one(columns).unwrap_or_else(|e| panic!("{e}"))).collect();
    // In a file, places and days that came before are remembered.
    let file: Vec<_> = records.iter().map(|columns| serde_json::to_string(columns).expect("text")).collect();
    let mut by_line = Vec::new();
    engine
        .stream(Input::new("case.jsonl", file.join("\n").as_bytes()), &mut |_, result| {
            by_line.push(judged(&result.unwrap_or_else(|issue| panic!("{issue}")).1.verdict));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(by_record, by_line, "by record and by line");
    by_line.into()
}

/// Two folders of exports compared, with the credit that usage says is at stake.
fn diff(case: &Value, document: &Value) -> Value {
    let engine = engine();
    let partner = partner_of(case.get("partner").unwrap_or(&document["partner"]));
    let [old, new] = ["old", "new"].map(|side| folder_of(&case[side]));
    let compared = Comparison::new(&partner, old, new, engine.programme());
    let usage = case["usage"].as_array().map(|records| {
        let line = |record| serde_json::to_string(&overlaid(&document["defaults"], record)).expect("text");
        let file = records.iter().map(line).collect::<Vec<_>>().join("\n");
        at_stake(&engine, &compared, file.as_bytes())
    });
    let is_priced = usage.is_some();
    let found = serde_json::to_value(DiffReport::new(compared.diff(), usage)).expect("a report is JSON");
    let short = |change: &Value| {
        let mut change = change.as_object().expect("a change").clone();
        let grant = change.remove("grant").expect("a grant");
        change.extend(["role", "principal"].map(|name| (name.to_owned(), grant[name].clone())));
        let by = change["covered_by"].as_array().expect("grants");
        let by: Vec<_> = by.iter().map(|grant| grant["principal"].clone()).collect();
        change["covered_by"] = by.into();
        if !is_priced {
            change.retain(|name, _| !name.starts_with("credit"));
        }
        Value::Object(change)
    };
    let changes = |list: &str| found[list].as_array().expect("changes").iter().map(short).collect::<Vec<_>>();
    let not_compared = found["not_compared"].as_array().expect("grants").iter().map(|grant| {
        let mut grant = grant.clone();
        grant["principal"] = grant["grant"]["principal"].clone();
        grant.as_object_mut().expect("a grant").remove("grant");
        grant
    });
    let mut told = json!({
        "lost": changes("lost"), "ending": changes("ending"), "gained": changes("gained"),
        "not_compared": not_compared.collect::<Vec<_>>(), "unchanged": found["unchanged"],
    });
    if is_priced {
        told["usage"] = only(&found["usage"], &case["expect"]["usage"]);
    }
    told
}

/// The built-in programme with switches of a case.
fn switched(switches: &Value) -> Programme {
    let mut text = Programme::builtin_parameters().to_owned();
    for (name, value) in switches.as_object().into_iter().flatten() {
        let parameter = if name == "unlisted_roles" { "unlisted_role" } else { name };
        let block = text.find(&format!("[[{parameter}.entries]]")).unwrap_or_else(|| panic!("no parameter {name}"));
        let start = block + text[block..].find("value = ").expect("a value");
        let end = start + text[start..].find('\n').expect("the end of a line");
        text.replace_range(start..end, &format!("value = {value}"));
    }
    Programme::from_toml(&text, Programme::builtin_roles()).unwrap_or_else(|error| panic!("{error}"))
}

fn reconcile(case: &Value, defaults: &Value) -> Value {
    let records: Vec<Columns> =
        case["records"].as_array().expect("records").iter().map(|record| overlaid(defaults, record)).collect();
    let answer = |file: &[u8]| {
        let found = json_of(&report(file));
        let issues: Vec<_> =
            places(&found["issues"]).into_iter().map(|(row, column)| json!({"row": row, "column": column})).collect();
        json!({
            "lines": found["lines"], "row_issues": found["row_issues"], "sums": found["sums"], "gaps": found["gaps"], "issues": issues,
        })
    };
    let document = answer(&serde_json::to_vec(&records).expect("text"));
    if !records.is_empty() {
        let lines: Vec<String> = records.iter().map(|record| serde_json::to_string(record).expect("text")).collect();
        assert_eq!(answer(lines.join("\n").as_bytes()), document, "as a document and as lines");
    }
    document
}
