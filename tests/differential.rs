//! Random files against the independent oracle, compared in full; and the same files in any order, split and threads.

mod support;

use std::path::PathBuf;
use std::process::Command;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use support::{csv_records, findings, folder, json_of, ledger_of, places, report_of, result, shuffle};

const SEED: u64 = 20_271_103;
const FILES: usize = 240;
const AT_LEAST_ROWS: usize = 10_000;

struct World {
    name: String,
    bytes: Vec<u8>,
    expected: Value,
}

/// The files of a seed with what the oracle makes of them; made anew each time.
fn worlds(of: &str) -> Vec<World> {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("worlds-{of}"));
    let _ = std::fs::remove_dir_all(&out);
    let mut command = Command::new("python3");
    command.current_dir(folder("tests/oracle")).arg("worlds.py");
    command.args(["--seed", &SEED.to_string(), "--count", &FILES.to_string(), "--out"]).arg(&out);
    let ran = command
        .output()
        .unwrap_or_else(|error| panic!("the oracle needs `python3` (3.11 or later) on the path: {error}"));
    assert!(ran.status.success(), "the oracle failed: {}", String::from_utf8_lossy(&ran.stderr));
    let mut worlds = Vec::new();
    for file in std::fs::read_dir(&out).expect("the folder of worlds") {
        let path = file.expect("an entry").path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".expected.json") {
            continue;
        }
        let expected =
            std::fs::read_to_string(path.with_file_name(format!("{name}.expected.json"))).expect("an answer");
        worlds.push(World {
            bytes: std::fs::read(&path).expect("a world"),
            expected: serde_json::from_str(&expected).expect("JSON"),
            name,
        });
    }
    worlds.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(worlds.len(), FILES);
    worlds
}

impl World {
    fn text(&self) -> Vec<u8> {
        if !self.bytes.starts_with(&[0x1f, 0x8b]) {
            return self.bytes.clone();
        }
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut MultiGzDecoder::new(&self.bytes[..]), &mut text).expect("gzip");
        text
    }

    fn run(&self, threads: usize) -> String {
        result_of(&[(&self.name, &self.bytes)], threads)
    }
}

fn result_of(files: &[(&str, &[u8])], threads: usize) -> String {
    let ledger = ledger_of(files, threads).unwrap_or_else(|error| panic!("{error}"));
    result(&report_of(&ledger))
}

#[test]
fn every_world_is_what_the_oracle_says() {
    let (mut rows, mut lines, mut gaps, mut all_issues, mut different) = (0, 0, 0, 0, Vec::new());
    for world in worlds("compared") {
        let found = json_of(&report_of(
            &ledger_of(&[(&world.name, &world.bytes)], 1).unwrap_or_else(|error| panic!("{error}")),
        ));
        for part in ["lines", "row_issues", "sums", "gaps"] {
            if found[part] != world.expected[part] {
                different.push(format!(
                    "{}: {part}\n  oracle {}\n  found  {}",
                    world.name, world.expected[part], found[part]
                ));
            }
        }
        let mut expected_issues = places(&world.expected["issues"]);
        expected_issues.sort();
        if places(&found["issues"]) != expected_issues {
            different.push(format!(
                "{}: issues\n  oracle {expected_issues:?}\n  found  {:?}",
                world.name,
                places(&found["issues"])
            ));
        }
        let (read, issues) = findings(&world.name, &world.bytes).unwrap_or_else(|error| panic!("{error}"));
        let expected = world.expected["findings"].as_array().expect("findings");
        if read.len() != expected.len() {
            different.push(format!("{}: {} lines for the oracle's {}", world.name, read.len(), expected.len()));
        }
        let lines_that_differ = read.iter().zip(expected).filter(|(found, expected)| found != expected);
        different.extend(
            lines_that_differ.map(|(found, expected)| format!("{}\n  oracle {expected}\n  found  {found}", world.name)),
        );
        assert_eq!(places(&Value::Array(issues)), expected_issues, "streamed and reconciled issues of {}", world.name);
        rows += usize::try_from(found["lines"].as_u64().expect("a count")).unwrap();
        lines += read.len();
        gaps += found["gaps"].as_array().expect("gaps").len();
        all_issues += expected_issues.len();
    }
    println!("{FILES} files, {rows} rows, {lines} lines, {gaps} gaps, {all_issues} issues");
    assert!(
        different.is_empty(),
        "{} differences, the first:\n{}",
        different.len(),
        different[..different.len().min(8)].join("\n")
    );
    assert!(rows >= AT_LEAST_ROWS, "{rows} rows are too few: raise the number of files");
    assert!(gaps > 100 && all_issues > 100, "too few gaps or issues to tell anything");
}

