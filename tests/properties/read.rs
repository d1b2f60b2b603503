//! Containers: the same records in any of them, and no bytes that stop the reader.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use crate::strategies::{SPELLINGS, Spelling, file, records};
use crate::support::{findings, ledger_of, report, report_of, result};

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// What is fed to the reader to see whether it breaks: pieces that mean something, and any bytes.
fn soup(pieces: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => proptest::sample::select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

const HEADER: &[u8] = b"UsageDate,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage,ResourceURI\n";
const CSV: [&str; 15] = [
    "2026-10-04",
    ",",
    ",",
    ",",
    "\n",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    "\",\"",
    "s",
    "1.5",
    "15",
    "/subscriptions/s/resourceGroups/g",
    " ",
];
const JSON: [&str; 22] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\n",
    "\"",
    "\\",
    "\"UsageDate\"",
    "\"2026-10-04\"",
    "\"EntitlementId\":\"s\"",
    "\"UnitPrice\":1.5",
    "\"Quantity\":2",
    "\"CreditType\":null",
    "{\"UsageDate\":\"2026-10-04\",\"EntitlementId\":\"s\",\"UnitPrice\":1,\"Quantity\":2,\"CreditType\":\"x\"}",
    "\"items\":[",
    "\"value\":",
    "null",
    "true",
    "1e999999999999",
    "\\u00e9",
];

/// JSON values and what is nearly one.
fn any_literal() -> impl Strategy<Value = String> {
    let texts = &[
        "1",
        "0.5",
        "-1.5e-2",
        "1E+2",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "1e+",
        "-",
        "--1",
        "0x1",
        "1 2",
        "NaN",
        "tru",
        "true",
        "null",
        "nul",
        "\"1\"",
        "\"a",
        "\"\\u0031\"",
        "\"\\u12\"",
        "\"\\x\"",
        "\"1\t\"",
        "\" 1 \"",
        "\"\\\"\"",
        "[1]",
        "{\"a\":1}",
        "1,\"UnitPrice\":2",
        "\"\u{7f}\"",
        "1\u{b}",
        "",
    ];
    prop_oneof![3 => proptest::sample::select(&texts[..]).prop_map(str::to_owned), 1 => "-?[0-9]{0,3}[.]?[0-9]{0,3}[eE]?[+-]?[0-9]?"]
}

