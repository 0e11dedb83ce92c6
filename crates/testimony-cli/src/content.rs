//! How contents are shown to a person: parts with what is known of them, messages by speaker, long ones cut where the
//! rest can be had otherwise, and what is no text as what it is.

use anstyle::Style;
use testimony_forensics::erase::ErasedBy;
use testimony_forensics::{Content, Continues, Message, MessagePart, Messages, Part};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::part::{Absent, Origin, Why};

use crate::moment;
use crate::number::{count, counted};
use crate::paper::Paper;
use crate::printable::printable_bytes;
use crate::style::{BAD, DIM, NOTE, PLAIN, SPEAKER};

/// Where contents begin.
pub(crate) const INDENT: usize = 4;

/// Where the words of a speaker begin.
const BESIDE_SPEAKER: usize = INDENT + 11;

/// Bytes that are no text say little to a person.
const MOST_BINARY: usize = 256;

/// How contents are shown.
pub(crate) struct Telling<'a> {
    /// Whose contents they are.
    pub(crate) decision: Uuid,
    /// Where long ones are cut; nowhere in an answer that is to have all.
    pub(crate) cut: Option<Cut>,
    /// What a decision of this answer is called.
    pub(crate) called: &'a dyn Fn(&Uuid) -> String,
}

/// How much of a content is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub(crate) lines: usize,
    pub(crate) bytes: usize,
}

/// The calm part of what a line says beside its content: where it is from, and what is wrong with it.
pub(crate) fn remarks(part: &Part) -> String {
    let note = part.note.as_ref().map(|note| format!("note: {note}"));
    let media = match &part.content {
        Content::Text { media, .. } if media != "text/plain" => Some(media.clone()),
        _ => None,
    };
    let origin = match part.from {
        Origin::Observed => "observed",
        Origin::Declared => "declared",
        Origin::Inferred => "inferred",
    };
    [Some(origin.to_owned()), media, note].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// [`remarks`], with how long the content is and the beginning of its digest: enough to find it again.
pub(crate) fn measured(part: &Part) -> String {
    let size = match &part.content {
        Content::Text { text, .. } => Some(text.len()),
        Content::Binary { bytes, .. } => Some(bytes.len()),
        _ => None,
    };
    let size = size.map_or(String::new(), |bytes| format!(", {}", count(bytes, "byte", "bytes")));
    let digest = part.digest.map_or(String::new(), |digest| format!(", {digest:.12}"));
    format!("{}{size}{digest}", remarks(part))
}

/// A column that content is written into, with a label beside its first line.
struct Column<'a> {
    /// Of what is being told, where no heading names it.
    digest: Option<Digest>,
    label: Option<String>,
    indent: usize,
    paper: &'a mut Paper,
}

impl Column<'_> {
    fn say(&mut self, style: Style, text: &str) {
        let label = self.label.take().unwrap_or_default();
        self.paper.labelled((SPEAKER, &label), self.indent, (style, text));
    }
}

