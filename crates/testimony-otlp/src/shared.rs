//! What the exporter's owner and its thread both hold.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::signal::Signal;
use crate::stats::Counters;

/// Counters, the bell, and what stands in the way.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) counters: Counters,
    pub(crate) signal: Signal,
    trouble: Mutex<Option<String>>,
}

impl Shared {
    pub(crate) fn trouble(&self) -> Option<String> {
        lock(&self.trouble).clone()
    }

    pub(crate) fn note(&self, trouble: String) {
        *lock(&self.trouble) = Some(trouble);
    }

    pub(crate) fn all_well(&self) {
        *lock(&self.trouble) = None;
    }
}

/// Nothing that can panic runs under these locks, so a poisoned one still holds a whole value.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
