//! Broken and hostile files: each has the message, or the issues, that its snapshot shows. Never a panic, never a hang, and no
//! row is lost.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write};
use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};
use pec_core::engine::EngineError;
use pec_core::read::{Input, ReadErrorKind};
use pec_core::report::{CsvTable, Report, Table, record_batch};

use support::{engine, everything, folder, ledger_of, report_of, threads};

/// Rows of each readable file of `tests/data/broken`, counted by eye; the others are refused as a whole.
const ROWS: [(&str, u64); 57] = [
    ("answer-of-powershell.json", 1),
    ("array-with-broken-records.json", 5),
    ("array-with-strangers.json", 7),
    ("bad-currencies.csv", 5),
    ("bad-dates.csv", 16),
    ("bad-ids.csv", 7),
    ("bad-numbers.csv", 22),
    ("bad-percentages.csv", 9),
    ("bad-quantities.csv", 5),
    ("decimal-commas.csv", 6),
    ("deep.jsonl", 4),
    ("duplicate-keys.jsonl", 3),
    ("empty-page.json", 0),
    ("escaped-names.jsonl", 2),
    ("first-record-broken.json", 3),
    ("first-record-cut.jsonl", 3),
    ("formulas.csv", 3),
    ("garbage-after-document.json", 2),
    ("header-only.csv", 0),
    ("joined-of-one-order.csv", 3),
    ("joined-lines.jsonl", 5),
    ("line-ends-twice.csv", 3),
    ("list-and-more.json", 5),
    ("lone-surrogate.jsonl", 3),
    ("lost-digits.csv", 3),
    ("missing-in-later-records.jsonl", 3),
    ("mixed-line-ends.csv", 3),
    ("not-utf-8-names.csv", 3),
    ("not-utf-8-needed.csv", 3),
    ("not-utf-8-unneeded.csv", 2),
    ("not-utf-8.jsonl", 3),
    ("nul-bytes.csv", 9),
    ("nul-in-first-row.csv", 3),
    ("nul-in-header.csv", 2),
    ("numbers-too-long.csv", 10),
    ("page-of-graph.json", 1),
    ("page-of-several.json", 1),
    ("page-that-counts-more.json", 2),
    ("quote-never-closed.csv", 4),
    ("quote-swallows-rows.csv", 5),
    ("quotes-in-two-rows.csv", 7),
    ("records-with-commas.json", 3),
    ("semicolons.csv", 1),
    ("spaces-of-all-kinds.csv", 3),
    ("tabs.csv", 1),
    ("terminal-escapes.csv", 2),
    ("thousands-with-commas.csv", 3),
    ("totals-too-large.csv", 4),
    ("truncated-between-records.json", 2),
    ("truncated-document.json", 3),
    ("truncated-lines.jsonl", 3),
    ("two-documents.json", 3),
    ("unclosed-string.json", 2),
    ("utf-16-be.csv", 1),
    ("utf-16-le.csv", 1),
    ("wrong-field-counts.csv", 6),
    ("wrong-types.jsonl", 16),
];

#[test]
fn every_broken_file_has_its_message() {
    let mut rows: BTreeMap<&str, u64> = ROWS.into_iter().collect();
    let mut files: Vec<_> =
        std::fs::read_dir(folder("tests/data/broken")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 60, "the folder of broken files is there");
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let shown = match ledger_of(&[(&name, &bytes)], 1) {
            Ok(ledger) => {
                let report = report_of(&ledger);
                let again = everything(&report_of(&ledger_of(&[(&name, &bytes)], 3).unwrap()));
                assert_eq!(everything(&report), again, "{name} on 3 threads");
                if Some(report.lines) != rows.remove(name.as_str()) {
                    wrong.push(format!("{name}: {} rows", report.lines));
                }
                shown(&report)
            }
            Err(error) => {
                if rows.remove(name.as_str()).is_some() {
                    wrong.push(format!("{name}: {error}"));
                }
                format!("error: {error}\n")
            }
        };
        assert!(!shown.contains('\u{1b}'), "{name}: a terminal would obey this");
        insta::with_settings!({ omit_expression => true, snapshot_suffix => name.clone() }, { insta::assert_snapshot!("broken", shown) });
    }
    assert!(
        wrong.is_empty() && rows.is_empty(),
        "rows that are not counted right: {wrong:#?}; not read at all: {rows:?}"
    );
}

/// The part of a report that a broken file shows.
fn shown(report: &Report) -> String {
    let mut text = format!("{} rows, {} unreadable\n", report.lines, report.row_issues);
    for sum in &report.sums {
        let reason = sum.reason.map_or("", |reason| reason.as_str());
        let _ = writeln!(text, "{} {reason} {} {}: {} lines", sum.standing, sum.list_cost, sum.currency, sum.lines);
    }
    for issue in &report.issues {
        let _ = writeln!(text, "{issue}");
    }
    for facts in report.files.iter().map(|file| &file.facts) {
        if facts.part_of_answer {
            text.push_str("a part of an answer\n");
        }
        if facts.not_utf8_lines > 0 {
            let _ = writeln!(text, "{} lines with names that are not UTF-8", facts.not_utf8_lines);
        }
    }
    for (id, name) in report.customer_names.iter().chain(&report.subscription_names) {
        let _ = writeln!(text, "{id} is {name:?}");
    }
    assert_eq!(report.sums.iter().map(|sum| sum.lines).sum::<u64>() + report.row_issues, report.lines);
    assert_eq!(report.issues.len() as u64, report.row_issues);
    text
}

