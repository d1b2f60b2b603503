//! Broken and hostile invoice reconciliation files and price lists: each has the message, or the issues, that its snapshot shows.
//! Never a panic, never a hang, and no row is lost.

mod support;

use std::fmt::Write as _;
use std::io::{Cursor, Read, Write};

use flate2::{Compression, write::GzEncoder};
use pec_core::normalise::price_list::{PricesRead, read};
use pec_core::normalise::{RowIssue, read_invoice};
use pec_core::read::{Input, ReadErrorKind};
use pec_core::report::{CsvTable, untied_batch};
use pec_core::tie_out::{DailyCharges, Invoice, TieOut, tie_out};

use support::folder;

const INVOICE: &str = "SubscriptionId,ProductId,SkuId,AvailabilityId,UnitPrice,BillableQuantity,Subtotal,Currency";
const LINE: &str = "p,DZH318Z0BNZ5,006G,DZH318Z08B80,0.868,29,25.17,USD";
const PRICES: &str = "ProductId,SkuId,UnitPrice,Market";
const PRICE: &str = "DZH318Z0C16V,001J,15,US";

/// Each file of a folder with its content, in the order of their names.
fn files(name: &str, at_least: usize) -> Vec<(String, Vec<u8>)> {
    let paths = std::fs::read_dir(folder(name)).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = paths
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() >= at_least, "the folder of broken files is there");
    files
}

/// What reading an invoice gives, row by row.
fn lines_of(input: Input<'_>) -> String {
    let (mut rows, mut text) = (0, String::new());
    let facts = read_invoice(input, &mut |line| {
        rows += 1;
        let _ = match line {
            Ok(line) => {
                writeln!(text, "{:?} {} {} {} {}", line.class, line.plan, line.sku, line.subtotal, line.billing)
            }
            Err(issue) => writeln!(text, "{issue}"),
        };
    });
    match facts {
        Ok(facts) => {
            assert_eq!(facts.rows, rows, "no row is lost");
            format!("{} rows, {}, not documented: {}\n{text}", rows, facts.format, facts.unknown_columns.join(", "))
        }
        Err(error) => format!("{text}error: {error}\n"),
    }
}

fn issues_of(issues: &[RowIssue]) -> Vec<(u64, &str)> {
    issues.iter().map(|issue| (issue.row, issue.found.as_str())).collect()
}

/// What reading a price list gives.
fn prices_of(input: Input<'_>) -> Result<PricesRead, ReadErrorKind> {
    let (_, found) = read([input]).map_err(|error| error.kind().clone())?;
    let file = &found.files[0];
    let read = file.consumption + file.third_party + file.marketplace + file.passed_over;
    assert_eq!(read + file.row_issues, file.rows, "no row is lost");
    Ok(found)
}

fn assert_shown(kind: &str, name: &str, shown: &str) {
    assert_eq!(shown.chars().find(|c| c.is_control() && *c != '\n'), None, "{name}: a terminal would obey this");
    insta::with_settings!({ omit_expression => true, snapshot_suffix => name.to_owned() }, { insta::assert_snapshot!(kind, shown) });
}

#[test]
fn every_broken_invoice_has_its_message() {
    for (name, bytes) in files("tests/data/broken_invoices", 30) {
        assert_shown("invoice", &name, &lines_of(Input::new(name.as_str(), &bytes[..])));
    }
}

#[test]
fn every_broken_price_list_has_its_message() {
    for (name, bytes) in files("tests/data/broken_price_lists", 20) {
        let shown = match read([Input::new(name.as_str(), &bytes[..])]) {
            Err(error) => format!("error: {error}\n"),
            Ok(_) => prices_shown(&prices_of(Input::new(name.as_str(), &bytes[..])).unwrap()),
        };
        assert_shown("price_list", &name, &shown);
    }
}

fn prices_shown(found: &PricesRead) -> String {
    let file = &found.files[0];
    let mut text = format!(
        "{} rows, {}: {} consumption, {} third party, {} marketplace, {} passed over, {} unreadable; shows absence: {}\n",
        file.rows,
        file.format,
        file.consumption,
        file.third_party,
        file.marketplace,
        file.passed_over,
        file.row_issues,
        file.shows_absence
    );
    for one in &found.contradictions {
        let _ = writeln!(text, "contradicted: {} {} {:?} from {}", one.product, one.sku, one.market, one.first_day);
    }
    for issue in &file.issues {
        let _ = writeln!(text, "{issue}");
    }
    text
}

/// An invoice of one file against no daily lines.
fn tied(name: &str, reader: impl Read + Send) -> TieOut {
    let mut invoice = Invoice::default();
    invoice.read(Input::new(name, reader)).unwrap();
    tie_out(&DailyCharges::default(), &invoice).unwrap()
}

