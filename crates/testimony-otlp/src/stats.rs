//! How the exporter is doing, on a channel of its own: counters that the host can read at any time.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

/// How the exporter is doing. All counts are of this exporter, since it was started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Entries that the endpoint took, each as one span.
    pub sent: u64,
    /// Entries that the endpoint refused for good. Which ones is on record beside the cursor:
    /// [`Destination::set_aside`](crate::Destination::set_aside).
    pub set_aside: u64,
    /// Requests that had to be made again.
    pub retried: u64,
    /// Bytes of the spans that the endpoint took, before compression; an estimate that is rather too large.
    pub bytes: u64,
    /// Bytes of the ledger's segment files that have been gone through, what was delivered earlier included.
    pub read: u64,
    /// How long ago the oldest entry was sealed that is waiting to be taken; zero when none is.
    pub lag: Duration,
    /// Streams that another process exports to the same endpoint.
    pub elsewhere: u64,
    /// Streams that were begun again at their beginning, because their cursor was damaged or did not fit the ledger.
    pub begun_again: u64,
}

/// The live counters behind [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    sent: AtomicU64,
    set_aside: AtomicU64,
    retried: AtomicU64,
    bytes: AtomicU64,
    read: AtomicU64,
    elsewhere: AtomicU64,
    begun_again: AtomicU64,
    /// When the oldest entry that waits was sealed, in microseconds since the Unix epoch; 0 for none.
    waiting_since_us: AtomicU64,
}

impl Counters {
    pub(crate) fn stats(&self) -> Stats {
        Stats {
            sent: self.sent.load(Relaxed),
            set_aside: self.set_aside.load(Relaxed),
            retried: self.retried.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            read: self.read.load(Relaxed),
            lag: self.lag(SystemTime::now()),
            elsewhere: self.elsewhere.load(Relaxed),
            begun_again: self.begun_again.load(Relaxed),
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

    pub(crate) fn taken(&self, count: usize, bytes: usize) {
        self.sent.fetch_add(count as u64, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn put_aside(&self, count: u64) {
        self.set_aside.fetch_add(count, Relaxed);
    }

    pub(crate) fn again(&self) {
        self.retried.fetch_add(1, Relaxed);
    }

    pub(crate) fn gone_through(&self, bytes: u64) {
        self.read.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn held_elsewhere(&self, streams: usize) {
        self.elsewhere.store(streams as u64, Relaxed);
    }

    pub(crate) fn begun_again(&self) {
        self.begun_again.fetch_add(1, Relaxed);
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
