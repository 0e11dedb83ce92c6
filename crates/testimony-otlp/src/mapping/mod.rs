//! How a decision becomes a span: mapping version 1. Pure functions; nothing is read from a clock, a socket or the environment.
//!
//! | of the span | is |
//! |---|---|
//! | name | `{operation} {model}`; without a model the operation, without an operation the call site |
//! | kind | `CLIENT` for a model call, `INTERNAL` for what a service does itself (tools, plans, a bare call site) |
//! | start, end | when the decision began, and that plus how long it took |
//! | status | `Error` for error, panicked, timed out and cancelled, described by the error's type; else unset |
//! | trace id | of the application's trace around the decision; else of its parent decision; else the decision's own id |
//! | span id | the last 8 bytes of the decision's id, so that it is the same however often it is sent |
//! | parent | the application's span; else the parent decision's span; else none |
//! | scope | `testimony`, the version of this crate, the schema URL of the conventions |
//! | attributes | those in [`names`] |
//!
//! A parent decision is sealed after the decisions inside it. So without an application's trace, the trace of a decision
//! inside a decision is named after its parent; only where that parent was exported earlier and has another trace is the
//! decision put into it.
//!
//! # The entry
//! `testimony.entry.0`, `testimony.entry.1`, … hold the entry's exact bytes as text, in pieces of at most 2,000 bytes that
//! end between characters: Tempo cuts strings at 2,048 bytes, and others sort, group or retype attributes, but all that
//! we know keep the text of a string. Joined in the order of their numbers, `testimony.entry.chunks` of them, the pieces
//! hash to `testimony.hash`. They are not encoded further: Phoenix and others parse the text of some attributes
//! as JSON, but by their names, and none of ours is among those.
//!
//! Content, where it travels, is one string for each attribute, as the conventions have it. Tempo cuts it unless
//! `max_attribute_bytes` is raised; the evidence is the entry, which commits to the whole content.

mod attributes;
mod content;
mod entry;
mod ids;
pub mod names;
mod place;
#[cfg(test)]
pub(crate) mod sample;
mod sealed;

use std::time::{Duration, SystemTime};

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::{SpanContext, SpanKind, Status as SpanStatus, TraceFlags, TraceState};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use testimony_record::decision::{Decision, Status};
use testimony_record::entry::Body;
use testimony_record::label::Label;

use self::place::{Place, Traces};

pub use content::{Contents, MAX_CONTENT_BYTES};
pub use entry::{MAX_CHUNK_BYTES, chunks};
pub use ids::span_id;
pub use sealed::Sealed;

/// The version of this mapping, sent with every span.
pub const VERSION: &str = "1";

/// The conventions that the `gen_ai.*` names are taken from.
const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.41.0";

/// Turns the entries of a ledger, each stream in its order, into spans. What it remembers of those before is bounded.
#[derive(Debug, Default)]
pub struct Mapper {
    traces: Traces,
}

impl Mapper {
    /// The span of a decision; `None` for any other entry.
    #[must_use]
    pub fn span(&mut self, sealed: &Sealed, content: Option<&Contents>) -> Option<SpanData> {
        let Body::Decision(decision) = &sealed.entry.body else { return None };
        Some(decided(sealed, decision, content, self.traces.place(decision)))
    }
}

fn decided(
    sealed: &Sealed,
    decision: &Decision,
    content: Option<&Contents>,
    place: Place,
) -> SpanData {
    let start_time = SystemTime::UNIX_EPOCH + Duration::from_micros(decision.began_us);
    SpanData {
        span_context: SpanContext::new(
            place.trace,
            place.span,
            TraceFlags::SAMPLED,
            false,
            TraceState::default(),
        ),
        parent_span_id: place.parent,
        parent_span_is_remote: false,
        span_kind: kind(decision),
        name: name(decision).into(),
        start_time,
        end_time: start_time + Duration::from_micros(decision.took_us.unwrap_or(0)),
        attributes: attributes::all(sealed, decision, content),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: status(decision),
        instrumentation_scope: scope(),
    }
}

fn scope() -> InstrumentationScope {
    InstrumentationScope::builder("testimony")
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_schema_url(SCHEMA_URL)
        .build()
}

fn name(decision: &Decision) -> String {
    match (&decision.operation, &decision.model) {
        (Some(operation), Some(model)) => format!("{operation} {model}"),
        (Some(operation), None) => operation.to_string(),
        (None, _) => decision.site.to_string(),
    }
}

fn kind(decision: &Decision) -> SpanKind {
    let operation = decision.operation.as_ref().map(Label::as_str);
    match operation {
        Some("execute_tool" | "invoke_workflow" | "plan") => SpanKind::Internal,
        None if decision.model.is_none() => SpanKind::Internal,
        _ => SpanKind::Client,
    }
}

/// A refusal is an answer, not a failure.
fn status(decision: &Decision) -> SpanStatus {
    error_type(decision).map_or(SpanStatus::Unset, SpanStatus::error)
}

/// `error.type` of what failed: what the entry says, or how it ended. `_OTHER` is the conventions' word for unknown.
fn error_type(decision: &Decision) -> Option<String> {
    let otherwise = match decision.status {
        Status::Ok | Status::Refused => return None,
        Status::Error => "_OTHER",
        Status::Cancelled | Status::TimedOut | Status::Panicked => decision.status.as_str(),
    };
    Some(decision.error.as_ref().map_or(otherwise, |error| error.as_str()).to_owned())
}

#[cfg(test)]
mod tests;
