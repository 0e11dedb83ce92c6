//! Which checkpoint on record is to be shown to an outsider: the newest, preferably one that a policy accepts.

use testimony_record::Uuid;
use testimony_record::entry::{Body, Entry};
use testimony_record::tlog::{Policy, Signature, SignedHead, VerifierKey, Witness};
use testimony_record::tree::TreeHash;

/// No checkpoint on record covers an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no checkpoint covers entry {seq} of stream {stream} yet{}", newest(*covered))]
pub struct NotCovered {
    /// The stream.
    pub stream: Uuid,
    /// The entry.
    pub seq: u64,
    /// How many entries the newest checkpoint covers, where there is one.
    pub covered: Option<u64>,
}

fn newest(covered: Option<u64>) -> String {
    covered.map_or(String::new(), |covered| format!(": the newest covers the first {covered}"))
}

/// A head on record and the key of its session. Whether that has signed it is left open: a year has half a million
/// checkpoints, and one of them is shown.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) head: SignedHead,
    pub(super) key: VerifierKey,
    pub(super) accepted: bool,
}

/// The checkpoints so far that cover one entry, as far as they matter.
pub(super) struct Checkpoints<'a> {
    stream: Uuid,
    seq: u64,
    policy: Option<&'a Policy>,
    session: Option<VerifierKey>,
    covered: Option<u64>,
    best: Option<Kept>,
}

impl Kept {
    /// Whether it is the signed head of a tree.
    pub(super) fn stands(&self, size: u64, root: &TreeHash) -> bool {
        (self.head.size(), self.head.root()) == (size, root)
            && self.head.verified_by(&self.key) == Signature::Verified
    }
}

impl<'a> Checkpoints<'a> {
    pub(super) fn covering(stream: Uuid, seq: u64, policy: Option<&'a Policy>) -> Self {
        Self { stream, seq, policy, session: None, covered: None, best: None }
    }

    /// Takes in the next entry of the stream.
    pub(super) fn see(&mut self, entry: &Entry) {
        match &entry.body {
            Body::Genesis(genesis) => {
                let key = genesis.key.as_ref().and_then(|key| key.as_str().parse().ok());
                self.session = key.filter(|key: &VerifierKey| key.vouches_for(key, self.stream));
            }
            Body::Checkpoint(checkpoint) => self.checkpoint(&checkpoint.note, entry.seq),
            _ => {}
        }
    }

    fn checkpoint(&mut self, note: &str, at: u64) {
        let (Some(key), Ok(head)) = (&self.session, SignedHead::parse(note)) else { return };
        if head.origin() != key.name() || head.size() > at {
            return;
        }
        self.covered = self.covered.max(Some(head.size()));
        if head.size() <= self.seq {
            return;
        }
        let accepted = self.policy.is_some_and(|policy| accepts(policy, &head));
        if accepted || self.best.as_ref().is_none_or(|best| !best.accepted) {
            self.best = Some(Kept { head, key: key.clone(), accepted });
        }
    }

    /// The one to show.
    pub(super) fn best(self) -> Result<Kept, NotCovered> {
        let Self { stream, seq, covered, best, .. } = self;
        best.ok_or(NotCovered { stream, seq, covered })
    }
}

fn accepts(policy: &Policy, head: &SignedHead) -> bool {
    let met =
        |cosigners: Vec<&Witness>| policy.is_met_by(cosigners.iter().map(|witness| &witness.key));
    policy.cosigners(head).is_ok_and(met)
}