#[test]
fn formulas_and_control_characters_of_an_invoice_are_harmless() {
    let mut quoted = 0;
    for name in ["formulas.csv", "terminal-escapes.csv"] {
        let bytes = std::fs::read(folder("tests/data/broken_invoices").join(name)).unwrap();
        let found = tied(name, &bytes[..]);
        assert!(!found.untied.is_empty() && !found.unpaired_credits.is_empty());
        assert_eq!(found.text().chars().find(|c| c.is_control() && *c != '\n'), None, "{:?}", found.text());
        let mut written = Vec::new();
        let mut csv = CsvTable::new(&mut written);
        csv.write(&untied_batch(&found).unwrap()).unwrap();
        csv.finish().unwrap();
        for record in csv::Reader::from_reader(&written[..]).records() {
            for cell in record.unwrap().iter() {
                let is_amount = cell.parse::<pec_core::money::Number>().is_ok();
                assert!(is_amount || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell} in {name}");
                quoted += usize::from(cell.starts_with('\''));
            }
        }
    }
    assert!(quoted >= 3, "the formulas were there: {quoted}");
}

#[test]
fn an_endless_line_is_one_issue_and_the_rest_is_read() {
    let endless = || std::io::repeat(b'x').take(64 << 20);
    let file = |header: &str, row: &str| {
        Cursor::new(format!("{header}\n{row}\n")).chain(endless()).chain(Cursor::new(format!("\n{row}\n")))
    };
    let found = tied("endless.csv", file(INVOICE, LINE));
    assert_eq!((found.row_issues, issues_of(&found.issues)), (1, vec![(3, "a record of more than 1 MiB")]));
    let found = prices_of(Input::new("endless.csv", file(PRICES, PRICE))).unwrap();
    let file = &found.files[0];
    assert_eq!((file.rows, issues_of(&file.issues)), (3, vec![(3, "a record of more than 1 MiB")]));
    assert!(!file.shows_absence, "what the line may have priced is not known");
    let header = || Input::new("endless.csv", Cursor::new("ProductId,").chain(endless()));
    assert_eq!(prices_of(header()).unwrap_err(), ReadErrorKind::LongHeader);
    assert_eq!(read_invoice(header(), &mut |_| {}).unwrap_err().kind(), &ReadErrorKind::LongHeader);
}

/// A header, a row, and 200 MiB of blanks.
fn blanks(header: &str, row: &str, out: &mut impl Write) {
    writeln!(out, "{header}\n{row}").unwrap();
    let blanks = vec![b' '; 1 << 20];
    (0..200).for_each(|_| out.write_all(&blanks).unwrap());
}

fn gzip_bomb(header: &str, row: &str) -> Vec<u8> {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    blanks(header, row, &mut bomb);
    bomb.finish().unwrap()
}

fn zip_bomb(header: &str, row: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    let (mut entry, config) =
        archive.new_file("recon.csv").compression_method(rawzip::CompressionMethod::DEFLATE).start().unwrap();
    let mut data = config.wrap(flate2::write::DeflateEncoder::new(&mut entry, Compression::best()));
    blanks(header, row, &mut data);
    let (encoder, descriptor) = data.finish().unwrap();
    encoder.finish().unwrap();
    entry.finish(descriptor).unwrap();
    archive.finish().unwrap();
    bytes
}

#[test]
fn bombs_meet_their_ceiling() {
    for (header, row) in [(INVOICE, LINE), (PRICES, PRICE)] {
        for (name, bomb) in [("bomb.csv.gz", gzip_bomb(header, row)), ("bomb.zip", zip_bomb(header, row))] {
            assert!(bomb.len() < 1 << 20, "{name} is small");
            let input = || Input::new(name, &bomb[..]);
            let error = match header {
                INVOICE => read_invoice(input(), &mut |_| {}).unwrap_err().kind().clone(),
                _ => prices_of(input()).unwrap_err(),
            };
            assert_eq!(error, ReadErrorKind::Expansion { limit: 250 }, "{name}");
        }
    }
}

#[test]
fn a_million_brackets_are_an_error() {
    for open in ["[", "{\"items\":["] {
        let deep = format!("{open}{}", "[".repeat(1_000_000));
        for text in [deep.clone(), format!("{deep}{}", "]".repeat(1_000_000))] {
            let input = || Input::new("deep.json", text.as_bytes());
            let mut rows = 0;
            let invoice = read_invoice(input(), &mut |row| {
                assert!(row.is_err());
                rows += 1;
            });
            assert!(invoice.is_err() || rows > 0, "an invoice of brackets");
            let prices = prices_of(input());
            assert!(prices.is_err() || prices.unwrap().files[0].row_issues > 0, "a price list of brackets");
        }
    }
}

#[test]
fn an_open_quote_before_many_rows_loses_none() {
    for rows in [10_u64, 40_000] {
        let file = |header: &str, row: &str| format!("{header}\n\"{row}\n{}", format!("{row}\n").repeat(rows as usize));
        let found = tied("open.csv", file(INVOICE, LINE).as_bytes());
        assert_eq!((found.row_issues, found.issues[0].row), (1, 2), "{rows} rows behind an open quote");
        let found = prices_of(Input::new("open.csv", file(PRICES, PRICE).as_bytes())).unwrap();
        assert_eq!((found.files[0].rows, found.files[0].row_issues), (rows + 1, 1));
    }
}
