//! Spans that follow the `OpenTelemetry` `GenAI` conventions: which field says what, as data.
//!
//! Source: semantic-conventions v1.41.1, `docs/registry/attributes/gen-ai.md`, and the names that later versions renamed.
//! Every recorded value is kept, in order: a library that records a field twice is seen to have done so.

use std::fmt;

use testimony_record::decision::Status;
use testimony_record::label::Label;
use testimony_record::part::{Absent, Role, Why};
use tracing::field::{Field, Visit};

use crate::draft::{About, Draft};

/// Where a field's value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Operation,
    Provider,
    Model,
    ResponseId,
    ResponseModel,
    FinishReasons,
    InputTokens,
    OutputTokens,
    CacheRead,
    CacheCreation,
    Reasoning,
    ErrorType,
    OtelStatus,
    Content(Role, Option<&'static str>),
}

use Slot::{
    CacheCreation, CacheRead, Content, ErrorType, FinishReasons, InputTokens, Model, Operation,
    OtelStatus, OutputTokens, Provider, Reasoning, ResponseId, ResponseModel,
};

/// The fields that are understood. Any other `gen_ai.*` field becomes a part with the role `config`.
const FIELDS: &[(&str, Slot)] = &[
    ("gen_ai.operation.name", Operation),
    ("gen_ai.provider.name", Provider),
    ("gen_ai.system", Provider),
    ("gen_ai.request.model", Model),
    ("gen_ai.response.id", ResponseId),
    ("gen_ai.response.model", ResponseModel),
    ("gen_ai.response.finish_reasons", FinishReasons),
    ("gen_ai.usage.input_tokens", InputTokens),
    ("gen_ai.usage.output_tokens", OutputTokens),
    ("gen_ai.usage.cache_read.input_tokens", CacheRead),
    ("gen_ai.usage.cache_creation.input_tokens", CacheCreation),
    ("gen_ai.usage.cache_write.input_tokens", CacheCreation),
    ("gen_ai.usage.reasoning.output_tokens", Reasoning),
    ("error.type", ErrorType),
    ("otel.status_code", OtelStatus),
    ("otel.status_description", Content(Role::Error, None)),
    ("gen_ai.input.messages", Content(Role::Prompt, None)),
    ("gen_ai.prompt", Content(Role::Prompt, None)),
    ("gen_ai.retrieval.query.text", Content(Role::Prompt, Some("query"))),
    ("gen_ai.tool.call.arguments", Content(Role::Prompt, Some("arguments"))),
    ("gen_ai.output.messages", Content(Role::Output, None)),
    ("gen_ai.completion", Content(Role::Output, None)),
    ("gen_ai.tool.call.result", Content(Role::Output, Some("result"))),
    ("gen_ai.system_instructions", Content(Role::Context, Some("system_instructions"))),
    ("gen_ai.tool.definitions", Content(Role::Context, Some("tool_definitions"))),
    ("gen_ai.retrieval.documents", Content(Role::Context, Some("documents"))),
    ("testimony.subject", Content(Role::Subject, None)),
];

/// Which switch makes a library tell its contents, by the beginning of the span's target.
const SWITCHES: &[(&str, &str)] = &[
    ("rig", "rig: .record_content_telemetry(true)"),
    ("genai", "genai: OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true"),
];

/// Whether a span with these fields is a decision.
pub(crate) fn recognises(fields: &tracing::field::FieldSet) -> bool {
    fields.iter().any(|field| field.name().starts_with("gen_ai."))
}

/// Writes a span's fields into its draft.
pub(crate) struct Listen<'a>(pub(crate) &'a mut Draft);

