//! Tables in every container.

use std::io::Write;

use flate2::Compression;
use proptest::prelude::*;

use super::super::row::shorten;
use super::*;

table_columns! {
    Fruit;
    needed: [Name, Price]; numbers: [Price]; days: []; documented: ["colour"]; advice: "export the fruit";
    Name = "Fruit Name" | "fruit",
    Price = "UnitPrice" | "price",
    Note = "Note",
}

/// The names, prices and notes of each row with its number, or what was found; and what is known of the table.
fn rows(bytes: &[u8]) -> Result<(Vec<String>, Table<Fruit>), String> {
    let mut rows = Vec::new();
    let table = read_table(Input::new("fruit", bytes), &mut |number, row| {
        rows.push(match row {
            Ok(row) => {
                assert_eq!(row.number, number);
                let cells = [Fruit::Name, Fruit::Price, Fruit::Note].map(|column| row.cell(column).shown());
                format!("{number}: {}", cells.join("|"))
            }
            Err(malformed) => format!("{number}: {}", malformed.found),
        });
    });
    let table = table.map_err(|error| error.to_string())?;
    assert_eq!(table.rows, rows.len() as u64);
    Ok((rows, table))
}

const CSV: &str =
    "Fruit name,Colour,price,Mine\r\n\"apple, \"\"red\"\"\r\nround\",red,1.10,\r\n\r\npear,green,=2,x\r\n";
const READ: [&str; 2] = ["2: apple, \"red\"\\r\\nround|1.10|", "3: pear|=2|"];

/// The same with another separator.
fn parted_by(separator: &str) -> String {
    CSV.replace("apple, ", "apple|").replace(',', separator).replace("apple|", "apple, ")
}

/// As Excel saves *Unicode Text*.
fn utf_16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn gzipped(text: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(text).unwrap();
    gzip.finish().unwrap()
}

