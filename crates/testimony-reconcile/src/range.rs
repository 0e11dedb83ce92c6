//! Times: which entries are asked for, and in which time a backend has to be asked for them.

use testimony_record::entry::{Body, Entry};

/// The time that is asked for, both ends included, in microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// From then on.
    pub since_us: u64,
    /// Until then.
    pub until_us: u64,
}

impl Default for Range {
    /// All of it.
    fn default() -> Self {
        Self { since_us: 0, until_us: u64::MAX }
    }
}

/// From a first to a last moment, in microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// The first.
    pub first_us: u64,
    /// The last.
    pub last_us: u64,
}

impl Times {
    /// What an entry tells of: from when its span begins, or it was sealed, to the later of both.
    pub(crate) fn of(entry: &Entry) -> Self {
        let began = match &entry.body {
            Body::Decision(decision) => decision.began_us,
            Body::Outcome(outcome) => outcome.at_us,
            Body::Intent(intent) => intent.began_us,
            Body::Gap(gap) => gap.since_us,
            _ => entry.time_us,
        };
        Self { first_us: began.min(entry.time_us), last_us: began.max(entry.time_us) }
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            first_us: self.first_us.min(other.first_us),
            last_us: self.last_us.max(other.last_us),
        }
    }
}

impl Range {
    /// Whether all of it was asked for.
    pub(crate) fn holds(&self, times: Times) -> bool {
        self.since_us <= times.first_us && times.last_us <= self.until_us
    }
}
