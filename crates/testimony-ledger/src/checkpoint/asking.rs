//! The line to the checkpointer: what can be asked of it, and how the answer comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use testimony_record::entry::Checkpoint;
use testimony_record::tlog::SignedHead;

use super::cosign::{Cosignatures, NotCosigned};
use super::stand::Stand;
use crate::error::NotSigned;

/// What is asked of the checkpointer.
pub(crate) enum Ask {
    /// A checkpoint now.
    Now(Sender<Result<SignedHead, NotSigned>>),
    /// The newest checkpoint again, with what witnesses say of it.
    Cosign(Cosignatures, Sender<Result<SignedHead, NotCosigned>>),
    /// The checkpoint over the whole session. The recorder, which waits for it, appends it itself.
    Last(Stand, Sender<Result<Checkpoint, NotSigned>>),
}

/// One end of the line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    asks: Sender<Ask>,
    /// Nobody waits for the checkpointer any more.
    hung_up: Arc<AtomicBool>,
}

/// The checkpointer's end.
pub(crate) struct Called {
    pub(crate) asks: Receiver<Ask>,
    hung_up: Arc<AtomicBool>,
}

pub(crate) fn line() -> (Line, Called) {
    let (asks, called) = channel();
    let hung_up = Arc::new(AtomicBool::new(false));
    (Line { asks, hung_up: Arc::clone(&hung_up) }, Called { asks: called, hung_up })
}

impl Line {
    pub(crate) fn now(&self) -> Result<SignedHead, NotSigned> {
        let (answer, wait) = channel();
        // Where the checkpointer is gone the answer's other end is dropped, which the wait notices.
        let _ = self.asks.send(Ask::Now(answer));
        wait.recv().unwrap_or(Err(NotSigned::Closed))
    }

    pub(crate) fn cosign(&self, cosignatures: Cosignatures) -> Result<SignedHead, NotCosigned> {
        let (answer, wait) = channel();
        let _ = self.asks.send(Ask::Cosign(cosignatures, answer));
        wait.recv().unwrap_or(Err(NotCosigned::NotSigned(NotSigned::Closed)))
    }

    /// Waits at most so long. Afterwards nothing more is read for this session, even if the signer never comes back.
    pub(crate) fn last(self, stand: Stand, patience: Duration) -> Result<Checkpoint, NotSigned> {
        let (answer, wait) = channel();
        let _ = self.asks.send(Ask::Last(stand, answer));
        let answer = wait.recv_timeout(patience).unwrap_or_else(|error| match error {
            RecvTimeoutError::Timeout => Err(NotSigned::Slow(patience)),
            RecvTimeoutError::Disconnected => Err(NotSigned::Closed),
        });
        self.hang_up();
        answer
    }

    pub(crate) fn hang_up(&self) {
        self.hung_up.store(true, Ordering::Relaxed);
    }
}

impl Called {
    pub(crate) fn somebody_waits(&self) -> bool {
        !self.hung_up.load(Ordering::Relaxed)
    }
}
