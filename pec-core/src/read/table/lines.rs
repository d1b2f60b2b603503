//! CSV text, record by record.

use std::io::{self, Read};

use super::super::delimited::slow_record;
use super::MAX_RECORD_BYTES;

/// Text that is cut into records as it is read.
pub(super) struct Lines<R> {
    pub(super) held: Vec<u8>,
    /// Where the next record begins in what is held.
    pub(super) start: usize,
    rest: R,
    ended: bool,
}

const PIECE_BYTES: u64 = 256 << 10;

impl<R: Read> Lines<R> {
    pub(super) fn new(held: Vec<u8>, start: usize, rest: R) -> Self {
        Self { held, start, rest, ended: false }
    }

    /// The ends of the fields of the next record, where it ends, and whether its quotes are closed there; `None` at the end.
    pub(super) fn record(&mut self, fields: usize, ends: &mut Vec<usize>) -> io::Result<Option<(usize, bool)>> {
        loop {
            ends.clear();
            let first_break = self.held.get(self.start..).and_then(|rest| memchr::memchr(b'\n', rest));
            let first_break = first_break.map_or(self.held.len(), |at| self.start + at);
            let (end, closed) = slow_record(&self.held, self.start, b',', |at| {
                ends.push(at);
                // Too many fields on more than one line are broken however they end.
                ends.len() <= fields || at <= first_break
            });
            let too_long = self.held.len().saturating_sub(self.start) > MAX_RECORD_BYTES;
            if end < self.held.len() || too_long {
                return Ok(Some((end, closed)));
            }
            if self.ended {
                return Ok((self.start < self.held.len()).then_some((end, closed)));
            }
            self.more()?;
        }
    }

    fn more(&mut self) -> io::Result<()> {
        self.held.drain(..self.start.min(self.held.len()));
        self.start = 0;
        let read = self.rest.by_ref().take(PIECE_BYTES).read_to_end(&mut self.held)?;
        self.ended = read == 0;
        Ok(())
    }

    /// Goes past what is left of a line of which all that is held is the beginning.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        while !self.ended {
            self.held.clear();
            self.more()?;
            if let Some(end) = memchr::memchr(b'\n', &self.held) {
                self.start = end + 1;
                break;
            }
        }
        Ok(())
    }
}
