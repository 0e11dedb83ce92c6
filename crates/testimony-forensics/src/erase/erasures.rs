//! What the entries of a ledger say of erased content: which entry, why, and by whose authority.

use std::collections::HashMap;

use serde::Serialize;
use testimony_ledger::read::archive::Stored;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::label::Label;

/// The entry that says that a content was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErasedBy {
    /// The stream.
    pub stream: Uuid,
    /// The entry's sequence number.
    pub seq: u64,
    /// When it was sealed, in microseconds since the Unix epoch, by the writer's clock.
    pub time_us: u64,
    /// Why.
    pub reason: Label,
    /// By whose authority.
    pub by: Label,
}

/// For each erased content the first entry that says so.
#[derive(Debug, Default)]
pub(crate) struct Erasures(HashMap<Digest, ErasedBy>);

impl Erasures {
    pub(crate) fn add(&mut self, stored: &Stored) {
        let Body::Erasure(erasure) = &stored.entry.body else { return };
        let (stream, seq, time_us) = (stored.entry.stream, stored.entry.seq, stored.entry.time_us);
        for digest in &erasure.digests {
            self.0.entry(*digest).or_insert_with(|| {
                let (reason, by) = (erasure.reason.clone(), erasure.by.clone());
                ErasedBy { stream, seq, time_us, reason, by }
            });
        }
    }

    pub(crate) fn of(&self, digest: &Digest) -> Option<&ErasedBy> {
        self.0.get(digest)
    }
}
