//! Inputs as blocks, one after the other.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::normalise::RowIssue;
use crate::read::{
    Binding, Block, Columns, Cutter, Format, Head, Input, Opened, Pieces, ReadError, ReadErrorKind, open,
};

use super::decider::Issue;
use super::unpacking::{Unpacked, Unpacking, unpacking};

/// Hands out the blocks of all inputs in order.
pub(super) struct Feed<'a> {
    waiting: VecDeque<Input<'a>>,
    /// The columns to read.
    wanted: Columns,
    /// Do several threads take from here?
    shared: bool,
    current: Option<Current<'a>>,
    opened: Vec<Arc<FileHead>>,
    /// Bytes of text so far.
    bytes_read: u64,
    /// How often each name came.
    names: BTreeMap<String, u32>,
    /// The first input with nothing in it, while there was none with something: exports in parts have empty ones.
    empty: Result<(), ReadError>,
}

/// What to do next.
pub(super) enum Task<'a> {
    Decide(Job),
    /// Only where several threads take from the feed.
    Unpack(Unpacking<'a>),
}

/// The input that is being read.
struct Current<'a> {
    head: Arc<FileHead>,
    text: Text<'a>,
    cutter: Cutter,
    /// How many blocks it had so far.
    blocks: u32,
}

/// Where the text of an input comes from.
enum Text<'a> {
    Read(Pieces<'a>),
    Unpacked(Unpacked),
}

/// What is known of an input once it is opened.
pub(super) struct FileHead {
    pub(super) head: Head,
    /// Its place among the opened ones.
    file: usize,
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

impl<'a> Feed<'a> {
    /// The blocks of these inputs, of which these columns are wanted; where several threads take them, one unpacks for all.
    pub(super) fn new(inputs: Vec<Input<'a>>, wanted: Columns, shared: bool) -> Self {
        let waiting = inputs.into();
        let (opened, names) = (Vec::new(), BTreeMap::new());
        Self { waiting, wanted, shared, current: None, opened, bytes_read: 0, names, empty: Ok(()) }
    }

    /// What to do next, in the memory of an earlier block; `None` after the last input, and after an error.
    pub(super) fn next(&mut self, memory: Block) -> Result<Option<Task<'a>>, ReadError> {
        let task = self.task(memory);
        self.ended_by(task)
    }

    /// Of several unusable inputs the first one is told, whichever thread is the next to ask.
    fn ended_by<T>(&mut self, result: Result<T, ReadError>) -> Result<T, ReadError> {
        if result.is_err() {
            self.waiting.clear();
            self.current = None;
        }
        result
    }

    fn task(&mut self, mut memory: Block) -> Result<Option<Task<'a>>, ReadError> {
        loop {
            let Some(current) = &mut self.current else {
                let Some(input) = self.waiting.pop_front() else { return self.empty.clone().map(|()| None) };
                match self.open(input)? {
                    Some(unpacking) => return Ok(Some(Task::Unpack(unpacking))),
                    None => continue,
                }
            };
            let piece = match &mut current.text {
                Text::Read(pieces) => pieces.next(std::mem::take(&mut memory))?,
                Text::Unpacked(unpacked) => unpacked.next(std::mem::take(&mut memory))?,
            };
            match piece {
                Some(piece) => match self.cut(piece) {
                    ControlFlow::Break(job) => return Ok(Some(Task::Decide(job))),
                    ControlFlow::Continue(spent) => memory = spent,
                },
                None => {
                    let rest = current.cutter.rest(std::mem::take(&mut memory));
                    let job = rest.map(|rest| current.job(rest, self.bytes_read));
                    let part = current.cutter.is_part();
                    self.current = None;
                    // It was the last one to be opened, and nobody else has it now.
                    if let Some(file) = self.opened.last_mut().and_then(Arc::get_mut) {
                        file.head.part = part;
                    }
                    if let Some(job) = job {
                        return Ok(Some(Task::Decide(job)));
                    }
                }
            }
        }
    }

    /// A block that waits because no other thread had room for it, for the thread that unpacks.
    pub(super) fn waiting(&mut self, memory: Block) -> Result<Option<Job>, ReadError> {
        let Some(Current { text: Text::Unpacked(unpacked), .. }) = &mut self.current else { return Ok(None) };
        let piece = unpacked.waiting(memory);
        Ok(self.ended_by(piece)?.and_then(|piece| self.cut(piece).break_value()))
    }

    /// The records that end in this piece of the current input, or its memory.
    fn cut(&mut self, piece: Block) -> ControlFlow<Job, Block> {
        let Some(current) = &mut self.current else { return ControlFlow::Continue(piece) };
        self.bytes_read += piece.bytes().len() as u64;
        match current.cutter.cut(piece) {
            Ok(block) => ControlFlow::Break(current.job(block, self.bytes_read)),
            Err(spent) => ControlFlow::Continue(spent),
        }
    }

    /// Makes an input the current one; its unpacking is work for the thread that asked.
    fn open(&mut self, input: Input<'a>) -> Result<Option<Unpacking<'a>>, ReadError> {
        let input = self.renamed(input);
        let name: Arc<str> = input.name().into();
        let Opened { head, pieces, cutter } = match open(input, self.wanted) {
            Err(error) if *error.kind() == ReadErrorKind::Empty => {
                if self.opened.is_empty() {
                    self.empty = Err(error);
                }
                self.note(Head::of_nothing(name));
                return Ok(None);
            }
            opened => opened?,
        };
        self.empty = Ok(());
        let head = self.note(head);
        let (text, unpacking) = if head.head.gzip && self.shared {
            let (unpacking, unpacked) = unpacking(pieces);
            (Text::Unpacked(unpacked), Some(unpacking))
        } else {
            (Text::Read(pieces), None)
        };
        self.current = Some(Current { head, text, cutter, blocks: 0 });
        Ok(unpacking)
    }

    /// Keeps what is known of an input.
    fn note(&mut self, head: Head) -> Arc<FileHead> {
        let head = Arc::new(FileHead { head, file: self.opened.len() });
        self.opened.push(Arc::clone(&head));
        head
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

impl Current<'_> {
    /// The next block as a job.
    fn job(&mut self, block: Block, bytes_read: u64) -> Job {
        let FileHead { head: Head { name, format, binding, first_row, .. }, file } = &*self.head;
        let sequence = self.blocks;
        self.blocks += 1;
        Job {
            block,
            file: *file,
            sequence,
            first_row: *first_row,
            name: Arc::clone(name),
            format: *format,
            binding: Arc::clone(binding),
            bytes_read,
        }
    }
}

impl Job {
    /// The issue of a row, by the names of its input.
    pub(super) fn issue(&self, row: u64, issue: Issue) -> RowIssue {
        issue.of(&self.name, &self.binding, row)
    }
}