#[test]
fn order_split_and_threads_change_nothing() {
    let (mut shuffled, mut split) = (0, 0);
    for (number, world) in worlds("shuffled").iter().enumerate() {
        let once = world.run(1);
        assert_eq!(once, world.run(2), "{} on 2 threads", world.name);
        assert_eq!(once, world.run(8), "{} on 8 threads", world.name);
        let text = world.text();
        let Some(records) = Records::of(&text) else { continue };
        let mut others: Vec<&[u8]> = records.others.clone();
        shuffle(&mut others, number as u64);
        assert_eq!(once, result_of(&[("shuffled", &records.file(&others))], 1), "{} shuffled", world.name);
        shuffled += 1;
        // The second file needs a header, or a first object that has all columns of the first one.
        let middle = others.len() / 2;
        let Some(at) = (middle..others.len()).find(|at| records.may_lead(others[*at])) else { continue };
        others.swap(middle, at);
        let (first, second) = (records.file(&others[..middle]), records.second_file(&others[middle..]));
        assert_eq!(once, result_of(&[("first", &first), ("second", &second)], 2), "{} in two files", world.name);
        let (mut a, b) = (ledger_of(&[("first", &first)], 1).unwrap(), ledger_of(&[("second", &second)], 1).unwrap());
        a.merge(&b).expect("small sums fit");
        assert_eq!(once, result(&report_of(&a)), "{} merged", world.name);
        split += 1;
    }
    println!("{shuffled} files shuffled, {split} of them split");
    assert!(shuffled > FILES * 3 / 4 && split > FILES / 2, "too few: {shuffled} shuffled, {split} split");
}

#[test]
fn all_worlds_in_one_run_are_the_sum_of_each() {
    let worlds = worlds("together");
    let inputs: Vec<(&str, &[u8])> = worlds.iter().map(|world| (world.name.as_str(), world.bytes.as_slice())).collect();
    let mut merged = pec_core::ledger::Ledger::new();
    for input in inputs.iter().rev() {
        merged.merge(&ledger_of(&[*input], 1).unwrap()).expect("small sums fit");
    }
    let merged = support::everything(&report_of(&merged));
    for threads in [1, 3, 8] {
        assert_eq!(merged, support::everything(&report_of(&ledger_of(&inputs, threads).unwrap())), "{threads} threads");
    }
}

/// Does a quoted field end lines below, before text?
fn a_stray_quote_joins(record: &[u8]) -> bool {
    let (mut begins, mut quoted, mut closed, mut lines_below) = (true, false, false, false);
    for byte in record {
        match byte {
            b'"' if quoted => (quoted, closed) = (false, true),
            b'\n' if quoted => lines_below = true,
            _ if quoted => {}
            b'"' if begins || closed => (quoted, closed) = (true, false),
            b',' | b'\r' | b'\n' => (closed, lines_below) = (false, false),
            _ if closed && lines_below => return true,
            _ => closed = false,
        }
        begins = !quoted && matches!(byte, b',');
    }
    false
}

/// A file as records that can be moved about; `None` where records hold each other together by an open quote.
struct Records<'t> {
    csv: bool,
    first: &'t [u8],
    others: Vec<&'t [u8]>,
}

impl<'t> Records<'t> {
    fn of(text: &'t [u8]) -> Option<Self> {
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        if !matches!(text.trim_ascii_start().first(), Some(b'{' | b'[')) {
            let records = csv_records(text);
            let (first, others) = records.split_first()?;
            let fields = |record: &[u8]| {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(record);
                reader.byte_records().next().map_or(0, |record| record.expect("memory can be read").len())
            };
            let joined = |record: &&&[u8]| {
                let many_lines = record.trim_ascii_end().contains(&b'\n');
                many_lines && (fields(record) != fields(first) || a_stray_quote_joins(record))
            };
            return others.iter().find(joined).is_none().then(|| Self { csv: true, first, others: others.to_vec() });
        }
        let lines: Vec<&[u8]> =
            text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
        let is_object = |line: &&[u8]| {
            serde_json::from_slice::<Value>(line)
                .is_ok_and(|value| value.is_object() && value.get("items").is_none() && value.get("value").is_none())
        };
        if lines.iter().all(is_object) {
            return Some(Self { csv: false, first: lines[0], others: lines[1..].to_vec() });
        }
        // A document: its records, each from its brace to its brace.
        let document: &serde_json::value::RawValue = serde_json::from_slice(text).ok()?;
        let records: Vec<&serde_json::value::RawValue> = match document.get().trim_start().starts_with('[') {
            true => serde_json::from_str(document.get()).ok()?,
            false => {
                let object: std::collections::BTreeMap<String, &serde_json::value::RawValue> =
                    serde_json::from_str(document.get()).ok()?;
                serde_json::from_str(object.get("items").or(object.get("value"))?.get()).ok()?
            }
        };
        let (first, others) = records.split_first()?;
        Some(Self {
            csv: false,
            first: first.get().as_bytes(),
            others: others.iter().map(|record| record.get().as_bytes()).collect(),
        })
    }

    fn file(&self, others: &[&[u8]]) -> Vec<u8> {
        let mut file = Vec::new();
        for record in std::iter::once(&self.first).chain(others) {
            // Objects printed on many lines become one line: line breaks are white space in them.
            file.extend(
                record.iter().map(|byte| if !self.csv && matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }),
            );
            if !file.ends_with(b"\n") {
                file.push(b'\n');
            }
        }
        file
    }

    fn second_file(&self, others: &[&[u8]]) -> Vec<u8> {
        if self.csv {
            return self.file(others);
        }
        Records { csv: false, first: others[0], others: Vec::new() }.file(&others[1..])
    }

    fn may_lead(&self, record: &[u8]) -> bool {
        let names = |record: &[u8]| match serde_json::from_slice::<Value>(record) {
            Ok(Value::Object(object)) => object.keys().cloned().collect::<std::collections::BTreeSet<_>>(),
            _ => std::collections::BTreeSet::new(),
        };
        self.csv || names(record) == names(self.first)
    }
}
