//! The time by which entries are sealed: that of the newest event, so that ninety days pass in a few minutes.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::numbers::START_US;

static NOW_US: AtomicU64 = AtomicU64::new(START_US);

/// Microseconds since the Unix epoch.
pub(crate) fn now() -> u64 {
    NOW_US.load(Ordering::Relaxed)
}

/// Moves on; never back, for a clock that steps back is put on record.
pub(crate) fn set(us: u64) {
    NOW_US.fetch_max(us, Ordering::Relaxed);
}
