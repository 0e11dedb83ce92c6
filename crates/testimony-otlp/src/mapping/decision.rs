//! The span of a decision: a model call as the `GenAI` conventions draw one.

use opentelemetry::trace::{SpanKind, Status as SpanStatus};
use testimony_record::decision::{Decision, Response, Status, Usage};
use testimony_record::label::Label;

use super::drawing::Drawing;
use super::list::List;
use super::place::Place;
use super::{Contents, Conventions, constraints, names};

pub(super) fn draw(
    decision: &Decision,
    place: Place,
    conventions: Conventions,
    content: Option<&Contents>,
) -> Drawing {
    let mut list = List::with_capacity(40);
    call(&mut list, decision);
    response(&mut list, decision.response.as_ref().unwrap_or(&Response::default()));
    usage(&mut list, decision.usage.unwrap_or_default(), conventions);
    list.text(names::SPAN_KIND, open_inference_kind(decision));
    own(&mut list, decision);
    Drawing {
        place,
        kind: kind(decision),
        name: name(decision, content).into(),
        began_us: decision.began_us,
        took_us: decision.took_us.unwrap_or(0),
        status: status(decision),
        attributes: list,
    }
}

/// Whether the service exports the span of the call itself.
pub(super) fn is_shown_already(decision: &Decision) -> bool {
    decision.trace.is_some_and(|around| around.own && around.trace_id != [0; 16])
}

/// The short span for a call that the backend already shows, because the service exports the call's own span: a moment at
/// the end of the call, which says only what that span cannot.
pub(super) fn seal(decision: &Decision, place: Place) -> Drawing {
    let ended_us = decision.began_us + decision.took_us.unwrap_or(0);
    let mut drawing = Drawing::moment(place, "testimony.seal", ended_us);
    own(&mut drawing.attributes, decision);
    drawing
}

fn own(list: &mut List, decision: &Decision) {
    list.text(names::ID, decision.id.to_string());
    list.label(names::SITE, Some(&decision.site));
    list.text(names::STATUS, decision.status.as_str());
    constraints::add(list, &decision.parts);
}

fn call(list: &mut List, decision: &Decision) {
    list.label(names::OPERATION, decision.operation.as_ref());
    list.label(names::PROVIDER, decision.provider.as_ref());
    list.label(names::REQUEST_MODEL, decision.model.as_ref());
    if let Some(error) = error_type(decision) {
        list.text(names::ERROR_TYPE, error);
    }
}

fn response(list: &mut List, response: &Response) {
    list.label(names::RESPONSE_ID, response.id.as_ref());
    list.label(names::RESPONSE_MODEL, response.model.as_ref());
    list.texts(names::FINISH_REASONS, response.finish_reasons.iter().map(Label::as_str));
}

fn usage(list: &mut List, usage: Usage, conventions: Conventions) {
    list.count(names::INPUT_TOKENS, usage.input);
    list.count(names::OUTPUT_TOKENS, usage.output);
    list.count(names::CACHE_READ_TOKENS, usage.cache_read);
    list.count(names::CACHE_WRITE_TOKENS.under(conventions), usage.cache_creation);
    list.count(names::REASONING_TOKENS, usage.reasoning);
}

/// `OpenInference`'s word for what the span is, which Phoenix cannot work out for every operation itself.
pub(super) fn open_inference_kind(decision: &Decision) -> &'static str {
    match decision.operation.as_ref().map(Label::as_str) {
        Some("chat" | "text_completion" | "generate_content") => "LLM",
        Some("embeddings") => "EMBEDDING",
        Some("retrieval") => "RETRIEVER",
        Some("rerank") => "RERANKER",
        Some("execute_tool") => "TOOL",
        Some("invoke_agent" | "create_agent") => "AGENT",
        None if decision.model.is_some() => "LLM",
        _ => "CHAIN",
    }
}

fn name(decision: &Decision, content: Option<&Contents>) -> String {
    let Some(operation) = &decision.operation else { return decision.site.to_string() };
    let target = match target(operation) {
        Some(attribute) => content.and_then(|content| content.text(attribute)),
        None => decision.model.as_ref().map(Label::as_str),
    };
    target.map_or_else(|| operation.to_string(), |target| format!("{operation} {target}"))
}

/// What an operation is on, where that is not a model: an attribute that is content with us.
fn target(operation: &Label) -> Option<&'static str> {
    match operation.as_str() {
        "execute_tool" => Some(names::TOOL_NAME),
        "invoke_agent" | "create_agent" | "plan" => Some(names::AGENT_NAME),
        "retrieval" => Some(names::DATA_SOURCE),
        "invoke_workflow" => Some(names::WORKFLOW_NAME),
        _ => None,
    }
}

/// An agent is remote where a provider is named, and else runs in the service.
fn kind(decision: &Decision) -> SpanKind {
    match decision.operation.as_ref().map(Label::as_str) {
        Some("execute_tool" | "invoke_workflow" | "plan") => SpanKind::Internal,
        Some("invoke_agent") if decision.provider.is_none() => SpanKind::Internal,
        None if decision.model.is_none() => SpanKind::Internal,
        _ => SpanKind::Client,
    }
}

/// A refusal is an answer, not a failure.
fn status(decision: &Decision) -> SpanStatus {
    error_type(decision).map_or(SpanStatus::Unset, SpanStatus::error)
}

/// `error.type` of what failed: what the entry says, or how it ended. `_OTHER` is the conventions' word for unknown.
pub(crate) fn error_type(decision: &Decision) -> Option<String> {
    let otherwise = match decision.status {
        Status::Ok | Status::Refused => return None,
        Status::Error => "_OTHER",
        Status::Cancelled | Status::TimedOut | Status::Panicked => decision.status.as_str(),
    };
    Some(decision.error.as_ref().map_or(otherwise, |error| error.as_str()).to_owned())
}
