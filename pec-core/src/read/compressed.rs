//! Gzip, with a ceiling on expansion.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// A stream may unpack to this many times its size; real exports stay below 60.
pub(super) const MAX_EXPANSION: u64 = 250;
/// Below this much text the ratio says nothing.
const ALWAYS_ALLOWED: u64 = 64 << 20;
const BUFFER_BYTES: usize = 256 << 10;

/// The text of a gzip stream of one or more members.
pub(super) struct Gunzip<R: Read> {
    decoder: MultiGzDecoder<BufReader<Counted<R>>>,
    unpacked: u64,
}

/// The marker inside the `io::Error` of a stream that expands too far.
#[derive(Debug, thiserror::Error)]
#[error("expands too far")]
pub(super) struct ExpandsTooFar;

struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

impl<R: Read> Gunzip<R> {
    pub(super) fn new(inner: R) -> Self {
        let counted = Counted { inner, bytes: 0 };
        Self { decoder: MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, counted)), unpacked: 0 }
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.unpacked += read as u64;
        allow(self.unpacked, self.decoder.get_ref().get_ref().bytes)?;
        Ok(read)
    }
}

/// May so many bytes come out of so many?
pub(super) fn allow(unpacked: u64, packed: u64) -> io::Result<()> {
    let too_far = unpacked > ALWAYS_ALLOWED && unpacked / MAX_EXPANSION > packed;
    if too_far { Err(io::Error::other(ExpandsTooFar)) } else { Ok(()) }
}
