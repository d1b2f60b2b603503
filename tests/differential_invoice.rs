//! Random invoices with their daily files against the independent oracle: every key, every total, every step of the bridge.

mod support;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

use pec_core::engine::Run;
use pec_core::read::Input;
use pec_core::tie_out::{Because, Invoice, tie_out};
use serde_json::Value;

use support::{engine, worlds_of_oracle};

const SEED: u64 = 20_271_122;
const WORLDS: usize = 300;
const AT_LEAST_KEYS: u64 = 1_500;

/// The files of a world whose names begin so, by name.
fn files(world: &Path, begin: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(world)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| Some((path.file_name()?.to_str()?.to_owned(), path)))
        .filter(|(name, _)| name.starts_with(begin))
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no {begin}", world.display());
    files
}

fn found(world: &Path, threads: usize, turned: bool) -> Value {
    let mut daily = files(world, "usage");
    if turned {
        daily.reverse();
    }
    let inputs: Vec<_> = daily.iter().map(|(name, bytes)| Input::new(name.as_str(), bytes.as_slice())).collect();
    let run = Run::default().threads(NonZeroUsize::new(threads).unwrap());
    let charges = engine().daily_charges(inputs, &run).unwrap_or_else(|error| panic!("{}: {error}", world.display()));
    let mut invoice = Invoice::default();
    for (name, bytes) in files(world, "invoice") {
        invoice
            .read(Input::new(name.as_str(), bytes.as_slice()))
            .unwrap_or_else(|error| panic!("{}: {error}", world.display()));
    }
    serde_json::to_value(tie_out(&charges, &invoice).expect("sums fit")).expect("JSON")
}

/// What differs between two values, field by field; what the oracle does not say is not compared.
fn differences(at: &str, oracle: &Value, found: &Value, different: &mut Vec<String>) {
    match (oracle, found) {
        (Value::Object(fields), Value::Object(ours)) => {
            for (name, value) in fields {
                differences(&format!("{at}.{name}"), value, ours.get(name).unwrap_or(&Value::Null), different);
            }
        }
        (Value::Array(items), Value::Array(ours)) if items.len() == ours.len() => {
            for (place, (one, other)) in items.iter().zip(ours).enumerate() {
                differences(&format!("{at}[{place}]"), one, other, different);
            }
        }
        // What was expected of a cell is said in words of our own.
        _ if at.ends_with(".expected") || at.ends_with(".found") => {}
        (one, other) if one == other => {}
        (one, other) => different.push(format!("  {at}: oracle {one}, found {other}")),
    }
}

#[test]
fn every_key_is_what_the_oracle_says() {
    let (mut keys, mut untied, mut wrong) = (0, 0, Vec::new());
    let mut reached: BTreeMap<String, usize> = BTreeMap::new();
    for world in worlds_of_oracle("invoice_run.py", SEED, WORLDS) {
        let name = world.file_name().unwrap().to_string_lossy().into_owned();
        let oracle: Value =
            serde_json::from_str(&std::fs::read_to_string(world.join("expected.json")).unwrap()).unwrap();
        let ours = found(&world, 1, false);
        assert_eq!(ours, found(&world, 3, true), "{name}: threads or the order of files matter");
        keys += ours["keys"].as_u64().unwrap();
        for key in ours["untied"].as_array().unwrap() {
            untied += 1;
            for reason in key["because"].as_array().unwrap() {
                *reached.entry(reason.as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
        let mut different = Vec::new();
        differences("", &oracle, &ours, &mut different);
        if !different.is_empty() {
            different.truncate(6);
            different.iter_mut().for_each(|text| text.truncate(400));
            wrong.push(format!("{name}\n{}", different.join("\n")));
        }
    }
    println!("{WORLDS} worlds, {keys} keys, {untied} untied, {reached:?}");
    assert!(
        wrong.is_empty(),
        "{} worlds differ, the first:\n{}",
        wrong.len(),
        wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(keys >= AT_LEAST_KEYS, "{keys} keys are too few: raise the number of worlds");
    // Worlds have no rows that cannot be read; `tie_out.rs` has.
    let unread = [Because::UnreadableInvoiceRow, Because::UnreadableDailyRow];
    for because in Because::ALL.into_iter().filter(|because| !unread.contains(because)) {
        assert!(reached.contains_key(because.as_str()), "no key is untied for {because}");
    }
}
