//! Nodes: canonical JSON whose leaves are digests. They give shape to blobs and hold no content of their own.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::label::Label;
use crate::part::Part;

/// The largest node, in bytes.
pub const MAX_NODE_BYTES: usize = 16 << 20;

/// The longest chain of `base` links a writer makes; a reader may refuse a longer one.
pub const MAX_BASE_DEPTH: u32 = 1024;

/// An object with structure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// Messages in order.
    List(List),
    /// One message.
    Message(Message),
    /// Parts of a decision that did not fit its entry.
    Parts(Vec<Part>),
}

/// Messages in order: those of `base`, if there is one, then `items`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// A list node that holds the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Digest>,
    /// Message nodes that follow it.
    pub items: Vec<Digest>,
}

/// One message of a conversation, after the `OpenTelemetry` `GenAI` message schemas (`role`, `parts`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// `system`, `user`, `assistant`, `tool`, or what the application calls it.
    pub role: Label,
    /// The participant's name, where the conversation names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// Its contents in order.
    pub parts: Vec<MessagePart>,
}

/// One content of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessagePart {
    /// `text`, `tool_call`, `tool_call_response`, `reasoning`, or another type of the schema.
    #[serde(rename = "type")]
    pub kind: Label,
    /// The id of a tool call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Label>,
    /// The name of a tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// The content: text as it is, arguments as they were written, anything else as JSON.
    pub blob: Digest,
}

impl Node {
    /// Every digest that the node names, in order.
    pub fn references(&self) -> impl Iterator<Item = Reference> + '_ {
        let (base, items, message, parts): (_, &[Digest], &[MessagePart], &[Part]) = match self {
            Self::List(list) => (list.base, &list.items, &[], &[]),
            Self::Message(message) => (None, &[], &message.parts, &[]),
            Self::Parts(parts) => (None, &[], &[], parts),
        };
        let base = base.map(|digest| Reference { digest, kind: ObjectKind::List });
        let items = items.iter().map(|&digest| Reference { digest, kind: ObjectKind::Message });
        let blobs =
            message.iter().map(|part| Reference { digest: part.blob, kind: ObjectKind::Blob });
        base.into_iter()
            .chain(items)
            .chain(blobs)
            .chain(parts.iter().filter_map(Reference::of_part))
    }

    /// What the node is.
    #[must_use]
    pub fn kind(&self) -> ObjectKind {
        match self {
            Self::List(_) => ObjectKind::List,
            Self::Message(_) => ObjectKind::Message,
            Self::Parts(_) => ObjectKind::Parts,
        }
    }
}

/// What an object is, and so what may refer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// Content.
    Blob,
    /// A list of messages.
    List,
    /// A message.
    Message,
    /// Further parts of a decision.
    Parts,
}

/// A digest, and what must be found under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// The digest.
    pub digest: Digest,
    /// The kind of object that it must name.
    pub kind: ObjectKind,
}

impl Reference {
    /// What a part refers to, unless its content is absent.
    #[must_use]
    pub fn of_part(part: &Part) -> Option<Self> {
        use crate::part::Content;
        match part.content {
            Content::Blob(digest) => Some(Self { digest, kind: ObjectKind::Blob }),
            Content::Node(digest) => Some(Self { digest, kind: ObjectKind::List }),
            Content::Absent(_) => None,
        }
    }
}
