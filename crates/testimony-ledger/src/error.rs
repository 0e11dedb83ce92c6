//! What callers are told when a ledger cannot be opened. Why a decision is not kept is said in
//! [`testimony_record::kept`].

use std::io;
use std::path::PathBuf;

pub use testimony_record::kept::{Altered, NotKept, NotSigned, PoisonedAt};
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
