//! An open decision: its draft, shared between the span, the threads that have entered it, and its guard. Whoever ends
//! it takes the draft out and hands it on; what comes later is counted, and lost.

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use testimony_record::Uuid;
use testimony_record::decision::{Status, TraceContext};
use testimony_record::kept::NotKept;

use crate::draft::Draft;
use crate::ear::Ear;
use crate::ending::Ending;
use crate::intent::IntentDraft;
use crate::receipt::Receipt;
use crate::sink::{Heard, What};

/// A decision that has begun.
pub(crate) struct Open {
    pub(crate) id: Uuid,
    /// The trace that it is part of; without one of the application's the outermost decision names it.
    trace_id: [u8; 16],
    ear: Arc<Ear>,
    draft: Mutex<Option<Box<Draft>>>,
}

impl Open {
    pub(crate) fn new(ear: &Arc<Ear>, draft: Box<Draft>) -> Arc<Self> {
        let trace_id = draft.trace.map_or(*draft.id.as_bytes(), |trace| trace.trace_id);
        let (id, ear) = (draft.id, Arc::clone(ear));
        Arc::new(Self { id, trace_id, ear, draft: Mutex::new(Some(draft)) })
    }

    /// Where a decision inside this one stands in its trace.
    pub(crate) fn place_inside(&self) -> TraceContext {
        TraceContext::inside(self.trace_id, self.id)
    }

    /// Changes the draft, unless the decision has ended. The change may run the host's code (a serializer); should
    /// that come back here on the same thread, it is refused, where waiting would be for ever.
    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut Draft) -> R) -> Option<R> {
        let changed =
            Speaking::begin().and_then(|_speaking| self.draft().as_deref_mut().map(change));
        if changed.is_none() {
            self.ear.count_late_part();
        }
        changed
    }

    /// Looks whether the span that is active now is the call's own. No code of the host's runs here.
    pub(crate) fn find_own_span(&self) {
        if let Some(draft) = self.draft().as_deref_mut() {
            self.ear.find_own_span(draft);
        }
    }

    /// Ends the decision with what its result says of it. What the application said of the status stands, unless the
    /// code did not come to an end.
    pub(crate) fn end(&self, ending: Ending) {
        if let Some(heard) = self.conclude(ending) {
            self.ear.submit(heard);
        }
    }

    /// As [`Open::end`]; the receipt says when the decision is durable.
    pub(crate) fn end_durably(&self, ending: Ending) -> Receipt {
        self.conclude(ending).map_or_else(Self::gone, |heard| self.ear.record(heard))
    }

    /// Puts on record that the call is about to be made.
    pub(crate) fn intend(&self) {
        if let Some(heard) = self.intent() {
            self.ear.submit(heard);
        }
    }

    /// As [`Open::intend`]; the receipt says when the intent is durable.
    pub(crate) fn intend_durably(&self) -> Receipt {
        self.intent().map_or_else(Self::gone, |heard| self.ear.record(heard))
    }

    /// There was no decision after all.
    pub(crate) fn forget(&self) {
        drop(self.draft().take());
    }

    /// The answer where there is nothing left to record.
    pub(crate) fn gone() -> Receipt {
        Receipt::refused(NotKept::Closed)
    }

    /// No code of the host's runs here, so that nothing can come back while the draft is held.
    fn intent(&self) -> Option<Heard> {
        let intent = self.draft().as_deref().map(IntentDraft::of)?;
        Some(Heard(What::Intent(Box::new(intent))))
    }

    fn conclude(&self, ending: Ending) -> Option<Heard> {
        let mut draft = self.draft().take()?;
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
        Some(Heard(What::Decision(draft)))
    }

    /// A draft that is being changed has not ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.draft.try_lock().is_ok_and(|draft| draft.is_none())
    }

    fn draft(&self) -> MutexGuard<'_, Option<Box<Draft>>> {
        self.draft.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

thread_local! {
    static SPEAKING: Cell<bool> = const { Cell::new(false) };
}

/// This thread is changing a draft.
struct Speaking;

impl Speaking {
    fn begin() -> Option<Self> {
        let free = SPEAKING.try_with(|speaking| !speaking.replace(true)).unwrap_or(false);
        free.then_some(Self)
    }
}

impl Drop for Speaking {
    fn drop(&mut self) {
        let _ = SPEAKING.try_with(|speaking| speaking.set(false));
    }
}
