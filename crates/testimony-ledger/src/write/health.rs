//! The recorder's own troubles, on a channel of their own: counters that the host can read at any time.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How the recorder is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Decisions and outcomes sealed and written since the ledger was opened.
    pub recorded: u64,
    /// Decisions and outcomes lost since then: how blind the recorder is.
    pub lost: u64,
    /// Bytes that wait for the recorder thread.
    pub waiting_bytes: usize,
    /// Writing or syncing failed; nothing more will be recorded.
    pub poisoned: bool,
    /// Checkpoints signed and on record since the ledger was opened, without the last one, which closing writes.
    pub checkpoints: u64,
    /// Checkpoints that could not be signed since then.
    pub unsigned: u64,
    /// The disk holds something else than was written; nothing more will be signed.
    pub altered: bool,
}

/// The live counters behind [`Health`], and a bell that rings after each commit.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) recorded: AtomicU64,
    lost: AtomicU64,
    /// Of `lost`, those that a `gap` entry already tells of.
    told: AtomicU64,
    lost_since_us: AtomicU64,
    pub(crate) poisoned: AtomicBool,
    pub(crate) checkpoints: AtomicU64,
    pub(crate) unsigned: AtomicU64,
    pub(crate) altered: AtomicBool,
    commits: Mutex<u64>,
    bell: Condvar,
}

impl Counters {
    pub(crate) fn health(&self, waiting_bytes: usize) -> Health {
        Health {
            recorded: self.recorded.load(Ordering::Relaxed),
            lost: self.lost.load(Ordering::Relaxed),
            waiting_bytes,
            poisoned: self.poisoned.load(Ordering::Relaxed),
            checkpoints: self.checkpoints.load(Ordering::Relaxed),
            unsigned: self.unsigned.load(Ordering::Relaxed),
            altered: self.altered.load(Ordering::Relaxed),
        }
    }

    /// Counts a loss; says whether it is the first that no `gap` tells of.
    pub(crate) fn lose(&self, now_us: u64) -> bool {
        let first = self.lost.fetch_add(1, Ordering::Relaxed) == self.told.load(Ordering::Relaxed);
        if first {
            self.lost_since_us.store(now_us, Ordering::Relaxed);
        }
        first
    }

    /// Losses that no `gap` tells of yet, and since when. They count as told from here on.
    pub(crate) fn take_untold(&self) -> Option<(u64, u64)> {
        let lost = self.lost.load(Ordering::Relaxed);
        let told = self.told.swap(lost, Ordering::Relaxed);
        (lost > told).then(|| (lost - told, self.lost_since_us.load(Ordering::Relaxed)))
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub(crate) fn ring(&self) {
        *self.commits.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.bell.notify_all();
    }

    /// Waits for a commit after number `seen`, at most so long; returns the newest number.
    pub(crate) fn wait_beyond(&self, seen: u64, patience: Duration) -> u64 {
        let commits = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(commits, patience, |commits| *commits <= seen);
        waited.map_or_else(|poisoned| *poisoned.into_inner().0, |(commits, _)| *commits)
    }
}
