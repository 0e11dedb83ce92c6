//! Putting on record what witnesses say of a checkpoint: the same head again, with their lines under it.
//!
//! Whether a witness is worth anything is not judged here; only that its line is a signature of this very head.

use testimony_record::entry::Checkpoint;
use testimony_record::tlog::{SignatureLine, SignedHead, WitnessKey};
use testimony_record::tree::{Frontier, TreeHash};

use crate::error::NotSigned;

/// Why cosignatures were not put on record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotCosigned {
    /// There is a newer checkpoint, or none of that size and root. Ask the witness again.
    #[error("the newest checkpoint of this session is another")]
    NotTheNewest,
    /// A line is by none of the witnesses, or does not verify.
    #[error("a cosignature in the name of {0} does not verify for this checkpoint")]
    Wrong(String),
    /// The note would not fit an entry.
    #[error("a note with these cosignatures is too long for an entry")]
    TooLong,
    /// The ledger takes no checkpoints now.
    #[error("the checkpoint was not put on record")]
    NotSigned(#[source] NotSigned),
}

/// What witnesses say of a head.
#[derive(Debug)]
pub(crate) struct Cosignatures {
    pub(crate) size: u64,
    pub(crate) root: TreeHash,
    pub(crate) lines: Vec<SignatureLine>,
    pub(crate) witnesses: Vec<WitnessKey>,
}

/// A checkpoint that is on record.
#[derive(Debug, Clone)]
pub(crate) struct OnRecord {
    pub(crate) head: SignedHead,
    pub(crate) tree: Frontier,
}

impl OnRecord {
    /// What the entry says.
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint { note: self.head.to_string(), peaks: self.tree.peaks().to_vec() }
    }

    /// The same, with cosignatures that have been checked.
    pub(crate) fn cosigned(&self, by: Cosignatures) -> Result<Self, NotCosigned> {
        let Cosignatures { size, root, lines, witnesses } = by;
        if (size, &root) != (self.head.size(), self.head.root()) {
            return Err(NotCosigned::NotTheNewest);
        }
        let known = |line: &SignatureLine| {
            witnesses
                .iter()
                .any(|witness| (witness.name(), witness.id()) == (line.name(), line.key_id()))
        };
        if let Some(stranger) = lines.iter().find(|line| !known(line)) {
            return Err(NotCosigned::Wrong(stranger.name().to_owned()));
        }
        let head = self.head.clone().with_signatures(lines).map_err(|_| NotCosigned::TooLong)?;
        for witness in &witnesses {
            head.cosigned_by(witness).map_err(|wrong| NotCosigned::Wrong(wrong.witness))?;
        }
        Ok(Self { head, tree: self.tree.clone() })
    }
}
