//! What a recorder answers whoever asks what became of a decision: where it is kept, or why it is not.
//!
//! These are words only. Who says them, and who waits to hear them, is further up.

use core::time::Duration;
use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::entry::Link;

/// Where a decision, an intent or an outcome is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The stream.
    pub stream: Uuid,
    /// The place in it, and the entry's hash.
    pub link: Link,
    /// Whether it was synced before this was said. `false` only under [`Durability::Os`](crate::entry::Durability::Os),
    /// and only where nobody asked for more.
    pub durable: bool,
}

/// Why something was not kept, and never will be.
///
/// A function under `#[decides(durable)]` returns it as its own error, so that error must be able to hold it:
///
/// ```
/// use testimony_record::kept::NotKept;
///
/// #[derive(Debug, thiserror::Error)]
/// enum Refused {
///     #[error("the applicant is under age")]
///     UnderAge,
///     #[error("nothing is decided off the record")]
///     OffTheRecord(#[from] NotKept),
/// }
///
/// assert!(matches!(Refused::from(NotKept::NoRecorder), Refused::OffTheRecord(_)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotKept {
    /// Nobody listens: there is no testimony layer on this thread, or a filter keeps the decision from it.
    #[error("no recorder listens: there is no testimony layer here, or a filter is in its way")]
    NoRecorder,
    /// The queue stayed full for as long as the caller was ready to wait.
    #[error("the recorder's queue is full; the loss is on record")]
    Full,
    /// The ledger has been closed.
    #[error("the ledger is closed")]
    Closed,
    /// The host's own code panicked while the decision was prepared.
    #[error("preparing the decision panicked; the loss is on record")]
    Panicked,
    /// A write or sync failed, now or earlier.
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
    /// The ledger was opened without one.
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

impl From<NotKept> for NotSigned {
    fn from(error: NotKept) -> Self {
        match error {
            NotKept::Poisoned(at) => Self::Poisoned(at),
            _ => Self::Closed,
        }
    }
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

impl Altered {
    /// At this place, for this reason.
    #[must_use]
    pub fn new(segment: u64, offset: u64, why: &'static str) -> Self {
        Self { segment, offset, why }
    }
}

/// What the system said when a write or sync failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoisonedAt(Arc<str>);

impl PoisonedAt {
    /// Takes the system's words.
    #[must_use]
    pub fn new(said: impl Into<Arc<str>>) -> Self {
        Self(said.into())
    }
}

impl fmt::Display for PoisonedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
