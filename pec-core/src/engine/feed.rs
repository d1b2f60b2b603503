//! Inputs as blocks, one after the other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::normalise::RowIssue;
use crate::read::{Binding, Block, Format, Input, Opened, ReadError, open};

use super::decider::Issue;

/// Hands out the blocks of all inputs in order.
pub(super) struct Feed<'a> {
    waiting: VecDeque<Input<'a>>,
    current: Option<Opened<'a>>,
    next_block: u32,
    opened: Vec<FileHead>,
    bytes_of_ended: u64,
    /// How often each name came.
    names: BTreeMap<String, u32>,
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
    pub(super) fn new(inputs: impl IntoIterator<Item = Input<'a>>) -> Self {
        let waiting = inputs.into_iter().collect();
        Self { waiting, current: None, next_block: 0, opened: Vec::new(), bytes_of_ended: 0, names: BTreeMap::new() }
    }

    /// The next block, in the memory of an earlier one; `None` after the last input.
    pub(super) fn next(&mut self, mut memory: Vec<u8>) -> Result<Option<Job>, ReadError> {
        loop {
            if self.current.is_none() {
                let Some(input) = self.waiting.pop_front() else { return Ok(None) };
                let opened = open(self.renamed(input))?;
                self.opened.push(FileHead {
                    name: Arc::clone(&opened.name),
                    format: opened.format,
                    gzip: opened.gzip,
                    binding: Arc::clone(&opened.binding),
                });
                self.next_block = 0;
                self.current = Some(opened);
            }
            let Some(current) = &mut self.current else { continue };
            if let Some(block) = current.blocks.next(std::mem::take(&mut memory))? {
                let sequence = self.next_block;
                self.next_block += 1;
                return Ok(Some(Job {
                    block,
                    file: self.opened.len() - 1,
                    sequence,
                    first_row: current.format.first_row(),
                    name: Arc::clone(&current.name),
                    format: current.format,
                    binding: Arc::clone(&current.binding),
                }));
            }
            self.bytes_of_ended += current.blocks.bytes_read();
            self.current = None;
        }
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

    pub(super) fn opened(&self) -> &[FileHead] {
        &self.opened
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
