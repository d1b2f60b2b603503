//! Random usage with random price lists against the independent oracle: every line, every sum, every list, what units cost.

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use pec_core::money::Number;
use pec_core::normalise::price_list::{PricesRead, read};
use pec_core::product::PriceList;
use pec_core::read::Input;
use pec_core::report::Report;
use serde_json::{Value, json};

use support::{engine, findings_by, json_of, places, threads, worlds_of_oracle};

const SEED: u64 = 20_271_122;
const WORLDS: usize = 240;
const AT_LEAST_ROWS: u64 = 10_000;

/// The files of a world whose names begin so, by name.
fn files(world: &Path, begin: &str) -> Vec<(String, Vec<u8>)> {
    let paths = std::fs::read_dir(world).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path))
        .filter(|(name, _)| name.starts_with(begin))
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no {begin}", world.display());
    files
}

fn lists_of(files: &[(String, Vec<u8>)]) -> (PriceList, PricesRead) {
    let inputs = files.iter().map(|(name, bytes)| Input::new(name.as_str(), bytes.as_slice()));
    read(inputs).unwrap_or_else(|error| panic!("{error}"))
}

/// What is found in a world, in the form of the oracle.
fn found(world: &Path, count: usize, turned: bool) -> Value {
    let mut lists = files(world, "prices");
    if turned {
        lists.reverse();
    }
    let (prices, facts) = lists_of(&lists);
    let engine = engine().with_prices(prices);
    let (name, bytes) = files(world, "usage").remove(0);
    let ledger = engine
        .reconcile([Input::new(name.as_str(), bytes.as_slice())], &threads(count))
        .unwrap_or_else(|error| panic!("{}: {error}", world.display()));
    let mut found = json_of(&Report::new(&ledger, engine.programme()).expect("small sums fit"));
    let (lines, issues) = findings_by(&engine, &name, &bytes).unwrap();
    assert_eq!(places(&found["issues"]), places(&Value::Array(issues)), "streamed and reconciled issues");
    found["findings"] = Value::Array(lines);
    let mut lists: Vec<_> = (facts.files.iter())
        .map(|file| {
            let kinds = json!({
                "consumption": file.consumption, "third_party": file.third_party, "marketplace": file.marketplace,
                "passed_over": file.passed_over, "row_issues": file.row_issues,
            });
            (&file.file, kinds)
        })
        .collect();
    lists.sort_by_key(|(name, _)| *name);
    found["lists"] = lists.into_iter().map(|(_, kinds)| kinds).collect();
    found
}

/// What the oracle asks the cost of, with the cost that is found.
fn costs(world: &Path, asked: &Value) -> Value {
    let (prices, _) = lists_of(&files(world, "prices"));
    let cost = |asked: &Value| {
        let text = |name: &str| asked[name].as_str().unwrap();
        let entry = prices.entry(text("product"), text("sku"), "", text("day").parse().unwrap());
        let units: Number = asked["units"].to_string().parse().unwrap();
        let mut answered = asked.clone();
        answered["cost"] = json!(entry.and_then(|entry| entry.tier_cost(units).ok()).map(|cost| cost.to_string()));
        answered
    };
    asked.as_array().unwrap().iter().map(cost).collect()
}

#[test]
fn every_line_is_listed_as_the_oracle_says() {
    let (mut rows, mut priced, mut wrong) = (0, 0, Vec::new());
    let mut reached: BTreeMap<String, usize> = BTreeMap::new();
    for world in worlds_of_oracle("price_run.py", SEED, WORLDS) {
        let name = world.file_name().unwrap().to_string_lossy().into_owned();
        let mut oracle: Value =
            serde_json::from_str(&std::fs::read_to_string(world.join("expected.json")).unwrap()).unwrap();
        let mut ours = found(&world, 1, false);
        assert_eq!(ours["sums"], found(&world, 3, true)["sums"], "{name}: threads or the order of lists matter");
        ours["costs"] = costs(&world, &oracle["costs"]);
        for value in [&mut ours, &mut oracle] {
            let mut issues = places(&value["issues"]);
            issues.sort();
            value["issues"] = json!(issues);
        }
        for part in ["lines", "row_issues", "sums", "gaps", "issues", "lists", "findings", "costs"] {
            let (one, other) = (&oracle[part], &ours[part]);
            if one == other {
                continue;
            }
            let empty = Vec::new();
            let [items, others] = [one, other].map(|value| value.as_array().unwrap_or(&empty));
            let first = items.iter().zip(others).find(|(item, other)| item != other);
            let (one, other) = first.unwrap_or((one, other));
            wrong.push(format!("{name}: {part}\n  oracle {one}\n  found  {other}"));
        }
        rows += ours["lines"].as_u64().unwrap();
        priced += ours["costs"].as_array().unwrap().iter().filter(|cost| !cost["cost"].is_null()).count();
        for line in ours["findings"].as_array().unwrap() {
            for rule in line["all_findings"].as_array().unwrap() {
                *reached.entry(rule.as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    println!("{WORLDS} worlds, {rows} rows, {priced} costs, {reached:?}");
    assert!(wrong.is_empty(), "{} differences, the first:\n{}", wrong.len(), wrong[..wrong.len().min(8)].join("\n"));
    assert!(rows >= AT_LEAST_ROWS, "{rows} rows are too few: raise the number of worlds");
    for rule in ["not_in_price_list", "third_party_product", "marketplace_product"] {
        assert!(reached.get(rule).is_some_and(|lines| *lines > 300), "too few lines of {rule}");
    }
    assert!(priced > 1_000, "too few costs to tell anything");
}
