//! Blocks made on a thread of their own, ahead of who needs them: unpacking must never wait.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use super::{Block, Blocks, ReadError};

/// How many blocks may wait.
const WAITING: usize = 4;

/// The blocks of an input, made elsewhere.
pub(crate) struct Ahead {
    made: Receiver<Made>,
    /// Memory to use again.
    spent: Sender<Block>,
    bytes_read: u64,
}

/// What [`Blocks::next`] gave, and how much was read by then.
type Made = (Result<Option<Block>, ReadError>, u64);

/// The blocks, and the work of making them: to be done on another thread. It ends when the blocks are dropped.
pub(crate) fn ahead(blocks: Blocks<'_>) -> (Ahead, impl FnOnce() + Send) {
    let (sender, made) = sync_channel(WAITING);
    let (spent, memory) = channel();
    (Ahead { made, spent, bytes_read: 0 }, move || make(blocks, &sender, &memory))
}

fn make(mut blocks: Blocks<'_>, sender: &SyncSender<Made>, memory: &Receiver<Block>) {
    loop {
        let block = blocks.next(memory.try_recv().unwrap_or_default());
        let more = matches!(block, Ok(Some(_)));
        if sender.send((block, blocks.bytes_read())).is_err() || !more {
            return;
        }
    }
}

impl Ahead {
    /// The next block; `None` at the end. The memory of an earlier one is used again.
    pub(crate) fn next(&mut self, memory: Block) -> Result<Option<Block>, ReadError> {
        // At the end of the input the other thread has gone, and so there is no more.
        drop(self.spent.send(memory));
        let (block, bytes_read) = self.made.recv().unwrap_or((Ok(None), self.bytes_read));
        self.bytes_read = bytes_read;
        block
    }

    /// Bytes of text read so far.
    pub(crate) const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor, Read};

    use super::super::blocks::Splitter;
    use super::*;

    fn blocks<'a>(reader: impl Read + Send + 'a) -> Blocks<'a> {
        Blocks::new("f".into(), Box::new(reader), Splitter::JsonLines)
    }

    #[test]
    fn blocks_come_in_order_and_end_with_the_error() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("no more"))
            }
        }
        let text: String = (0..400_000).map(|line| format!("{line}\n")).collect();
        let (mut ahead, work) = ahead(blocks(Cursor::new(text.clone()).chain(Fails)));
        let mut joined = Vec::new();
        let error = std::thread::scope(|scope| {
            scope.spawn(work);
            loop {
                match ahead.next(Block::default()) {
                    Ok(block) => joined.extend_from_slice(block.unwrap().bytes()),
                    Err(error) => return error,
                }
            }
        });
        assert!(error.to_string().starts_with("f: cannot be read: no more"), "{error}");
        assert!(joined.len() > 1 << 20 && text.as_bytes().starts_with(&joined));
        assert!(ahead.next(Block::default()).unwrap().is_none());
    }

    #[test]
    fn the_work_ends_when_nobody_asks() {
        let (ahead, work) = ahead(blocks(io::repeat(b'\n')));
        std::thread::scope(|scope| {
            scope.spawn(work);
            drop(ahead);
        });
    }
}
