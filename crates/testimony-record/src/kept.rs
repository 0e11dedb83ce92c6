//! What a recorder answers whoever asks what became of a decision: where it is kept, or why it is not.
//!
//! These are words only. Who says them, and who waits to hear them, is further up.

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
