//! Unpacks a gzip file with the library that pec uses and throws the text away: the floor of reading `.gz`.

use std::fs::File;
use std::io::{BufReader, Read};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: unpack FILE.gz")?;
    let packed = BufReader::with_capacity(256 << 10, File::open(path)?);
    let mut text = flate2::bufread::MultiGzDecoder::new(packed);
    let (mut buffer, mut bytes) = (vec![0; 256 << 10], 0);
    loop {
        match text.read(&mut buffer)? {
            0 => break,
            read => bytes += read,
        }
    }
    println!("{bytes} bytes");
    Ok(())
}
