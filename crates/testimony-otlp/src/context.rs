//! Where the running code stands in the application's distributed trace. Reads it, and never makes or ends a span.

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use testimony_record::decision::TraceContext;

/// The `OpenTelemetry` span that is active on this thread, to be written into a decision.
///
/// `tracing-opentelemetry` activates it whenever a `tracing` span is entered.
#[must_use]
pub fn current_trace_context() -> Option<TraceContext> {
    Context::map_current(|context| {
        let span = context.span().span_context().clone();
        span.is_valid().then(|| TraceContext {
            trace_id: span.trace_id().to_bytes(),
            span_id: span.span_id().to_bytes(),
        })
    })
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

    use super::*;

    #[test]
    fn only_an_active_span_is_a_trace_context() {
        assert_eq!(current_trace_context(), None);
        let span = SpanContext::new(
            TraceId::from_bytes([1; 16]),
            SpanId::from_bytes([2; 8]),
            TraceFlags::NOT_SAMPLED,
            false,
            TraceState::default(),
        );
        let _active = Context::new().with_remote_span_context(span).attach();
        let expected = TraceContext { trace_id: [1; 16], span_id: [2; 8] };
        assert_eq!(current_trace_context(), Some(expected));
    }
}
