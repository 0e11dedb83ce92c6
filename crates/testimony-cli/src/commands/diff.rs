//! `testimony diff`: what differed between two decisions. Left is `-`, right is `+`; inside a text `[-…-]` and `{+…+}`, so that
//! it reads the same without colours.

use std::path::Path;

use anstyle::Style;
use serde_json::Value;
use testimony_forensics::diff::{
    Compared, Conversation, Diff, FactDiffers, How, LastAbout, Side, Span, Turn,
};
use testimony_forensics::{Casebook, Content, Message, Messages};
use testimony_record::Uuid;

use super::doubts::sealed;
use super::flow::flow;
use super::links::by_id;
use crate::content::{Cut, INDENT, Telling};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::count;
use crate::paper::Paper;
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, SPEAKER, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// The first decision's id, the beginning of it, or a subject for the last decision about it.
    #[arg(value_name = "ID|SUBJECT")]
    left: String,

    /// The second one's.
    #[arg(value_name = "ID|SUBJECT")]
    right: String,
}

const CUT: Cut = Cut { lines: 12, bytes: 900 };

/// So much of what is the same stays beside a difference, in bytes.
const AROUND: usize = 80;

/// Where the values of facts begin, and where at most if one has a longer name.
const BESIDE: usize = 22;
const MOST_BESIDE: usize = 36;

pub(crate) fn run(
    ledger: &Path,
    options: &DiffArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let diff = Casebook::open(ledger)?.diff(&options.left, &options.right)?;
    if json {
        json::document(&diff, paper)?;
    } else {
        print(&diff, paper);
    }
    Ok(Exit::Fine)
}

fn print(diff: &Diff, paper: &mut Paper) {
    print_side((BAD, "-"), &diff.left, paper);
    print_side((GOOD, "+"), &diff.right, paper);
    if !diff.facts.is_empty() {
        paper.end();
    }
    let longest = diff.facts.iter().map(|fact| fact.name.len() + 4).max();
    let beside = longest.unwrap_or(BESIDE).clamp(BESIDE, MOST_BESIDE);
    for fact in &diff.facts {
        print_fact(fact, beside, paper);
    }
    let (same, differ): (Vec<_>, Vec<_>) = diff.parts.iter().partition(|part| part.is_same());
    for part in differ {
        paper.end();
        print_part(part, [diff.left.id, diff.right.id], paper);
    }
    if !same.is_empty() {
        paper.end();
        let names: Vec<String> = same.into_iter().map(name).collect();
        paper.labelled((TITLE, "  the same"), BESIDE, (DIM, &names.join(", ")));
    }
}

fn print_side(sign: (Style, &str), side: &Side, paper: &mut Paper) {
    paper.put(sign.0, &format!("{} {}  {}", sign.1, side.id, side.site));
    paper.put(DIM, &format!("  {}  ", moment::millis(side.began_us)));
    let (style, word) = sealed(side.sealed);
    paper.line(style, word);
    if let Some(LastAbout { subject, decisions }) = &side.last_about {
        let several = count(*decisions, "decision", "decisions");
        paper.block(INDENT, DIM, &format!("the last of {several} about {subject}"));
    }
}

fn name(part: &Compared) -> String {
    let name = part.name.as_ref().map_or(String::new(), |name| format!(" {name}"));
    format!("{}{name}", part.role.as_str())
}

fn print_fact(fact: &FactDiffers, beside: usize, paper: &mut Paper) {
    let mut label = format!("  {}", fact.name);
    for (value, style, sign) in [(&fact.left, BAD, '-'), (&fact.right, GOOD, '+')] {
        let told = value.as_ref().map_or("(none)".to_owned(), |value| told(&fact.name, value));
        paper.labelled((TITLE, &label), beside, (style, &format!("{sign} {told}")));
        label.clear();
    }
}

