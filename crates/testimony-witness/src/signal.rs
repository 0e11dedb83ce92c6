//! The bell between the owner of the witnesses and their thread: stop; all done. Nothing else passes through it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the thread is to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    GoOn,
    /// Ask once more, and end.
    Finish,
    /// End.
    Leave,
}

/// An order, and whether the thread has ended.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    state: Mutex<(Order, bool)>,
    bell: Condvar,
}

impl Signal {
    /// The first order other than to go on stands.
    pub(crate) fn give(&self, order: Order) {
        let mut state = self.state();
        if state.0 == Order::GoOn {
            state.0 = order;
        }
        self.bell.notify_all();
    }

    /// Waits so long, or until there is an order, and says which stands.
    pub(crate) fn linger(&self, time: Duration) -> Order {
        let calm = |state: &mut (Order, bool)| state.0 == Order::GoOn;
        let waited = self.bell.wait_timeout_while(self.state(), time, calm);
        waited.map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state).0
    }

    /// The thread has ended.
    pub(crate) fn ended(&self) {
        self.state().1 = true;
        self.bell.notify_all();
    }

    /// Waits for the thread to end, and says whether it has by then.
    pub(crate) fn wait_ended(&self, deadline: Instant) -> bool {
        let running = |state: &mut (Order, bool)| !state.1;
        let patience = deadline.saturating_duration_since(Instant::now());
        let waited = self.bell.wait_timeout_while(self.state(), patience, running);
        waited.map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state).1
    }

    /// No code that can panic runs under this lock, so a poisoned one still holds a whole state.
    fn state(&self) -> MutexGuard<'_, (Order, bool)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
