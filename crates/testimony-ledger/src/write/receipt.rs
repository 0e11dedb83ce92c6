//! Receipts: the recorder's answer to a caller that wants to know what became of its decision.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use testimony_record::Uuid;
use testimony_record::entry::Link;

use crate::error::NotKept;

/// Where a decision was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The stream.
    pub stream: Uuid,
    /// The place in it, and the entry's hash.
    pub link: Link,
    /// Whether it was synced before this was said. `false` only under [`Durability::Os`](crate::Durability::Os).
    pub durable: bool,
}

type Answer = Result<Kept, NotKept>;

/// A promise of an answer.
#[derive(Debug)]
#[must_use = "a receipt says nothing until it is waited for"]
pub struct Receipt(Arc<Slot>);

/// The recorder's end of a receipt. Dropped without an answer, it answers that the recorder is gone.
#[derive(Debug)]
pub(crate) struct Promise(Arc<Slot>);

#[derive(Debug, Default)]
struct Slot {
    answer: Mutex<Option<Answer>>,
    answered: Condvar,
}

pub(crate) fn receipt() -> (Promise, Receipt) {
    let slot = Arc::new(Slot::default());
    (Promise(Arc::clone(&slot)), Receipt(slot))
}

impl Receipt {
    /// Waits until the decision is on disk, as durable as the ledger's level makes it.
    ///
    /// Waiting asks for a sync at once; it does not wait for the interval to pass.
    ///
    /// # Errors
    /// When it could not be kept, and never will be.
    pub fn wait(self) -> Result<Kept, NotKept> {
        let answer = self.0.answer.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.answered.wait_while(answer, |answer| answer.is_none());
        let answer = waited.unwrap_or_else(PoisonError::into_inner);
        answer.clone().unwrap_or(Err(NotKept::Closed))
    }
}

impl Promise {
    pub(crate) fn answer(self, answer: Answer) {
        self.0.set(answer);
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.0.set(Err(NotKept::Closed));
    }
}

impl Slot {
    /// The first answer stands.
    fn set(&self, answer: Answer) {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(answer);
        self.answered.notify_all();
    }
}
