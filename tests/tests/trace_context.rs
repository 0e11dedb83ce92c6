//! A decision knows its place in the application's distributed trace, whoever made the span around it.

use std::path::Path;

use opentelemetry::trace::{TraceContextExt as _, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::trace::{InMemorySpanExporterBuilder, SdkTracerProvider};
use testimony::ledger::{Archive, read::archive::Stored};
use testimony::record::decision::{Decision, TraceContext};
use testimony::record::entry::Body;
use testimony::{Testimony, decides};
use tracing_subscriber::prelude::*;

#[decides]
fn decide() {}

fn decisions(directory: &Path) -> Vec<Decision> {
    let mut decisions = Vec::new();
    let mut visit = |stored: Stored| {
        if let Body::Decision(body) = stored.entry.body {
            decisions.push(*body);
        }
    };
    Archive::open(directory).unwrap().advance(&mut visit).unwrap();
    decisions
}

fn decision(directory: &Path) -> Decision {
    decisions(directory).pop().unwrap()
}

#[test]
fn a_decision_hangs_under_the_span_that_tracing_opentelemetry_made_around_it() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let testimony = Testimony::open(&directory).unwrap();
    let exporter = InMemorySpanExporterBuilder::new().build();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let otel = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(otel).with(testimony.layer());
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("request").in_scope(decide);
    });
    testimony.close().unwrap();
    let spans = exporter.get_finished_spans().unwrap();
    let request = spans.iter().find(|span| span.name == "request").unwrap();
    let trace = decision(&directory).trace.expect("a trace");
    assert_eq!(trace.trace_id, request.span_context.trace_id().to_bytes());
    assert_eq!(trace.span_id, request.span_context.span_id().to_bytes());
}

#[test]
fn a_span_made_with_the_opentelemetry_api_is_found_as_well() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let testimony = Testimony::open(&directory).unwrap();
    let provider = SdkTracerProvider::builder().build();
    let span = provider.tracer("test").start("request");
    let context = opentelemetry::Context::current_with_span(span);
    let around = context.span().span_context().clone();
    let subscriber = tracing_subscriber::registry().with(testimony.layer());
    tracing::subscriber::with_default(subscriber, || {
        let _attached = context.attach();
        decide();
    });
    testimony.close().unwrap();
    assert_eq!(decision(&directory).trace.unwrap().span_id, around.span_id().to_bytes());
}

#[decides]
fn outermost() {
    middle();
}

#[decides]
fn middle() {
    decide();
}

#[test]
fn without_tracing_decisions_inside_a_decision_stand_in_one_trace_that_it_names() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let testimony = Testimony::open(&directory).unwrap();
    let subscriber = tracing_subscriber::registry().with(testimony.layer());
    tracing::subscriber::with_default(subscriber, outermost);
    testimony.close().unwrap();
    let [inner, middle, outermost] = decisions(&directory).try_into().unwrap();
    assert_eq!(outermost.trace, None);
    let trace_id = *outermost.id.as_bytes();
    assert_eq!(middle.trace, Some(TraceContext::inside(trace_id, outermost.id)));
    assert_eq!(inner.trace, Some(TraceContext::inside(trace_id, middle.id)));
}
