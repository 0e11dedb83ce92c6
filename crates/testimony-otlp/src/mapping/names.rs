//! The names of attributes, as text: the OpenTelemetry constants for `gen_ai.*` are deprecated where they are, because
//! the conventions moved house, and keep changing.
//!
//! This is the one table. What both versions of the conventions call the same is a constant text; what was renamed since
//! 1.41.1 is a [`Renamed`].

use super::Conventions;

/// A name that depends on the version of the conventions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renamed {
    v1_41: &'static str,
    latest: &'static str,
}

impl Renamed {
    /// The name in a version.
    #[must_use]
    pub const fn under(self, conventions: Conventions) -> &'static str {
        match conventions {
            Conventions::V1_41 => self.v1_41,
            Conventions::Latest => self.latest,
        }
    }
}

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
pub const CACHE_WRITE_TOKENS: Renamed = Renamed {
    v1_41: "gen_ai.usage.cache_creation.input_tokens",
    latest: "gen_ai.usage.cache_write.input_tokens",
};
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

/// What a conversation is called: an attribute of [`PARAMETERS`], as the four that follow.
pub const CONVERSATION: &str = "gen_ai.conversation.id";
/// The tool that was executed.
pub const TOOL_NAME: &str = "gen_ai.tool.name";
/// The agent that was invoked.
pub const AGENT_NAME: &str = "gen_ai.agent.name";
/// What was searched.
pub const DATA_SOURCE: &str = "gen_ai.data_source.id";
/// The workflow that was invoked.
pub const WORKFLOW_NAME: &str = "gen_ai.workflow.name";

/// What a library says of a call besides: the attribute's name, which is also the name of the recorded part. Parts are
/// content, so these travel only where content does.
///
/// `gen_ai.request.stream` is not among them: it is a boolean, and the only one.
pub const PARAMETERS: [Parameter; 29] = [
    Parameter::of(CONVERSATION, Type::Text),
    Parameter::of(TOOL_NAME, Type::Text),
    Parameter::of(AGENT_NAME, Type::Text),
    Parameter::of(DATA_SOURCE, Type::Text),
    Parameter::of(WORKFLOW_NAME, Type::Text),
    Parameter::of("gen_ai.agent.id", Type::Text),
    Parameter::of("gen_ai.agent.description", Type::Text),
    Parameter::of("gen_ai.agent.version", Type::Text),
    Parameter::of("gen_ai.output.type", Type::Text),
    Parameter::of("gen_ai.prompt.name", Type::Text),
    Parameter::of("gen_ai.tool.call.id", Type::Text),
    Parameter::of("gen_ai.tool.description", Type::Text),
    Parameter::of("gen_ai.tool.type", Type::Text),
    Parameter::of("gen_ai.request.max_tokens", Type::Integer),
    Parameter::of("gen_ai.request.choice.count", Type::Integer),
    Parameter::of("gen_ai.request.seed", Type::Integer),
    Parameter::of("gen_ai.embeddings.dimension.count", Type::Integer),
    Parameter::of("gen_ai.request.temperature", Type::Number),
    Parameter::of("gen_ai.request.top_p", Type::Number),
    Parameter::of("gen_ai.request.frequency_penalty", Type::Number),
    Parameter::of("gen_ai.request.presence_penalty", Type::Number),
    Parameter::of("gen_ai.response.time_to_first_chunk", Type::Number),
    Parameter::of("gen_ai.request.stop_sequences", Type::Texts),
    Parameter::of("gen_ai.request.encoding_formats", Type::Texts),
    Parameter {
        v1_41: Some(Type::Number),
        ..Parameter::latest("gen_ai.request.top_k", Type::Integer)
    },
    Parameter::latest("gen_ai.retrieval.top_k", Type::Integer),
    Parameter::latest("gen_ai.prompt.version", Type::Text),
    Parameter::latest("gen_ai.request.previous_response.id", Type::Text),
    Parameter::latest("gen_ai.request.reasoning.level", Type::Text),
];

/// An attribute of [`PARAMETERS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    v1_41: Option<Type>,
    latest: Option<Type>,
}

