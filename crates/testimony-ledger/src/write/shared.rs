//! What callers and the recorder thread share: the queue, the counters, the options.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, SyncSender};

use testimony_record::entry::{Body, Checkpoint, Erasure, Link};

use crate::checkpoint::stand::Stand;
use crate::error::NotKept;
use crate::options::{Options, Trouble};
use crate::submission::Submission;
use crate::write::health::Counters;
use crate::write::losses::{Loss, Losses, Reason};
use crate::write::queue::{Queue, Refused};
use crate::write::receipt::Promise;

/// What waits in the queue.
pub(crate) enum Item {
    Record(Box<dyn Submission>, Option<Promise>),
    /// Answered once everything before it is as durable as the promise says.
    Flush(Promise),
    /// Answered with where the recorder stands, once all of that is synced, whatever the level.
    Stand(Sender<Result<Stand, NotKept>>),
    /// Appended as an entry; answered once that is synced, whatever the level.
    Checkpoint(Checkpoint, Promise),
    /// An entry that no content belongs to.
    Note(Body, Promise),
    /// Answered once the entries are durable and everything before them is in earlier segments; not at all where that fails.
    Erase(Vec<Erasure>, SyncSender<Announced>),
    /// Something that was done for the recorder on another thread failed.
    Failed(io::Error),
}

/// What was said of an erasure before it is carried out.
#[derive(Debug)]
pub(crate) struct Announced {
    pub(crate) entries: Vec<Link>,
    /// The number of the segment that they stand in: what is erased stands in earlier ones.
    pub(crate) below: u64,
}

/// What callers and the recorder thread share.
pub(crate) struct Shared {
    pub(crate) queue: Queue<Item>,
    pub(crate) counters: Counters,
    /// Shared with every ledger that this process opens on the same directory.
    pub(crate) losses: Arc<Losses>,
    pub(crate) options: Options,
}

impl Shared {
    /// The host's callback may panic; that must neither end the recorder nor reach a caller.
    pub(crate) fn trouble(&self, trouble: &Trouble) {
        if let Some(callback) = &self.options.on_trouble {
            let _ = catch_unwind(AssertUnwindSafe(|| callback(trouble)));
        }
    }

    pub(crate) fn lose(&self, reason: Reason) {
        let since_us = (self.options.sources.now_us)();
        self.lose_all(Loss { reason, lost: 1, since_us });
    }

    pub(crate) fn lose_all(&self, loss: Loss) {
        self.counters.lost.fetch_add(loss.lost, Ordering::Relaxed);
        if self.losses.add(loss) {
            self.trouble(&Trouble::Losing);
        }
    }

    pub(crate) fn push(&self, item: Item, bytes: usize, urgent: bool) -> Result<(), NotKept> {
        let (reason, refusal) =
            match self.queue.push(item, bytes, urgent, self.options.wait_when_full) {
                Ok(()) => return Ok(()),
                Err(Refused::Full(_)) => (Reason::QueueFull, NotKept::Full),
                Err(Refused::Closed(_)) => (Reason::Closed, NotKept::Closed),
            };
        self.lose(reason);
        Err(refusal)
    }
}
