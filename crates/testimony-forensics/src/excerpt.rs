//! Excerpts: content cut to one short line, for lists. The whole is never lost by it; `show` has all.

use crate::content::{Content, Message, MessagePart};

/// The longest excerpt, in characters.
const MOST_CHARS: usize = 200;

/// The beginning of a text on one line: white space becomes single spaces, and a cut is marked with `…`.
pub(crate) fn line(text: &str) -> String {
    let mut line = String::new();
    let mut chars = 0;
    for c in text.trim().chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        if c == ' ' && line.ends_with(' ') {
            continue;
        }
        if chars == MOST_CHARS {
            line.push('…');
            return line;
        }
        line.push(c);
        chars += 1;
    }
    line
}

/// What content says, on one line; `None` where it says nothing that could stand in a list.
pub(crate) fn content(content: &Content) -> Option<String> {
    match content {
        Content::Text { text, .. } => Some(line(text)),
        Content::Binary { media, bytes } => Some(format!("({} bytes of {media})", bytes.len())),
        Content::Messages(messages) => messages.messages.last().map(message),
        Content::Absent(_) => Some("(not kept)".to_owned()),
        Content::Erased(_) => Some("(erased)".to_owned()),
        Content::Unreadable { .. } => Some("(cannot be read)".to_owned()),
        Content::Blank { .. } => Some("(blank)".to_owned()),
        Content::Withheld | Content::Told { .. } => None,
    }
}

fn message(message: &Message) -> String {
    let parts: Vec<String> = message.parts.iter().filter_map(part).collect();
    line(&parts.join(" "))
}

fn part(part: &MessagePart) -> Option<String> {
    let said = content(&part.content)?;
    Some(match (part.kind.as_str(), &part.name) {
        ("text", _) => said,
        ("tool_call", Some(name)) => format!("{name}({said})"),
        (kind, _) => format!("[{kind}] {said}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_becomes_one_space_and_a_cut_is_marked() {
        assert_eq!(line("  a\n\n b\tc  "), "a b c");
        let long = line(&"é ".repeat(500));
        assert_eq!(long.chars().count(), MOST_CHARS + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn what_fits_exactly_is_not_marked_as_cut() {
        assert_eq!(line(&"x".repeat(MOST_CHARS)), "x".repeat(MOST_CHARS));
    }
}
