//! Where the running code stands in the application's distributed trace. Reads it, and never makes or ends a span.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use testimony_record::decision::TraceContext;

/// The `OpenTelemetry` span that is active on this thread, to be written into a decision.
///
/// `tracing-opentelemetry` activates it whenever a `tracing` span is entered.
#[must_use]
pub fn current_trace_context() -> Option<TraceContext> {
    active(SpanContext::is_valid)
}

/// The span that is active on this thread, where the application's sampler lets it be exported.
#[must_use]
pub fn exported_trace_context() -> Option<TraceContext> {
    active(|span| span.is_valid() && span.is_sampled())
}

fn active(wanted: impl Fn(&SpanContext) -> bool) -> Option<TraceContext> {
    Context::map_current(|context| {
        let span = context.span().span_context().clone();
        wanted(&span).then(|| TraceContext {
            trace_id: span.trace_id().to_bytes(),
            span_id: span.span_id().to_bytes(),
            own: false,
        })
    })
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanId, TraceFlags, TraceId, TraceState};

    use super::*;

    fn span(flags: TraceFlags) -> SpanContext {
        let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]));
        SpanContext::new(trace, span, flags, false, TraceState::default())
    }

    #[test]
    fn only_an_active_span_is_a_trace_context_and_only_a_sampled_one_is_exported() {
        assert_eq!(current_trace_context(), None);
        let expected = Some(TraceContext { trace_id: [1; 16], span_id: [2; 8], own: false });
        for (flags, exported) in [(TraceFlags::SAMPLED, expected), (TraceFlags::NOT_SAMPLED, None)]
        {
            let _active = Context::new().with_remote_span_context(span(flags)).attach();
            assert_eq!((current_trace_context(), exported_trace_context()), (expected, exported));
        }
    }
}
