//! An exported copy of an entry, read from a span: parsed once, so that what follows works on what cannot be wrong.
//!
//! Whether the copy is true is not judged here.

use testimony_otlp::mapping::{Sealed, names};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, MAX_ENTRY_BYTES};

use crate::span::{Span, Value};

/// What a span turned out to be.
#[derive(Debug)]
pub enum Read {
    /// Of another program.
    NotOurs,
    /// A copy of an entry.
    Copy(Box<Copy>),
    /// Marked as ours, and names no entry that could be looked for.
    Nameless(Box<Span>, Damage),
}

/// A copy of one entry.
#[derive(Debug)]
pub struct Copy {
    /// The stream that it is a copy from.
    pub stream: Uuid,
    /// The entry's place there.
    pub seq: u64,
    /// The entry, or why its bytes cannot be read.
    pub entry: Result<Sealed, Damage>,
    /// The span as the backend gave it.
    pub span: Span,
}

/// Why the entry's bytes cannot be read from a copy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The number of pieces is not there, or is no number that an entry can have.
    #[error("it does not say of how many pieces the entry consists")]
    NoCount,
    /// A piece is not there, or is no text.
    #[error("piece {0} of the entry is missing")]
    NoPiece(usize),
    /// The pieces together are no entry in its canonical spelling.
    #[error("its pieces are no entry: {0}")]
    NoEntry(String),
}

impl Copy {
    /// Reads a span.
    #[must_use]
    pub fn read(span: Span) -> Read {
        if !is_ours(&span) {
            return Read::NotOurs;
        }
        let entry = bytes(&span)
            .and_then(|bytes| Sealed::read(bytes).map_err(|why| Damage::NoEntry(why.to_string())));
        // What the entry says of itself counts; what stands beside it is only held against it.
        let named = match &entry {
            Ok(sealed) => Some((sealed.entry.stream, sealed.entry.seq)),
            Err(_) => stated(&span),
        };
        match (named, entry) {
            (Some((stream, seq)), entry) => Read::Copy(Box::new(Self { stream, seq, entry, span })),
            (None, Err(damage)) => Read::Nameless(Box::new(span), damage),
            (None, Ok(_)) => Read::NotOurs,
        }
    }

    /// The word by which the copy says how it was made.
    #[must_use]
    pub fn mapping(&self) -> Option<&str> {
        self.span.text(names::MAPPING)
    }

    /// The hash that stands beside the entry.
    #[must_use]
    pub fn stated_hash(&self) -> Option<Digest> {
        self.span.text(names::HASH)?.parse().ok()
    }
}

/// Any of the names that only an entry's span has, so that taking one away hides nothing.
fn is_ours(span: &Span) -> bool {
    let own = [names::HASH, names::STREAM, names::SEQ, names::PREV, names::MAPPING];
    span.attributes
        .iter()
        .any(|(name, _)| own.contains(&name.as_str()) || name.starts_with(names::ENTRY_PREFIX))
}

fn stated(span: &Span) -> Option<(Uuid, u64)> {
    Some((span.text(names::STREAM)?.parse().ok()?, span.text(names::SEQ)?.parse().ok()?))
}

fn bytes(span: &Span) -> Result<Vec<u8>, Damage> {
    let count = match span.attribute(names::ENTRY_CHUNKS) {
        Some(Value::Integer(count)) => usize::try_from(*count).map_err(|_| Damage::NoCount)?,
        _ => return Err(Damage::NoCount),
    };
    if count == 0 || count > MAX_ENTRY_BYTES {
        return Err(Damage::NoCount);
    }
    let mut bytes = Vec::new();
    for at in 0..count {
        match span.attribute(&format!("{}{at}", names::ENTRY_PREFIX)) {
            Some(Value::Text(piece)) => bytes.extend_from_slice(piece),
            _ => return Err(Damage::NoPiece(at)),
        }
    }
    Ok(bytes)
}

/// The decision that an entry is, or is about.
pub(crate) fn about(body: &Body) -> Option<Uuid> {
    match body {
        Body::Decision(decision) => Some(decision.id),
        Body::Outcome(outcome) => Some(outcome.decision),
        Body::Intent(intent) => Some(intent.id),
        _ => None,
    }
}
