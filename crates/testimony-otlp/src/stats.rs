//! How the exporter is doing, on a channel of its own: counters that the host can read at any time.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

/// How the exporter is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Decisions that the endpoint took.
    pub sent: u64,
    /// Decisions that the endpoint refused for good.
    pub failed: u64,
    /// Requests that had to be made again.
    pub retried: u64,
    /// How long ago the oldest decision was sealed that is waiting to be taken; zero when none is.
    pub lag: Duration,
}

/// The live counters behind [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    sent: AtomicU64,
    failed: AtomicU64,
    retried: AtomicU64,
    /// When the oldest decision that waits was sealed, in microseconds since the Unix epoch; 0 for none.
    waiting_since_us: AtomicU64,
}

impl Counters {
    pub(crate) fn stats(&self) -> Stats {
        Stats {
            sent: self.sent.load(Relaxed),
            failed: self.failed.load(Relaxed),
            retried: self.retried.load(Relaxed),
            lag: self.lag(SystemTime::now()),
        }
    }

    fn lag(&self, now: SystemTime) -> Duration {
        match self.waiting_since_us.load(Relaxed) {
            0 => Duration::ZERO,
            since => {
                let since = SystemTime::UNIX_EPOCH + Duration::from_micros(since);
                // The writer's clock may have stepped.
                now.duration_since(since).unwrap_or_default()
            }
        }
    }

    pub(crate) fn taken(&self, count: usize) {
        self.sent.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn given_up(&self, count: usize) {
        self.failed.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn again(&self) {
        self.retried.fetch_add(1, Relaxed);
    }

    pub(crate) fn waits_since(&self, sealed_us: u64) {
        self.waiting_since_us.store(sealed_us, Relaxed);
    }

    pub(crate) fn nothing_waits(&self) {
        self.waits_since(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_is_the_age_of_what_waits() {
        let counters = Counters::default();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(100);
        assert_eq!(counters.lag(now), Duration::ZERO);
        counters.waits_since(40_000_000);
        assert_eq!(counters.lag(now), Duration::from_mins(1));
        counters.waits_since(200_000_000);
        assert_eq!(counters.lag(now), Duration::ZERO);
    }
}
