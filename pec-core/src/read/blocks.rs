//! A stream of bytes cut into blocks of whole records.
//!
//! Reading and cutting need order and are done by one worker at a time; what is inside a block needs none. A CSV block may only
//! end at a line break outside quotes: the next line break after so many bytes fails on quoted ones.

use std::io::{ErrorKind, Read};
use std::sync::Arc;

use super::chunk::{Chunk, prefix_xor};
use super::detect::io_kind;
use super::document::Documents;
use super::{MAX_RECORD_BYTES, ReadError};

/// Large enough that the work on a block dwarfs what it takes to hand it over, small enough for the cache.
const PIECE_BYTES: usize = 512 << 10;
/// Room before a piece for the beginning of its first record, which came with the piece before.
const ROOM_BYTES: usize = 64 << 10;

/// How to find the end of a record.
pub(super) enum Splitter {
    Csv,
    JsonLines,
    Documents(Documents),
}

/// A stretch of text: a piece as it was read, or a block of whole records. Its memory is filled again and again: to clear it
/// each time would cost as much as to read.
#[derive(Default)]
pub(crate) struct Block {
    memory: Vec<u8>,
    start: usize,
    end: usize,
    /// The block is the beginning of one record that is too long to keep.
    pub(crate) too_long: bool,
}

impl Block {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.memory.get(self.start..self.end).unwrap_or_default()
    }

    /// Puts bytes before the text.
    fn prepend(&mut self, bytes: &[u8]) {
        if let Some(missing) = bytes.len().checked_sub(self.start) {
            self.memory.splice(..0, std::iter::repeat_n(0, missing));
            self.start += missing;
            self.end += missing;
        }
        self.start -= bytes.len();
        self.memory.iter_mut().skip(self.start).zip(bytes).for_each(|(to, from)| *to = *from);
    }

    /// Leaves only so many bytes of the text.
    fn truncate(&mut self, length: usize) {
        self.end = self.start + length;
    }
}

/// An input as it is read.
pub(crate) struct Pieces<'a> {
    name: Arc<str>,
    reader: Box<dyn Read + Send + 'a>,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(name: Arc<str>, reader: Box<dyn Read + Send + 'a>) -> Self {
        Self { name, reader }
    }

    /// The next piece, in the memory of an earlier one; `None` at the end.
    pub(crate) fn next(&mut self, memory: Block) -> Result<Option<Block>, ReadError> {
        const END: usize = ROOM_BYTES + PIECE_BYTES;
        let mut memory = memory.memory;
        if memory.len() < END {
            memory.resize(END, 0);
        }
        let mut piece = Block { memory, start: ROOM_BYTES, end: ROOM_BYTES, too_long: false };
        while let Some(room) = piece.memory.get_mut(piece.end..END).filter(|room| !room.is_empty()) {
            match self.reader.read(room) {
                Ok(0) => break,
                Ok(read) => piece.end += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadError::new(&self.name, io_kind(&error))),
            }
        }
        Ok((piece.end > piece.start).then_some(piece))
    }
}

/// Cuts the pieces of an input into blocks.
pub(crate) struct Cutter {
    splitter: Splitter,
    /// What came after the last cut.
    carry: Vec<u8>,
    /// Quoted stretches of the text being cut; kept to reuse its memory.
    quoted: Vec<(usize, usize)>,
    /// Memory for records that are not cut out of the text as it stands.
    records: Vec<u8>,
    skipping: bool,
}

impl Cutter {
    pub(super) fn new(splitter: Splitter) -> Self {
        Self { splitter, carry: Vec::new(), quoted: Vec::new(), records: Vec::new(), skipping: false }
    }

