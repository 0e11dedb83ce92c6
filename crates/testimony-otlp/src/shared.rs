//! What the exporter's owner and its thread both hold.

use std::sync::{Mutex, MutexGuard, PoisonError};

use opentelemetry_sdk::Resource;
use testimony_record::entry::Body;

use crate::mapping::Conventions;
use crate::metrics::{Call, Meters};
use crate::signal::Signal;
use crate::stats::Counters;
use crate::target::Target;

/// Counters, the bell, what is measured, and what stands in the way.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) counters: Counters,
    pub(crate) signal: Signal,
    meters: Mutex<Option<Meters>>,
    trouble: Mutex<Option<String>>,
}

impl Shared {
    pub(crate) fn trouble(&self) -> Option<String> {
        lock(&self.trouble).clone()
    }

    pub(crate) fn note(&self, trouble: String) {
        *lock(&self.trouble) = Some(trouble);
    }

    /// Spans travel whether metrics can or not.
    pub(crate) fn open_meters(
        &self,
        target: &Target,
        resource: Resource,
        conventions: Conventions,
    ) {
        match Meters::open(target, resource, conventions) {
            Ok(meters) => *lock(&self.meters) = Some(meters),
            Err(why) => self.note(format!("no metrics are exported: {why}")),
        }
    }

    /// What there is to measure of an entry, where metrics are asked for.
    pub(crate) fn call_of(&self, body: &Body) -> Option<Call> {
        let Body::Decision(decision) = body else { return None };
        lock(&self.meters).as_ref().and_then(|_| Call::of(decision))
    }

    pub(crate) fn measure(&self, calls: &[Call]) {
        if let Some(meters) = lock(&self.meters).as_mut() {
            for call in calls {
                meters.decided(call);
            }
        }
    }

    /// Spans go first: of the time that is left, metrics get most, and leave enough to say that all is done.
    pub(crate) fn close_meters(&self) {
        if let Some(meters) = lock(&self.meters).take() {
            meters.close(self.signal.left() * 3 / 4);
        }
    }

    pub(crate) fn all_well(&self) {
        *lock(&self.trouble) = None;
    }
}

/// Nothing that can panic runs under these locks, so a poisoned one still holds a whole value.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
