//! Inputs that become CSV text first.

use std::io::Cursor;

use super::super::columns::{Binding, Column, Columns};
use super::super::regional;
use super::super::zipped::Zip;
use super::{Found, ReadErrorKind};

/// Text that a spreadsheet saved with another separator.
pub(super) fn regional<'a>(text: &[u8], separator: u8, binding: Binding) -> Result<Found<'a>, ReadErrorKind> {
    let is_number = |column: &Option<Column>| column.is_some_and(|column| Column::NUMBERS.contains(&column));
    let numbers: Vec<bool> = binding.columns().iter().map(is_number).collect();
    let (csv, decimals) = regional::converted(text, separator, &numbers)?;
    Ok(Found::csv(binding.with_decimals(decimals), regional::label(separator, decimals), Cursor::new(csv)))
}

#[cfg(feature = "parquet")]
pub(super) fn parquet<'a>(bytes: Vec<u8>, wanted: Columns) -> Result<Found<'a>, ReadErrorKind> {
    let file = super::super::parquet::open(bytes, wanted)?;
    let mut found = Found::csv(file.binding, "Parquet", file.text);
    (found.head.first_row, found.head.doubles) = (1, file.doubles);
    Ok(found)
}

#[cfg(not(feature = "parquet"))]
pub(super) fn parquet<'a>(_: Vec<u8>, _: Columns) -> Result<Found<'a>, ReadErrorKind> {
    Err(ReadErrorKind::NotBuilt { what: "Parquet file", feature: "parquet" })
}

#[cfg(feature = "xlsx")]
pub(super) fn workbook<'a>(archive: Zip, wanted: Columns) -> Result<Found<'a>, ReadErrorKind> {
    use super::super::workbook::{Manner, sheet};

    if !archive.is_workbook() {
        return Err(ReadErrorKind::Zip);
    }
    let places =
        |binding: &Binding, columns: &[Column]| columns.iter().filter_map(|column| binding.place(*column)).collect();
    let manner = |binding: &Binding| Manner {
        // Only a charge period can settle day and month.
        slashed: binding.has(Column::ChargeStartDate),
        dotted: false,
        days: places(binding, &Column::DAYS),
        ids: places(binding, &Column::IDS),
    };
    let bind = |names: &[String]| Binding::new(names.iter().map(String::as_str));
    let sheet = sheet(archive.checked()?, bind, manner)?;
    let mut text = Cursor::new(sheet.text);
    text.set_position(sheet.rows_at as u64);
    let mut found = Found::csv(sheet.header.only(wanted)?, format!("workbook, sheet `{}`", sheet.name), text);
    (found.head.first_row, found.head.doubles) = (sheet.header_row + 1, true);
    Ok(found)
}

#[cfg(not(feature = "xlsx"))]
pub(super) fn workbook<'a>(_: Zip, _: Columns) -> Result<Found<'a>, ReadErrorKind> {
    Err(ReadErrorKind::NotBuilt { what: "workbook or a zip archive", feature: "xlsx" })
}
