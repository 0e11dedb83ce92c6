//! Recorded runs, and the same run again with another customer.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::conversation::{Message, Turn};

/// A run as it stands in the file.
#[derive(Debug, Deserialize)]
pub(crate) struct Recorded {
    run: String,
    reward: Value,
    messages: Vec<Value>,
}

/// A run of some customer.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) subject: String,
    pub(crate) reward: String,
    pub(crate) turns: Vec<Turn>,
}

pub(crate) fn read(path: &Path) -> Result<Vec<Recorded>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let runs: Vec<Recorded> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    if runs.is_empty() { Err("there is no run in the file".into()) } else { Ok(runs) }
}

impl Recorded {
    /// The run of another round.
    pub(crate) fn again(&self, round: u64) -> Run {
        let messages = self.messages.iter().filter_map(|message| renamed(message, round));
        let messages: Arc<[Message]> = messages.collect();
        Run {
            subject: format!("run:{}-{round}", self.run),
            reward: self.reward.to_string(),
            turns: Turn::all(&messages),
        }
    }
}

/// The same message about another customer; the instructions stay as they are.
fn renamed(message: &Value, round: u64) -> Option<Message> {
    let mut message = message.clone();
    if message["role"] != "system" {
        if let Some(text) = message["content"].as_str() {
            message["content"] = format!("{text} [customer {round}]").into();
        }
        let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut);
        for call in calls.into_iter().flatten() {
            let arguments = &mut call["function"]["arguments"];
            *arguments = with_customer(arguments.as_str()?, round).into();
        }
    }
    Message::new(&message)
}

/// The arguments of a call, with one more.
fn with_customer(arguments: &str, round: u64) -> String {
    let open = arguments.strip_suffix('}').unwrap_or(arguments);
    let comma = if open == "{" { "" } else { "," };
    format!("{open}{comma}\"customer\":{round}}}")
}