const HEADER: &str = "UsageDate,EntitlementId,UnitPrice,Quantity,CreditType";
const ROW: &str = "2026-10-04,s,1,2,PEC Applied";

/// Runs over what a reader gives, which must not take long.
fn quickly(name: &str, reader: impl Read + Send) -> Result<Report, EngineError> {
    let start = Instant::now();
    let ledger = engine().reconcile([Input::new(name, reader)], &threads(2));
    assert!(start.elapsed() < Duration::from_secs(20), "{name} took {:?}", start.elapsed());
    ledger.map(|ledger| report_of(&ledger))
}

fn kind(result: Result<Report, EngineError>) -> ReadErrorKind {
    match result {
        Err(EngineError::Read(error)) => error.kind().clone(),
        other => panic!("{other:?}"),
    }
}

fn issues(report: &Report) -> Vec<(u64, &str, &str)> {
    report.issues.iter().map(|issue| (issue.row, issue.found.as_str(), issue.expected.as_str())).collect()
}

#[test]
fn a_gzip_bomb_meets_its_ceiling() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    writeln!(bomb, "{HEADER}\n{ROW}").unwrap();
    let zeros = vec![b' '; 1 << 20];
    (0..200).for_each(|_| bomb.write_all(&zeros).unwrap());
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    assert_eq!(kind(quickly("bomb.gz", &bomb[..])), ReadErrorKind::Expansion { limit: 250 });
    // In the header already.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    (0..200).for_each(|_| bomb.write_all(&zeros).unwrap());
    let error = kind(quickly("bomb.gz", &bomb.finish().unwrap()[..]));
    assert_eq!(error, ReadErrorKind::Empty, "a megabyte of nothing is nothing");
}

#[test]
fn an_endless_line_is_one_issue_and_the_rest_is_read() {
    let megabytes = |byte: u8| std::io::repeat(byte).take(64 << 20);
    let before = format!("{HEADER}\n{ROW}\n");
    let after = format!("\n{ROW}\n{ROW}\n");
    let file = Cursor::new(before.clone()).chain(megabytes(b'x')).chain(Cursor::new(after.clone()));
    let found = quickly("endless.csv", file).unwrap();
    assert_eq!((found.lines, found.row_issues), (4, 1));
    let expected = "records of at most 1 MiB; look for a missing quote";
    assert_eq!(issues(&found), [(3, "a record of more than 1 MiB", expected)]);
    // In a JSON Lines file, and as its last line.
    let line =
        "{\"UsageDate\":\"2026-10-04\",\"EntitlementId\":\"s\",\"UnitPrice\":1,\"Quantity\":2,\"CreditType\":\"x\"}\n";
    let found = quickly("endless.jsonl", Cursor::new(line).chain(megabytes(b'['))).unwrap();
    assert_eq!((found.lines, issues(&found)), (2, vec![(2, "a record of more than 1 MiB", expected)]));
    // In a document.
    let start = format!("{{\"items\":[{},", line.trim());
    let end = format!("\"}},{}]}}", line.trim());
    let record = Cursor::new(start).chain(Cursor::new("{\"Tags\":\"")).chain(megabytes(b'x')).chain(Cursor::new(end));
    let found = quickly("endless.json", record).unwrap();
    assert_eq!((found.lines, issues(&found)), (3, vec![(2, "a record of more than 1 MiB", expected)]));
    // A header that does not end has no columns that could be trusted.
    let error = kind(quickly("endless-header.csv", Cursor::new("UsageDate,").chain(megabytes(b'x'))));
    assert_eq!(error.to_string(), "the header row is longer than 1 MiB; pass the file as it was exported");
}

#[test]
fn an_open_quote_before_many_rows_loses_none() {
    for rows in [10, 40_000] {
        // Each row is a line; the first opens a quote that nothing closes.
        let mut file = format!("{HEADER}\n2026-10-04,s,1,2,\"open\n");
        (0..rows).for_each(|_| file.push_str(&format!("{ROW} with some more text behind it\n")));
        let found = quickly("open.csv", file.as_bytes()).unwrap();
        assert_eq!((found.lines, found.row_issues), (rows + 1, 1), "{rows} rows behind an open quote");
        assert_eq!(found.issues[0].row, 2);
    }
}

#[test]
fn quotes_that_swallow_line_after_line_are_no_hang() {
    // Every line opens a quote, and inside a quote it closes one and opens the next.
    for line in ["2,x\"y,\"z", "x\"y,\"z", "a\"b,\"", "\"\"\",\"x"] {
        let lines = 60_000;
        let file = format!("{HEADER}\n{}", format!("{line}\n").repeat(lines));
        let found = quickly("quotes.csv", file.as_bytes()).unwrap();
        assert!(found.lines <= lines as u64 && found.lines == found.row_issues, "{} rows of {line}", found.lines);
        assert!(found.lines > lines as u64 / 4, "{} rows of {line}", found.lines);
    }
}