/// An archive of such files, deflated.
fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, text) in files {
        let method = rawzip::CompressionMethod::DEFLATE;
        let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
        let mut writer = config.wrap(flate2::write::DeflateEncoder::new(&mut entry, Compression::best()));
        writer.write_all(text).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

#[test]
fn every_container_holds_the_same_rows() {
    let (mac, file) = (("__MACOSX/._fruit.csv", &b"x"[..]), ("fruit.csv", CSV.as_bytes()));
    for (bytes, format) in [
        (CSV.as_bytes().to_vec(), "CSV"),
        (["\u{feff}".as_bytes(), CSV.as_bytes()].concat(), "CSV"),
        (utf_16(CSV), "CSV"),
        (parted_by(";").into_bytes(), "CSV with semicolons"),
        (parted_by("\t").into_bytes(), "CSV with tabs"),
        (utf_16(&parted_by("\t")), "CSV with tabs"),
        (gzipped(CSV.as_bytes()), "CSV, gzip"),
        (gzipped(&utf_16(CSV)), "CSV, gzip"),
        (zipped(&[file]), "CSV, zip"),
        (zipped(&[mac, file]), "CSV, zip"),
    ] {
        let (rows, table) = rows(&bytes).unwrap();
        assert_eq!((rows.as_slice(), table.format().as_str()), (&READ.map(str::to_owned)[..], format));
        assert_eq!(table.heading.unknown().collect::<Vec<_>>(), ["Mine"]);
        assert_eq!((table.heading.spelled(Fruit::Price), table.heading.has(Fruit::Note)), ("price", false));
    }
}

#[test]
fn a_decimal_comma_in_one_row_tells_of_all() {
    let text = "fruit;Colour;price\nkiwi;green;1\npear, \"ripe\";green;0,5\n";
    let mut found = Vec::new();
    let table = read_table::<Fruit>(Input::new("fruit", text.as_bytes()), &mut |_, row| {
        let row = row.unwrap();
        found.push((row.cell(Fruit::Price).shown(), row.decimals, row.saved));
    });
    assert_eq!(table.unwrap().format(), "CSV with semicolons and decimal commas");
    let regional = |price: &str| (price.to_owned(), Decimals::Comma, Saved::Regionally);
    assert_eq!(found, [regional("1"), regional("0,5")]);
    let (rows, _) = rows(b"fruit;price\na;1\n\"x\nb;2\n").unwrap();
    assert_eq!(rows, ["2: a|1|", "3: 1 field", "4: b|2|"]);
}

#[test]
fn json_holds_rows_too() {
    let (one, two) = (r#"{"Fruit": "apple","price": 1.10,"Other":[{"a":1}]}"#, r#"{"price":"2","fruit":null}"#);
    for (text, format) in [
        (format!("{one}\n\n{two}\n"), Format::JsonLines),
        (format!("[{one},\n{two}]"), Format::JsonDocument),
        (format!(r#"{{"totalCount": 2, "items": [{one}, {two}]}}"#), Format::JsonDocument),
        (format!(r#"{{"@odata.context": "x", "value": [{one}, {two}]}}"#), Format::JsonDocument),
    ] {
        let (rows, table) = rows(text.as_bytes()).unwrap();
        let read = vec!["1: apple|1.10|".to_owned(), "2: |2|".to_owned()];
        assert_eq!((rows, table.format().as_str()), (read, format.as_str()));
        assert_eq!(table.heading.unknown().collect::<Vec<_>>(), ["Other"]);
    }
    assert_eq!(rows(b"[]").unwrap().0, Vec::<String>::new());
    let twice = format!("{one}\n{{\"price\":1,\"unit_price\":2}}\n[1]\n");
    assert_eq!(rows(twice.as_bytes()).unwrap().0[1..], [r#"2: {"price":1,"unit_price":2}"#, "3: [1]"]);
}

#[test]
fn what_is_missing_is_told_with_what_to_export() {
    for text in ["Fruit,Colour\na,b\n", r#"{"fruit": "a"}"#] {
        assert_eq!(rows(text.as_bytes()).unwrap_err(), "fruit: no column `UnitPrice`; export the fruit");
    }
    let twice = rows(b"fruit,price,Fruit name\n").unwrap_err();
    assert_eq!(twice, "fruit: columns `fruit` and `Fruit name` mean the same; keep one of them");
    assert!(rows(b"").unwrap_err().contains("is empty"));
    assert!(rows(b"\x89PNG\0\0").unwrap_err().contains("neither CSV nor JSON"));
}

#[test]
fn archives_of_another_kind_are_refused() {
    let two = zipped(&[("a.csv", b"x"), ("b.csv", b"y")]);
    assert!(rows(&two).unwrap_err().contains("holds 2 files"));
    assert!(rows(&zipped(&[])).is_err());
    let whole = zipped(&[("a.csv", CSV.as_bytes())]);
    assert!(rows(&whole[..whole.len() / 2]).unwrap_err().contains("is broken"));
    let mut damaged = whole;
    damaged[60] ^= 0xff;
    assert!(rows(&damaged).unwrap_err().contains("cannot be read"));
}

#[test]
fn what_expands_too_far_is_refused() {
    let bomb = [b"fruit,price\n".to_vec(), vec![b'\n'; 80 << 20]].concat();
    for packed in [gzipped(&bomb), zipped(&[("a.csv", &bomb)])] {
        assert!(rows(&packed).unwrap_err().contains("unpacks to more than 250 times its size"));
    }
}

#[test]
fn an_endless_line_is_one_issue() {
    let line = [b"a,\"1".to_vec(), vec![b'x'; 3 << 20]].concat();
    for line in [line.clone(), [&b"a,1"[..], &line[4..]].concat()] {
        let text = [b"fruit,price\n".to_vec(), line, b"\npear,2\n".to_vec()].concat();
        assert_eq!(rows(&text).unwrap().0, ["2: a record of more than 1 MiB", "3: pear|2|"]);
    }
    let lines =
        format!("{{\"fruit\":\"a\",\"price\":1}}\n{{\"fruit\":\"{}\"}}\n{{\"price\":3}}\n", "x".repeat(3 << 20));
    assert_eq!(rows(lines.as_bytes()).unwrap().0, ["1: a|1|", "2: a record of more than 1 MiB", "3: |3|"]);
    let deep = format!("{{\"fruit\":\"a\",\"price\":1}}\n{{\"fruit\":{}", "[".repeat(900_000));
    assert!(rows(deep.as_bytes()).unwrap().0[1].starts_with("2: {\"fruit\":[["));
}

#[test]
fn a_missing_quote_breaks_one_row() {
    let text = "fruit,price\na,\"1\nb,2\nc,3\nd,4\ne\n\"f\",6,7";
    let found =
        ["2: a quote that does not close on its line", "3: b|2|", "4: c|3|", "5: d|4|", "6: 1 field", "7: 3 fields"];
    assert_eq!(rows(text.as_bytes()).unwrap().0, found);
}

proptest! {
    /// Cells come back as they were written, wherever a piece ends and whatever parts them.
    #[test]
    fn prop_cells_come_back(
        cells in proptest::collection::vec((r#"[a-z,;"\r\n\t]{0,30}"#, 0..300_000_usize), 1..6), separator in 0_usize..3,
    ) {
        let separator = [",", ";", "\t"][separator];
        let mut text = format!("fruit{separator}Colour{separator}price\n");
        for (cell, padding) in &cells {
            let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
            text += &[&quoted, &"x".repeat(*padding), "1"].join(separator);
            text += "\n";
        }
        let shown = |text: &str| shorten(text.trim());
        let expected: Vec<_> = (2..).zip(&cells).map(|(row, (cell, _))| format!("{row}: {}|1|", shown(cell))).collect();
        prop_assert_eq!(rows(text.as_bytes()).unwrap().0, expected);
    }

    #[test]
    fn prop_any_bytes_end(text in "[a,\"\n\r;{}\\[\\]:]{0,300}") {
        let _ = rows(format!("fruit,price\n{text}").as_bytes()).unwrap();
        let _ = rows(text.as_bytes());
    }
}