impl Listen<'_> {
    fn text(&mut self, field: &Field, text: &str) {
        let draft = &mut *self.0;
        let label = || Some(Label::from(text));
        match slot(field.name()) {
            Some(Operation) => draft.operation = label(),
            Some(Provider) => draft.provider = label(),
            Some(Model) => draft.model = label(),
            Some(ResponseId) => draft.response.id = label(),
            Some(ResponseModel) => draft.response.model = label(),
            Some(ErrorType) => {
                draft.error = label();
                draft.status.get_or_insert(Status::Error);
            }
            Some(OtelStatus) if text.eq_ignore_ascii_case("error") => {
                draft.status.get_or_insert(Status::Error);
            }
            Some(OtelStatus) | None => {}
            Some(FinishReasons) => draft.response.finish_reasons.extend(reasons(text)),
            Some(Content(role, name)) => draft.add(About::observed(role, name), text),
            Some(InputTokens | OutputTokens | CacheRead | CacheCreation | Reasoning) => {
                if let Ok(tokens) = text.parse() {
                    self.tokens(field, tokens);
                }
            }
        }
    }

    fn tokens(&mut self, field: &Field, tokens: u64) {
        let usage = &mut self.0.usage;
        let place = match slot(field.name()) {
            Some(InputTokens) => &mut usage.input,
            Some(OutputTokens) => &mut usage.output,
            Some(CacheRead) => &mut usage.cache_read,
            Some(CacheCreation) => &mut usage.cache_creation,
            Some(Reasoning) => &mut usage.reasoning,
            _ => return self.other(field, &tokens),
        };
        *place = Some(tokens.min(testimony_record::canonical::MAX_INTEGER));
    }

    /// A value of another type: a label or text slot takes its text, an unknown field is configuration.
    fn other(&mut self, field: &Field, value: &dyn fmt::Display) {
        if slot(field.name()).is_some() {
            self.text(field, &value.to_string());
        } else if field.name().starts_with("gen_ai.") {
            self.0.add(About::observed(Role::Config, Some(field.name())), &value.to_string());
        }
    }
}

impl Visit for Listen<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        match slot(field.name()) {
            Some(_) => self.text(field, value),
            None => self.other(field, &value),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.tokens(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        match u64::try_from(value) {
            Ok(value) => self.tokens(field, value),
            Err(_) => self.other(field, &value),
        }
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.other(field, &value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.other(field, &value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.other(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.other(field, &value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if slot(field.name()).is_some() || field.name().starts_with("gen_ai.") {
            self.other(field, &format_args!("{value:?}"));
        }
    }
}

fn slot(name: &str) -> Option<Slot> {
    FIELDS.iter().find(|(field, _)| *field == name).map(|(_, slot)| *slot)
}

/// `["stop"]`, or a single reason as it is.
fn reasons(text: &str) -> Vec<Label> {
    let list: Vec<String> = serde_json::from_str(text).unwrap_or_else(|_| vec![text.to_owned()]);
    list.into_iter().map(Label::from).collect()
}

/// Says at the end of a library's span what the library kept to itself, and how the call seems to have ended.
pub(crate) fn conclude(draft: &mut Draft) -> Status {
    let status = seeming_status(draft);
    let target = draft.site.span().map_or("", |span| span.target());
    let hint = SWITCHES.iter().find(|(library, _)| target.starts_with(library));
    for role in [Role::Prompt, Role::Output] {
        if !draft.contents.has(role) {
            let hint = hint.map(|(_, switch)| Label::new(*switch));
            let absent = Absent { why: Why::NotCaptured, size: None, hint };
            draft.contents.add_absent(About::observed(role, None), absent, draft.bounds);
        }
    }
    status
}

/// A call whose span could have told of a response, and did not, was given up.
fn seeming_status(draft: &Draft) -> Status {
    let answered =
        !draft.response.is_empty() || !draft.usage.is_empty() || draft.contents.has(Role::Output);
    let mut fields = draft.site.span().into_iter().flat_map(tracing::Metadata::fields);
    let could_answer = fields.any(|field| field.name().starts_with("gen_ai.response."));
    if answered || !could_answer { Status::Ok } else { Status::Cancelled }
}
