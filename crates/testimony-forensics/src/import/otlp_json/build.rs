//! From a span to a decision: facts from the tables of names, contents as parts, and what no rule knows as configuration, so
//! that nothing of it is lost.

use serde_json::Value;
use testimony_capture::messages;
use testimony_record::Uuid;
use testimony_record::canonical::MAX_INTEGER;
use testimony_record::decision::{Decision, Response, Status, TraceContext, Usage};
use testimony_record::label::Label;
use testimony_record::part::{Absent, Origin, Role, Why};
use testimony_record::unsealed::{
    Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedMessage, UnsealedMessagePart,
    UnsealedPart,
};

use super::attributes::{Attributes, text};
use super::shape::Span;
use super::{flattened, names};

pub(super) fn decision(mut span: Span, id: Uuid, parent: Option<Uuid>) -> Unsealed {
    let attributes = &mut span.attributes;
    let kind = attributes.take_text(&[names::KIND]);
    let operation = attributes.take_text(names::OPERATION);
    let operation = operation.or_else(|| kind.as_deref().map(names::operation));
    let error = attributes.take_text(names::ERROR_TYPE);
    let response = response(attributes);
    let usage = usage(attributes);
    let took = span.end.and_then(|end| end.checked_sub(span.start));
    let decision = Decision {
        id,
        parent,
        causes: vec![],
        site: site(span.service.as_deref()),
        operation: operation.clone().map(Label::new),
        provider: attributes.take_text(names::PROVIDER).map(Label::new),
        model: attributes.take_text(names::MODEL).map(Label::new),
        response: (!response.is_empty()).then_some(response),
        status: if span.failed || error.is_some() { Status::Error } else { Status::Ok },
        error: error.map(Label::new),
        began_us: (span.start / 1_000).min(MAX_INTEGER),
        took_us: took.map(|took| (took / 1_000).min(MAX_INTEGER)),
        usage: (!usage.is_empty()).then_some(usage),
        trace: Some(TraceContext { trace_id: span.trace_id, span_id: span.own_id, own: true }),
        parts: vec![],
        more: None,
    };
    let parts = Parts::of(span, operation.as_deref());
    Unsealed { event: Event::Decision(Box::new(decision)), parts }
}

/// Every imported decision lies under `import::otlp-json`.
fn site(service: Option<&str>) -> Label {
    match service {
        Some(service) => Label::new(format!("import::otlp-json::{service}")),
        None => Label::new("import::otlp-json"),
    }
}

fn response(attributes: &mut Attributes) -> Response {
    let reasons = match attributes.take_first(names::FINISH_REASONS) {
        Some(Value::Array(reasons)) => reasons.into_iter().map(text).collect(),
        Some(reason) => vec![text(reason)],
        None => vec![],
    };
    Response {
        id: attributes.take_text(names::RESPONSE_ID).map(Label::new),
        model: attributes.take_text(names::RESPONSE_MODEL).map(Label::new),
        finish_reasons: reasons.into_iter().take(Response::MAX_REASONS).map(Label::new).collect(),
    }
}

fn usage(attributes: &mut Attributes) -> Usage {
    let mut count = |names| attributes.take_count(names).map(|tokens| tokens.min(MAX_INTEGER));
    Usage {
        input: count(names::INPUT_TOKENS),
        output: count(names::OUTPUT_TOKENS),
        cache_read: count(names::CACHE_READ),
        cache_creation: count(names::CACHE_CREATION),
        reasoning: count(names::REASONING),
    }
}

#[derive(Default)]
struct Parts(Vec<UnsealedPart>);

impl Parts {
    fn of(mut span: Span, operation: Option<&str>) -> Vec<UnsealedPart> {
        let attributes = &mut span.attributes;
        let mut parts = Self::default();
        parts.subjects(attributes);
        parts.flattened(attributes);
        parts.contents(attributes);
        parts.documents(attributes);
        parts.tools(attributes);
        parts.plain_values(attributes);
        parts.absences(operation);
        let message = span.message.or_else(|| attributes.take_text(names::ERROR_MESSAGE));
        if let Some(message) = message {
            parts.text(Role::Error, None, message);
        }
        parts.text(Role::Config, Some("otel.span.name"), span.name);
        parts.rest(span.attributes);
        parts.0
    }

    fn add(&mut self, role: Role, name: Option<&str>, content: UnsealedContent) {
        let mut part = UnsealedPart::new(role, Origin::Observed, content);
        part.name = name.map(|name| Label::new(name.to_owned()));
        self.0.push(part);
    }

    fn text(&mut self, role: Role, name: Option<&str>, text: impl Into<String>) {
        self.add(role, name, UnsealedContent::Blob(UnsealedBlob::text(text.into())));
    }

    fn json(&mut self, role: Role, name: Option<&str>, json: String) {
        self.add(role, name, UnsealedContent::Blob(UnsealedBlob::json(json.into_bytes())));
    }

    fn has(&self, role: Role) -> bool {
        self.0.iter().any(|part| part.role == role)
    }

