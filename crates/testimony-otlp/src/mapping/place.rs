//! Where a decision's span hangs: its trace, its own id, its parent. What is remembered for that is bounded.

use std::num::NonZeroUsize;

use lru::LruCache;
use opentelemetry::trace::{SpanId, TraceId};
use testimony_record::Uuid;
use testimony_record::decision::Decision;

use super::ids::{span_id, trace_id};

/// How many decisions are remembered, newest first; about 2 MiB.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1 << 14).unwrap();

/// The traces of decisions that were exported, where they are not named after the decision itself.
#[derive(Debug)]
pub(crate) struct Traces(LruCache<Uuid, TraceId>);

impl Default for Traces {
    fn default() -> Self {
        Self(LruCache::new(REMEMBERED))
    }
}

/// The ids of one span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) trace: TraceId,
    pub(crate) span: SpanId,
    pub(crate) parent: SpanId,
}

impl Traces {
    /// Finds the place of a decision, and remembers its trace for the decisions inside it that come later.
    pub(crate) fn place(&mut self, decision: &Decision) -> Place {
        let (trace, parent) = self.trace_and_parent(decision);
        if trace != trace_id(decision.id) {
            self.0.put(decision.id, trace);
        }
        Place { trace, span: span_id(decision.id), parent }
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
            Some(parent) => {
                let trace = self.0.get(&parent).copied();
                (trace.unwrap_or_else(|| trace_id(parent)), span_id(parent))
            }
        }
    }
}
