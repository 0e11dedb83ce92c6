//! What callers and the recorder thread share: the queue, the counters, the options.

use testimony_record::kept::NotKept;

use crate::options::{Options, Trouble};
use crate::submission::Submission;
use crate::write::health::Counters;
use crate::write::queue::{Queue, Refused};
use crate::write::receipt::Promise;

/// What waits in the queue.
pub(crate) enum Item {
    Record(Box<dyn Submission>, Option<Promise>),
    /// Answered once everything before it is as durable as the promise says.
    Flush(Promise),
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
