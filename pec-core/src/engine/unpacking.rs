//! Unpacking a packed input on one thread for all.
//!
//! Unpacking is the longest single stretch of work and needs order, so one thread does nothing else as long as the others keep
//! up with it. When they do not, it takes the block that nobody has room for and decides it itself.

use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::read::{Block, Blocks, ReadError};

use super::feed::{FileHead, Job};

/// How many blocks may wait.
const WAITING: usize = 2;

/// The side that unpacks.
pub(super) struct Unpacking<'a> {
    blocks: Blocks<'a>,
    head: Arc<FileHead>,
    sequence: u32,
    jobs: SyncSender<Job>,
    /// Memory to use again.
    spent: Receiver<Block>,
    ended: Arc<Mutex<Ended>>,
}

/// The side that takes what is unpacked.
pub(super) struct Unpacked {
    jobs: Receiver<Job>,
    spent: Sender<Block>,
    ended: Arc<Mutex<Ended>>,
}

/// How an input ended.
#[derive(Default)]
struct Ended {
    error: Option<ReadError>,
    bytes_read: u64,
}

/// Both sides of an input.
pub(super) fn unpacking(blocks: Blocks<'_>, head: Arc<FileHead>) -> (Unpacking<'_>, Unpacked) {
    let (jobs, taken) = sync_channel(WAITING);
    let (spent, memory) = channel();
    let ended = Arc::new(Mutex::new(Ended::default()));
    let unpacked = Unpacked { jobs: taken, spent, ended: Arc::clone(&ended) };
    (Unpacking { blocks, head, sequence: 0, jobs, spent: memory, ended }, unpacked)
}

impl Unpacking<'_> {
    /// Unpacks until there is a block that nobody has room for, in the memory of an earlier one; `None` at the end.
    pub(super) fn next(&mut self, mut memory: Block) -> Option<Job> {
        loop {
            let block = self.blocks.next(memory);
            let bytes_read = self.blocks.bytes_read();
            let error = match block {
                Ok(Some(block)) => {
                    let job = self.head.job(block, self.sequence, bytes_read);
                    self.sequence += 1;
                    match self.jobs.try_send(job) {
                        Ok(()) => memory = self.spent.try_recv().unwrap_or_default(),
                        Err(TrySendError::Full(job)) => return Some(job),
                        // The run has ended.
                        Err(TrySendError::Disconnected(_)) => return None,
                    }
                    continue;
                }
                Ok(None) => None,
                Err(error) => Some(error),
            };
            // Told where the blocks are taken, so that of several inputs the first one's error is found.
            *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Ended { error, bytes_read };
            return None;
        }
    }
}

impl Unpacked {
    /// The next block; `None` at the end.
    pub(super) fn next(&self, memory: Block) -> Result<Option<Job>, ReadError> {
        // At the end of the input the other side has gone.
        drop(self.spent.send(memory));
        match self.jobs.recv() {
            Ok(job) => Ok(Some(job)),
            Err(_) => self.ended.lock().unwrap_or_else(PoisonError::into_inner).error.take().map_or(Ok(None), Err),
        }
    }

    /// Bytes of text in the input, at its end.
    pub(super) fn bytes_read(&self) -> u64 {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).bytes_read
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor, Read, Write};
    use std::num::NonZeroUsize;

    use flate2::{Compression, write::GzEncoder};

    use crate::engine::{Engine, EngineError, Run};
    use crate::ledger::Ledger;
    use crate::read::Input;

    const HEADER: &str = "UsageDate,EntitlementId,UnitPrice,Quantity,CreditType,Tags\n";

    /// So many lines, packed.
    fn packed(lines: usize) -> Vec<u8> {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(HEADER.as_bytes()).unwrap();
        for line in 0..lines {
            writeln!(gz, "2026-10-04,s{},{line}.5,2,x,\"{:>200}\"", line % 7, line * line).unwrap();
        }
        gz.finish().unwrap()
    }

    fn reconcile<'a>(inputs: Vec<Input<'a>>, threads: usize) -> Result<Ledger, EngineError> {
        Engine::new().unwrap().reconcile(inputs, &Run::default().threads(NonZeroUsize::new(threads).unwrap()))
    }

    #[test]
    fn packed_inputs_are_the_same_on_any_threads() {
        let (first, second) = (packed(20_000), packed(9));
        let plain = format!("{HEADER}2026-10-05,s,1,1,x,\n2026-10-05,s,one,1,x,\n");
        let inputs = || {
            vec![
                Input::new("a.csv.gz", &first[..]),
                Input::new("b.csv", plain.as_bytes()),
                Input::new("c.csv.gz", &second[..]),
            ]
        };
        let one = reconcile(inputs(), 1).unwrap();
        assert_eq!(one.cells().iter().map(|cell| cell.sums.lines).sum::<u64>(), 20_010);
        for threads in [2, 5] {
            let many = reconcile(inputs(), threads).unwrap();
            assert_eq!((one.cells(), one.files()), (many.cells(), many.files()));
            assert!(one.issues().iter().eq(many.issues().iter()));
        }
    }

    #[test]
    fn of_several_unusable_inputs_the_first_is_told() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("no more"))
            }
        }
        let whole = packed(20_000);
        for _ in 0..20 {
            let broken = Cursor::new(&whole[..whole.len() / 2]).chain(Fails);
            let inputs = vec![Input::new("first.csv.gz", broken), Input::new("second.csv", Fails)];
            let error = reconcile(inputs, 3).unwrap_err().to_string();
            assert!(error.starts_with("first.csv.gz: cannot be read: no more"), "{error}");
        }
    }
}
