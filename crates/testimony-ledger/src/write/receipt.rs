//! Receipts: the recorder's answer to a caller that wants to know what became of its decision. Code that may block
//! waits for it, code that must not awaits it; neither needs a runtime.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use testimony_record::kept::{Kept, NotKept};

type Answer = Result<Kept, NotKept>;

/// A promise of an answer, to be waited for ([`Receipt::wait`]) or awaited.
///
/// Asking for a receipt asks for a sync at once; nobody waits for the interval to pass. A receipt that is dropped
/// changes nothing for what it is about.
///
/// As a future it needs no runtime, may be moved between tasks, and may be polled again after its answer.
#[derive(Debug)]
#[must_use = "a receipt says nothing until it is waited for"]
pub struct Receipt(Arc<Slot>);

/// The recorder's end of a receipt. Dropped without an answer, it answers that the recorder is gone.
#[derive(Debug)]
pub(crate) struct Promise {
    slot: Arc<Slot>,
    promised: Promised,
}

/// What has to be done before a promise may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Promised {
    /// What the ledger's level says.
    TheLevel,
    /// A sync.
    ASync,
}

#[derive(Debug, Default)]
struct Slot {
    state: Mutex<State>,
    answered: Condvar,
}

#[derive(Debug, Default)]
struct State {
    answer: Option<Answer>,
    /// The task that awaits the answer.
    waker: Option<Waker>,
}

pub(crate) fn receipt(promised: Promised) -> (Promise, Receipt) {
    let slot = Arc::new(Slot::default());
    (Promise { slot: Arc::clone(&slot), promised }, Receipt(slot))
}

impl Receipt {
    /// Blocks this thread until what was recorded is on disk, as durable as was asked for.
    ///
    /// # Errors
    /// When it could not be kept, and never will be.
    pub fn wait(self) -> Result<Kept, NotKept> {
        let waited = self.0.answered.wait_while(self.0.state(), |state| state.answer.is_none());
        let state = waited.unwrap_or_else(PoisonError::into_inner);
        state.answer.clone().unwrap_or(Err(NotKept::Closed))
    }
}

impl Future for Receipt {
    type Output = Result<Kept, NotKept>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.0.state();
        if let Some(answer) = &state.answer {
            return Poll::Ready(answer.clone());
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

impl Promise {
    pub(crate) fn answer(self, answer: Answer) {
        self.slot.set(answer);
    }

    pub(crate) fn is_of_a_sync(&self) -> bool {
        self.promised == Promised::ASync
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.slot.set(Err(NotKept::Closed));
    }
}

impl Slot {
    /// The first answer stands.
    fn set(&self, answer: Answer) {
        let mut state = self.state();
        state.answer.get_or_insert(answer);
        let waker = state.waker.take();
        drop(state);
        self.answered.notify_all();
        // A waker is the host's code; its panic must not take the recorder's thread with it.
        let _ = catch_unwind(AssertUnwindSafe(|| waker.map(Waker::wake)));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Counts(AtomicUsize);

    impl Wake for Counts {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn poll(receipt: &mut Receipt, counts: &Arc<Counts>) -> Poll<Answer> {
        Pin::new(receipt).poll(&mut Context::from_waker(&Waker::from(Arc::clone(counts))))
    }

    #[test]
    fn the_task_that_polled_last_is_woken_once_and_finds_the_answer_again_and_again() {
        let (first, last) = (Arc::new(Counts::default()), Arc::new(Counts::default()));
        let (promise, mut receipt) = receipt(Promised::ASync);
        assert_eq!(poll(&mut receipt, &first), Poll::Pending);
        assert_eq!(poll(&mut receipt, &last), Poll::Pending);
        promise.answer(Err(NotKept::Full));
        assert_eq!((first.0.load(Ordering::Relaxed), last.0.load(Ordering::Relaxed)), (0, 1));
        assert_eq!(poll(&mut receipt, &last), Poll::Ready(Err(NotKept::Full)));
        assert_eq!(poll(&mut receipt, &last), Poll::Ready(Err(NotKept::Full)));
    }

    #[test]
    fn a_promise_that_is_dropped_answers_that_the_recorder_is_gone() {
        let (promise, mut receipt) = receipt(Promised::TheLevel);
        let counts = Arc::new(Counts::default());
        assert_eq!(poll(&mut receipt, &counts), Poll::Pending);
        drop(promise);
        assert_eq!(counts.0.load(Ordering::Relaxed), 1);
        assert_eq!(receipt.wait(), Err(NotKept::Closed));
    }

    #[test]
    fn a_waker_that_panics_does_not_reach_the_recorder() {
        struct Panics;
        impl Wake for Panics {
            fn wake(self: Arc<Self>) {
                panic!("the host's own bug")
            }
        }
        let (promise, mut receipt) = receipt(Promised::TheLevel);
        let waker = Waker::from(Arc::new(Panics));
        assert!(Pin::new(&mut receipt).poll(&mut Context::from_waker(&waker)).is_pending());
        promise.answer(Err(NotKept::Full));
        assert_eq!(receipt.wait(), Err(NotKept::Full));
    }

    #[test]
    fn a_receipt_that_is_dropped_first_is_no_trouble() {
        let (promise, receipt) = receipt(Promised::TheLevel);
        drop(receipt);
        promise.answer(Err(NotKept::Full));
    }
}
