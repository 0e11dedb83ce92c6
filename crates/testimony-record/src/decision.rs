//! What an entry says of a decision: who, when, which model, links and numbers. Content is in its [parts](crate::part).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::canonical::{integer, optional_integer};
use crate::digest::Digest;
use crate::label::Label;
use crate::part::Part;

/// How a decision ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The call returned.
    Ok,
    /// The call failed.
    Error,
    /// The model or a guard declined.
    Refused,
    /// The caller stopped waiting: its future was dropped.
    Cancelled,
    /// A deadline passed.
    TimedOut,
    /// The code around it panicked.
    Panicked,
}

impl Status {
    /// The word that stands in an entry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
            Self::Panicked => "panicked",
        }
    }
}

/// One model call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// A `UUIDv7` given out when the call began.
    pub id: Uuid,
    /// The decision inside which this one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Uuid>,
    /// Earlier decisions that the application names as causes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Uuid>,
    /// The call site: `loan_desk::underwrite`.
    pub site: Label,
    /// `gen_ai.operation.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Label>,
    /// `gen_ai.provider.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Label>,
    /// `gen_ai.request.model`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Label>,
    /// What the answer says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// How it ended.
    pub status: Status,
    /// `error.type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Label>,
    /// When it began, in microseconds since the Unix epoch.
    #[serde(deserialize_with = "integer::deserialize")]
    pub began_us: u64,
    /// How long it took, in microseconds; absent where only the moment is known.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_integer::deserialize"
    )]
    pub took_us: Option<u64>,
    /// Tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Where it stands in the application's distributed trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceContext>,
    /// What it was asked, given, and decided.
    pub parts: Vec<Part>,
    /// A [parts node](crate::node::Node::Parts) with the parts that did not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<Digest>,
}

/// What a model's answer says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// `gen_ai.response.id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Label>,
    /// `gen_ai.response.model`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Label>,
    /// `gen_ai.response.finish_reasons`, at most [`Response::MAX_REASONS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub finish_reasons: Vec<Label>,
}

impl Response {
    /// How many finish reasons an entry holds.
    pub const MAX_REASONS: usize = 16;

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `gen_ai.usage.*`, in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// `input_tokens`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_integer::deserialize"
    )]
    pub input: Option<u64>,
    /// `output_tokens`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_integer::deserialize"
    )]
    pub output: Option<u64>,
    /// `cache_read.input_tokens`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_integer::deserialize"
    )]
    pub cache_read: Option<u64>,
    /// `cache_creation.input_tokens`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_integer::deserialize"
    )]
    pub cache_creation: Option<u64>,
    /// `reasoning.output_tokens`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_integer::deserialize"
    )]
    pub reasoning: Option<u64>,
}

impl Usage {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The W3C trace context of the application's span around the decision, or of the decision's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceContext {
    /// The trace.
    #[serde(with = "hex::serde")]
    pub trace_id: [u8; 16],
    /// The span that the decision is a child of, or is.
    #[serde(with = "hex::serde")]
    pub span_id: [u8; 8],
    /// The span is the call's own: the service exports it itself, so that a backend shows the call already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

impl TraceContext {
    /// The place of a decision inside another one, in the trace of that one, where no tracing of the application's says otherwise.
    #[must_use]
    pub fn inside(trace_id: [u8; 16], decision: Uuid) -> Self {
        Self { trace_id, span_id: span_id(decision), own: false }
    }
}

/// The id of the span that a decision is exported as: the last 8 bytes of its id, which are random in a `UUIDv7` (but for
/// two bits), and so the same however often it is sent.
#[must_use]
pub fn span_id(decision: Uuid) -> [u8; 8] {
    match decision.as_bytes().last_chunk() {
        Some(&id) if id != [0; 8] => id,
        // No span has the id 0. Only an id that is no UUIDv7 comes to this.
        _ => [0, 0, 0, 0, 0, 0, 0, 1],
    }
}

/// A call that is about to be made, put on record before it. One without a decision tells of a call that was begun and
/// of which nothing more is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// The id that the decision will have.
    pub id: Uuid,
    /// The call site.
    pub site: Label,
    /// `gen_ai.operation.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Label>,
    /// `gen_ai.provider.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Label>,
    /// `gen_ai.request.model`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Label>,
    /// When the call begins, in microseconds since the Unix epoch.
    #[serde(deserialize_with = "integer::deserialize")]
    pub began_us: u64,
    /// What is known of it by then: whom it is about, what will be asked and given.
    pub parts: Vec<Part>,
    /// A [parts node](crate::node::Node::Parts) with the parts that did not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<Digest>,
}

/// What a later fact says of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The decision it is about.
    pub decision: Uuid,
    /// `executed`, `approved`, `overridden`, `corrected`, `scored`, or the application's own word.
    pub kind: Label,
    /// When it happened, in microseconds since the Unix epoch.
    #[serde(deserialize_with = "integer::deserialize")]
    pub at_us: u64,
    /// By whom ([`Role::Actor`](crate::part::Role)), what ([`Role::Decision`](crate::part::Role)), why, shown what.
    pub parts: Vec<Part>,
    /// A [parts node](crate::node::Node::Parts) with the parts that did not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<Digest>,
}
