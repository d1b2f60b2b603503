//! The record before: beside it the next one is read.
//!
//! Exports come in runs: most of a line is the line above. Where two records are equal byte by byte from the beginning of a
//! field on, they have the same fields there. So structure need only be looked for in the fields that differ, which are the
//! same few in line after line: the *stops*. What lies between two stops is compared as a whole, which is cheaper than to look
//! for structure in it, and it tells which cells changed.

use super::chunk::{common_prefix, same_start};

/// A record that differs in more fields than the last ones did, and by more than this, is quicker read on its own.
const MAX_UNEXPECTED: usize = 8;
/// After so many records, stops that no record differed at are given up.
const RECORDS_OF_A_STOP: u32 = 4;
/// After records that were not like the one before, at most this many are read without trying.
const MAX_PAUSE: u32 = 31;

/// The record before, and where it is likely to differ from the next.
#[derive(Debug, Default)]
pub(super) struct LastRecord {
    start: usize,
    /// The length of each field when a record was last read on its own, without its separator: the comma, or the line break
    /// after the last one. Still so but for the fields of stops.
    lengths: Vec<usize>,
    /// Where the next field of a record begins that is being read on its own.
    field_start: usize,
    known: bool,
    /// In the order of their fields.
    stops: Vec<Stop>,
    /// The bytes after the last stop, the line break included.
    tail: usize,
    /// How many records were read beside their last one since stops were looked through.
    records: u32,
    /// How many records to read without trying, and how many it will be after the next failure.
    pause: u32,
    next_pause: u32,
}

/// A field that differs from line to line.
#[derive(Clone, Copy, Debug)]
struct Stop {
    field: usize,
    /// The bytes between the stop before and this one.
    gap: usize,
    /// The bytes of the field, its separator included.
    length: usize,
    /// Found in the record that is being read.
    unexpected: bool,
    /// Did a record differ here since stops were last looked through?
    used: bool,
}

impl LastRecord {
    /// Begins a record that is read on its own.
    #[inline]
    pub(super) fn begin(&mut self, start: usize) {
        self.start = start;
        self.field_start = start;
        self.lengths.clear();
        self.known = false;
    }

    /// Ends a field of the record that was begun.
    #[inline]
    pub(super) fn end_field(&mut self, at: usize) {
        self.lengths.push(at - self.field_start);
        self.field_start = at + 1;
    }

    /// How many fields have ended.
    #[inline]
    pub(super) const fn fields(&self) -> usize {
        self.lengths.len()
    }

    /// Where each field begins and ends.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        self.lengths.iter().scan(self.start, |next, length| {
            let begin = *next;
            *next += length + 1;
            Some((begin, begin + length))
        })
    }

    /// The record that was begun is whole: the next may be read beside it.
    pub(super) fn whole(&mut self) {
        self.known = true;
        let mut fields = self.lengths.iter().copied().enumerate();
        for stop in &mut self.stops {
            stop.gap = 0;
            // The fields are as many as they were when the stop was found.
            for (field, length) in fields.by_ref() {
                stop.length = length + 1;
                if field == stop.field {
                    break;
                }
                stop.gap += length + 1;
            }
        }
        self.tail = fields.map(|(_, length)| length + 1).sum();
    }

    /// Forgets the record.
    pub(super) fn forget(&mut self) {
        self.known = false;
        self.stops.clear();
    }

    /// Reads the record at `start` beside this one, which it replaces; where the record after it begins.
    ///
    /// `differs` is called for each field that differs, in order, with its place and the text it begins, and gives its length.
    /// `None`, from it or from here, means that the record must be read on its own.
    #[inline]
    pub(super) fn beside<'b>(
        &mut self,
        bytes: &'b [u8],
        start: usize,
        differs: impl FnMut(usize, &'b [u8]) -> Option<usize>,
    ) -> Option<usize> {
        if !self.known {
            return None;
        }
        if self.pause > 0 {
            self.pause -= 1;
            return None;
        }
        let next = self.follow(bytes, start, differs);
        self.known = next.is_some();
        if self.known {
            self.next_pause = 0;
        } else {
            self.stops.retain(|stop| !stop.unexpected);
            self.pause = self.next_pause;
            self.next_pause = (2 * self.next_pause + 1).min(MAX_PAUSE);
        }
        next
    }

    #[inline]
    fn follow<'b>(
        &mut self,
        bytes: &'b [u8],
        start: usize,
        mut differs: impl FnMut(usize, &'b [u8]) -> Option<usize>,
    ) -> Option<usize> {
        // What is left to compare: both begin with the same field.
        let (mut old, mut new) = (bytes.get(self.start..)?, bytes.get(start..)?);
        let (mut index, mut unexpected) = (0, 0);
        loop {
            let gap = self.stops.get(index).map_or(self.tail, |stop| stop.gap);
            if !same_start(old, new, gap)? {
                unexpected += 1;
                if unexpected > MAX_UNEXPECTED {
                    return None;
                }
                self.stop_within(common_prefix(old, new), index, gap)?;
                continue;
            }
            (old, new) = (old.get(gap..)?, new.get(gap..)?);
            let Some(stop) = self.stops.get_mut(index) else { break };
            let length = stop.length;
            if !same_start(old, new, length)? {
                stop.length = differs(stop.field, new)? + 1;
                stop.used = true;
            }
            (old, new) = (old.get(length..)?, new.get(stop.length..)?);
            index += 1;
        }
        self.start = start;
        self.records += 1;
        if unexpected > 0 || self.records > RECORDS_OF_A_STOP {
            self.look_through();
        }
        Some(bytes.len() - new.len())
    }

    /// Keeps what was unexpected and, from time to time, gives up stops that are none any more.
    #[cold]
    fn look_through(&mut self) {
        let due = self.records > RECORDS_OF_A_STOP;
        let (lengths, mut given_up) = (&mut self.lengths, 0);
        self.stops.retain_mut(|stop| {
            if due && !stop.used {
                given_up += stop.gap + stop.length;
                if let Some(length) = lengths.get_mut(stop.field) {
                    *length = stop.length - 1;
                }
                return false;
            }
            stop.gap += std::mem::take(&mut given_up);
            stop.unexpected = false;
            stop.used &= !due;
            true
        });
        self.tail += given_up;
        if due {
            self.records = 0;
        }
    }

    /// Makes a stop of the field after so many `common` bytes of the gap before the stop at `index`.
    fn stop_within(&mut self, common: usize, index: usize, gap: usize) -> Option<()> {
        let mut field = index.checked_sub(1).and_then(|before| self.stops.get(before)).map_or(0, |stop| stop.field + 1);
        let mut before = 0;
        // The separator belongs to the field: one that ends elsewhere differs.
        while before + self.lengths.get(field)? < common {
            before += self.lengths.get(field)? + 1;
            field += 1;
        }
        let length = *self.lengths.get(field)? + 1;
        let rest = gap.checked_sub(before + length)?;
        *self.stops.get_mut(index).map_or(&mut self.tail, |stop| &mut stop.gap) = rest;
        self.stops.insert(index, Stop { field, gap: before, length, unexpected: true, used: true });
        Some(())
    }
}
