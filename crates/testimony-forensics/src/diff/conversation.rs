//! Two conversations, compared message by message: where they part, and how each message that differs does.

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::words::{self, Span};
use crate::content::{Content, Message, MessagePart};

/// How the messages of one list differ from those of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conversation {
    /// How many messages they share before the first that differs.
    pub shared: usize,
    /// What follows, in order.
    pub turns: Vec<Turn>,
}

/// One step of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Turn {
    /// So many messages are the same again.
    Same(usize),
    /// Only the left list has it.
    Left(Message),
    /// Only the right list has it.
    Right(Message),
    /// Both say something in this place, by the same role, and in other words.
    Reworded {
        /// `user`, `assistant`.
        role: String,
        /// The messages' texts, compared.
        spans: Vec<Span>,
    },
}

pub(super) fn compare(left: &[Message], right: &[Message]) -> Conversation {
    let said = |messages: &[Message]| messages.iter().map(key).collect::<Vec<_>>();
    let ops = capture_diff_slices(Algorithm::Myers, &said(left), &said(right));
    let mut turns = Vec::new();
    for op in &ops {
        let (_, old, new) = op.as_tag_tuple();
        let old = left.get(old).unwrap_or_default();
        let new = right.get(new).unwrap_or_default();
        match op {
            DiffOp::Equal { len, .. } => turns.push(Turn::Same(*len)),
            _ => changed(old, new, &mut turns),
        }
    }
    let shared = match turns.first() {
        Some(&Turn::Same(shared)) => shared,
        _ => 0,
    };
    if shared > 0 {
        turns.remove(0);
    }
    Conversation { shared, turns }
}

/// Messages in the same place by the same speaker are one that was reworded.
fn changed(old: &[Message], new: &[Message], turns: &mut Vec<Turn>) {
    let pairs = old.iter().zip(new).map(|(old, new)| reworded(old, new));
    let reworded: Vec<Turn> = pairs.map_while(|turn| turn).collect();
    let told = reworded.len();
    turns.extend(reworded);
    turns.extend(old.iter().skip(told).cloned().map(Turn::Left));
    turns.extend(new.iter().skip(told).cloned().map(Turn::Right));
}

fn reworded(old: &Message, new: &Message) -> Option<Turn> {
    let role = old.role.as_ref().filter(|role| Some(*role) == new.role.as_ref())?;
    let spans = words::compare(&only_text(old)?, &only_text(new)?);
    Some(Turn::Reworded { role: role.to_string(), spans })
}

/// What a message says where that is plain text and nothing else.
fn only_text(message: &Message) -> Option<String> {
    let texts = message.parts.iter().map(|part| match (part.kind.as_str(), &part.content) {
        ("text" | "tool_call_response" | "reasoning", Content::Text { text, .. }) => {
            Some(text.as_str())
        }
        _ => None,
    });
    texts.collect::<Option<Vec<_>>>().map(|texts| texts.join("\n"))
}

/// What makes two messages the same: who says what. Ids of tool calls are not, for each call has its own.
fn key(message: &Message) -> Vec<String> {
    let speaker =
        [&message.role, &message.name].map(|label| label.as_ref().map(ToString::to_string));
    let parts = message.parts.iter().flat_map(part_key);
    let problem = message.problem.as_ref().map(|_| message.digest.to_string());
    speaker.into_iter().map(Option::unwrap_or_default).chain(parts).chain(problem).collect()
}

fn part_key(part: &MessagePart) -> [String; 3] {
    let name = part.name.as_ref().map_or(String::new(), ToString::to_string);
    let said = match &part.content {
        Content::Text { text, .. } => text.clone(),
        _ => part.digest.to_string(),
    };
    [part.kind.to_string(), name, said]
}
