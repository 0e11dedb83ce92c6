//! One recorded run of an agent: its messages in order, and how it was rated in the end.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use testimony_capture::messages;
use testimony_record::label::Label;
use testimony_record::unsealed::{UnsealedBlob, UnsealedMessage, UnsealedMessagePart};

/// A run. Each message of the assistant is one call of the model, whose input is every message before it.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its name.
    pub name: String,
    /// The model.
    pub model: Option<Label>,
    /// How it was rated, as it stands in the JSON.
    pub reward: Option<String>,
    pub(super) messages: Arc<[UnsealedMessage]>,
    /// Where in `messages` the answers of the model are.
    pub(super) answers: Vec<usize>,
    /// How long the line was.
    pub(super) bytes: usize,
}

/// Why a line is no run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRun {
    /// The bytes are not text.
    #[error("not UTF-8, from byte {from} on")]
    NotUtf8 {
        /// The first byte that is not, from 1.
        from: usize,
    },
    /// It is not JSON, or not an object with these fields and no others.
    #[error("{problem} (column {column})")]
    Json {
        /// What is wrong.
        problem: String,
        /// Where, in bytes from 1.
        column: usize,
    },
    /// A message does not say who speaks, so that nobody can tell whether it is the model.
    #[error("message {number} is no object with a readable \"role\": {excerpt}")]
    NoRole {
        /// Its number, from 1.
        number: usize,
        /// How it begins.
        excerpt: Excerpt,
    },
    /// There is a reward, and no decision that it could be about.
    #[error("it has a reward, but no message of the assistant that it could be about")]
    NothingToReward,
}

/// The beginning of some JSON, for an error message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt(String);

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut: String = self.0.chars().take(60).collect();
        let mark = if cut.len() < self.0.len() { "…" } else { "" };
        write!(f, "{cut}{mark}")
    }
}

/// Unknown fields are refused: dropping one silently would lose what somebody recorded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    run: String,
    model: Option<String>,
    #[serde(borrow)]
    reward: Option<&'a RawValue>,
    #[serde(borrow)]
    messages: Vec<&'a RawValue>,
}

/// All other fields are skipped unread, so that this works where they hold text that Rust cannot.
#[derive(Deserialize)]
struct Speaker {
    role: String,
}

impl Run {
    /// Takes one line apart.
    ///
    /// # Errors
    /// When the line is no run; nothing of it should then be recorded.
    pub fn parse(line: &[u8]) -> Result<Self, BadRun> {
        let text = str::from_utf8(line)
            .map_err(|error| BadRun::NotUtf8 { from: error.valid_up_to() + 1 })?;
        let line: Line<'_> = serde_json::from_str(text).map_err(|error| bad_json(&error))?;
        let messages = line.messages.iter().enumerate().map(|(at, json)| message(at, json.get()));
        let messages = messages.collect::<Result<Arc<[_]>, _>>()?;
        let is_answer = |&at: &usize| messages.get(at).is_some_and(by_the_model);
        let answers: Vec<usize> = (0..messages.len()).filter(is_answer).collect();
        if line.reward.is_some() && answers.is_empty() {
            return Err(BadRun::NothingToReward);
        }
        let (model, reward) = (line.model.map(Label::new), line.reward.map(|r| r.get().to_owned()));
        Ok(Self { name: line.run, model, reward, messages, answers, bytes: text.len() })
    }

    /// How many calls of the model it records.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.answers.len()
    }
}

fn by_the_model(message: &UnsealedMessage) -> bool {
    message.role.as_str() == "assistant"
}

fn message(at: usize, json: &str) -> Result<UnsealedMessage, BadRun> {
    if let Some(message) = messages::message(json) {
        return Ok(message);
    }
    let Ok(Speaker { role }) = serde_json::from_str(json) else {
        return Err(BadRun::NoRole { number: at + 1, excerpt: Excerpt(json.to_owned()) });
    };
    Ok(as_it_stands(role, json))
}

/// A message that cannot be taken apart, a lone surrogate in its text for instance, is kept as its JSON.
fn as_it_stands(role: String, json: &str) -> UnsealedMessage {
    let blob = UnsealedBlob::json(Bytes::copy_from_slice(json.as_bytes()));
    let part = UnsealedMessagePart { kind: "json".into(), id: None, name: None, blob };
    UnsealedMessage { role: Label::new(role), name: None, parts: vec![part] }
}

fn bad_json(error: &serde_json::Error) -> BadRun {
    let (line, column) = (error.line(), error.column());
    // The line number is that of the file's line alone, so it would always read 1.
    let said = error.to_string();
    let problem = said.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&said);
    BadRun::Json { problem: problem.to_owned(), column }
}
