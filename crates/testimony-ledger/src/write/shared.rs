//! What callers and the recorder thread share: the queue, the counters, the options.

use std::sync::mpsc::Sender;

use testimony_record::entry::Checkpoint;

use crate::checkpoint::stand::Stand;
use crate::error::NotKept;
use crate::options::{Options, Trouble};
use crate::submission::Submission;
use crate::write::health::Counters;
use crate::write::queue::{Queue, Refused};
use crate::write::receipt::Promise;

/// What waits in the queue.
pub(crate) enum Item {
    Record(Box<dyn Submission>, Option<Promise>),
    /// Answered once everything before it is as durable as the level makes it.
    Flush(Promise),
    /// Answered with where the recorder stands, once all of that is synced, whatever the level.
    Stand(Sender<Result<Stand, NotKept>>),
    /// Appended as an entry; answered once that is synced, whatever the level.
    Checkpoint(Checkpoint, Promise),
}

/// What callers and the recorder thread share.
pub(crate) struct Shared {
    pub(crate) queue: Queue<Item>,
    pub(crate) counters: Counters,
    pub(crate) options: Options,
}

impl Shared {
    pub(crate) fn trouble(&self, trouble: &Trouble) {
        if let Some(callback) = &self.options.on_trouble {
            callback(trouble);
        }
    }

    pub(crate) fn lose(&self) {
        if self.counters.lose((self.options.sources.now_us)()) {
            self.trouble(&Trouble::Losing);
        }
    }

    pub(crate) fn push(&self, item: Item, bytes: usize, urgent: bool) -> Result<(), NotKept> {
        let refused = match self.queue.push(item, bytes, urgent, self.options.wait_when_full) {
            Ok(()) => return Ok(()),
            Err(Refused::Full(_)) => NotKept::Full,
            Err(Refused::Closed(_)) => NotKept::Closed,
        };
        self.lose();
        Err(refused)
    }
}
