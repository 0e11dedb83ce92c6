//! Which attribute says what, as data. The first name that a span has counts.
//!
//! Sources: `OpenTelemetry` semantic conventions v1.41, `docs/registry/attributes/gen-ai.md`, with the names before and after
//! it; `OpenInference` semantic conventions, `spec/semantic_conventions.md`.

use testimony_record::part::Role;

pub(super) const KIND: &str = "openinference.span.kind";

pub(super) const OPERATION: &[&str] = &["gen_ai.operation.name"];
pub(super) const PROVIDER: &[&str] =
    &["gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"];
pub(super) const MODEL: &[&str] =
    &["gen_ai.request.model", "llm.model_name", "embedding.model_name", "reranker.model_name"];
pub(super) const RESPONSE_ID: &[&str] = &["gen_ai.response.id"];
pub(super) const RESPONSE_MODEL: &[&str] = &["gen_ai.response.model"];
pub(super) const FINISH_REASONS: &[&str] = &["gen_ai.response.finish_reasons", "llm.finish_reason"];
pub(super) const ERROR_TYPE: &[&str] = &["error.type", "exception.type"];
pub(super) const ERROR_MESSAGE: &[&str] = &["exception.message"];

pub(super) const INPUT_TOKENS: &[&str] =
    &["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"];
pub(super) const OUTPUT_TOKENS: &[&str] =
    &["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"];
pub(super) const CACHE_READ: &[&str] =
    &["gen_ai.usage.cache_read.input_tokens", "llm.token_count.prompt_details.cache_read"];
pub(super) const CACHE_CREATION: &[&str] = &[
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_write.input_tokens",
    "llm.token_count.prompt_details.cache_write",
];
pub(super) const REASONING: &[&str] =
    &["gen_ai.usage.reasoning.output_tokens", "llm.token_count.completion_details.reasoning"];

/// Contents that one attribute holds whole.
pub(super) const CONTENTS: &[(&str, Role, Option<&str>)] = &[
    ("gen_ai.input.messages", Role::Prompt, None),
    ("gen_ai.prompt", Role::Prompt, None),
    ("gen_ai.retrieval.query.text", Role::Prompt, Some("query")),
    ("gen_ai.tool.call.arguments", Role::Prompt, Some("arguments")),
    ("gen_ai.system_instructions", Role::Context, Some("system_instructions")),
    ("gen_ai.tool.definitions", Role::Context, Some("tool_definitions")),
    ("gen_ai.retrieval.documents", Role::Context, Some("documents")),
    ("gen_ai.output.messages", Role::Output, None),
    ("gen_ai.completion", Role::Output, None),
    ("gen_ai.tool.call.result", Role::Output, Some("result")),
    ("testimony.subject", Role::Subject, None),
];

/// Messages that are spread over many attributes.
pub(super) const FLATTENED: &[(&str, Role)] = &[
    ("llm.input_messages.", Role::Prompt),
    ("gen_ai.prompt.", Role::Prompt),
    ("llm.output_messages.", Role::Output),
    ("gen_ai.completion.", Role::Output),
];

/// Documents that are spread over many attributes: each becomes a part of its own, so that it has a digest of its own.
pub(super) const DOCUMENTS: &[(&str, Role)] = &[
    ("retrieval.documents.", Role::Context),
    ("reranker.input_documents.", Role::Context),
    ("reranker.output_documents.", Role::Output),
];

/// What may tell of whom or what a call was about.
pub(super) const SUBJECTS: &[(&str, &str)] =
    &[("gen_ai.conversation.id", "conversation"), ("session.id", "session"), ("user.id", "user")];

/// The operation that an `OpenInference` kind stands for, in the words of `OpenTelemetry` where it has one.
pub(super) fn operation(kind: &str) -> String {
    match kind {
        "LLM" => "chat",
        "EMBEDDING" => "embeddings",
        "RETRIEVER" => "retrieval",
        "TOOL" => "execute_tool",
        "AGENT" => "invoke_agent",
        other => return other.to_ascii_lowercase(),
    }
    .to_owned()
}

/// Operations whose spans have messages, unless somebody keeps them back.
pub(super) const WITH_MESSAGES: &[&str] = &["chat", "text_completion", "generate_content"];

/// What makes instrumentations tell their messages.
pub(super) const SWITCH: &str = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";