#[test]
fn very_many_columns_are_read_or_refused() {
    let many: Vec<String> = (0..5_000).map(|number| format!("Mine{number}")).collect();
    let file = format!("{},{HEADER}\n{}{ROW}\n{ROW}\n", many.join(","), ",".repeat(many.len()));
    let found = quickly("wide.csv", file.as_bytes()).unwrap();
    assert_eq!((found.lines, found.row_issues, found.issues[0].found.as_str()), (2, 1, "5 fields"));
    assert_eq!(found.issues[0].expected, "5005 fields, as in the header row");
    let file = format!("{HEADER}{}\n{ROW}\n", ",x".repeat(1 << 20));
    assert!(
        kind(quickly("too-wide.csv", file.as_bytes())).to_string().starts_with("the header row is longer than 1 MiB")
    );
    let object = |tail: &str| {
        format!(
            "{{\"UsageDate\":\"2026-10-04\",\"EntitlementId\":\"s\",\"UnitPrice\":1,\"Quantity\":2,\"CreditType\":\"x\"{tail}}}\n"
        )
    };
    let wide: String = (0..50_000).map(|number| format!(",\"Mine{number}\":{number}")).collect();
    let found = quickly("wide.jsonl", (object(&wide) + &object("")).as_bytes()).unwrap();
    assert_eq!((found.lines, found.row_issues), (2, 0));
}

#[test]
fn a_long_number_and_a_deep_value_are_no_hang() {
    let digits = "1".repeat(1 << 19);
    let file = format!(
        "{HEADER}\n2026-10-04,s,{digits},2,x\n2026-10-04,s,0.{digits},2,x\n2026-10-04,s,1e{digits},2,x\n{ROW}\n"
    );
    let found = quickly("digits.csv", file.as_bytes()).unwrap();
    assert_eq!((found.lines, found.row_issues), (4, 3));
    assert!(found.issues.iter().all(|issue| issue.found.chars().count() <= 61), "messages stay short");
    let deep = format!("{{\"items\":[{}{}]}}", "{\"a\":".repeat(200_000), "}".repeat(200_000));
    assert!(quickly("deep.json", deep.as_bytes()).is_err());
}

#[test]
fn a_sum_that_does_not_fit_is_an_error() {
    let file = format!("{HEADER}\n{}", "2026-10-04,s,9999999999999,1,x\n".repeat(10));
    let found = quickly("large.csv", file.as_bytes()).unwrap();
    assert_eq!(found.sums[0].list_cost.to_string(), "99999999999990.00");
}

#[test]
fn a_reader_that_fails_is_told() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the share is gone"))
        }
    }
    let error = quickly("usage.csv", Cursor::new(format!("{HEADER}\n{ROW}\n")).chain(Failing)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "usage.csv: cannot be read: the share is gone; check that the file is complete and try again"
    );
}

/// What would be a formula in a spreadsheet is text in every table, and no text reaches the terminal as a command.
#[test]
fn formulas_are_harmless_in_every_table() {
    let name = "formulas.csv";
    let bytes = std::fs::read(folder("tests/data/broken").join(name)).unwrap();
    let ledger = ledger_of(&[(&format!("={name}"), &bytes)], 1).unwrap();
    let report = report_of(&ledger);
    let mut cells = 0;
    for table in Table::ALL {
        let mut written = Vec::new();
        let mut csv = CsvTable::new(&mut written);
        csv.write(&record_batch(&ledger, &report, table).unwrap()).unwrap();
        csv.finish().unwrap();
        for record in csv::Reader::from_reader(&written[..]).records() {
            for cell in record.unwrap().iter() {
                let is_amount = cell.parse::<pec_core::money::Number>().is_ok();
                assert!(
                    is_amount || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{cell} in {}",
                    table.as_str()
                );
                cells += usize::from(cell.starts_with('\''));
            }
        }
    }
    assert!(cells >= 8, "the formulas were there: {cells}");
    assert!(report.text().contains("=1+1"), "a text for people keeps what was found");
}

#[test]
fn control_characters_do_not_reach_a_terminal() {
    let name = "terminal-escapes.csv";
    let bytes = std::fs::read(folder("tests/data/broken").join(name)).unwrap();
    let report = report_of(&ledger_of(&[(name, &bytes)], 1).unwrap());
    assert!(!report.gaps.is_empty(), "the path is shown as the scope of a gap");
    let odd = |text: &str| text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(odd(&report.text()), None, "{:?}", report.text());
    engine()
        .stream(Input::new(name, &bytes[..]), &mut |_, line| {
            match line {
                Ok((line, decision)) => assert_eq!(odd(&pec_core::report::explain(line, decision)), None),
                Err(issue) => assert_eq!(odd(&issue.to_string()), None),
            }
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
}
