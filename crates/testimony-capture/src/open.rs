//! An open decision: its draft, shared between the span, the threads that have entered it, and its guard. Whoever ends
//! it takes the draft out and hands it on; what comes later is counted, and lost.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use testimony_record::Uuid;
use testimony_record::decision::Status;

use crate::draft::Draft;
use crate::ending::Ending;
use crate::sink::{Ear, Heard, What};

/// A decision that has begun.
pub(crate) struct Open {
    pub(crate) id: Uuid,
    ear: Arc<Ear>,
    draft: Mutex<Option<Draft>>,
}

impl Open {
    pub(crate) fn new(ear: &Arc<Ear>, draft: Draft) -> Arc<Self> {
        Arc::new(Self { id: draft.id, ear: Arc::clone(ear), draft: Mutex::new(Some(draft)) })
    }

    /// Changes the draft, unless the decision has ended.
    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut Draft) -> R) -> Option<R> {
        let changed = self.draft().as_mut().map(change);
        if changed.is_none() {
            self.ear.count_late_part();
        }
        changed
    }

    /// Ends the decision with what its result says of it. What the application said of the status stands, unless the
    /// code did not come to an end.
    pub(crate) fn end(&self, ending: Ending) {
        let Some(mut draft) = self.draft().take() else { return };
        draft.end();
        let unfinished = matches!(ending.status, Status::Panicked | Status::Cancelled);
        if unfinished || draft.status.is_none() {
            draft.status = Some(ending.status);
        }
        if let Some(message) = ending.message {
            draft.add(
                crate::draft::About::observed(testimony_record::part::Role::Error, None),
                message.as_str(),
            );
        }
        // A sink is not supposed to panic; if it does, the host must not feel it.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            self.ear.sink.submit(Heard(What::Decision(Box::new(draft))));
        }));
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.draft().is_none()
    }

    fn draft(&self) -> MutexGuard<'_, Option<Draft>> {
        self.draft.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
