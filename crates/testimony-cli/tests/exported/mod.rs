//! What an exporter would send of a ledger, as a Collector's file exporter writes it down.
#![allow(dead_code, reason = "each test uses its own part of this")]

use std::path::Path;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use testimony_ledger::Archive;
use testimony_otlp::mapping::{Conventions, Mapper, Sealed};

/// The span of each entry, in the ledger's order.
pub(crate) fn spans(ledger: &Path) -> Vec<Span> {
    let mut mapper = Mapper::new(Conventions::V1_41);
    let mut spans = Vec::new();
    let mut take = |stored: testimony_ledger::read::archive::Stored| {
        spans.push(mapper.span(&Sealed::read(stored.bytes).unwrap(), None));
    };
    Archive::open(ledger).unwrap().advance(&mut take).unwrap();
    let resource = ResourceAttributesWithSchema::default();
    let grouped = group_spans_by_resource_and_scope(spans, &resource);
    let scopes = grouped.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

/// One request a line, one span a request.
pub(crate) fn json_lines(spans: &[Span]) -> Vec<u8> {
    let mut lines = Vec::new();
    for span in spans {
        let scope = ScopeSpans { spans: vec![span.clone()], ..ScopeSpans::default() };
        let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
        let request = ExportTraceServiceRequest { resource_spans: vec![resource] };
        lines.extend(serde_json::to_vec(&request).unwrap());
        lines.push(b'\n');
    }
    lines
}

pub(crate) fn set(span: &mut Span, name: &str, value: &str) {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value.to_owned())) };
    span.attributes.retain(|pair| pair.key != name);
    let pair = KeyValue { key: name.to_owned(), value: Some(value), ..KeyValue::default() };
    span.attributes.push(pair);
}

pub(crate) fn get(span: &Span, name: &str) -> String {
    let pair = span.attributes.iter().find(|pair| pair.key == name).unwrap();
    match pair.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        other => panic!("{other:?}"),
    }
}
