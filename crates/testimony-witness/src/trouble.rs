//! What can go wrong with a witness, what it means for the ledger, and what a person can do.

use std::error::Error;

use testimony_ledger::NotSigned;
use testimony_ledger::checkpoint::NotCosigned;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_record::tlog::{BadResponse, WrongCosignature};

/// Why a witness did not cosign a checkpoint, or its cosignature is not on record. Recording goes on in any case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// The witness has cosigned more entries than the ledger's newest checkpoint covers. An alarm.
    #[error(
        "the witness has cosigned {theirs} entries of this stream, but its newest checkpoint here covers {ours}"
    )]
    Ahead {
        /// The size that the witness remembers.
        theirs: u64,
        /// The size of the newest checkpoint on record.
        ours: u64,
    },
    /// The witness refuses the proof that the ledger extends what it cosigned before. An alarm.
    #[error(
        "the witness has cosigned other first {size} entries than the ledger holds (it says: {said})"
    )]
    OtherHistory {
        /// The size that the witness remembers.
        size: u64,
        /// The beginning of its answer.
        said: String,
    },
    /// The entries on disk do not have the root that was signed. Nothing was sent. An alarm.
    #[error("the first {size} entries on disk do not have the root that was signed")]
    NotOnDisk {
        /// The size of the checkpoint, or of the head that the witness remembers.
        size: u64,
    },
    /// A 404.
    #[error("the witness does not know the log {origin}")]
    UnknownLog {
        /// The origin of the checkpoint.
        origin: String,
    },
    /// A 403.
    #[error("the witness does not accept the key that signed (it says: {said})")]
    UnknownKey {
        /// The beginning of its answer.
        said: String,
    },
    /// Any other status: 400 for a request that it cannot read, 3xx for a redirection, which is not followed.
    #[error("the witness answers {status} (it says: {said})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The beginning of its answer.
        said: String,
    },
    /// It could not be reached, or did not answer in time.
    #[error("the witness cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// The answer is too long, or no text.
    #[error("the witness's answer {0}")]
    Answer(&'static str),
    /// The answer is not of the form that its status demands.
    #[error("the witness's answer cannot be read")]
    Form(#[from] BadResponse),
    /// The answer holds no cosignature in the name and key id of this witness, or one without a time.
    #[error("the witness's answer holds no cosignature by its key")]
    NoCosignature,
    /// The cosignature does not verify over the checkpoint that was sent.
    #[error("the witness's cosignature cannot be believed")]
    WrongCosignature(#[from] WrongCosignature),
    /// It named another size twice in a row: somebody else sends it checkpoints of this stream at the same time.
    #[error("the witness remembers another size each time it is asked")]
    Unsteady,
    /// The ledger could not be read.
    #[error("the ledger cannot be read")]
    Ledger(#[from] CouldNotRead),
    /// The ledger signed no checkpoint over its end, so that there was nothing new to show.
    #[error("there is no checkpoint over the newest entries")]
    NoCheckpoint(#[source] NotSigned),
    /// The witness cosigned, but the cosignature is not on record.
    #[error("the cosignature is not on record")]
    NotOnRecord(#[from] NotCosigned),
}

impl Trouble {
    /// Whether it says that the ledger is not what it was: rolled back, forked or rewritten.
    #[must_use]
    pub fn is_alarm(&self) -> bool {
        matches!(self, Self::Ahead { .. } | Self::OtherHistory { .. } | Self::NotOnDisk { .. })
    }

    /// What a person can do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Ahead { .. } => {
                "The ledger was rolled back, restored from an old copy, or another writer signs the same stream. Keep \
                 what the witness serves for this origin, and compare: `testimony verify --head` says what is missing."
            }
            Self::OtherHistory { .. } => {
                "The ledger was rewritten or forked. Keep it as it is, and compare it with a cosigned checkpoint: \
                 `testimony verify --head` says where."
            }
            Self::NotOnDisk { .. } => "Run `testimony verify`: it says which bytes were changed.",
            Self::UnknownLog { .. } => {
                "Ask the witness's operator to add this log: its origin, and its verifier key with the origin as its name."
            }
            Self::UnknownKey { .. } => {
                "Ask the witness's operator to replace the key of this log: the checkpoints are signed by another one."
            }
            Self::Refused { .. } => "Is the address in the policy the witness's submission prefix?",
            Self::Unreachable(_) => "It is asked again with a later checkpoint.",
            Self::Answer(_) | Self::Form(_) => {
                "Is the address in the policy that of a C2SP witness?"
            }
            Self::NoCosignature | Self::WrongCosignature(_) => {
                "Is the key in the policy the one that the witness publishes?"
            }
            Self::Unsteady => "Let only one process send the checkpoints of a stream to a witness.",
            Self::Ledger(_) => "Can this user read every file of the ledger?",
            Self::NoCheckpoint(_) => "What is wrong with the key that signs checkpoints?",
            Self::NotOnRecord(_) => "A later checkpoint is cosigned and recorded in its place.",
        }
    }
}