/// The type that the conventions give an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// An integer.
    Integer,
    /// A double. Only finite ones are sent.
    Number,
}

impl Parameter {
    const fn of(name: &'static str, kind: Type) -> Self {
        Self { name, v1_41: Some(kind), latest: Some(kind) }
    }

    const fn latest(name: &'static str, kind: Type) -> Self {
        Self { name, v1_41: None, latest: Some(kind) }
    }

    /// Its type in a version of the conventions, where that has it.
    #[must_use]
    pub const fn under(self, conventions: Conventions) -> Option<Type> {
        match conventions {
            Conventions::V1_41 => self.v1_41,
            Conventions::Latest => self.latest,
        }
    }
}

/// What was scored: the name of the score.
pub const EVALUATION_NAME: &str = "gen_ai.evaluation.name";
/// The score, where it is a number: a double. With content only, as the two that follow.
pub const EVALUATION_VALUE: &str = "gen_ai.evaluation.score.value";
/// The score, where it is none.
pub const EVALUATION_LABEL: &str = "gen_ai.evaluation.score.label";
/// Why the score was given.
pub const EVALUATION_EXPLANATION: &str = "gen_ai.evaluation.explanation";

/// What Phoenix shows a span as. Its `DECISION` is about models that decide among typed answers, not about ours.
pub const SPAN_KIND: &str = "openinference.span.kind";

/// What went in, for the lists and details of viewers that show this alone: what `gen_ai.*` says, once more. With content
/// only, and where it is short, as the three that follow.
pub const INPUT_VALUE: &str = "input.value";
/// `text/plain` or `application/json`.
pub const INPUT_TYPE: &str = "input.mime_type";
/// What came out.
pub const OUTPUT_VALUE: &str = "output.value";
/// `text/plain` or `application/json`.
pub const OUTPUT_TYPE: &str = "output.mime_type";
/// The conversation, once more: what Phoenix groups by.
pub const SESSION: &str = "session.id";

/// The version of this mapping, and the conventions that it follows: [`Conventions::mapping`].
pub const MAPPING: &str = "testimony.mapping";
/// What the entry is: `decision`, `outcome`, `checkpoint`, …, its own word.
pub const KIND: &str = "testimony.kind";
/// The decision's id; of an outcome or intent, that of the decision it is about.
pub const ID: &str = "testimony.id";
/// The stream that the entry stands in.
pub const STREAM: &str = "testimony.stream";
/// Its place there, in decimal digits: a string, because some backends read integers as floats.
pub const SEQ: &str = "testimony.seq";
/// The entry's hash, in hexadecimal digits.
pub const HASH: &str = "testimony.hash";
/// The hash of the entry before it.
pub const PREV: &str = "testimony.prev";
/// The newest signed head of the stream, at or before this entry: a signed note with the log's own signature lines.
pub const HEAD: &str = "testimony.head";
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
/// Those of them that are not here because what they would say has been erased from the ledger.
pub const CONTENT_ERASED: &str = "testimony.content.erased";

/// A rule that a decision was checked against: this, the number of the constraint from 0, and `.rule`, `.held`, and with
/// content `.limit` and `.observed`.
pub const CONSTRAINT_PREFIX: &str = "testimony.constraint.";

/// `executed`, `approved`, `overridden`, …
pub const OUTCOME_KIND: &str = "testimony.outcome.kind";
/// Who acted. With content only, as the three that follow; the digest of each stands under its name and `.digest` in any
/// case.
pub const OUTCOME_BY: &str = "testimony.outcome.by";
/// What was decided instead, or the score.
pub const OUTCOME_DECISION: &str = "testimony.outcome.decision";
/// Why.
pub const OUTCOME_WHY: &str = "testimony.outcome.why";
/// What whoever acted had been shown.
pub const OUTCOME_SHOWN: &str = "testimony.outcome.shown";