    fn subjects(&mut self, attributes: &mut Attributes) {
        for (name, what) in names::SUBJECTS {
            if let Some(id) = attributes.take_text(&[name]) {
                self.text(Role::Subject, None, format!("{what}:{id}"));
            }
        }
    }

    fn flattened(&mut self, attributes: &mut Attributes) {
        for &(beginning, role) in names::FLATTENED {
            let items = flattened::items(attributes.take_below(beginning));
            let messages: Vec<UnsealedMessage> = items
                .into_iter()
                .map(|item| flattened::message(item.clone()).unwrap_or_else(|| as_it_stands(&item)))
                .collect();
            if !messages.is_empty() {
                self.add(role, None, UnsealedContent::Messages(messages));
            }
        }
    }

    fn contents(&mut self, attributes: &mut Attributes) {
        for &(attribute, role, name) in names::CONTENTS {
            match attributes.take(attribute) {
                None => {}
                Some(Value::String(said)) => self.said(role, name, said),
                Some(value) => self.said(role, name, value.to_string()),
            }
        }
    }

    /// A list of messages is taken apart; other text stays as it is, and JSON is said to be JSON.
    fn said(&mut self, role: Role, name: Option<&str>, said: String) {
        if let Some(messages) = messages::list(&said) {
            self.add(role, name, UnsealedContent::Messages(messages));
        } else if said.starts_with(['{', '[']) && serde_json::from_str::<Value>(&said).is_ok() {
            self.json(role, name, said);
        } else {
            self.text(role, name, said);
        }
    }

    fn documents(&mut self, attributes: &mut Attributes) {
        for &(beginning, role) in names::DOCUMENTS {
            for (item, number) in flattened::items(attributes.take_below(beginning)).iter().zip(1..)
            {
                let (id, content) = flattened::document(item);
                let name =
                    id.map_or_else(|| format!("document {number}"), |id| format!("document {id}"));
                if let Some(content) = content {
                    self.text(role, Some(&name), content);
                }
                if let Some(beside) = flattened::beside(item) {
                    self.json(Role::Config, Some(&name), beside);
                }
            }
        }
    }

    fn tools(&mut self, attributes: &mut Attributes) {
        let tools = flattened::items(attributes.take_below("llm.tools."));
        let schemas = tools.into_iter().map(|tool| {
            let schema = tool.get("tool").and_then(|tool| tool.get("json_schema")).cloned();
            schema.map_or_else(|| tool.to_string(), text)
        });
        let schemas: Vec<String> = schemas.collect();
        if !schemas.is_empty() {
            self.json(Role::Context, Some("tool_definitions"), format!("[{}]", schemas.join(",")));
        }
    }

    /// `input.value` and `output.value` repeat the messages where there are some; then they say nothing new.
    fn plain_values(&mut self, attributes: &mut Attributes) {
        for (beginning, role) in [("input", Role::Prompt), ("output", Role::Output)] {
            let media = attributes.take_text(&[&format!("{beginning}.mime_type")]);
            let Some(value) = attributes.take_text(&[&format!("{beginning}.value")]) else {
                continue;
            };
            match media.as_deref() {
                _ if self.has(role) => {
                    self.said(Role::Config, Some(&format!("{beginning}.value")), value);
                }
                Some("application/json") => self.json(role, None, value),
                _ => self.said(role, None, value),
            }
        }
    }

    /// A call of a model that shows no messages was told to keep them to itself.
    fn absences(&mut self, operation: Option<&str>) {
        if !operation.is_some_and(|operation| names::WITH_MESSAGES.contains(&operation)) {
            return;
        }
        for role in [Role::Prompt, Role::Output] {
            if !self.has(role) {
                let hint = Some(Label::new(names::SWITCH));
                let absent = Absent { why: Why::NotCaptured, size: None, hint };
                self.add(role, None, UnsealedContent::Absent(absent));
            }
        }
    }

    /// What is of the conventions has a part of its own, so that decisions under one setting can be found; the rest is one.
    fn rest(&mut self, attributes: Attributes) {
        let of_the_conventions = |name: &String| {
            ["gen_ai.", "llm.", "tool.", "embedding."].iter().any(|b| name.starts_with(b))
        };
        let (known, other): (Vec<_>, Vec<_>) =
            attributes.into_rest().into_iter().partition(|(name, _)| of_the_conventions(name));
        for (name, value) in known {
            self.said(Role::Config, Some(&name), text(value));
        }
        if !other.is_empty() {
            let other: serde_json::Map<String, Value> = other.into_iter().collect();
            self.json(Role::Config, Some("attributes"), Value::Object(other).to_string());
        }
    }
}

/// A message that cannot be taken apart is kept as its JSON.
fn as_it_stands(item: &Value) -> UnsealedMessage {
    let blob = UnsealedBlob::json(item.to_string().into_bytes());
    let part = UnsealedMessagePart { kind: "json".into(), id: None, name: None, blob };
    UnsealedMessage { role: "unknown".into(), name: None, parts: vec![part] }
}
