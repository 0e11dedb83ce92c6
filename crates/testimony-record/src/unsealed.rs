//! What is handed to the ledger before it has salts, digests, a place and a time of sealing.
//!
//! Content is carried as [`Bytes`]: slices of one buffer, moved and never copied on the way.

use bytes::Bytes;

use crate::decision::{Decision, Intent, Outcome};
use crate::label::Label;
use crate::media::MediaType;
use crate::part::{Absent, Origin, Role};

/// A decision or an outcome, with its contents in hand.
#[derive(Debug, Clone)]
pub struct Unsealed {
    /// What the entry will say. Its own `parts` are empty; sealing fills them.
    pub event: Event,
    /// The contents.
    pub parts: Vec<UnsealedPart>,
}

/// What can be recorded.
#[derive(Debug, Clone)]
pub enum Event {
    /// A decision.
    Decision(Box<Decision>),
    /// A call that is about to be made.
    Intent(Intent),
    /// A later fact about one.
    Outcome(Outcome),
}

/// A part with its content.
#[derive(Debug, Clone)]
pub struct UnsealedPart {
    /// See [`Part::role`](crate::part::Part::role).
    pub role: Role,
    /// See [`Part::name`](crate::part::Part::name).
    pub name: Option<Label>,
    /// See [`Part::from`](crate::part::Part::from).
    pub from: Origin,
    /// See [`Part::held`](crate::part::Part::held).
    pub held: Option<bool>,
    /// See [`Part::note`](crate::part::Part::note).
    pub note: Option<Label>,
    /// The content.
    pub content: UnsealedContent,
}

impl UnsealedPart {
    /// A part with nothing but a role, an origin and a content.
    #[must_use]
    pub fn new(role: Role, from: Origin, content: UnsealedContent) -> Self {
        Self { role, name: None, from, held: None, note: None, content }
    }
}

/// Content before it has a digest.
#[derive(Debug, Clone)]
pub enum UnsealedContent {
    /// To become a blob.
    Blob(UnsealedBlob),
    /// To become a list of message nodes, sharing its beginning with earlier lists.
    Messages(Vec<UnsealedMessage>),
    /// There is none, for a reason.
    Absent(Absent),
}

/// Bytes and what they are.
#[derive(Debug, Clone)]
pub struct UnsealedBlob {
    /// What the bytes are.
    pub media: MediaType,
    /// The bytes.
    pub bytes: Bytes,
}

impl UnsealedBlob {
    /// UTF-8 text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { media: MediaType::TEXT, bytes: Bytes::from(text.into()) }
    }

    /// JSON, as its text.
    #[must_use]
    pub fn json(json: impl Into<Bytes>) -> Self {
        Self { media: MediaType::JSON, bytes: json.into() }
    }
}

/// A message before its contents have digests; see [`Message`](crate::node::Message).
#[derive(Debug, Clone)]
pub struct UnsealedMessage {
    /// Its role.
    pub role: Label,
    /// The participant's name.
    pub name: Option<Label>,
    /// Its contents.
    pub parts: Vec<UnsealedMessagePart>,
}

/// A content of a message; see [`MessagePart`](crate::node::MessagePart).
#[derive(Debug, Clone)]
pub struct UnsealedMessagePart {
    /// Its type.
    pub kind: Label,
    /// The id of a tool call.
    pub id: Option<Label>,
    /// The name of a tool.
    pub name: Option<Label>,
    /// The bytes.
    pub blob: UnsealedBlob,
}
