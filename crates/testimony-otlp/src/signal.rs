//! The bell between the exporter's owner and its thread: stop by then; all done. Nothing else passes through it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The longest pause between attempts once a stop was asked for.
const LAST_PAUSE: Duration = Duration::from_millis(200);

/// Stop and finish, each said once.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Debug, Default, Clone, Copy)]
struct State {
    stop_by: Option<Instant>,
    /// Set when the thread has ended: whether it had delivered everything.
    finished: Option<bool>,
}

impl Signal {
    /// Asks the thread to deliver what the ledger holds and to end, at the latest by then. The first word stands.
    pub(crate) fn stop_by(&self, deadline: Instant) {
        self.state().stop_by.get_or_insert(deadline);
        self.bell.notify_all();
    }

    pub(crate) fn stopping(&self) -> bool {
        self.state().stop_by.is_some()
    }

    /// Whether the time to stop has run out.
    pub(crate) fn expired(&self) -> bool {
        self.state().stop_by.is_some_and(|deadline| deadline <= Instant::now())
    }

    /// Waits so long, or until a stop is asked for.
    pub(crate) fn linger(&self, time: Duration) {
        let calm = |state: &mut State| state.stop_by.is_none();
        // Woken or not, the caller looks at the state again.
        let _ = self.bell.wait_timeout_while(self.state(), time, calm);
    }

    /// Waits between two attempts. While stopping it is never long, and never past the deadline.
    pub(crate) fn pause(&self, time: Duration) {
        let stop_by = self.state().stop_by;
        match stop_by {
            None => self.linger(time),
            Some(deadline) => std::thread::sleep(time.min(LAST_PAUSE).min(until(deadline))),
        }
    }

    /// Says that the thread has ended.
    pub(crate) fn finish(&self, complete: bool) {
        self.state().finished.get_or_insert(complete);
        self.bell.notify_all();
    }

    /// Waits for the thread to end; `None` if it has not by then.
    pub(crate) fn wait_finished(&self, deadline: Instant) -> Option<bool> {
        let running = |state: &mut State| state.finished.is_none();
        let waited = self.bell.wait_timeout_while(self.state(), until(deadline), running);
        waited.map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state).finished
    }

    /// No code that can panic runs under this lock, so a poisoned one still holds a whole state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_ends_a_wait_at_once() {
        let signal = Signal::default();
        std::thread::scope(|scope| {
            let pausing = scope.spawn(|| signal.linger(Duration::from_hours(1)));
            signal.stop_by(Instant::now() + Duration::from_hours(1));
            pausing.join().unwrap();
        });
    }

    #[test]
    fn no_pause_goes_past_the_deadline() {
        let signal = Signal::default();
        signal.stop_by(Instant::now());
        signal.pause(Duration::from_hours(1));
        assert!(signal.expired());
        assert_eq!(signal.wait_finished(Instant::now()), None);
        signal.finish(false);
        signal.finish(true);
        assert_eq!(signal.wait_finished(Instant::now()), Some(false));
    }
}
