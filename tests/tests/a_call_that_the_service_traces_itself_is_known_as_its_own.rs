//! A library's span that the service exports is recorded as the call's own span, whichever layer stands outside; one that is not
//! exported, or is no span of its own, is not.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{
    InMemorySpanExporter, InMemorySpanExporterBuilder, Sampler, SdkTracerProvider,
};
use testimony::record::decision::TraceContext;
use testimony::record::entry::Body;
use testimony::{Testimony, ledger::Archive};
use tracing::Subscriber;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

struct Traced {
    provider: SdkTracerProvider,
    exporter: InMemorySpanExporter,
}

impl Traced {
    fn sampled(sampler: Sampler) -> Self {
        let exporter = InMemorySpanExporterBuilder::new().build();
        let provider = SdkTracerProvider::builder()
            .with_sampler(sampler)
            .with_simple_exporter(exporter.clone())
            .build();
        Self { provider, exporter }
    }

    fn layer<S>(&self) -> impl tracing_subscriber::Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer().with_tracer(self.provider.tracer("test"))
    }

    fn span(&self, name: &str) -> [u8; 8] {
        let spans = self.exporter.get_finished_spans().unwrap();
        spans.iter().find(|span| span.name == name).unwrap().span_context.span_id().to_bytes()
    }
}

/// What a `GenAI` library does, inside a request.
fn call() {
    let request = tracing::info_span!("request");
    request.in_scope(|| {
        let chat = tracing::info_span!("chat", gen_ai.operation.name = "chat");
        chat.in_scope(|| ());
    });
}

/// Records the call under the subscriber that is built around testimony's layer, and reads back where it stands.
fn place<S>(build: impl FnOnce(testimony::Layer) -> S) -> Option<TraceContext>
where
    S: Subscriber + Send + Sync + 'static,
{
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let testimony = Testimony::open(&directory).unwrap();
    tracing::subscriber::with_default(build(testimony.layer()), call);
    testimony.close().unwrap();
    let mut place = None;
    let mut visit = |stored: testimony::ledger::read::archive::Stored| {
        if let Body::Decision(decision) = stored.entry.body {
            place = decision.trace;
        }
    };
    Archive::open(&directory).unwrap().advance(&mut visit).unwrap();
    place
}

#[test]
fn a_span_that_is_exported_is_the_calls_own_whichever_layer_stands_outside() {
    let registry = tracing_subscriber::registry;
    let inside = Traced::sampled(Sampler::AlwaysOn);
    let place_inside = place(|layer| registry().with(inside.layer()).with(layer)).unwrap();
    let outside = Traced::sampled(Sampler::AlwaysOn);
    let place_outside = place(|layer| registry().with(layer).with(outside.layer())).unwrap();
    for (traced, place) in [(inside, place_inside), (outside, place_outside)] {
        assert!(place.own);
        assert_eq!(place.span_id, traced.span("chat"));
    }
}

#[test]
fn a_span_that_the_sampler_drops_is_not_shown_by_anybody_else() {
    let traced = Traced::sampled(Sampler::AlwaysOff);
    let place = place(|layer| tracing_subscriber::registry().with(traced.layer()).with(layer));
    assert!(!place.unwrap().own);
}

#[test]
fn a_span_that_the_tracing_layer_filters_out_is_not_the_calls_own() {
    let traced = Traced::sampled(Sampler::AlwaysOn);
    let only_requests = filter_fn(|span| span.name() == "request");
    let otel = traced.layer().with_filter(only_requests);
    let place = place(|layer| tracing_subscriber::registry().with(otel).with(layer)).unwrap();
    assert!(!place.own);
    assert_eq!(place.span_id, traced.span("request"));
}

#[test]
fn without_tracing_there_is_no_place() {
    assert_eq!(place(|layer| tracing_subscriber::registry().with(layer)), None);
}
