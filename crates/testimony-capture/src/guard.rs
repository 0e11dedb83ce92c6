//! The guard of a decision: whoever holds it ends the decision, in good order or by being dropped.

use std::sync::Arc;

use testimony_record::decision::Status;

use crate::ending::Ending;
use crate::open::Open;
use crate::receipt::Receipt;

/// Ends a decision whose code did not come to its end.
pub(crate) struct EndOnDrop {
    open: Option<Arc<Open>>,
    /// The thread was panicking already when the decision began, in a destructor for instance.
    unwinding: bool,
}

impl EndOnDrop {
    pub(crate) fn new(open: Arc<Open>) -> Self {
        Self { open: Some(open), unwinding: std::thread::panicking() }
    }

    pub(crate) fn end(mut self, ending: Ending) {
        if let Some(open) = self.open.take() {
            open.end(ending);
        }
    }

    /// Ends the decision, and asks for it to be durable.
    pub(crate) fn end_durably(mut self, ending: Ending) -> Receipt {
        self.open.take().map_or_else(Open::gone, |open| open.end_durably(ending))
    }

    /// Puts on record that the call is about to be made.
    pub(crate) fn intend(&self) -> Receipt {
        self.open.as_ref().map_or_else(Open::gone, |open| open.intend_durably())
    }

    /// The call is not made after all: there is no decision.
    pub(crate) fn forget(mut self) {
        if let Some(open) = self.open.take() {
            open.forget();
        }
    }
}

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        let panicked = std::thread::panicking() && !self.unwinding;
        if let Some(open) = self.open.take() {
            open.end(Ending::of(if panicked { Status::Panicked } else { Status::Cancelled }));
        }
    }
}
