//! Ids of spans, worked out from ids of decisions and hashes of entries, so that an entry is the same span however often
//! it is sent.

use opentelemetry::trace::{SpanId, TraceId};
use testimony_record::Uuid;
use testimony_record::decision;
use testimony_record::digest::Digest;

/// The span of a decision: see [`testimony_record::decision::span_id`].
#[must_use]
pub fn span_id(decision: Uuid) -> SpanId {
    SpanId::from_bytes(decision::span_id(decision))
}

/// The span of any other entry: the first 8 bytes of its hash.
#[must_use]
pub fn entry_span_id(hash: &Digest) -> SpanId {
    match hash.as_bytes().first_chunk().copied().map(SpanId::from_bytes) {
        Some(id) if id != SpanId::INVALID => id,
        _ => SpanId::from(1),
    }
}

/// The trace that is named after a decision.
pub(super) fn trace_id(decision: Uuid) -> TraceId {
    valid_trace(TraceId::from_bytes(*decision.as_bytes()))
}

/// The trace of an entry that is about no decision, which is in it alone: the first 16 bytes of its hash.
pub(super) fn entry_trace_id(hash: &Digest) -> TraceId {
    let bytes = hash.as_bytes().first_chunk().copied();
    valid_trace(bytes.map_or(TraceId::INVALID, TraceId::from_bytes))
}

/// A trace must have a valid id. Only an id that is no `UUIDv7`, or a hash that nobody will ever find, makes another.
fn valid_trace(id: TraceId) -> TraceId {
    if id == TraceId::INVALID { TraceId::from(1) } else { id }
}
