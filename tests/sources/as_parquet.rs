//! Rows as a Parquet export holds them.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Decimal128Array, Float64Array, RecordBatch, StringArray};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use pec_core::money::Number;

use super::kinds::Rows;

const AMOUNTS: [&str; 8] = [
    "quantity",
    "effectivePrice",
    "costInPricingCurrency",
    "PayGPrice",
    "BilledCost",
    "ListUnitPrice",
    "PricingQuantity",
    "x_EffectiveUnitPrice",
];

/// Amounts as doubles, or as decimals; several row groups.
pub fn written(rows: &Rows, doubles: bool) -> Vec<u8> {
    compressed(rows, doubles, Compression::SNAPPY)
}

/// What exports and their users write.
pub fn codecs() -> [Compression; 5] {
    let (gzip, zstd) = (GzipLevel::default(), ZstdLevel::default());
    [
        Compression::UNCOMPRESSED,
        Compression::GZIP(gzip),
        Compression::ZSTD(zstd),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ]
}

/// The same, compressed so.
pub fn compressed(rows: &Rows, doubles: bool, codec: Compression) -> Vec<u8> {
    let columns: Vec<(Field, ArrayRef)> = rows.header.iter().map(|name| column(rows, name, doubles)).collect();
    let (fields, arrays): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).unwrap();
    let properties = WriterProperties::builder().set_compression(codec).set_max_row_group_row_count(Some(700)).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn column(rows: &Rows, name: &str, doubles: bool) -> (Field, ArrayRef) {
    let texts = || rows.rows.iter().map(|row| rows.cell(row, name));
    let array: ArrayRef = if AMOUNTS.contains(&name) && doubles {
        Arc::new(texts().map(|text| text.parse::<f64>().ok()).collect::<Float64Array>())
    } else if AMOUNTS.contains(&name) && name != "BilledCost" {
        let digits = |text: &str| {
            let text = text.parse::<Number>().unwrap().to_string();
            let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
            format!("{whole}{decimals:0<18}").parse::<i128>().unwrap()
        };
        Arc::new(
            texts()
                .map(|text| Some(digits(text)))
                .collect::<Decimal128Array>()
                .with_precision_and_scale(38, 18)
                .unwrap(),
        )
    } else if name.ends_with("CreditApplied") && doubles {
        Arc::new(texts().map(|text| Some(text.eq_ignore_ascii_case("true"))).collect::<BooleanArray>())
    } else {
        Arc::new(texts().map(|text| (!text.is_empty()).then_some(text)).collect::<StringArray>())
    };
    (Field::new(name, array.data_type().clone(), true), array)
}
