//! What several test programs share: running the engine over bytes, writing small files, reading Python's answers.
#![allow(dead_code, reason = "every test program takes what it needs")]

pub mod access;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use pec_core::engine::{Engine, EngineError, Run};
use pec_core::ledger::{Ledger, summed_reason};
use pec_core::read::Input;
use pec_core::report::Report;
use serde_json::{Value, json};

pub fn engine() -> Engine {
    Engine::new().expect("the built-in programme can be read")
}

pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Folders that a script of the oracle makes, with what it says of each; made anew each time.
pub fn worlds_of_oracle(script: &str, seed: u64, count: usize) -> Vec<PathBuf> {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(script);
    let _ = std::fs::remove_dir_all(&out);
    let mut command = Command::new("python3");
    command.current_dir(folder("tests/oracle")).arg(script).arg(&out);
    command.args(["--seed", &seed.to_string(), "--count", &count.to_string()]);
    let ran = command
        .output()
        .unwrap_or_else(|error| panic!("the oracle needs `python3` (3.11 or later) on the path: {error}"));
    assert!(ran.status.success(), "the oracle failed: {}", String::from_utf8_lossy(&ran.stderr));
    let mut worlds: Vec<_> = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    worlds.retain(|world| world.is_dir());
    worlds.sort();
    assert_eq!(worlds.len(), count);
    worlds
}

pub fn threads(count: usize) -> Run<'static> {
    Run::default().threads(NonZeroUsize::new(count).expect("at least one thread"))
}

pub fn ledger_of(files: &[(&str, &[u8])], count: usize) -> Result<Ledger, EngineError> {
    engine().reconcile(files.iter().map(|(name, bytes)| Input::new(*name, *bytes)), &threads(count))
}

pub fn report_of(ledger: &Ledger) -> Report {
    Report::new(ledger, engine().programme()).expect("small sums fit")
}

/// The report of one file, which must be readable.
pub fn report(bytes: &[u8]) -> Report {
    report_of(&ledger_of(&[("file", bytes)], 1).unwrap_or_else(|error| panic!("{error}")))
}

pub fn json_of(report: &Report) -> Value {
    serde_json::to_value(report).expect("a report is JSON")
}

/// What no order, split or number of threads may change, as the bytes that are shown.
pub fn result(report: &Report) -> String {
    let found = (report.lines, report.row_issues, &report.sums, &report.gaps);
    serde_json::to_string(&found).expect("a report is JSON")
}

/// Everything in a report, as the bytes that are shown.
pub fn everything(report: &Report) -> String {
    serde_json::to_string(report).expect("a report is JSON")
}

/// One entry for each readable row, in the oracle's form, and the issues of the others.
pub fn findings(name: &str, bytes: &[u8]) -> Result<(Vec<Value>, Vec<Value>), EngineError> {
    findings_by(&engine(), name, bytes)
}

/// The same of this engine.
pub fn findings_by(engine: &Engine, name: &str, bytes: &[u8]) -> Result<(Vec<Value>, Vec<Value>), EngineError> {
    let (mut lines, mut issues) = (Vec::new(), Vec::new());
    engine.stream(Input::new(name, bytes), &mut |row, read| {
        match read {
            Ok((line, decision)) => lines.push(json!({
                "file": name,
                "row": row,
                "usage_day": line.day.to_string(),
                "customer": line.customer.to_string(),
                "subscription": line.subscription.to_string(),
                "resource_group": line.resource_group.to_lowercase(),
                "resource": line.resource.to_lowercase(),
                "reseller": Some(line.reseller.to_string()).filter(|reseller| !reseller.is_empty()),
                "currency": line.currency.to_string(),
                "standing": decision.standing.as_str(),
                "reason": summed_reason(decision).map(|reason| reason.as_str()),
                "all_findings": decision.verdict.findings().map(|reason| reason.rule().as_str()).collect::<Vec<_>>(),
                "list_cost": decision.list_cost.to_string(),
                "credit": decision.credit.to_string(),
            })),
            Err(issue) => issues.push(json!({"row": issue.row, "column": issue.column})),
        }
        ControlFlow::Continue(())
    })?;
    Ok((lines, issues))
}

/// `(row, column)` of each issue.
pub fn places(issues: &Value) -> Vec<(u64, String)> {
    let place = |issue: &Value| (issue["row"].as_u64().unwrap(), issue["column"].as_str().unwrap().to_owned());
    issues.as_array().expect("issues").iter().map(place).collect()
}

/// A CSV file of these cells, quoted where it must be.
pub fn csv_of<'c>(rows: impl IntoIterator<Item = Vec<&'c str>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    rows.into_iter().for_each(|row| writer.write_record(row).expect("memory can be written"));
    writer.into_inner().expect("memory can be written")
}

/// An amount with its trailing zeros dropped, but two decimals at least.
pub fn padded(number: &str) -> String {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    format!("{whole}.{:0<2}", decimals.trim_end_matches('0'))
}

/// The records of a CSV text with their line ends, by the grammar of Python's `csv`; the header is the first.
pub fn csv_records(text: &[u8]) -> Vec<&[u8]> {
    let (mut records, mut start) = (Vec::new(), 0);
    let (mut quoted, mut field_starts) = (false, true);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' if quoted && text.get(at + 1) == Some(&b'"') => at += 1,
            b'"' if quoted => quoted = false,
            b'"' if field_starts => quoted = true,
            b'\n' if !quoted => {
                records.push(&text[start..=at]);
                start = at + 1;
            }
            _ => {}
        }
        field_starts = !quoted && matches!(byte, b',' | b'\n');
        at += 1;
    }
    if start < text.len() {
        records.push(&text[start..]);
    }
    records.retain(|record| !record.trim_ascii().is_empty() || record.len() > 2);
    records
}

/// Deals cards: the same seed, the same order, everywhere.
pub fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(last, (state >> 33) as usize % (last + 1));
    }
}
