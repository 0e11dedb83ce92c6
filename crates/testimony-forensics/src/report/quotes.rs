//! Contents as quotations: what it is, how long, under which digest, and the words, long ones cut.

use testimony_record::digest::Digest;

use super::document::Block;
use crate::account::Part;
use crate::content::{Content, Message, MessagePart};
use crate::excerpt;
use crate::words::number::count;

/// A report is read; whoever wants all of a long content finds it by its digest.
const LONGEST: usize = 4000;

/// The blocks of a part.
pub(super) fn part(title: &str, part: &Part) -> Vec<Block> {
    let name = part.name.as_ref().map_or(String::new(), |name| format!(" {name}"));
    let held = match part.held {
        Some(true) => ", held",
        Some(false) => ", VIOLATED",
        None => "",
    };
    let origin = format!("{:?}", part.from).to_lowercase();
    let note = part.note.as_ref().map_or(String::new(), |note| format!(", note: {note}"));
    let what =
        format!("{title}{name}{held} ({origin}{}{note})", measure(part.digest, &part.content));
    content(&what, &part.content)
}

pub(super) fn content(what: &str, content: &Content) -> Vec<Block> {
    let Content::Messages(messages) = content else {
        return vec![Block::Quote(what.to_owned(), words(content))];
    };
    let mut said: Vec<String> = Vec::new();
    if let Some(told) = &messages.continues {
        said.push(format!("({} messages as in decision {}, then)", told.messages, told.decision));
    }
    said.extend(messages.messages.iter().map(message));
    vec![Block::Quote(what.to_owned(), said.join("\n\n"))]
}

fn message(message: &Message) -> String {
    let role = message.role.as_ref().map_or("(unknown)", |role| role.as_str());
    let name = message.name.as_ref().map_or(String::new(), |name| format!(" {name}"));
    let parts = message.parts.iter().map(of_message);
    let said: Vec<String> = message.problem.iter().cloned().chain(parts).collect();
    format!("[{role}{name}] {}", said.join("\n"))
}

fn of_message(part: &MessagePart) -> String {
    let said = words(&part.content);
    match (part.kind.as_str(), &part.name) {
        ("text", _) => said,
        ("tool_call", Some(name)) => format!("calls {name}: {said}"),
        (kind, _) => format!("({kind}) {said}"),
    }
}

fn words(content: &Content) -> String {
    match content {
        Content::Text { text, .. } if text.len() > LONGEST => {
            let cut = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
            format!("{cut}\n… ({} more)", count(text.len() - cut.len(), "byte", "bytes"))
        }
        Content::Text { text, .. } => text.clone(),
        Content::Absent(absent) => {
            let hint = absent.hint.as_ref().map_or(String::new(), |hint| format!("; see {hint}"));
            format!("(not kept: {}{hint})", why(absent.why))
        }
        Content::Erased(erased) => format!("(erased: {}; by {})", erased.reason, erased.by),
        Content::Unreadable { problem } => format!("(cannot be read: {problem})"),
        Content::Told { decision, bytes } => {
            format!("({} as in decision {decision})", count(*bytes, "byte", "bytes"))
        }
        content => excerpt::content(content).unwrap_or_default(),
    }
}

fn why(why: testimony_record::part::Why) -> &'static str {
    use testimony_record::part::Why;
    match why {
        Why::NotCaptured => "not captured",
        Why::TooLarge => "too large",
        Why::TooMany => "too many",
        Why::Unreadable => "the application could not write it out",
    }
}

fn measure(digest: Option<Digest>, content: &Content) -> String {
    let size = match content {
        Content::Text { text, .. } => Some(text.len()),
        Content::Binary { bytes, .. } => Some(bytes.len()),
        _ => None,
    };
    let size = size.map_or(String::new(), |bytes| format!(", {}", count(bytes, "byte", "bytes")));
    let digest = digest.map_or(String::new(), |digest| format!(", {digest:.12}"));
    format!("{size}{digest}")
}