impl Telling<'_> {
    /// Content in lines of its own.
    pub(crate) fn tell(&self, content: &Content, paper: &mut Paper) {
        match content {
            Content::Messages(messages) => self.messages(messages, paper),
            content => {
                let column = &mut Column { digest: None, label: None, indent: INDENT, paper };
                self.leaf(content, column);
            }
        }
    }

    /// Content beside a word that says what it is.
    pub(crate) fn tell_beside(&self, label: &str, content: &Content, paper: &mut Paper) {
        let label = format!("{:INDENT$}{label}", "");
        if let Content::Messages(messages) = content {
            paper.line(SPEAKER, &label);
            return self.messages(messages, paper);
        }
        self.leaf(
            content,
            &mut Column { digest: None, label: Some(label), indent: BESIDE_SPEAKER, paper },
        );
    }

    fn leaf(&self, content: &Content, column: &mut Column<'_>) {
        match content {
            Content::Text { text, .. } => self.text(text, column),
            Content::Binary { media, bytes } => binary(media, bytes, column),
            Content::Absent(absent) => column.say(NOTE, &absence(absent)),
            Content::Erased(erased) => column.say(NOTE, &erasure(erased)),
            Content::Unreadable { problem } => column.say(BAD, problem),
            Content::Blank { bytes } => {
                column.say(
                    NOTE,
                    &format!("({} erased)", counted(*bytes, "byte, since", "bytes, since")),
                );
            }
            Content::Withheld => column.say(DIM, "(withheld)"),
            Content::Told { decision, bytes } => {
                let size = count(*bytes, "byte", "bytes");
                column.say(DIM, &format!("({size}, as in {})", (self.called)(decision)));
            }
            _ => column.say(DIM, "(content of a kind that this version does not know)"),
        }
    }

    fn text(&self, text: &str, column: &mut Column<'_>) {
        if text.is_empty() {
            return column.say(DIM, "(empty)");
        }
        let shown = self.cut.map_or(text, |cut| cut.of(text));
        column.say(PLAIN, shown);
        if shown.len() < text.len() {
            let more = count(text.len() - shown.len(), "more byte", "more bytes");
            let of = column.digest.map_or(String::new(), |digest| format!(" of {digest:.12}"));
            column.say(DIM, &format!("… ({more}{of}; `testimony show {}` has all)", self.decision));
        }
    }

    fn messages(&self, list: &Messages, paper: &mut Paper) {
        let column = &mut Column { digest: None, label: None, indent: INDENT, paper };
        match &list.continues {
            Some(continues) => self.continues(continues, list.messages.is_empty(), column),
            None if list.messages.is_empty() => column.say(DIM, "(no messages)"),
            None => {}
        }
        for message in &list.messages {
            let speaker = Some(format!("{:INDENT$}{}", "", speaker(message)));
            self.message(
                message,
                &mut Column { digest: None, label: speaker, indent: BESIDE_SPEAKER, paper },
            );
        }
    }

    fn continues(&self, told: &Continues, ends: bool, column: &mut Column<'_>) {
        let messages = match (told.messages, told.left_out) {
            (1, 1..) => "first message".to_owned(),
            (shared, 1..) => format!("first {shared} messages"),
            (shared, 0) => count(shared, "message", "messages"),
        };
        let whose = (self.called)(&told.decision);
        let answer = if told.answer > 0 { " and its answer" } else { "" };
        let then = if ends { "" } else { ", then" };
        column.say(DIM, &format!("(the {messages} of {whose}{answer}{then})"));
        if told.left_out > 0 {
            let left_out = count(told.left_out, "message that followed", "messages that followed");
            column.say(NOTE, &format!("(without the {left_out} there)"));
        }
    }

    fn message(&self, message: &Message, column: &mut Column<'_>) {
        if let Some(problem) = &message.problem {
            return column.say(BAD, problem);
        }
        for part in &message.parts {
            if let Some(title) = self.title(part) {
                column.say(SPEAKER, &title);
            }
            column.digest = Some(part.digest);
            self.leaf(&part.content, column);
        }
        if message.parts.is_empty() {
            column.say(DIM, "(says nothing)");
        }
    }

    /// What stands above content that is no plain speech. A story leaves out which call a tool answers: it is the last.
    fn title(&self, part: &MessagePart) -> Option<String> {
        let id = part.id.as_ref().map_or(String::new(), |id| format!(" [{id}]"));
        match (part.kind.as_str(), &part.name) {
            ("text", _) => None,
            ("tool_call_response", _) => self.cut.is_none().then(|| format!("answers{id}")),
            ("tool_call", Some(name)) => Some(format!("calls {name}{id}")),
            (kind, _) => Some(format!("({kind}{id})")),
        }
    }
}

fn speaker(message: &Message) -> String {
    let role = message.role.as_ref().map_or("(unknown)", |role| role.as_str());
    message.name.as_ref().map_or_else(|| role.to_owned(), |name| format!("{role} {name}"))
}

fn binary(media: &str, bytes: &[u8], column: &mut Column<'_>) {
    let size = count(bytes.len(), "byte", "bytes");
    column.say(DIM, &format!("({size} of {media}, not UTF-8; other bytes shown as \\xff)"));
    let shown = bytes.get(..MOST_BINARY).unwrap_or(bytes);
    column.say(PLAIN, &printable_bytes(shown));
    if shown.len() < bytes.len() {
        let more = count(bytes.len() - shown.len(), "more byte", "more bytes");
        column.say(DIM, &format!("… ({more}; --json has all, as hexadecimal digits)"));
    }
}

fn erasure(erased: &ErasedBy) -> String {
    let ErasedBy { stream, seq, time_us, reason, by } = erased;
    let when = moment::millis(*time_us);
    format!("(erased {when} by entry {seq} of stream {stream}: {reason}; by {by})")
}

fn absence(absent: &Absent) -> String {
    let size = absent.size.unwrap_or_default();
    let why = match absent.why {
        Why::NotCaptured => "not captured".to_owned(),
        Why::TooLarge => format!("too large to be kept: {}", counted(size, "byte", "bytes")),
        Why::TooMany => format!("too many to be kept: {}", counted(size, "part", "parts")),
        Why::Unreadable => "the application could not write it out".to_owned(),
    };
    let hint = absent.hint.as_ref().map_or(String::new(), |hint| format!("; see {hint}"));
    format!("({why}{hint})")
}

impl Cut {
    /// The beginning of a text, up to the end of a line or a character.
    fn of(self, text: &str) -> &str {
        let lines = text.match_indices('\n').nth(self.lines.saturating_sub(1));
        let end = lines.map_or(text.len(), |(end, _)| end).min(self.bytes);
        // A remainder that is shorter than the remark about it is shown.
        if text.len() <= end + 40 {
            return text;
        }
        text.get(..text.floor_char_boundary(end)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_falls_between_lines_or_characters_and_never_for_a_few_bytes() {
        let cut = Cut { lines: 2, bytes: 10 };
        assert_eq!(cut.of(&format!("a\nb\n{}", "c".repeat(50))), "a\nb");
        assert_eq!(cut.of(&"é".repeat(60)), "é".repeat(5));
        assert_eq!(cut.of(&"x".repeat(50)), "x".repeat(50));
        assert_eq!(cut.of(""), "");
    }
}
