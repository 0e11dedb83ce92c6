//! What callers are told when a ledger cannot be opened, or a decision not be kept.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use testimony_record::tlog::BadKey;

/// Why a ledger could not be opened for writing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The directory is there and is something else, or was written by a newer version.
    #[error("{} is not a testimony ledger of format 1; give an empty or new directory", .0.display())]
    NotALedger(PathBuf),
    /// The system refused.
    #[error("cannot open the ledger {}", .path.display())]
    Io {
        /// The ledger.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The checkpoint key has a name that fits no note, or is no Ed25519 key.
    #[error("the checkpoint key cannot be used; its name must be like example.com/loan-desk")]
    Key(#[source] BadKey),
}

/// Why a decision was not kept, and never will be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotKept {
    /// The queue stayed full for as long as the caller was ready to wait.
    #[error("the recorder's queue is full; the loss is on record")]
    Full,
    /// The ledger has been closed.
    #[error("the ledger is closed")]
    Closed,
    /// The host's own code panicked while the decision was prepared.
    #[error("preparing the decision panicked; the loss is on record")]
    Panicked,
    /// An earlier write or sync failed.
    #[error("the ledger is poisoned: {0}; open it again to go on")]
    Poisoned(PoisonedAt),
    /// Only the checkpoint over the end of the session: all decisions are kept, and the ledger is closed.
    #[error("everything is kept, but the last checkpoint is missing: {0}")]
    LastCheckpoint(NotSigned),
}

/// Why there is no checkpoint. What was recorded is kept all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSigned {
    /// [`Options::checkpoints`](crate::Options::checkpoints) is not set.
    #[error("the ledger was opened without a checkpoint key")]
    NoKey,
    /// The ledger has been closed.
    #[error("the ledger is closed")]
    Closed,
    /// An earlier write or sync failed.
    #[error("the ledger is poisoned: {0}; open it again to go on")]
    Poisoned(PoisonedAt),
    /// The disk holds something else than was written. This session signs nothing any more.
    #[error("what is on disk is not what was written: {0}; `testimony verify` says more")]
    Altered(Altered),
    /// Content is being erased at this moment, or is blank without an entry that says so. Tried again at the next tick.
    #[error("content is blank, and no erasure on record names it yet")]
    Erasing,
    /// The files could not be read again. Tried again at the next tick.
    #[error("the ledger could not be read again: {0}")]
    Unread(Arc<str>),
    /// The key gave no signature, or one that does not verify. Tried again at the next tick.
    #[error("{0}")]
    Signer(Arc<str>),
    /// The signer's own code panicked. Tried again at the next tick.
    #[error("the signer panicked")]
    Panicked,
    /// There was no signature in the time that closing waits for one.
    #[error("the key gave no signature within {0:?}")]
    Slow(Duration),
}

/// Where the disk holds something else than was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("segment {segment}, offset {offset}: {why}")]
#[non_exhaustive]
pub struct Altered {
    /// The segment's number.
    pub segment: u64,
    /// From where on, in bytes from the start of the file.
    pub offset: u64,
    /// What is wrong there.
    pub why: &'static str,
}

/// What the system said when a write or sync failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoisonedAt(pub(crate) Arc<str>);

impl fmt::Display for PoisonedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
