//! Unpacking a packed input on one thread for all.
//!
//! Unpacking is the longest single stretch of work and needs order, so one thread does nothing else as long as the others keep
//! up with it. When they do not, it decides a block itself.

use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, TrySendError, channel, sync_channel};

use crate::read::{Block, Pieces, ReadError};

/// How many pieces may wait.
const WAITING: usize = 2;

/// The side that unpacks.
pub(super) struct Unpacking<'a> {
    pieces: Pieces<'a>,
    /// A piece that nobody had room for, or what ended the input.
    held: Option<Result<Block, ReadError>>,
    unpacked: SyncSender<Result<Block, ReadError>>,
    /// Memory to use again.
    spent: Receiver<Block>,
}

/// The side that takes what is unpacked.
pub(super) struct Unpacked {
    pieces: Receiver<Result<Block, ReadError>>,
    spent: Sender<Block>,
}

/// Both sides of an input.
pub(super) fn unpacking(pieces: Pieces<'_>) -> (Unpacking<'_>, Unpacked) {
    let (unpacked, taken) = sync_channel(WAITING);
    let (spent, memory) = channel();
    (Unpacking { pieces, held: None, unpacked, spent: memory }, Unpacked { pieces: taken, spent })
}

impl Unpacking<'_> {
    /// Unpacks until there is more than the others have room for; false at the end.
    pub(super) fn fill(&mut self) -> bool {
        loop {
            let next = self.held.take().or_else(|| {
                let memory = self.spent.try_recv().unwrap_or_default();
                self.pieces.next(memory).transpose()
            });
            let Some(piece) = next else { return false };
            let failed = piece.is_err();
            match self.unpacked.try_send(piece) {
                Ok(()) if failed => return false,
                Ok(()) => {}
                Err(TrySendError::Full(piece)) => {
                    self.held = Some(piece);
                    return true;
                }
                // The run has ended.
                Err(TrySendError::Disconnected(_)) => return false,
            }
        }
    }
}

impl Unpacked {
    /// The next piece; `None` at the end.
    pub(super) fn next(&self, memory: Block) -> Result<Option<Block>, ReadError> {
        // At the end of the input the other side has gone.
        drop(self.spent.send(memory));
        self.pieces.recv().ok().transpose()
    }

    /// The next piece if there is one already.
    pub(super) fn waiting(&self, memory: Block) -> Result<Option<Block>, ReadError> {
        drop(self.spent.send(memory));
        match self.pieces.try_recv() {
            Ok(piece) => piece.map(Some),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => Ok(None),
        }
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
        for threads in [2, 2, 2, 3, 5] {
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
