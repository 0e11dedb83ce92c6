//! Entries: the links of the chain. An entry holds no content, only who, when, which model, links, numbers and one
//! commitment for each part.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::canonical::{self, NotCanonical, integer, optional_integer};
use crate::decision::{Decision, Intent, Outcome};
use crate::digest::Digest;
use crate::label::Label;
use crate::node::{ObjectKind, Reference};
use crate::part::Part;
use crate::tree::TreeHash;

/// The version of the format that this crate writes, and the only one that it reads.
pub const FORMAT: u64 = 1;

/// The largest entry, in bytes: what a C2SP `tlog-tiles` bundle can hold.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// One link of a stream's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// [`FORMAT`].
    #[serde(deserialize_with = "format_one")]
    pub v: u64,
    /// The stream it belongs to.
    pub stream: Uuid,
    /// Its place in the stream, from 0.
    #[serde(deserialize_with = "integer::deserialize")]
    pub seq: u64,
    /// The hash of the entry before it, or [`Digest::ZERO`] for the first.
    pub prev: Digest,
    /// When it was sealed, in microseconds since the Unix epoch, by the writer's clock.
    #[serde(deserialize_with = "integer::deserialize")]
    pub time_us: u64,
    /// What it says.
    pub body: Body,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A process took up the stream.
    Genesis(Genesis),
    /// A decision.
    Decision(Box<Decision>),
    /// A call is about to be made.
    Intent(Intent),
    /// A later fact about a decision.
    Outcome(Outcome),
    /// Decisions were lost.
    Gap(Gap),
    /// Recovery cut off unfinished bytes.
    Recovered(Recovered),
    /// A signed head of the stream.
    Checkpoint(Checkpoint),
    /// Content was erased.
    Erasure(Erasure),
    /// Content must not be erased.
    Hold(Hold),
    /// A hold has ended.
    Release(Release),
    /// The process put the stream down in good order.
    Close(Close),
}

/// A process took up the stream: the first entry of the stream, and of every session after the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// `service.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Label>,
    /// `service.instance.id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Label>,
    /// The program that writes, with its version.
    pub writer: Label,
    /// The verifier key ([signed-note](https://c2sp.org/signed-note)) of this session's checkpoints; absent where none
    /// are signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Label>,
    /// When the writer syncs.
    pub durability: Durability,
    /// The largest content that is kept, in bytes; more is recorded as absent.
    #[serde(deserialize_with = "integer::deserialize")]
    pub max_content_bytes: u64,
    /// The head that this session continues; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Link>,
}

/// When the writer syncs its file, and so what a crash of the machine can cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// Before any decision counts as kept: a crash costs nothing that was acknowledged.
    EveryDecision,
    /// At least every so many milliseconds: a crash costs at most what was sealed in that time.
    IntervalMs(#[serde(deserialize_with = "integer::deserialize")] u64),
    /// When the operating system pleases: a crash of the process costs nothing, of the machine up to about 30 seconds.
    Os,
}

/// A place in a stream, and what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The sequence number.
    #[serde(deserialize_with = "integer::deserialize")]
    pub seq: u64,
    /// The hash of that entry.
    pub hash: Digest,
}

/// Decisions that the service made and the ledger does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// How many.
    #[serde(deserialize_with = "integer::deserialize")]
    pub lost: u64,
    /// The moment of the first loss, in microseconds since the Unix epoch.
    #[serde(deserialize_with = "integer::deserialize")]
    pub since_us: u64,
    /// Why.
    pub reason: Label,
}

/// Bytes that recovery declared to be no part of the record. They stay where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recovered {
    /// What was cut, in order.
    pub cuts: Vec<Cut>,
}

/// The end of one segment file, from an offset on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// The segment's number.
    #[serde(deserialize_with = "integer::deserialize")]
    pub segment: u64,
    /// Where the clean part ends, in bytes from the start of the file.
    #[serde(deserialize_with = "integer::deserialize")]
    pub offset: u64,
    /// How many bytes were cut.
    #[serde(deserialize_with = "integer::deserialize")]
    pub bytes: u64,
    /// Plain BLAKE3 of those bytes.
    pub hash: Digest,
}

/// A head of this stream, signed: what someone outside can remember.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// A C2SP [tlog-checkpoint](https://c2sp.org/tlog-checkpoint) over the first `size` entries of the stream, with the
    /// signature of the session's key and those of others; at most [`Checkpoint::MAX_NOTE_BYTES`].
    #[serde(deserialize_with = "note_text")]
    pub note: String,
    /// The roots of the complete subtrees of that tree, largest first: from them the next writer goes on.
    #[serde(with = "peaks")]
    pub peaks: Vec<TreeHash>,
}

