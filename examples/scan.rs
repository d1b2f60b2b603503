//! Only finds the records of a CSV file, on one thread: what reading costs without the job.
//!
//! `cargo run --release --example scan -- csv|simd-csv FILE`, with the `csv` crate or the zero-copy reader of `simd-csv`.

use std::error::Error;
use std::fs::File;

const BUFFER_BYTES: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(library), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: scan csv|simd-csv FILE".into());
    };
    let file = File::open(path)?;
    let (mut records, mut fields) = (0_u64, 0);
    match library.as_str() {
        "csv" => {
            let mut reader = csv::ReaderBuilder::new().buffer_capacity(BUFFER_BYTES).from_reader(file);
            let mut record = csv::ByteRecord::new();
            while reader.read_byte_record(&mut record)? {
                records += 1;
                fields += record.len();
            }
        }
        "simd-csv" => {
            let mut reader = simd_csv::ZeroCopyReaderBuilder::new().buffer_capacity(BUFFER_BYTES).from_reader(file);
            while let Some(record) = reader.read_byte_record()? {
                records += 1;
                fields += record.len();
            }
        }
        other => return Err(format!("no library `{other}`").into()),
    }
    println!("{records} records, {fields} fields");
    Ok(())
}
