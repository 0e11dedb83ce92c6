//! What callers are told when a ledger cannot be opened, or a decision not be kept.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

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
}

/// What the system said when a write or sync failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoisonedAt(pub(crate) Arc<str>);

impl fmt::Display for PoisonedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
