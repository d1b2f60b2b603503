//! Inputs as blocks, one after the other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::normalise::RowIssue;
use crate::read::{Binding, Block, Blocks, Format, Input, Opened, ReadError, open};

use super::decider::Issue;
use super::unpacking::{Unpacked, Unpacking, unpacking};

/// Hands out the blocks of all inputs in order.
pub(super) struct Feed<'a> {
    waiting: VecDeque<Input<'a>>,
    /// Do several threads take from here?
    shared: bool,
    current: Option<Current<'a>>,
    opened: Vec<Arc<FileHead>>,
    bytes_of_ended: u64,
    /// How often each name came.
    names: BTreeMap<String, u32>,
}

/// What to do next.
pub(super) enum Task<'a> {
    Decide(Job),
    /// Only where several threads take from the feed.
    Unpack(Unpacking<'a>),
}

/// The input that is being read.
enum Current<'a> {
    Blocks { blocks: Blocks<'a>, head: Arc<FileHead>, sequence: u32 },
    Unpacked(Unpacked),
}

/// What is known of an input once it is opened.
pub(super) struct FileHead {
    pub(super) name: Arc<str>,
    pub(super) format: Format,
    pub(super) gzip: bool,
    pub(super) binding: Arc<Binding>,
    /// Its place among the opened ones.
    file: usize,
    /// Bytes of text of those before it.
    bytes_before: u64,
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
    /// Bytes of text up to its end, those of all inputs before included.
    pub(super) bytes_read: u64,
}

impl FileHead {
    /// A block of this input as a job.
    pub(super) fn job(&self, block: Block, sequence: u32, bytes_read: u64) -> Job {
        Job {
            block,
            file: self.file,
            sequence,
            first_row: self.format.first_row(),
            name: Arc::clone(&self.name),
            format: self.format,
            binding: Arc::clone(&self.binding),
            bytes_read: self.bytes_before + bytes_read,
        }
    }
}

impl<'a> Feed<'a> {
    /// The blocks of these inputs; where several threads take them, one unpacks for all.
    pub(super) fn new(inputs: Vec<Input<'a>>, shared: bool) -> Self {
        let waiting = inputs.into();
        Self { waiting, shared, current: None, opened: Vec::new(), bytes_of_ended: 0, names: BTreeMap::new() }
    }

    /// What to do next, in the memory of an earlier block; `None` after the last input, and after an error.
    pub(super) fn next(&mut self, memory: Block) -> Result<Option<Task<'a>>, ReadError> {
        let task = self.task(memory);
        if task.is_err() {
            // Of several unusable inputs the first one is told, whichever thread is the next to ask.
            self.waiting.clear();
            self.current = None;
        }
        task
    }

    fn task(&mut self, mut memory: Block) -> Result<Option<Task<'a>>, ReadError> {
        loop {
            let job = match &mut self.current {
                None => {
                    let Some(input) = self.waiting.pop_front() else { return Ok(None) };
                    match self.open(input)? {
                        Some(unpacking) => return Ok(Some(Task::Unpack(unpacking))),
                        None => continue,
                    }
                }
                Some(Current::Blocks { blocks, head, sequence }) => {
                    let block = blocks.next(std::mem::take(&mut memory))?;
                    *sequence += 1;
                    block.map(|block| head.job(block, *sequence - 1, blocks.bytes_read()))
                }
                Some(Current::Unpacked(unpacked)) => unpacked.next(std::mem::take(&mut memory))?,
            };
            if let Some(job) = job {
                return Ok(Some(Task::Decide(job)));
            }
            self.bytes_of_ended += match self.current.take() {
                Some(Current::Blocks { blocks, .. }) => blocks.bytes_read(),
                Some(Current::Unpacked(unpacked)) => unpacked.bytes_read(),
                None => 0,
            };
        }
    }

    /// Makes an input the current one; its unpacking is work for the thread that asked.
    fn open(&mut self, input: Input<'a>) -> Result<Option<Unpacking<'a>>, ReadError> {
        let Opened { name, format, gzip, binding, blocks } = open(self.renamed(input))?;
        let (file, bytes_before) = (self.opened.len(), self.bytes_of_ended);
        let head = Arc::new(FileHead { name, format, gzip, binding, file, bytes_before });
        self.opened.push(Arc::clone(&head));
        if gzip && self.shared {
            let (unpacking, unpacked) = unpacking(blocks, head);
            self.current = Some(Current::Unpacked(unpacked));
            return Ok(Some(unpacking));
        }
        self.current = Some(Current::Blocks { blocks, head, sequence: 0 });
        Ok(None)
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

    /// What was opened; the rest is dropped.
    pub(super) fn into_opened(self) -> Vec<Arc<FileHead>> {
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
