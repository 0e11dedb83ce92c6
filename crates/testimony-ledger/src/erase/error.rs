//! Why nothing was erased, held or released.

use std::io;
use std::path::PathBuf;

use testimony_record::Uuid;
use testimony_record::digest::Digest;

use super::holds::Hold;
use crate::error::NotKept;

/// Why content was not erased.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EraseError {
    /// No digest was given.
    #[error("nothing was named to be erased")]
    Nothing,
    /// The ledger has no such content; nothing was changed.
    #[error("no content here has the digest {0}")]
    NotHere(Digest),
    /// A hold forbids it; nothing was changed.
    #[error("{0} forbids it")]
    Held(Box<Hold>),
    /// Another process writes a stream with that content; nothing was changed.
    #[error("stream {stream} has that content, and another process is writing it")]
    InUse {
        /// The stream.
        stream: Uuid,
    },
    /// The directory is something else, or was written by a newer version.
    #[error("{} is not a testimony ledger of format 1", .0.display())]
    NotALedger(PathBuf),
    /// This process's own stream takes nothing any more.
    #[error("the recorder did not take it")]
    NotKept(#[from] NotKept),
    /// The system refused. What had been begun is finished by whoever next opens the ledger for writing.
    #[error("cannot erase from the ledger {}", .path.display())]
    Io {
        /// The ledger.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Why nothing was held or released.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HoldError {
    /// No digest was given.
    #[error("nothing was named to be held")]
    Nothing,
    /// The ledger has no such content, or has it no more.
    #[error("no content here has the digest {0}")]
    NotHere(Digest),
    /// There is no such hold, or it has been released.
    #[error("no hold in force has the hash {0}")]
    NoSuchHold(Digest),
    /// The stream takes nothing any more.
    #[error("the recorder did not take it")]
    NotKept(#[from] NotKept),
    /// The system refused.
    #[error("cannot read the ledger {}", .path.display())]
    Io {
        /// The ledger.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}
