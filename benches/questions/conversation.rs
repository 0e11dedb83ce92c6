//! The messages of a run, each as JSON for the lines and taken apart for the ledger; shared by all calls of the run.

use std::sync::Arc;

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use testimony_capture::messages;
use testimony_record::unsealed::UnsealedMessage;

/// One message in both shapes.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) json: Box<RawValue>,
    pub(crate) unsealed: UnsealedMessage,
}

impl Message {
    /// `None` where it is no message of a chat.
    pub(crate) fn new(message: &Value) -> Option<Self> {
        let json = to_raw_value(message).ok()?;
        let unsealed = messages::message(json.get())?;
        Some(Self { json, unsealed })
    }

    pub(crate) fn said(role: &str, text: &str) -> Option<Self> {
        Self::new(&serde_json::json!({ "role": role, "content": text }))
    }

    pub(crate) fn is_answer(&self) -> bool {
        self.unsealed.role.as_str() == "assistant"
    }

    /// The tool that it calls.
    pub(crate) fn tool(&self) -> Option<&str> {
        self.unsealed.parts.iter().find_map(|part| Some(part.name.as_ref()?.as_str()))
    }

    pub(crate) fn bytes(&self) -> usize {
        self.json.get().len()
    }
}

/// A call's part of the messages: it was asked all before `answer`, of which those from `new` on are new.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) messages: Arc<[Message]>,
    pub(crate) new: usize,
    pub(crate) answer: usize,
}

impl Turn {
    pub(crate) fn asked(&self) -> &[Message] {
        self.messages.get(..self.answer).unwrap_or_default()
    }

    pub(crate) fn news(&self) -> &[Message] {
        self.messages.get(self.new..self.answer).unwrap_or_default()
    }

    pub(crate) fn answered(&self) -> Option<&Message> {
        self.messages.get(self.answer)
    }

    /// All calls of a conversation.
    pub(crate) fn all(messages: &Arc<[Message]>) -> Vec<Self> {
        let mut new = 0;
        let answers = messages.iter().enumerate().filter(|(_, message)| message.is_answer());
        let turn = |(answer, _)| {
            let turn = Self { messages: Arc::clone(messages), new, answer };
            new = answer + 1;
            turn
        };
        answers.map(turn).collect()
    }
}
