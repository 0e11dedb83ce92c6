//! What differed between two decisions, in a report.

use serde_json::Value;

use super::document::{Block, Tone};
use super::quotes;
use crate::diff::{Compared, Conversation, Diff, FactDiffers, How, Span, Turn};
use crate::words::moment;

pub(super) fn differences(diff: &Diff, blocks: &mut Vec<Block>) {
    let text = format!(
        "First: {}. Second: {}. In texts, [-…-] stands only in the first and {{+…+}} only in the second.",
        diff.left.id, diff.right.id
    );
    blocks.push(Block::Paragraph(Tone::Plain, text));
    let rows: Vec<Vec<String>> = diff.facts.iter().map(row).collect();
    if !rows.is_empty() {
        let headings = ["Fact", "First", "Second"].map(str::to_owned).to_vec();
        blocks.push(Block::Table(headings, rows));
    }
    for part in diff.parts.iter().filter(|part| !part.is_same()) {
        compared(part, blocks);
    }
}

fn row(fact: &FactDiffers) -> Vec<String> {
    let told = |value: &Option<Value>| match (fact.name.as_str(), value) {
        (_, None) => "(none)".to_owned(),
        ("began_us", Some(value)) => value.as_u64().map_or(value.to_string(), moment::millis),
        ("took_us", Some(value)) => value.as_u64().map_or(value.to_string(), moment::duration),
        (_, Some(Value::String(text))) => text.clone(),
        (_, Some(value)) => value.to_string(),
    };
    vec![fact.name.clone(), told(&fact.left), told(&fact.right)]
}

fn compared(part: &Compared, blocks: &mut Vec<Block>) {
    let role = format!("{:?}", part.role);
    let name = part.name.as_ref().map_or(role.clone(), |name| format!("{role} {name}"));
    match &part.how {
        How::Same { .. } => {
            blocks.push(Block::Paragraph(Tone::Note, format!("{name}: held in one only.")));
        }
        How::OnlyLeft(part) => {
            blocks.extend(quotes::part(&format!("Only in the first: {role}"), part));
        }
        How::OnlyRight(part) => {
            blocks.extend(quotes::part(&format!("Only in the second: {role}"), part));
        }
        How::Text(spans) => blocks.push(Block::Quote(name, marked(spans))),
        How::Messages(conversation) => blocks.push(Block::Quote(name, turns(conversation))),
        How::Other { left, right } => {
            blocks.extend(quotes::content(&format!("{name}, first"), left));
            blocks.extend(quotes::content(&format!("{name}, second"), right));
        }
    }
}

fn marked(spans: &[Span]) -> String {
    let mark = |span: &Span| match span {
        Span::Same(text) => text.clone(),
        Span::Left(text) => format!("[-{text}-]"),
        Span::Right(text) => format!("{{+{text}+}}"),
    };
    spans.iter().map(mark).collect()
}

fn turns(conversation: &Conversation) -> String {
    let said = |sign: &str, message: &crate::content::Message| {
        let texts = message.parts.iter().filter_map(|part| crate::excerpt::content(&part.content));
        let role = message.role.as_ref().map_or("(unknown)", |role| role.as_str());
        format!("{sign} [{role}] {}", texts.collect::<Vec<_>>().join(" "))
    };
    let told = conversation.turns.iter().map(|turn| match turn {
        Turn::Same(count) => format!("({count} the same)"),
        Turn::Left(message) => said("-", message),
        Turn::Right(message) => said("+", message),
        Turn::Reworded { role, spans } => format!("[{role}] {}", marked(spans)),
    });
    let shared = format!("({} the same, then)", conversation.shared);
    std::iter::once(shared).chain(told).collect::<Vec<_>>().join("\n")
}
