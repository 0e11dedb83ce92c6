//! Entries: the links of the chain. An entry holds no content, only who, when, which model, links, numbers and one
//! commitment for each part.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::canonical::{self, NotCanonical, integer, optional_integer};
use crate::decision::{Decision, Outcome};
use crate::digest::Digest;
use crate::label::Label;
use crate::node::{ObjectKind, Reference};
use crate::part::Part;

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
    /// A later fact about a decision.
    Outcome(Outcome),
    /// Decisions were lost.
    Gap(Gap),
    /// Recovery cut off unfinished bytes.
    Recovered(Recovered),
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
            Self::Outcome(_) => "outcome",
            Self::Gap(_) => "gap",
            Self::Recovered(_) => "recovered",
            Self::Close(_) => "close",
        }
    }

    /// The parts in the entry itself, and the digest of the node that holds the rest.
    #[must_use]
    pub fn parts(&self) -> (&[Part], Option<Digest>) {
        match self {
            Self::Decision(decision) => (&decision.parts, decision.more),
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
