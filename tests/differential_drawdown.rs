//! Random worlds of Azure credit against the independent oracle: every day of every credit, every sum; in another order, in
//! two files, on other threads, and merged.

mod support;

#[path = "support/drawdown.rs"]
mod drawdown;

use pec_core::drawdown::{CreditUsage, Credits, Drawdown};
use pec_core::engine::Engine;
use serde_json::Value;

use support::{csv_records, engine, json_of, places, report_of, shuffle, threads, worlds_of_oracle};

const SEED: u64 = 20_271_105;
const WORLDS: usize = 300;
const AT_LEAST_ROWS: u64 = 10_000;

#[test]
fn every_world_is_what_the_oracle_says() {
    let (mut rows, mut split, mut different) = (0, 0, Vec::new());
    for world in worlds_of_oracle("drawdown_run.py", SEED, WORLDS) {
        let read = |name: &str| std::fs::read_to_string(world.join(name)).unwrap();
        let (credits, usage) = (read("credits.toml"), read("usage.csv"));
        let expected: Value = serde_json::from_str(&read("expected.json")).unwrap();
        let name = world.file_name().unwrap().to_string_lossy().into_owned();
        let ledger = drawdown::ledger_of(&engine(), &credits, &[("usage.csv", usage.as_bytes())], 1);
        let found = drawdown::found(&ledger, &credits);
        for part in ["days", "sums", "split_lines", "credits"] {
            if found[part] != expected[part] {
                different.push(format!("{name}: {part}\n  oracle {}\n  found  {}", expected[part], found[part]));
            }
        }
        let report = json_of(&report_of(&ledger));
        for part in ["lines", "row_issues"] {
            assert_eq!(report[part], expected[part], "{name}: {part}");
        }
        let mut expected_issues = places(&expected["issues"]);
        expected_issues.sort();
        assert_eq!(places(&report["issues"]), expected_issues, "{name}: issues");
        rows += report["lines"].as_u64().unwrap();
        split += found["split_lines"].as_u64().unwrap();
        same_in_any_order(&name, &credits, usage.as_bytes(), &found);
    }
    println!("{WORLDS} worlds, {rows} rows, {split} of them split");
    assert!(
        different.is_empty(),
        "{} differences, the first:\n{}",
        different.len(),
        different[..different.len().min(6)].join("\n")
    );
    assert!(rows >= AT_LEAST_ROWS && split > 1_000, "{rows} rows, {split} split: too few to tell anything");
}

/// Shuffled, on threads, and as two parts that never meet before their sums are merged.
fn same_in_any_order(name: &str, credits: &str, usage: &[u8], expected: &Value) {
    let engine = engine();
    let records = csv_records(usage);
    let (header, lines) = records.split_first().unwrap();
    let mut lines = lines.to_vec();
    let seed = lines.len() as u64;
    shuffle(&mut lines, seed);
    let file = |lines: &[&[u8]]| [&[*header], lines].concat().concat();
    let (whole, halves) = (file(&lines), lines.split_at(lines.len() / 2));
    let shuffled = drawdown::ledger_of(&engine, credits, &[("shuffled", &whole)], 3);
    assert_eq!(drawdown::found(&shuffled, credits), *expected, "{name} shuffled");

    let parts = [file(halves.0), file(halves.1)];
    let mut usage = CreditUsage::default();
    for part in &parts {
        let files = [("part", part.as_slice())];
        usage.merge(&engine.credit_usage(drawdown::inputs(&files), &threads(1)).unwrap()).unwrap();
    }
    let credits_of = Credits::from_toml("credits.toml", credits).unwrap();
    let engine: Engine = engine.with_drawdown(Drawdown::new(credits_of, &usage).unwrap());
    let [first, second] = [0, 1].map(|part: usize| {
        let files = [(["a", "b"][part], parts[part].as_slice())];
        engine.reconcile(drawdown::inputs(&files), &threads(1)).unwrap()
    });
    let mut merged = second;
    merged.merge(&first).unwrap();
    assert_eq!(drawdown::found(&merged, credits), *expected, "{name} merged");
}
