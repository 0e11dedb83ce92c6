//! The names of attributes, as text: the OpenTelemetry constants for `gen_ai.*` are deprecated where they are, because
//! the conventions moved house, and keep changing. These are the `GenAI` conventions of version 1.41.1.

/// `chat`, `execute_tool`, …
pub const OPERATION: &str = "gen_ai.operation.name";
/// `openai`, `anthropic`, …
pub const PROVIDER: &str = "gen_ai.provider.name";
/// The model that was asked for.
pub const REQUEST_MODEL: &str = "gen_ai.request.model";
/// The answer's id.
pub const RESPONSE_ID: &str = "gen_ai.response.id";
/// The model that answered.
pub const RESPONSE_MODEL: &str = "gen_ai.response.model";
/// Why the model stopped: a string array.
pub const FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
/// Tokens read.
pub const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
/// Tokens written.
pub const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
/// Of the tokens read, those from a cache.
pub const CACHE_READ_TOKENS: &str = "gen_ai.usage.cache_read.input_tokens";
/// Of the tokens read, those put into a cache.
pub const CACHE_CREATION_TOKENS: &str = "gen_ai.usage.cache_creation.input_tokens";
/// Of the tokens written, those that reasoned.
pub const REASONING_TOKENS: &str = "gen_ai.usage.reasoning.output_tokens";
/// What failed.
pub const ERROR_TYPE: &str = "error.type";

/// What the model was asked: JSON. Only where content was asked for, as everything down to [`TOOL_RESULT`].
pub const INPUT_MESSAGES: &str = "gen_ai.input.messages";
/// What the model answered: JSON.
pub const OUTPUT_MESSAGES: &str = "gen_ai.output.messages";
/// Instructions apart from the conversation: JSON.
pub const SYSTEM_INSTRUCTIONS: &str = "gen_ai.system_instructions";
/// The tools that the model could call, as they were recorded.
pub const TOOL_DEFINITIONS: &str = "gen_ai.tool.definitions";
/// What was looked for.
pub const RETRIEVAL_QUERY: &str = "gen_ai.retrieval.query.text";
/// What was found.
pub const RETRIEVAL_DOCUMENTS: &str = "gen_ai.retrieval.documents";
/// What a tool was called with.
pub const TOOL_ARGUMENTS: &str = "gen_ai.tool.call.arguments";
/// What a tool returned.
pub const TOOL_RESULT: &str = "gen_ai.tool.call.result";

/// What Phoenix shows a span as. Its `DECISION` is about models that decide among typed answers, not about ours.
pub const SPAN_KIND: &str = "openinference.span.kind";

/// The version of this mapping: [`VERSION`](super::VERSION).
pub const MAPPING: &str = "testimony.mapping";
/// The decision's id.
pub const ID: &str = "testimony.id";
/// The stream that the entry stands in.
pub const STREAM: &str = "testimony.stream";
/// Its place there, in decimal digits: a string, because some backends read integers as floats.
pub const SEQ: &str = "testimony.seq";
/// The entry's hash, in hexadecimal digits.
pub const HASH: &str = "testimony.hash";
/// The hash of the entry before it.
pub const PREV: &str = "testimony.prev";
/// The call site.
pub const SITE: &str = "testimony.site";
/// `ok`, `error`, `refused`, `cancelled`, `timed_out` or `panicked`.
pub const STATUS: &str = "testimony.status";
/// The entry's bytes: this, and the number of the piece.
pub const ENTRY_PREFIX: &str = "testimony.entry.";
/// Of how many pieces the entry consists: an integer.
pub const ENTRY_CHUNKS: &str = "testimony.entry.chunks";
/// Content that was asked for and is not here, because it is too large, was erased, or cannot be read: a string array of
/// the names that are missing.
pub const CONTENT_OMITTED: &str = "testimony.content.omitted";
