//! Inputs as blocks, one after the other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::normalise::RowIssue;
use crate::read::{Ahead, Binding, Block, Blocks, Format, Input, Opened, ReadError, ahead, open};

use super::decider::Issue;

/// Hands out the blocks of all inputs in order.
pub(super) struct Feed<'a> {
    waiting: VecDeque<Input<'a>>,
    /// Where packed inputs are unpacked: on another thread, or on the one that asks for a block.
    elsewhere: Option<Box<Elsewhere<'a>>>,
    current: Option<Current<'a>>,
    next_block: u32,
    opened: Vec<FileHead>,
    bytes_of_ended: u64,
    /// How often each name came.
    names: BTreeMap<String, u32>,
}

/// Does work on another thread.
type Elsewhere<'a> = dyn Fn(Box<dyn FnOnce() + Send + 'a>) + Send + 'a;

/// The input that is being read, by its place among the opened ones.
struct Current<'a> {
    file: usize,
    blocks: Source<'a>,
}

enum Source<'a> {
    Here(Blocks<'a>),
    Elsewhere(Ahead),
}

impl Source<'_> {
    fn next(&mut self, memory: Block) -> Result<Option<Block>, ReadError> {
        match self {
            Self::Here(blocks) => blocks.next(memory),
            Self::Elsewhere(blocks) => blocks.next(memory),
        }
    }

    const fn bytes_read(&self) -> u64 {
        match self {
            Self::Here(blocks) => blocks.bytes_read(),
            Self::Elsewhere(blocks) => blocks.bytes_read(),
        }
    }
}

/// What is known of an input once it is opened.
pub(super) struct FileHead {
    pub(super) name: Arc<str>,
    pub(super) format: Format,
    pub(super) gzip: bool,
    pub(super) binding: Arc<Binding>,
}

/// A block and where it belongs.
pub(super) struct Job {
    pub(super) block: Block,
    /// The place of its input among the opened ones.
    pub(super) file: usize,
    /// The place of the block in its input.
    pub(super) sequence: u32,
    /// The number of the first data row of the input.
    pub(super) first_row: u64,
    pub(super) name: Arc<str>,
    pub(super) format: Format,
    pub(super) binding: Arc<Binding>,
}

impl<'a> Feed<'a> {
    /// The blocks of these inputs; `elsewhere` is where packed ones are unpacked, if not on the thread that asks for a block.
    pub(super) fn new(inputs: Vec<Input<'a>>, elsewhere: Option<Box<Elsewhere<'a>>>) -> Self {
        Self {
            waiting: inputs.into(),
            elsewhere,
            current: None,
            next_block: 0,
            opened: Vec::new(),
            bytes_of_ended: 0,
            names: BTreeMap::new(),
        }
    }

    /// The next block, in the memory of an earlier one; `None` after the last input.
    pub(super) fn next(&mut self, mut memory: Block) -> Result<Option<Job>, ReadError> {
        loop {
            if self.current.is_none() {
                let Some(input) = self.waiting.pop_front() else { return Ok(None) };
                self.current = Some(self.open(input)?);
                self.next_block = 0;
            }
            let Some(Current { file, blocks }) = &mut self.current else { continue };
            if let (Some(block), Some(head)) = (blocks.next(std::mem::take(&mut memory))?, self.opened.get(*file)) {
                let sequence = self.next_block;
                self.next_block += 1;
                return Ok(Some(Job {
                    block,
                    file: *file,
                    sequence,
                    first_row: head.format.first_row(),
                    name: Arc::clone(&head.name),
                    format: head.format,
                    binding: Arc::clone(&head.binding),
                }));
            }
            self.bytes_of_ended += blocks.bytes_read();
            self.current = None;
        }
    }

    fn open(&mut self, input: Input<'a>) -> Result<Current<'a>, ReadError> {
        let Opened { name, format, gzip, binding, blocks } = open(self.renamed(input))?;
        let file = self.opened.len();
        self.opened.push(FileHead { name, format, gzip, binding });
        let blocks = match &self.elsewhere {
            Some(elsewhere) if gzip => {
                let (blocks, work) = ahead(blocks);
                elsewhere(Box::new(work));
                Source::Elsewhere(blocks)
            }
            _ => Source::Here(blocks),
        };
        Ok(Current { file, blocks })
    }

    /// The input under a name that no other has: issues are reported by it.
    fn renamed(&mut self, mut input: Input<'a>) -> Input<'a> {
        let times = self.names.entry(input.name().to_owned()).or_default();
        *times += 1;
        if *times > 1 {
            let name = format!("{} ({times})", input.name());
            input = input.named(name);
        }
        input
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_of_ended + self.current.as_ref().map_or(0, |current| current.blocks.bytes_read())
    }

    /// What was opened; the rest is dropped.
    pub(super) fn into_opened(self) -> Vec<FileHead> {
        self.opened
    }
}

impl Format {
    /// The number of the first data row: as a spreadsheet counts, a header is row 1.
    pub(super) const fn first_row(self) -> u64 {
        match self {
            Self::Csv => 2,
            Self::JsonLines | Self::JsonDocument => 1,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::JsonLines => "JSON Lines",
            Self::JsonDocument => "JSON document",
        }
    }
}

impl Job {
    /// The issue of a row, by the names of its input.
    pub(super) fn issue(&self, row: u64, issue: Issue) -> RowIssue {
        issue.of(&self.name, &self.binding, row)
    }
}
