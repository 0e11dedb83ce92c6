//! The queue between callers and the recorder thread, bounded in bytes. It never grows past its bound and never wakes
//! the recorder needlessly: a wake-up costs the caller more than everything else it does here.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A bounded queue with many senders and one receiver.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    /// Something has come, or the queue was closed.
    arrival: Condvar,
    /// Room has been made.
    room: Condvar,
    most_bytes: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    bytes: usize,
    closed: bool,
    /// The receiver waits without a deadline, so whoever comes first must wake it.
    asleep: bool,
    /// Somebody waits for an answer to what is in the queue.
    urgent: bool,
    waiting_for_room: usize,
}

/// Why an item was not taken; it comes back.
#[derive(Debug)]
pub(crate) enum Refused<T> {
    Full(T),
    Closed(T),
}

/// How long the receiver waits.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wait {
    /// Until something comes, or until this moment.
    Arrival(Option<Instant>),
    /// Until this moment, in order to gather, unless somebody waits for an answer or for room.
    Gather(Instant),
}

impl<T> Queue<T> {
    pub(crate) fn new(most_bytes: usize) -> Self {
        let state = State {
            items: VecDeque::new(),
            bytes: 0,
            closed: false,
            asleep: false,
            urgent: false,
            waiting_for_room: 0,
        };
        Self { state: Mutex::new(state), arrival: Condvar::new(), room: Condvar::new(), most_bytes }
    }

    /// Puts an item in. An item larger than the whole queue is taken when the queue is empty, so that it is not lost
    /// for ever. `urgent` wakes the receiver even while it lingers.
    pub(crate) fn push(
        &self,
        item: T,
        bytes: usize,
        urgent: bool,
        patience: Duration,
    ) -> Result<(), Refused<T>> {
        let mut state = self.state();
        if !state.has_room(bytes, self.most_bytes) && !state.closed {
            state = self.wait_for_room(state, bytes, patience);
        }
        if state.closed {
            return Err(Refused::Closed(item));
        }
        if !state.has_room(bytes, self.most_bytes) {
            return Err(Refused::Full(item));
        }
        state.items.push_back(item);
        state.bytes += bytes;
        let wake = state.asleep || urgent;
        state.asleep = false;
        state.urgent |= urgent;
        drop(state);
        if wake {
            self.arrival.notify_one();
        }
        Ok(())
    }

    fn wait_for_room<'a>(
        &'a self,
        mut state: MutexGuard<'a, State<T>>,
        bytes: usize,
        patience: Duration,
    ) -> MutexGuard<'a, State<T>> {
        state.waiting_for_room += 1;
        self.arrival.notify_one();
        let full = |state: &mut State<T>| !state.closed && !state.has_room(bytes, self.most_bytes);
        let waited = self.room.wait_timeout_while(state, patience, full);
        let mut state = waited.map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state);
        state.waiting_for_room -= 1;
        state
    }

    /// Takes everything that waits into `out`, and returns whether the queue is closed and empty.
    pub(crate) fn take_all(&self, out: &mut Vec<T>, wait: Wait) -> bool {
        let mut state = match wait {
            Wait::Arrival(until) => self.sleep(self.state(), until),
            Wait::Gather(until) => self.gather(self.state(), until),
        };
        out.extend(state.items.drain(..));
        (state.bytes, state.urgent) = (0, false);
        let (closed, waiting) = (state.closed, state.waiting_for_room > 0);
        drop(state);
        if waiting {
            self.room.notify_all();
        }
        closed
    }

    fn sleep<'a>(
        &self,
        mut state: MutexGuard<'a, State<T>>,
        until: Option<Instant>,
    ) -> MutexGuard<'a, State<T>> {
        state.asleep = true;
        let nothing = |state: &mut State<T>| state.items.is_empty() && !state.closed;
        let mut state = match until {
            None => self.arrival.wait_while(state, nothing).unwrap_or_else(PoisonError::into_inner),
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                let waited = self.arrival.wait_timeout_while(state, left, nothing);
                waited.map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state)
            }
        };
        state.asleep = false;
        state
    }

    fn gather<'a>(
        &self,
        state: MutexGuard<'a, State<T>>,
        until: Instant,
    ) -> MutexGuard<'a, State<T>> {
        let left = until.saturating_duration_since(Instant::now());
        let calm =
            |state: &mut State<T>| !state.closed && !state.urgent && state.waiting_for_room == 0;
        let waited = self.arrival.wait_timeout_while(state, left, calm);
        waited.map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state)
    }

    /// Refuses everything from now on; what waits is still handed out.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.arrival.notify_all();
        self.room.notify_all();
    }

    pub(crate) fn waiting_bytes(&self) -> usize {
        self.state().bytes
    }

    /// No code that can panic runs under this lock, so a poisoned one still holds a whole state.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn has_room(&self, bytes: usize, most: usize) -> bool {
        self.items.is_empty() || self.bytes.saturating_add(bytes) <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_hands_the_item_back_after_the_callers_patience() {
        let queue = Queue::new(10);
        queue.push('a', 8, false, Duration::ZERO).unwrap();
        assert!(matches!(queue.push('b', 3, false, Duration::ZERO), Err(Refused::Full('b'))));
        queue.push('c', 2, false, Duration::ZERO).unwrap();
        assert_eq!(queue.waiting_bytes(), 10);
    }

    #[test]
    fn an_item_larger_than_the_queue_is_taken_when_nothing_else_waits() {
        let queue = Queue::new(10);
        queue.push('a', 1000, false, Duration::ZERO).unwrap();
        let mut out = Vec::new();
        assert!(!queue.take_all(&mut out, Wait::Arrival(None)));
        assert_eq!(out, ['a']);
    }

    #[test]
    fn a_closed_queue_hands_out_what_waits_and_takes_nothing_more() {
        let queue = Queue::new(10);
        queue.push('a', 1, false, Duration::ZERO).unwrap();
        queue.close();
        assert!(matches!(queue.push('b', 1, false, Duration::ZERO), Err(Refused::Closed('b'))));
        let mut out = Vec::new();
        assert!(queue.take_all(&mut out, Wait::Arrival(None)));
        assert_eq!(out, ['a']);
    }

    #[test]
    fn a_receiver_that_only_waits_for_a_moment_is_woken_by_whatever_comes_first() {
        let queue = Queue::new(10);
        std::thread::scope(|scope| {
            let receiver = scope.spawn(|| {
                let mut out = Vec::new();
                let until = Instant::now() + Duration::from_hours(1);
                queue.take_all(&mut out, Wait::Arrival(Some(until)));
                out
            });
            while !queue.state().asleep {
                std::thread::yield_now();
            }
            queue.push('a', 1, false, Duration::ZERO).unwrap();
            assert_eq!(receiver.join().unwrap(), ['a']);
        });
    }

    #[test]
    fn a_caller_that_waits_for_room_goes_on_as_soon_as_the_receiver_takes() {
        let queue = Queue::new(1);
        queue.push(1, 1, false, Duration::ZERO).unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| queue.push(2, 1, false, Duration::from_hours(1)).is_ok());
            let mut out = Vec::new();
            while out.len() < 2 {
                queue.take_all(&mut out, Wait::Arrival(None));
            }
            assert!(second.join().unwrap());
            assert_eq!(out, [1, 2]);
        });
    }
}
