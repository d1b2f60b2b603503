//! Rows as a workbook holds them: texts, numbers, and dates as days since 1899-12-30.

use std::fmt::Write as _;
use std::io::Write as _;

use chrono::NaiveDate;
use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::kinds::{NUMBERS, Rows};

const DAYS: [&str; 3] = ["UsageDate", "ChargeStartDate", "ChargeEndDate"];

/// A workbook with a sheet that is not the usage in front. `swapped`: made where the day comes first, so that dates which can be
/// read so were, and the others stayed texts.
pub fn written(rows: &Rows, swapped: bool) -> Vec<u8> {
    let mut sheet =
        String::from("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Daily usage</t></is></c></row><row r=\"3\">");
    rows.header.iter().for_each(|name| text(&mut sheet, name));
    sheet += "</row>";
    for (at, row) in rows.rows.iter().enumerate() {
        let _ = write!(sheet, "<row r=\"{}\">", at + 4);
        for (cell, name) in row.iter().zip(&rows.header) {
            match serial(cell, swapped).filter(|_| DAYS.contains(&name.as_str())) {
                Some(serial) => {
                    let _ = write!(sheet, "<c s=\"1\"><v>{serial}</v></c>");
                }
                None if NUMBERS.contains(&name.as_str()) && !cell.is_empty() => {
                    let _ = write!(sheet, "<c><v>{cell}</v></c>");
                }
                None => text(&mut sheet, cell),
            }
        }
        sheet += "</row>";
    }
    workbook(&sheet)
}

fn text(sheet: &mut String, text: &str) {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = write!(sheet, "<c t=\"inlineStr\"><is><t>{escaped}</t></is></c>");
}

fn serial(date: &str, swapped: bool) -> Option<i64> {
    let [month, day, year] = date.split('/').map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>()?[..] else {
        return None;
    };
    let (month, day) = if swapped { (day, month) } else { (month, day) };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some((date - NaiveDate::from_ymd_opt(1899, 12, 30)?).num_days())
}

/// One cell far to the right: whoever holds a sheet as a rectangle runs out of memory.
pub fn far_cell() -> Vec<u8> {
    workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>")
}

/// 100 MB of blanks in a few hundred kilobytes.
pub fn bomb() -> Vec<u8> {
    workbook(&" ".repeat(100 << 20))
}

fn workbook(rows: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let sheet = |rows: &str| format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    let relation = |id: u8, kind: &str, target: &str| {
        format!("<Relationship Id=\"rId{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = [
        relation(1, "worksheet", "worksheets/sheet1.xml"),
        relation(2, "worksheet", "worksheets/sheet2.xml"),
        relation(3, "styles", "styles.xml"),
    ];
    archive(&[
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{RELATIONS}\">{}</Relationships>",
                relation(1, "officeDocument", "xl/workbook.xml")
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Notes\" sheetId=\"1\" r:id=\"rId1\"/>\
                 <sheet name=\"Usage\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns=\"{RELATIONS}\">{}</Relationships>", relations.concat()),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Notes</t></is></c></row>")),
        ("xl/worksheets/sheet2.xml", sheet(rows)),
    ])
}

fn archive(files: &[(&str, String)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, text) in files {
        let method = rawzip::CompressionMethod::DEFLATE;
        let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
        let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::best()));
        writer.write_all(text.as_bytes()).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}
