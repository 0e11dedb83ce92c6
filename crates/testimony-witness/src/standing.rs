//! How it stands with each witness: written by the thread, read by the owner.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use testimony_record::tlog::WitnessKey;

use crate::endpoint::Endpoint;
use crate::signal::Signal;
use crate::trouble::Trouble;

/// How it stands with one witness.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Standing {
    /// The witness.
    pub witness: WitnessKey,
    /// The size of the newest head that it cosigned for this process.
    pub cosigned: Option<u64>,
    /// When, by its clock, in seconds since the Unix epoch.
    pub time_s: Option<u64>,
    /// What went wrong last, until it cosigns again.
    pub trouble: Option<Arc<Trouble>>,
}

impl Standing {
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        let witness = endpoint.key().clone();
        Self { witness, cosigned: None, time_s: None, trouble: None }
    }
}

/// What the owner and the thread share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) signal: Signal,
    standings: Mutex<Vec<Standing>>,
}

impl Shared {
    pub(crate) fn new(standings: Vec<Standing>) -> Self {
        Self { signal: Signal::default(), standings: Mutex::new(standings) }
    }

    /// Nothing that can panic runs under this lock, so a poisoned one still holds whole values.
    pub(crate) fn standings(&self) -> MutexGuard<'_, Vec<Standing>> {
        self.standings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