/// A file ends in an error with a message, or in a report whose rows are all counted, on any number of threads.
fn survives(bytes: &[u8]) -> Result<(), TestCaseError> {
    let results = [1, 3].map(|threads| ledger_of(&[("soup", bytes)], threads).map(|ledger| report_of(&ledger)));
    match &results {
        [Ok(one), Ok(three)] => {
            prop_assert_eq!(crate::support::everything(one), crate::support::everything(three));
            prop_assert_eq!(one.sums.iter().map(|row| row.lines).sum::<u64>() + one.row_issues, one.lines);
            let (lines, issues) = findings("soup", bytes).unwrap();
            prop_assert_eq!((lines.len() + issues.len()) as u64, one.lines);
        }
        [Err(one), Err(three)] => prop_assert_eq!(one, three),
        other => prop_assert!(false, "{:?}", other),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn prop_any_csv_is_counted_or_refused(rows in soup(&CSV)) {
        survives(&[HEADER, &rows].concat())?;
        survives(&rows)?;
    }

    #[test]
    fn prop_any_json_is_counted_or_refused(rows in soup(&JSON)) {
        let first = JSON[15].as_bytes();
        survives(&rows)?;
        survives(&[first, b"\n", &rows].concat())?;
        survives(&[b"{\"items\":[", first, b",", &rows].concat())?;
    }

    #[test]
    fn prop_any_bytes_are_counted_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        survives(&bytes)?;
        survives(&[b"\x1f\x8b\x08\0", bytes.as_slice()].concat())?;
    }

    /// Records like the one before are read a faster way, which must not show: neither in their order nor on threads.
    #[test]
    fn prop_a_json_line_is_read_alike_whatever_came_before(
        price in any_literal(), quantity in any_literal(), name in proptest::sample::select(&["Mine", "a\\\"b", "a\"b", "Quantity", "\\u0061", "Gr\u{f6}"][..]),
        gap in proptest::sample::select(&["", " ", "\t", "\r", "\u{c}"][..]),
    ) {
        let first = JSON[15];
        let line = format!("{{\"UsageDate\":\"2026-10-04\",\"EntitlementId\":\"s\",\"UnitPrice\":{price},\"Quantity\":{gap}{quantity},\"{name}\":1}}");
        let like_it = line.replacen(&format!(":{price},"), ":1,", 1).replacen(&format!("{gap}{quantity},"), "2,", 1);
        let escaped = like_it.replacen(&format!("\"{name}\":1"), "\"a\\\"b\":1", 1);
        let read = |before: &[&str]| {
            let file = [before, &[line.as_str()]].concat().join("\n");
            let (lines, issues) = findings("f", file.as_bytes()).unwrap();
            let row = before.len() as u64 + 1;
            let of_row = |read: Vec<serde_json::Value>| read.into_iter().find(|line| line["row"] == row).map(|mut line| { line["row"] = 0.into(); line });
            (of_row(lines), of_row(issues))
        };
        let once = read(&[first]);
        prop_assert!(once.0.is_some() != once.1.is_some());
        for before in [&[first, first][..], &[first, &like_it], &[first, &escaped], &[first, &line], &[first, &line, &line], &[first, "{", first]] {
            prop_assert_eq!(&read(before), &once, "{} after {:?}", line, before);
        }
    }

    #[test]
    fn prop_csv_rows_are_no_more_than_lines_and_no_fewer_than_records(rows in soup(&CSV)) {
        // A file that holds zero bytes near its beginning is refused as binary.
        let rows: Vec<u8> = rows.into_iter().map(|byte| if byte == 0 { b' ' } else { byte }).collect();
        let file = [HEADER, &rows].concat();
        let found = report(&file);
        let lines = rows.split(|byte| *byte == b'\n').filter(|line| !matches!(line, [] | [b'\r'])).count() as u64;
        prop_assert!(found.lines <= lines, "{} rows of {lines} lines", found.lines);
        if !rows.contains(&b'"') {
            prop_assert_eq!(found.lines, lines, "without quotes each line is a row");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn prop_gzip_a_mark_and_line_ends_change_nothing(records in records(), at in 0..4_000_usize) {
        for spelling in SPELLINGS {
            if records.is_empty() && matches!(spelling, Spelling::Lines) {
                continue;
            }
            let plain = file(&records, spelling);
            let once = result(&report(&plain));
            prop_assert_eq!(&result(&report(&packed(&plain))), &once);
            prop_assert_eq!(&result(&report(&["\u{feff}".as_bytes(), &plain].concat())), &once);
            let (first, second) = plain.split_at(at.min(plain.len()));
            prop_assert_eq!(&result(&report(&[packed(first), packed(second)].concat())), &once, "two gzip members");
            let no_quoted_breaks = records.iter().all(|cells| !cells["AdditionalInfo"].contains('\n'));
            if no_quoted_breaks {
                let text = String::from_utf8(plain).unwrap().replace('\n', "\r\n");
                prop_assert_eq!(&result(&report(text.as_bytes())), &once, "CRLF");
            }
        }
    }

    #[test]
    fn prop_small_reads_give_the_same(records in records(), step in 1..50_usize) {
        struct Drip<'b>(&'b [u8], usize);
        impl std::io::Read for Drip<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let take = self.1.min(buffer.len()).min(self.0.len());
                let (now, later) = self.0.split_at(take);
                buffer[..take].copy_from_slice(now);
                self.0 = later;
                Ok(take)
            }
        }
        for spelling in [Spelling::Today, Spelling::V1] {
            let plain = file(&records, spelling);
            let input = pec_core::read::Input::new("f", Drip(&plain, step));
            let ledger = crate::support::engine().reconcile([input], &Default::default()).unwrap();
            prop_assert_eq!(result(&report_of(&ledger)), result(&report(&plain)));
        }
    }
}
