//! Holds: the statement that content must not be erased, and its end. They count in the whole ledger, whichever stream they
//! stand in, and a release may be read before the hold that it ends.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::label::Label;

/// What a hold keeps from being erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything in the ledger, also what is recorded later.
    Everything,
    /// The contents with these digests.
    Contents(BTreeSet<Digest>),
}

/// A hold in force, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The stream.
    pub stream: Uuid,
    /// The entry's sequence number.
    pub seq: u64,
    /// The entry's hash: what a release names.
    pub hash: Digest,
    /// When it was sealed, in microseconds since the Unix epoch, by the writer's clock.
    pub time_us: u64,
    /// What it keeps.
    pub scope: Scope,
    /// Why.
    pub reason: Label,
    /// By whose authority.
    pub by: Label,
}

impl Hold {
    /// Whether it forbids erasing one of these.
    #[must_use]
    pub fn forbids(&self, digests: &BTreeSet<Digest>) -> bool {
        match &self.scope {
            Scope::Everything => true,
            Scope::Contents(held) => !held.is_disjoint(digests),
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, stream, reason, by, .. } = self;
        write!(f, "the hold of entry {seq} of stream {stream} ({reason}; by {by})")
    }
}

/// What the entries of a ledger say of holds.
#[derive(Debug, Default)]
pub(crate) struct Holds {
    placed: Vec<Hold>,
    released: HashSet<Digest>,
}

impl Holds {
    pub(crate) fn note(&mut self, entry: &Entry, hash: Digest) {
        match &entry.body {
            Body::Release(release) => drop(self.released.insert(release.hold)),
            Body::Hold(hold) => {
                let digests: BTreeSet<Digest> = hold.digests.iter().copied().collect();
                let everything = digests.is_empty();
                let scope = if everything { Scope::Everything } else { Scope::Contents(digests) };
                let (reason, by) = (hold.reason.clone(), hold.by.clone());
                let &Entry { stream, seq, time_us, .. } = entry;
                self.placed.push(Hold { stream, seq, hash, time_us, scope, reason, by });
            }
            _ => {}
        }
    }

    /// Those that have not been released, in the order in which they were read.
    pub(crate) fn in_force(self) -> impl Iterator<Item = Hold> {
        let Self { placed, released } = self;
        placed.into_iter().filter(move |hold| !released.contains(&hold.hash))
    }
}
