//! The bell between the exporter's owner and its thread: stop by then; all done. Nothing else passes through it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Of the time that is left once a stop was asked for, one pause between attempts takes at most this part.
const PART: u32 = 8;

/// But not less than this.
const LEAST_PAUSE: Duration = Duration::from_millis(50);

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
    /// Asks the thread to deliver what the ledger holds and to end, at the latest by then. The earliest deadline stands,
    /// and is returned.
    pub(crate) fn stop_by(&self, deadline: Instant) -> Instant {
        let mut state = self.state();
        let deadline = state.stop_by.map_or(deadline, |earlier| earlier.min(deadline));
        state.stop_by = Some(deadline);
        drop(state);
        self.bell.notify_all();
        deadline
    }

    pub(crate) fn stopping(&self) -> bool {
        self.state().stop_by.is_some()
    }

    /// Whether the time to stop has run out.
    pub(crate) fn expired(&self) -> bool {
        self.state().stop_by.is_some_and(|deadline| deadline <= Instant::now())
    }

    /// How much time is left once a stop was asked for.
    pub(crate) fn left(&self) -> Duration {
        self.state().stop_by.map_or(Duration::ZERO, until)
    }

    /// Waits so long, or until a stop is asked for.
    pub(crate) fn linger(&self, time: Duration) {
        let calm = |state: &mut State| state.stop_by.is_none();
        // Woken or not, the caller looks at the state again.
        let _ = self.bell.wait_timeout_while(self.state(), time, calm);
    }

    /// Waits between two attempts: as long as the endpoint asked for, if it did, and else for a time of our own choice. Once a
    /// stop was asked for, ours gets shorter the less time is left, so that there is always another attempt; and no pause
    /// goes past the deadline.
    pub(crate) fn pause(&self, asked: Option<Duration>, ours: Duration) {
        let begun = Instant::now();
        loop {
            let stop_by = self.state().stop_by;
            let ours =
                stop_by.map_or(ours, |deadline| ours.min(LEAST_PAUSE.max(until(deadline) / PART)));
            let time = asked.unwrap_or_default().max(ours);
            let left = time.saturating_sub(begun.elapsed());
            let left = stop_by.map_or(left, |deadline| left.min(until(deadline)));
            if left.is_zero() {
                return;
            }
            // A new deadline ends the wait, and is looked at.
            let same = |state: &mut State| state.stop_by == stop_by;
            let _ = self.bell.wait_timeout_while(self.state(), left, same);
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
        signal.pause(Some(Duration::from_hours(1)), Duration::from_hours(1));
        assert!(signal.expired());
        assert_eq!(signal.wait_finished(Instant::now()), None);
        signal.finish(false);
        signal.finish(true);
        assert_eq!(signal.wait_finished(Instant::now()), Some(false));
    }

    #[test]
    fn an_earlier_deadline_ends_a_pause_that_the_endpoint_asked_for() {
        let signal = Signal::default();
        signal.stop_by(Instant::now() + Duration::from_hours(2));
        std::thread::scope(|scope| {
            let pausing =
                scope.spawn(|| signal.pause(Some(Duration::from_hours(1)), Duration::ZERO));
            signal.stop_by(Instant::now());
            pausing.join().unwrap();
        });
        signal.stop_by(Instant::now() + Duration::from_hours(2));
        assert!(signal.expired(), "a later one changes nothing");
    }
}
