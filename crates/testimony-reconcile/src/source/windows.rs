//! Time, cut into windows that a backend answers whole: one that reaches the backend's limit is halved, so that nothing is
//! left out however much there is.

use std::num::NonZeroUsize;

use lru::LruCache;

use crate::range::Times;

/// How many traces are remembered, so that one that lies in two windows is read once.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1 << 16).unwrap();

/// Windows that are still to be asked for, the earliest on top.
#[derive(Debug)]
pub(super) struct Windows {
    open: Vec<Times>,
    /// The smallest window, in microseconds.
    grain: u64,
    seen: LruCache<(String, Vec<u8>), ()>,
    total: u64,
}

impl Windows {
    /// Cuts a time into windows of at most `widest` microseconds, none smaller than `grain`.
    pub(super) fn new(times: Times, widest: u64, grain: u64) -> Self {
        let first = times.first_us / grain * grain;
        let end = (times.last_us / grain + 1).saturating_mul(grain);
        let mut open = Vec::new();
        let mut from = first;
        while from < end {
            let to = from.saturating_add(widest).min(end);
            open.push(Times { first_us: from, last_us: to });
            from = to;
        }
        open.reverse();
        Self { open, grain, seen: LruCache::new(REMEMBERED), total: end - first }
    }

    /// The next window: from its first moment on, and before its last.
    pub(super) fn next(&mut self) -> Option<Times> {
        self.open.pop()
    }

    /// Puts a window back in halves. `false` where it cannot be halved any more.
    pub(super) fn halve(&mut self, window: Times) -> bool {
        let half = (window.last_us - window.first_us) / 2 / self.grain * self.grain;
        if half == 0 {
            return false;
        }
        let middle = window.first_us + half;
        self.open.push(Times { first_us: middle, ..window });
        self.open.push(Times { last_us: middle, ..window });
        true
    }

    /// Whether a trace of some service comes for the first time.
    pub(super) fn is_new(&mut self, service: &str, trace: &[u8]) -> bool {
        self.seen.put((service.to_owned(), trace.to_vec()), ()).is_none()
    }

    /// The time that has been read, of all, in microseconds.
    pub(super) fn progress(&self) -> (u64, u64) {
        let open: u64 = self.open.iter().map(|window| window.last_us - window.first_us).sum();
        (self.total - open, self.total)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn windows_cover_the_time_once_however_they_are_halved(first in 0..10_000_u64, length in 0..10_000_u64, widest in 1..50_u64, halved in any::<u64>()) {
            let (grain, widest) = (10, widest * 10);
            let mut windows = Windows::new(Times { first_us: first, last_us: first + length }, widest, grain);
            let (mut at, mut turn) = (first / grain * grain, 0);
            while let Some(window) = windows.next() {
                turn += 1;
                if halved >> (turn % 64) & 1 == 1 && turn < 200 && windows.halve(window) {
                    continue;
                }
                prop_assert_eq!(window.first_us, at);
                prop_assert!(window.last_us > at && window.last_us - at <= widest);
                at = window.last_us;
            }
            prop_assert!(at > first + length && at <= first + length + grain);
            let (done, total) = windows.progress();
            prop_assert_eq!(done, total);
        }
    }
}