/// The program that took up the stream.
pub const GENESIS_WRITER: &str = "testimony.genesis.writer";
/// The verifier key of the session.
pub const GENESIS_KEY: &str = "testimony.genesis.key";
/// How many decisions were lost: an integer.
pub const GAP_LOST: &str = "testimony.gap.lost";
/// Why.
pub const GAP_REASON: &str = "testimony.gap.reason";
/// How many bytes recovery cut off: an integer.
pub const RECOVERED_BYTES: &str = "testimony.recovered.bytes";
/// How many entries the checkpoint covers: an integer.
pub const CHECKPOINT_SIZE: &str = "testimony.checkpoint.size";
/// How many signature lines it has in the entry, those of witnesses included: an integer.
pub const CHECKPOINT_SIGNATURES: &str = "testimony.checkpoint.signatures";
/// How many contents were erased: an integer.
pub const ERASURE_CONTENTS: &str = "testimony.erasure.contents";
/// Why.
pub const ERASURE_REASON: &str = "testimony.erasure.reason";
/// By whose authority.
pub const ERASURE_BY: &str = "testimony.erasure.by";
/// How many contents are held: an integer; absent where it is everything.
pub const HOLD_CONTENTS: &str = "testimony.hold.contents";
/// Why.
pub const HOLD_REASON: &str = "testimony.hold.reason";
/// By whose authority.
pub const HOLD_BY: &str = "testimony.hold.by";
/// The hash of the entry whose hold has ended.
pub const RELEASE_HOLD: &str = "testimony.release.hold";
/// Why.
pub const RELEASE_REASON: &str = "testimony.release.reason";
/// By whose authority.
pub const RELEASE_BY: &str = "testimony.release.by";
/// How many decisions the session sealed: an integer.
pub const CLOSE_DECISIONS: &str = "testimony.close.decisions";
/// How many it lost: an integer.
pub const CLOSE_LOST: &str = "testimony.close.lost";

/// Whether tokens were read or written, in metrics: `input` or `output`.
pub const TOKEN_TYPE: &str = "gen_ai.token.type";
/// What tokens stand for, in metrics of the newer conventions. Always `unknown`: entries do not say.
pub const TOKEN_MODALITY: &str = "gen_ai.token.modality";
/// A metric: how long calls take.
pub const OPERATION_DURATION: &str = "gen_ai.client.operation.duration";
/// A metric: tokens of each call, by [`TOKEN_TYPE`]. Version 1.41 only; the seven that follow take its place.
pub const TOKEN_USAGE: &str = "gen_ai.client.token.usage";
/// A metric: tokens read.
pub const USAGE_INPUT: &str = "gen_ai.client.inference.usage.input_tokens";
/// A metric: tokens written.
pub const USAGE_OUTPUT: &str = "gen_ai.client.inference.usage.output_tokens";
/// A metric: of the tokens read, those from a cache.
pub const USAGE_CACHE_READ: &str = "gen_ai.client.inference.usage.cache_read.input_tokens";
/// A metric: of the tokens read, those put into a cache.
pub const USAGE_CACHE_WRITE: &str = "gen_ai.client.inference.usage.cache_write.input_tokens";
/// A metric: of the tokens written, those that reasoned.
pub const USAGE_REASONING: &str = "gen_ai.client.inference.usage.reasoning.output_tokens";
/// A metric: tokens read by each call.
pub const OPERATION_INPUT: &str = "gen_ai.client.inference.operation.input_tokens";
/// A metric: tokens written by each call.
pub const OPERATION_OUTPUT: &str = "gen_ai.client.inference.operation.output_tokens";

/// The metric of how long an operation takes. The newer conventions have one for each kind of operation.
#[must_use]
pub fn duration_metric(operation: Option<&str>, conventions: Conventions) -> &'static str {
    match (conventions, operation) {
        (Conventions::Latest, None | Some("chat" | "text_completion" | "generate_content")) => {
            "gen_ai.client.inference.duration"
        }
        (Conventions::Latest, Some("execute_tool")) => "gen_ai.execute_tool.duration",
        (Conventions::Latest, Some("invoke_agent")) => "gen_ai.invoke_agent.duration",
        (Conventions::Latest, Some("invoke_workflow")) => "gen_ai.invoke_workflow.duration",
        _ => OPERATION_DURATION,
    }
}