impl Checkpoint {
    /// The largest note, in bytes.
    pub const MAX_NOTE_BYTES: usize = 16 << 10;
}

/// Contents whose salt and bytes have been overwritten wherever they stood in this stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The blobs, at most [`MOST_DIGESTS`].
    #[serde(deserialize_with = "digests")]
    pub digests: Vec<Digest>,
    /// Why.
    pub reason: Label,
    /// By whose authority.
    pub by: Label,
}

/// The statement that content must not be erased until it is released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// The blobs, at most [`MOST_DIGESTS`]; absent where nothing of the whole ledger may be erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "digests")]
    pub digests: Vec<Digest>,
    /// Why.
    pub reason: Label,
    /// By whose authority.
    pub by: Label,
}

/// The end of a [`Hold`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The hash of the entry that holds, in whichever stream of the ledger it stands.
    pub hold: Digest,
    /// Why.
    pub reason: Label,
    /// By whose authority.
    pub by: Label,
}

/// How many blobs one [`Erasure`] or [`Hold`] names; more need more entries.
pub const MOST_DIGESTS: usize = 512;

/// The end of a session in good order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Decisions sealed in this session.
    #[serde(deserialize_with = "integer::deserialize")]
    pub decisions: u64,
    /// Decisions lost in this session, all of them in `gap` entries.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_integer::deserialize"
    )]
    pub lost: Option<u64>,
}

impl Entry {
    /// The exact bytes to store, hash and ship.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(self)
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// When they are not an entry of this format in its canonical spelling.
    pub fn decode(bytes: &[u8]) -> Result<Self, NotCanonical> {
        canonical::decode(bytes)
    }
}

impl Body {
    /// The word that stands in the entry.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Genesis(_) => "genesis",
            Self::Decision(_) => "decision",
            Self::Intent(_) => "intent",
            Self::Outcome(_) => "outcome",
            Self::Gap(_) => "gap",
            Self::Recovered(_) => "recovered",
            Self::Checkpoint(_) => "checkpoint",
            Self::Erasure(_) => "erasure",
            Self::Hold(_) => "hold",
            Self::Release(_) => "release",
            Self::Close(_) => "close",
        }
    }

    /// The parts in the entry itself, and the digest of the node that holds the rest.
    #[must_use]
    pub fn parts(&self) -> (&[Part], Option<Digest>) {
        match self {
            Self::Decision(decision) => (&decision.parts, decision.more),
            Self::Intent(intent) => (&intent.parts, intent.more),
            Self::Outcome(outcome) => (&outcome.parts, outcome.more),
            _ => (&[], None),
        }
    }

    /// Every object that the entry refers to.
    pub fn references(&self) -> impl Iterator<Item = Reference> + '_ {
        let (parts, more) = self.parts();
        let more = more.map(|digest| Reference { digest, kind: ObjectKind::Parts });
        parts.iter().filter_map(Reference::of_part).chain(more)
    }
}

fn format_one<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match u64::deserialize(deserializer)? {
        FORMAT => Ok(FORMAT),
        other => Err(serde::de::Error::custom(format_args!("format {other}, not {FORMAT}"))),
    }
}

fn note_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let note = String::deserialize(deserializer)?;
    if note.len() > Checkpoint::MAX_NOTE_BYTES {
        return Err(serde::de::Error::custom("a note longer than 16384 bytes"));
    }
    Ok(note)
}

fn digests<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Digest>, D::Error> {
    let digests = Vec::deserialize(deserializer)?;
    if digests.is_empty() || digests.len() > MOST_DIGESTS {
        return Err(serde::de::Error::custom("a list of no digests, or of more than 512"));
    }
    Ok(digests)
}

/// Tree hashes as lists of hexadecimal text.
mod peaks {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::digest::Digest;
    use crate::tree::TreeHash;

    pub(super) fn serialize<S: Serializer>(
        peaks: &[TreeHash],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        peaks.iter().copied().map(Digest::from_bytes).collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<TreeHash>, D::Error> {
        let peaks = Vec::<Digest>::deserialize(deserializer)?;
        if peaks.len() > 64 {
            return Err(serde::de::Error::custom("more peaks than any tree has"));
        }
        Ok(peaks.iter().map(|peak| *peak.as_bytes()).collect())
    }
}
