//! Where a span hangs: its trace, its own id, its parent. What is remembered for that is bounded.

use std::num::NonZeroUsize;

use lru::LruCache;
use opentelemetry::trace::{SpanId, TraceId};
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Intent, Outcome};
use testimony_record::digest::Digest;

use super::ids::{entry_span_id, entry_trace_id, span_id, trace_id};

/// How many decisions are remembered, newest first; about 2 MiB.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1 << 14).unwrap();

/// The traces of decisions that were exported, where they are not named after the decision itself.
#[derive(Debug)]
pub(super) struct Traces(LruCache<Uuid, TraceId>);

impl Default for Traces {
    fn default() -> Self {
        Self(LruCache::new(REMEMBERED))
    }
}

/// The ids of one span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) trace: TraceId,
    pub(super) span: SpanId,
    pub(super) parent: SpanId,
}

impl Place {
    /// Of an entry that is about no decision: a trace of its own, so that no trace grows for as long as a ledger does.
    pub(super) fn of_entry(hash: &Digest) -> Self {
        Self { trace: entry_trace_id(hash), span: entry_span_id(hash), parent: SpanId::INVALID }
    }

    /// Of an intent: beside its decision, as far as the intent says where that will be.
    pub(super) fn of_intent(intent: &Intent, hash: &Digest) -> Self {
        let trace = trace_id(intent.id);
        Self { trace, span: entry_span_id(hash), parent: SpanId::INVALID }
    }
}

impl Traces {
    /// Finds the place of a decision, and remembers its trace for what comes later: decisions inside it, and outcomes.
    pub(super) fn place(&mut self, decision: &Decision) -> Place {
        let (trace, parent) = self.trace_and_parent(decision);
        if trace != trace_id(decision.id) {
            self.0.put(decision.id, trace);
        }
        Place { trace, span: span_id(decision.id), parent }
    }

    /// The place of an outcome: under its decision.
    pub(super) fn of_outcome(&mut self, outcome: &Outcome, hash: &Digest) -> Place {
        let parent = span_id(outcome.decision);
        Place { trace: self.trace_of(outcome.decision), span: entry_span_id(hash), parent }
    }

    fn trace_and_parent(&mut self, decision: &Decision) -> (TraceId, SpanId) {
        if let Some(around) = decision.trace {
            let trace = TraceId::from_bytes(around.trace_id);
            if trace != TraceId::INVALID {
                return (trace, SpanId::from_bytes(around.span_id));
            }
        }
        match decision.parent {
            None => (trace_id(decision.id), SpanId::INVALID),
            Some(parent) => (self.trace_of(parent), span_id(parent)),
        }
    }

    fn trace_of(&mut self, decision: Uuid) -> TraceId {
        self.0.get(&decision).copied().unwrap_or_else(|| trace_id(decision))
    }
}
