//! What the verifier keeps of an entry once it has been read: what chain, tree and account need, and nothing of its contents.

use uuid::Uuid;

use crate::canonical::{self, NotCanonical};
use crate::digest::Digest;
use crate::entry::{Body, Checkpoint, Entry, Gap};
use crate::label::Label;
use crate::tree::{self, TreeHash};

/// An entry frame.
#[derive(Debug)]
pub(super) struct Fact {
    /// The hash in its header.
    pub(super) declared: Digest,
    /// The hash of its bytes.
    pub(super) computed: Digest,
    /// Its leaf in the tree.
    pub(super) leaf: TreeHash,
    /// What it says, where it can be read.
    pub(super) said: Result<Said, NotCanonical>,
}

/// What an entry says.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) stream: Uuid,
    pub(super) seq: u64,
    pub(super) prev: Digest,
    pub(super) time_us: u64,
    pub(super) kind: &'static str,
    pub(super) what: What,
}

/// What of its body matters beyond the chain.
#[derive(Debug)]
pub(super) enum What {
    Genesis { key: Option<Label> },
    Recovered { bytes: u64 },
    Gap(Gap),
    Decision(Uuid),
    Intent(Uuid),
    Checkpoint(Box<Checkpoint>),
    Erasure(Vec<Digest>),
    Close,
    Other,
}

impl Fact {
    /// Reads an entry's bytes; hands out the entry itself as well, for whoever judges its references.
    pub(super) fn of(declared: Digest, bytes: &[u8]) -> (Self, Option<Entry>) {
        let (computed, leaf) = (Digest::of_entry(bytes), tree::leaf(bytes));
        match canonical::decode::<Entry>(bytes) {
            Ok(entry) => {
                let said = Ok(Said::of(&entry));
                (Self { declared, computed, leaf, said }, Some(entry))
            }
            Err(error) => (Self { declared, computed, leaf, said: Err(error) }, None),
        }
    }
}

impl Said {
    fn of(entry: &Entry) -> Self {
        Self {
            stream: entry.stream,
            seq: entry.seq,
            prev: entry.prev,
            time_us: entry.time_us,
            kind: entry.body.kind(),
            what: What::of(&entry.body),
        }
    }

    /// Whether a session may begin with it.
    pub(super) fn begins(&self) -> bool {
        matches!(self.what, What::Genesis { .. } | What::Recovered { .. })
    }
}

impl What {
    fn of(body: &Body) -> Self {
        match body {
            Body::Genesis(genesis) => Self::Genesis { key: genesis.key.clone() },
            Body::Recovered(recovered) => {
                Self::Recovered { bytes: recovered.cuts.iter().map(|cut| cut.bytes).sum() }
            }
            Body::Gap(gap) => Self::Gap(gap.clone()),
            Body::Decision(decision) => Self::Decision(decision.id),
            Body::Intent(intent) => Self::Intent(intent.id),
            Body::Checkpoint(checkpoint) => Self::Checkpoint(Box::new(checkpoint.clone())),
            Body::Erasure(erasure) => Self::Erasure(erasure.digests.clone()),
            Body::Close(_) => Self::Close,
            Body::Outcome(_) | Body::Hold(_) | Body::Release(_) => Self::Other,
        }
    }
}
