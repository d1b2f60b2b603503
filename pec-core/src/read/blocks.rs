//! A stream of bytes cut into blocks of whole records.
//!
//! Cutting needs order and is done by one worker at a time; what is inside a block needs none. A CSV block may only
//! end at a line break outside quotes: the next line break after so many bytes fails on quoted ones.

use std::io::{ErrorKind, Read};
use std::sync::Arc;

use super::chunk::{Chunk, prefix_xor};
use super::detect::io_kind;
use super::document::Documents;
use super::{MAX_RECORD_BYTES, ReadError};

/// Large enough that the work on a block dwarfs what it takes to hand it over, small enough for the cache.
const BLOCK_BYTES: usize = 512 << 10;

/// How to find the end of a record.
pub(super) enum Splitter {
    Csv,
    JsonLines,
    Documents(Documents),
}

/// Records of an input, one after the other. Its memory is filled again and again: to clear it each time would cost as much
/// as to read.
#[derive(Default)]
pub(crate) struct Block {
    memory: Vec<u8>,
    length: usize,
    /// The block is the beginning of one record that is too long to keep.
    pub(crate) too_long: bool,
}

impl Block {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.memory.get(..self.length).unwrap_or_default()
    }

    /// Begins anew with these bytes.
    fn restart(&mut self, bytes: &[u8]) {
        self.too_long = false;
        self.make_room(bytes.len());
        self.length = bytes.len();
        self.memory.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    }

    fn make_room(&mut self, size: usize) {
        if self.memory.len() < size {
            self.memory.resize(size, 0);
        }
    }
}