    /// The records that end in the next piece. Where none does, its memory comes back as an error.
    pub(crate) fn cut(&mut self, mut piece: Block) -> Result<Block, Block> {
        if self.skipping {
            let Some(end) = memchr::memchr(b'\n', piece.bytes()) else { return Err(piece) };
            piece.start += end + 1;
            self.skipping = false;
        }
        if let Splitter::Documents(documents) = &mut self.splitter {
            documents.feed(piece.bytes(), &mut self.records);
            return self.take_records(piece.memory);
        }
        piece.prepend(&self.carry);
        self.carry.clear();
        let bytes = piece.bytes();
        let physical = || memchr::memrchr(b'\n', bytes).map(|at| at + 1);
        let cut = match self.splitter {
            Splitter::Csv => last_record_end(bytes, &mut self.quoted),
            Splitter::JsonLines | Splitter::Documents(_) => physical(),
        };
        // A quote that never closes must not swallow the file: past the ceiling any line break will do.
        let too_far = bytes.len() > PIECE_BYTES + MAX_RECORD_BYTES;
        if let Some(cut) = cut.or_else(|| physical().filter(|_| too_far)) {
            self.carry.extend_from_slice(bytes.get(cut..).unwrap_or_default());
            piece.truncate(cut);
            return Ok(piece);
        }
        if too_far {
            piece.truncate(64);
            piece.too_long = true;
            self.skipping = true;
            return Ok(piece);
        }
        self.carry.extend_from_slice(bytes);
        Err(piece)
    }

    /// What is left after the last piece.
    pub(crate) fn rest(&mut self, mut memory: Block) -> Option<Block> {
        if let Splitter::Documents(documents) = &mut self.splitter {
            documents.finish(&mut self.records);
            return self.take_records(memory.memory).ok();
        }
        (memory.start, memory.end, memory.too_long) = (0, 0, false);
        memory.prepend(&self.carry);
        self.carry.clear();
        (memory.end > 0).then_some(memory)
    }

    /// Is the input, at its end, a part of what was asked for?
    pub(crate) const fn is_part(&self) -> bool {
        matches!(&self.splitter, Splitter::Documents(documents) if documents.is_part())
    }

    fn take_records(&mut self, mut memory: Vec<u8>) -> Result<Block, Block> {
        memory.clear();
        let records = std::mem::replace(&mut self.records, memory);
        let block = Block { start: 0, end: records.len(), memory: records, too_long: false };
        if block.end > 0 { Ok(block) } else { Err(block) }
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
    while let Some(rest) = bytes.get(from..).filter(|rest| !rest.is_empty()) {
        // Where a quote is open the next are near; to look for them would cost more than to pass them by.
        let Some(skipped) = (if inside == 0 { memchr::memchr(b'"', rest) } else { Some(0) }) else { break };
        let start = from + skipped;
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

    /// The blocks of a text.
    fn blocks(text: &[u8]) -> Vec<Block> {
        let mut pieces = Pieces::new("f".into(), Box::new(text));
        let mut cutter = Cutter::new(Splitter::Csv);
        let mut blocks = Vec::new();
        while let Some(piece) = pieces.next(Block::default()).unwrap() {
            blocks.extend(cutter.cut(piece).ok());
        }
        blocks.extend(cutter.rest(Block::default()));
        blocks
    }

    #[test]
    fn an_endless_line_is_one_short_block() {
        let text = [vec![b'x'; 5 << 20], b"\na\n".to_vec()].concat();
        let blocks = blocks(&text);
        let found: Vec<_> = blocks.iter().map(|block| (block.bytes().len(), block.too_long)).collect();
        assert_eq!(found, [(64, true), (2, false)]);
        assert_eq!(blocks[1].bytes(), b"a\n");
    }

    #[test]
    fn blocks_join_to_the_input() {
        // Records that fit the room before a piece, that do not, and one that is longer than a piece.
        for cell in [1, 100_000, 900_000] {
            let text = format!("k,\"a\n\"\"{}\"\n1,2\n", "b".repeat(cell)).repeat(3_000_000 / (cell + 10));
            let blocks = blocks(text.as_bytes());
            let joined: Vec<u8> = blocks.iter().flat_map(|block| block.bytes()).copied().collect();
            assert!(blocks.len() > 2 && joined == text.as_bytes(), "{cell}");
            assert!(blocks.iter().all(|block| block.bytes().ends_with(b"\n") && !block.too_long), "{cell}");
        }
    }

    #[test]
    fn what_no_line_break_ends_is_the_last_block() {
        let found = blocks(b"a,b\n1,2");
        assert_eq!(found.iter().map(Block::bytes).collect::<Vec<_>>(), [&b"a,b\n"[..], b"1,2"]);
    }
}