fn told(name: &str, value: &Value) -> String {
    match (name, value.as_u64()) {
        ("began_us", Some(us)) => moment::millis(us),
        ("took_us", Some(us)) => moment::duration(us),
        _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}

fn print_part(part: &Compared, [left, right]: [Uuid; 2], paper: &mut Paper) {
    paper.put(TITLE, &format!("  {}", name(part)));
    let whose = match &part.how {
        How::OnlyLeft(_) => "  only in the first",
        How::OnlyRight(_) => "  only in the second",
        _ => "",
    };
    paper.put(NOTE, whose);
    if let Some([left, right]) = part.held.filter(|[left, right]| left != right) {
        paper.put(BAD, &format!("  [-{}-]", held(left)));
        paper.put(GOOD, &format!(" {{+{}+}}", held(right)));
    }
    paper.end();
    match &part.how {
        How::OnlyLeft(part) => tell(left, &part.content, paper),
        How::OnlyRight(part) => tell(right, &part.content, paper),
        How::Text(spans) => flow(&pieces(spans), INDENT, paper),
        How::Messages(conversation) => print_conversation(conversation, [left, right], paper),
        How::Other { left: one, right: other } => {
            paper.line(BAD, "  -");
            tell(left, one, paper);
            paper.line(GOOD, "  +");
            tell(right, other, paper);
        }
        _ => {}
    }
}

fn held(held: Option<bool>) -> &'static str {
    match held {
        Some(true) => "held",
        Some(false) => "violated",
        None => "unknown",
    }
}

fn tell(decision: Uuid, content: &Content, paper: &mut Paper) {
    Telling { decision, cut: Some(CUT), called: &by_id }.tell(content, paper);
}

fn print_conversation(conversation: &Conversation, ids: [Uuid; 2], paper: &mut Paper) {
    if conversation.shared > 0 {
        let shared = count(conversation.shared, "message", "messages");
        paper.block(INDENT, DIM, &format!("({shared} the same, then)"));
    }
    for turn in &conversation.turns {
        match turn {
            Turn::Same(number) => {
                let same = count(*number, "message", "messages");
                paper.block(INDENT, DIM, &format!("({same} the same)"));
            }
            Turn::Left(message) => one_sided((BAD, "-"), ids[0], message, paper),
            Turn::Right(message) => one_sided((GOOD, "+"), ids[1], message, paper),
            Turn::Reworded { role, spans } => {
                paper.line(SPEAKER, &format!("    {role}"));
                flow(&pieces(spans), INDENT, paper);
            }
            _ => {}
        }
    }
}

fn one_sided(sign: (Style, &str), decision: Uuid, message: &Message, paper: &mut Paper) {
    paper.line(sign.0, &format!("  {}", sign.1));
    let messages = Messages { continues: None, messages: vec![message.clone()] };
    tell(decision, &Content::Messages(messages), paper);
}

fn pieces(spans: &[Span]) -> Vec<(Style, String)> {
    let last = spans.len().saturating_sub(1);
    let pieces = spans.iter().enumerate().flat_map(|(at, span)| match span {
        Span::Same(text) => folded(text, at > 0, at < last),
        Span::Left(text) => marked(BAD, ["[-", "-]"], text),
        Span::Right(text) => marked(GOOD, ["{+", "+}"], text),
        _ => vec![],
    });
    pieces.collect()
}

/// White space at the end stays outside the mark, so that lines wrap where words do.
fn marked(style: Style, [open, close]: [&str; 2], text: &str) -> Vec<(Style, String)> {
    let words = text.trim_end();
    let space = text.get(words.len()..).unwrap_or_default();
    if words.is_empty() {
        return vec![(style, format!("{open}{}{close}", text.replace('\n', "\\n")))];
    }
    vec![(style, format!("{open}{words}{close}")), (PLAIN, space.to_owned())]
}

/// The end of what is the same before a difference and the beginning after one, without the middle where that is long.
fn folded(text: &str, before: bool, after: bool) -> Vec<(Style, String)> {
    let head = if before { text.floor_char_boundary(AROUND) } else { 0 };
    let tail =
        if after { text.ceil_char_boundary(text.len().saturating_sub(AROUND)) } else { text.len() };
    let left_out = tail.saturating_sub(head);
    let remark = format!(" … ({} the same) … ", count(left_out, "byte", "bytes"));
    if left_out <= remark.len() {
        return vec![(PLAIN, text.to_owned())];
    }
    let part = |range: Option<&str>| (PLAIN, range.unwrap_or_default().to_owned());
    vec![part(text.get(..head)), (DIM, remark), part(text.get(tail..))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_is_folded_between_differences_and_kept_beside_them() {
        let text = format!("{}{}{}", "a".repeat(AROUND), "é".repeat(500), "b".repeat(AROUND));
        let told: String = folded(&text, true, true).into_iter().map(|(_, text)| text).collect();
        let expected =
            format!("{} … (1,000 bytes the same) … {}", "a".repeat(AROUND), "b".repeat(AROUND));
        assert_eq!(told, expected);
        assert_eq!(folded("short", true, true), [(PLAIN, "short".to_owned())]);
    }
}
