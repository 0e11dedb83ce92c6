//! The span of each kind of entry, drawn and compared.

mod any_decision;
mod decisions;
mod every_span;
mod ledger_entries;
mod outcomes;

use std::fmt::Write as _;
use std::time::SystemTime;

use opentelemetry_sdk::trace::SpanData;

use super::names;

/// A span as lines; the pieces of the entry by their sizes.
fn drawn(span: &SpanData) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} {:?} {:?}", span.name, span.span_kind, span.status);
    let context = &span.span_context;
    let _ =
        writeln!(out, "{}/{} in {}", context.trace_id(), context.span_id(), span.parent_span_id);
    let began = span.start_time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let took = span.end_time.duration_since(span.start_time).unwrap();
    let _ = writeln!(out, "{began:?} + {took:?}");
    for attribute in &span.attributes {
        let value = attribute.value.to_string().replace('\n', "⏎");
        let piece =
            attribute.key.as_str().starts_with(names::ENTRY_PREFIX) && value.starts_with('{');
        let value = if piece { format!("<{} bytes>", value.len()) } else { value };
        let _ = writeln!(out, "{} = {value}", attribute.key);
    }
    out
}

/// The text of an attribute.
fn text(span: &SpanData, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key.as_str() == name);
    found.map(|attribute| attribute.value.to_string())
}