/// The blocks of an input.
pub(crate) struct Blocks<'a> {
    name: Arc<str>,
    reader: Box<dyn Read + Send + 'a>,
    splitter: Splitter,
    /// What was read after the last cut.
    carry: Vec<u8>,
    /// Text that is not cut into blocks as it stands.
    text: Block,
    /// Quoted stretches of the block being cut; kept to reuse its memory.
    quoted: Vec<(usize, usize)>,
    bytes_read: u64,
    skipping: bool,
    done: bool,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(name: Arc<str>, reader: Box<dyn Read + Send + 'a>, splitter: Splitter) -> Self {
        Self {
            name,
            reader,
            splitter,
            carry: Vec::new(),
            text: Block::default(),
            quoted: Vec::new(),
            bytes_read: 0,
            skipping: false,
            done: false,
        }
    }

    /// Bytes of text read so far.
    pub(crate) const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next block, in the memory of an earlier one; `None` at the end.
    pub(crate) fn next(&mut self, mut block: Block) -> Result<Option<Block>, ReadError> {
        if self.skipping && !self.skip_line()? {
            return Ok(None);
        }
        if let Splitter::Documents(_) = self.splitter {
            return self.next_of_documents(block);
        }
        block.restart(&self.carry);
        self.carry.clear();
        let mut size = BLOCK_BYTES.max(block.length);
        while !self.done {
            self.fill(&mut block, size)?;
            if self.done {
                break;
            }
            let bytes = block.bytes();
            let physical = || memchr::memrchr(b'\n', bytes).map(|at| at + 1);
            let cut = match self.splitter {
                Splitter::Csv => last_record_end(bytes, &mut self.quoted),
                Splitter::JsonLines | Splitter::Documents(_) => physical(),
            };
            // A quote that never closes must not swallow the file: past the ceiling any line break will do.
            let too_far = bytes.len() > BLOCK_BYTES + MAX_RECORD_BYTES;
            if let Some(cut) = cut.or_else(|| physical().filter(|_| too_far)) {
                self.carry.extend_from_slice(bytes.get(cut..).unwrap_or_default());
                block.length = cut;
                return Ok(Some(block));
            }
            if too_far {
                block.length = 64;
                block.too_long = true;
                self.skipping = true;
                return Ok(Some(block));
            }
            size += BLOCK_BYTES;
        }
        Ok((block.length > 0).then_some(block))
    }

    /// Reads until the block has `size` bytes or there are no more.
    fn fill(&mut self, block: &mut Block, size: usize) -> Result<(), ReadError> {
        block.make_room(size);
        while block.length < size {
            let room = block.memory.get_mut(block.length..size).unwrap_or_default();
            let wanted = room.len();
            match self.reader.read(room) {
                Ok(0) => {
                    self.done = true;
                    break;
                }
                Ok(read) => {
                    block.length += read.min(wanted);
                    self.bytes_read += read as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadError::new(&self.name, io_kind(&error))),
            }
        }
        Ok(())
    }

    /// Reads the next text into memory of its own.
    fn fill_text(&mut self) -> Result<(), ReadError> {
        let mut text = std::mem::take(&mut self.text);
        text.length = 0;
        let filled = self.fill(&mut text, BLOCK_BYTES);
        self.text = text;
        filled
    }

    /// Drops the rest of an endless line; false where the input ends with it.
    fn skip_line(&mut self) -> Result<bool, ReadError> {
        while !self.done {
            self.fill_text()?;
            let bytes = self.text.bytes();
            if let Some(end) = memchr::memchr(b'\n', bytes) {
                self.carry.extend_from_slice(bytes.get(end + 1..).unwrap_or_default());
                self.skipping = false;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn next_of_documents(&mut self, mut block: Block) -> Result<Option<Block>, ReadError> {
        let mut records = std::mem::take(&mut block.memory);
        records.clear();
        while records.is_empty() && !self.done {
            self.fill_text()?;
            if let Splitter::Documents(documents) = &mut self.splitter {
                documents.feed(self.text.bytes(), &mut records);
                if self.done {
                    documents.finish(&mut records);
                }
            }
        }
        let block = Block { length: records.len(), memory: records, too_long: false };
        Ok((block.length > 0).then_some(block))
    }
}

/// The place after the last line break outside quotes, where `bytes` begins outside quotes.
fn last_record_end(bytes: &[u8], quoted: &mut Vec<(usize, usize)>) -> Option<usize> {
    match masked_cut(bytes) {
        Ok(cut) => cut,
        Err(StrayQuote) => exact_cut(bytes, quoted),
    }
}

/// A quote that neither opens a field nor closes one: counting quotes does not tell what is quoted.
struct StrayQuote;

/// By the parity of quotes, 64 bytes at a time: forwards for the parity at the end, backwards to the line break.
fn masked_cut(bytes: &[u8]) -> Result<Option<usize>, StrayQuote> {
    let mut inside = 0_u64;
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|rest| memchr::memchr(b'"', rest)) {
        let start = from + found;
        from = start + Chunk::BYTES;
        let quotes = Chunk::at(bytes, start).mask(b'"');
        let in_quotes = prefix_xor(quotes) ^ inside;
        // The second of two quotes opens again what the first closed; any other opens a field, or is a stray.
        let mut opening = quotes & in_quotes & !(quotes << 1);
        while opening != 0 {
            let at = start + opening.trailing_zeros() as usize;
            opening &= opening - 1;
            if at > 0 && !matches!(bytes.get(at - 1), Some(b',' | b'\n' | b'"')) {
                return Err(StrayQuote);
            }
        }
        inside = 0_u64.wrapping_sub(in_quotes >> 63);
    }
    for start in (0..bytes.len()).step_by(Chunk::BYTES).rev() {
        let chunk = Chunk::at(bytes, start);
        let quotes = chunk.mask(b'"');
        // From the parity after the chunk to the one before it.
        inside ^= 0_u64.wrapping_sub(u64::from(quotes.count_ones() & 1));
        let breaks = chunk.mask(b'\n') & !(prefix_xor(quotes) ^ inside);
        if breaks != 0 {
            return Ok(Some(start + Chunk::BYTES - breaks.leading_zeros() as usize));
        }
    }
    Ok(None)
}

/// By the grammar, quote by quote: only a quote at the beginning of a field opens one, elsewhere it is text.
fn exact_cut(bytes: &[u8], quoted: &mut Vec<(usize, usize)>) -> Option<usize> {
    quoted.clear();
    let mut at = 0;
    let next_quote = |from: usize| memchr::memchr(b'"', bytes.get(from..)?).map(|offset| from + offset);
    while let Some(quote) = next_quote(at) {
        at = quote + 1;
        let opens = quote == 0 || matches!(bytes.get(quote - 1), Some(b',' | b'\n'));
        if !opens {
            continue;
        }
        loop {
            let Some(close) = next_quote(at) else {
                at = bytes.len();
                break;
            };
            at = close + 1;
            match bytes.get(at) {
                Some(b'"') => at += 1,
                Some(_) => break,
                // A quote at the very end may be half of a doubled one.
                None => break,
            }
        }
        quoted.push((quote, at));
    }
    // Backwards through what lies between the quoted stretches.
    let mut end = bytes.len();
    while let Some((from, until)) = quoted.pop() {
        if let Some(found) = bytes.get(until..end).and_then(|gap| memchr::memrchr(b'\n', gap)) {
            return Some(until + found + 1);
        }
        end = from;
    }
    bytes.get(..end).and_then(|gap| memchr::memrchr(b'\n', gap)).map(|found| found + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Option<usize> {
        let exact = exact_cut(text.as_bytes(), &mut Vec::new());
        assert_eq!(last_record_end(text.as_bytes(), &mut Vec::new()), exact, "{text}");
        exact
    }

    #[test]
    fn line_breaks_in_quotes_do_not_cut() {
        assert_eq!(cut("a,b\nc,\"d\ne"), Some(4));
        assert_eq!(cut("a,b\nc,\"d\ne\"\nf"), Some(12));
        assert_eq!(cut("a,\"b\n\"\"\nc"), None);
        assert_eq!(cut("5\" disk,1\nx"), Some(10));
        assert_eq!(cut("\"a\nb\""), None);
        assert_eq!(cut(""), None);
    }

    proptest! {
        #[test]
        fn prop_masks_cut_as_the_grammar_does(text in "[ab,\"\n]{0,300}") {
            cut(&text);
        }

        #[test]
        fn prop_masks_cut_well_quoted_text(cells in proptest::collection::vec("[ab,\"\n]{0,90}", 0..12), tail in "[ab,]{0,70}") {
            let text: String = cells.iter().map(|cell| format!("x,\"{}\",y\n", cell.replace('"', "\"\""))).collect();
            prop_assert_eq!(cut(&format!("{text}{tail}")), Some(text.len()).filter(|end| *end > 0));
        }
    }

    #[test]
    fn an_endless_line_is_one_short_block() {
        let text = [vec![b'x'; 5 << 20], b"\na\n".to_vec()].concat();
        let mut blocks = Blocks::new("f".into(), Box::new(std::io::Cursor::new(text)), Splitter::Csv);
        let first = blocks.next(Block::default()).unwrap().unwrap();
        assert!(first.too_long && first.bytes().len() == 64);
        let second = blocks.next(first).unwrap().unwrap();
        assert_eq!((second.bytes(), second.too_long), (&b"a\n"[..], false));
        assert!(blocks.next(second).unwrap().is_none());
    }

    #[test]
    fn blocks_join_to_the_input() {
        let text = "k,\"a\n\"\"b\"\n1,2\n".repeat(200_000);
        let mut blocks = Blocks::new("f".into(), Box::new(text.as_bytes()), Splitter::Csv);
        let (mut joined, mut count) = (Vec::new(), 0);
        let mut memory = Block::default();
        while let Some(block) = blocks.next(memory).unwrap() {
            assert!(block.bytes().ends_with(b"\n"));
            joined.extend_from_slice(block.bytes());
            count += 1;
            memory = block;
        }
        assert!(count > 2 && joined == text.as_bytes());
    }
}
