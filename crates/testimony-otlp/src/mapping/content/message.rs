//! Messages in the JSON of the `GenAI` conventions (`gen-ai-input-messages.json` and its siblings, version 1.41.1).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use testimony_record::node::MessagePart;

use super::shapes::{self, Members};

/// `ChatMessage`.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    pub(super) parts: Vec<Part>,
}

/// `OutputMessage`. Version 1.41 requires a reason in it; later ones have it on the span alone.
#[derive(Debug, Serialize)]
pub(super) struct OutputMessage {
    #[serde(flatten)]
    pub(super) message: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) finish_reason: Option<String>,
}

impl Message {
    pub(super) fn new(role: &str, parts: Vec<Part>) -> Self {
        Self { role: role.to_owned(), name: None, parts }
    }

    pub(super) fn named(self, name: Option<String>) -> Self {
        Self { name, ..self }
    }
}

/// One content of a message.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Part {
    /// Recorded as the part's own JSON.
    Whole(Box<RawValue>),
    Fields(Fields),
}

/// `TextPart`, `ReasoningPart`, `ToolCallRequestPart`, `ToolCallResponsePart` or `GenericPart`, whichever `type` says.
#[derive(Debug, Default, Serialize)]
pub(super) struct Fields {
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Payload>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<Payload>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Payload>,
}

/// What a blob holds.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Payload {
    Json(Box<RawValue>),
    Text(String),
    /// Bytes that are no text do not travel; what they are and where they lie does.
    Bytes {
        mime_type: String,
        digest: String,
    },
}

impl Payload {
    /// As one text: a JSON string is its text, any other JSON its spelling. `None` for bytes that are no text.
    pub(super) fn text(self) -> Option<String> {
        match self.into_text() {
            Self::Text(text) => Some(text),
            Self::Json(_) | Self::Bytes { .. } => None,
        }
    }

    fn is_bytes(&self) -> bool {
        matches!(self, Self::Bytes { .. })
    }

    /// For members that have to be a string: a JSON string is its text, any other JSON its spelling.
    fn into_text(self) -> Self {
        match self {
            Self::Json(json) => {
                let text = serde_json::from_str::<String>(json.get());
                Self::Text(text.unwrap_or_else(|_| Box::<str>::from(json).into()))
            }
            other => other,
        }
    }
}

impl Part {
    /// Text, or a reference to what is none.
    pub(super) fn text(payload: Payload) -> Self {
        let kind = if payload.is_bytes() { "testimony.blob" } else { "text" };
        let content = Some(payload.into_text());
        Self::Fields(Fields { kind: kind.to_owned(), content, ..Fields::default() })
    }

    /// A part of a recorded message.
    pub(super) fn of(part: &MessagePart, payload: Payload) -> Self {
        let kind = part.kind.as_str();
        match payload {
            Payload::Json(json) if type_of(&json).as_deref() == Some(kind) => {
                Self::whole(kind, json)
            }
            payload if payload.is_bytes() => Self::text(payload),
            payload if TAKEN_APART.contains(&kind) || !shapes::is_known(kind) => {
                Self::Fields(fields(part, payload))
            }
            payload => Self::unfit(payload),
        }
    }

    /// A part that was recorded as its own JSON.
    pub(super) fn whole(kind: &str, json: Box<RawValue>) -> Self {
        let members: Members = serde_json::from_str(json.get()).unwrap_or_default();
        if shapes::is_part(kind, &members) {
            return Self::Whole(json);
        }
        let text = if kind == "text" { shapes::text_part(members) } else { None };
        text.map_or_else(|| Self::unfit(Payload::Json(json)), Self::Whole)
    }

    /// What the newer conventions let instructions consist of: text, and parts of types that they do not know.
    pub(super) fn instructs(&self) -> bool {
        let kind = match self {
            Self::Whole(json) => type_of(json).unwrap_or_default(),
            Self::Fields(fields) => fields.kind.clone(),
        };
        kind == "text" || !shapes::is_known(&kind)
    }

    /// What calls itself by a type of the schema and is not of it travels under another.
    fn unfit(payload: Payload) -> Self {
        let kind = "testimony.part".to_owned();
        Self::Fields(Fields { kind, content: Some(payload), ..Fields::default() })
    }
}

/// The types of which a message holds the parts one by one.
const TAKEN_APART: [&str; 4] = ["text", "reasoning", "tool_call", "tool_call_response"];

fn fields(part: &MessagePart, payload: Payload) -> Fields {
    let kind = part.kind.as_str();
    let id = part.id.as_ref().map(ToString::to_string);
    let name = part.name.as_ref().map(ToString::to_string);
    let all = Fields { kind: kind.to_owned(), id, name, ..Fields::default() };
    match kind {
        "text" | "reasoning" => Fields { content: Some(payload.into_text()), ..all },
        // The schema wants a name; a recorded call without one is a shape that nobody could take apart.
        "tool_call" => {
            let name = all.name.clone().or_else(|| Some(String::new()));
            Fields { name, arguments: Some(payload), ..all }
        }
        "tool_call_response" => Fields { response: Some(payload), ..all },
        _ => Fields { content: Some(payload), ..all },
    }
}

/// The `type` of a JSON object that has one.
pub(super) fn type_of(json: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Tagged {
        #[serde(rename = "type")]
        kind: String,
    }
    // Serde would also read the fields of a struct from an array.
    if !json.get().starts_with('{') {
        return None;
    }
    serde_json::from_str::<Tagged>(json.get()).ok().map(|tagged| tagged.kind)
}
