//! What someone outside holds of a ledger, and what every verdict on its operator's honesty rests on. Nothing here comes from
//! the ledger itself.

use uuid::Uuid;

use super::heads::Remembered;
use crate::head::Head;
use crate::tlog::{Policy, SignedHead, VerifierKey};

/// Heads, keys and a policy that the verifier's caller holds.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Heads that were written down, unsigned.
    pub heads: Vec<Head>,
    /// Heads that were kept as signed notes; one whose origin names no stream is passed over.
    pub notes: Vec<SignedHead>,
    /// Keys by which a stream's checkpoints may be signed, named `<name>` or `<name>/<stream>`.
    pub keys: Vec<VerifierKey>,
    /// Further keys, and how many of which witnesses must have cosigned.
    pub policy: Option<Policy>,
}

impl Trust {
    /// The streams of which a head is remembered, each once.
    pub fn streams(&self) -> impl Iterator<Item = Uuid> + use<> {
        let heads = self.heads.iter().map(|head| head.stream);
        let mut streams: Vec<Uuid> =
            heads.chain(self.notes.iter().filter_map(SignedHead::stream)).collect();
        streams.sort_unstable();
        streams.dedup();
        streams.into_iter()
    }

    /// How many entries the largest head covers that is remembered of a stream; 0 without one.
    #[must_use]
    pub fn largest_head(&self, stream: Uuid) -> u64 {
        self.heads_of(stream).map(|head| head.size).max().unwrap_or(0)
    }

    /// Whether it names any key that a ledger's checkpoints could be signed by.
    #[must_use]
    pub fn names_keys(&self) -> bool {
        self.all_keys().next().is_some()
    }

    pub(super) fn all_keys(&self) -> impl Iterator<Item = &VerifierKey> {
        let logs = self.policy.iter().flat_map(Policy::logs);
        self.keys.iter().chain(logs.map(|log| &log.key))
    }

    pub(super) fn heads_of(&self, stream: Uuid) -> impl Iterator<Item = Remembered> + '_ {
        let heads = self.heads.iter().filter(move |head| head.stream == stream);
        let notes = self.notes.iter().filter(move |note| note.stream() == Some(stream));
        heads.map(Remembered::from).chain(notes.map(Remembered::from))
    }
}
