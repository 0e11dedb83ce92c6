//! Ids of spans, worked out from ids of decisions, so that a decision is the same span however often it is sent.

use opentelemetry::trace::{SpanId, TraceId};
use testimony_record::Uuid;

/// The span of a decision: the last 8 bytes of its id, which are random in a `UUIDv7` (but for two bits).
#[must_use]
pub fn span_id(decision: Uuid) -> SpanId {
    let (_, last_half) = decision.as_u64_pair();
    match SpanId::from(last_half) {
        // Only for an id that is no UUIDv7; a span must have a valid id.
        SpanId::INVALID => SpanId::from(1),
        id => id,
    }
}

/// The trace that is named after a decision.
pub(crate) fn trace_id(decision: Uuid) -> TraceId {
    match TraceId::from_bytes(*decision.as_bytes()) {
        TraceId::INVALID => TraceId::from(1),
        id => id,
    }
}
