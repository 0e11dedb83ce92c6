//! A report as Markdown. Text that could be taken for markup is escaped with backslashes; contents stand in fences longer than
//! any row of backticks inside them.

use super::document::{Block, Document, Tone};
use crate::words::printable::{Keep, printable};

/// What could begin or be markup, in `CommonMark` and in the dialects that add tables, mentions and bare links.
const MARKUP: &str = r"\`*_{}[]<>#|~&@$";

pub(super) fn write(document: &Document) -> String {
    let mut out = format!("# {}\n", escaped(&document.title));
    for block in &document.blocks {
        out.push('\n');
        put(block, &mut out);
    }
    out
}

fn put(block: &Block, out: &mut String) {
    match block {
        Block::Heading(level, text) => {
            put_line(&format!("{} {}", "#".repeat(usize::from(*level)), escaped(text)), out);
        }
        Block::Paragraph(Tone::Plain | Tone::Note, text) => put_line(&begins(text), out),
        Block::Paragraph(_, text) => put_line(&format!("**{}**", escaped(text.trim())), out),
        Block::Facts(facts) => {
            for (name, value) in facts {
                put_line(&format!("- {}: {}", escaped(name), escaped(value)), out);
            }
        }
        Block::Points(points) => {
            for point in points {
                put_line(&format!("- {}", begins(point)), out);
            }
        }
        Block::Quote(what, words) => quote(what, words, out),
        Block::Table(headings, rows) => {
            row(headings, out);
            row(&vec!["---".to_owned(); headings.len()], out);
            for cells in rows {
                row(&cells.iter().map(|cell| escaped(cell)).collect::<Vec<_>>(), out);
            }
        }
    }
}

fn put_line(line: &str, out: &mut String) {
    out.push_str(line);
    out.push('\n');
}

fn row(cells: &[String], out: &mut String) {
    put_line(&format!("| {} |", cells.join(" | ")), out);
}

fn quote(what: &str, words: &str, out: &mut String) {
    let words = printable(words, Keep::LinesAndTabs);
    let longest = words.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    put_line(&format!("{}\n\n{fence}text\n{words}\n{fence}", escaped(what)), out);
}

/// Text on one line in which nothing is markup.
fn escaped(text: &str) -> String {
    let text = printable(text, Keep::LinesAndTabs);
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(' '),
            c => {
                if MARKUP.contains(c) {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }
    // Some dialects make links of bare addresses.
    out.replace("://", "\\://").replace("www.", "www\\.")
}

/// At the beginning of a line, a list or a rule could begin as well.
fn begins(text: &str) -> String {
    let text = escaped(text.trim());
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    match rest.chars().next() {
        Some('-' | '+') if digits == 0 => format!("\\{text}"),
        Some('.') if digits > 0 => format!("{number}\\{rest}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_is_text() {
        let hostile =
            "# <script>alert(1)</script> [x](javascript:1) `c` | *b* ![i](u) https://e.example @a";
        let expected = r"\# \<script\>alert(1)\</script\> \[x\](javascript:1) \`c\` \| \*b\* !\[i\](u) https\://e.example \@a";
        assert_eq!(escaped(hostile), expected);
        assert_eq!([begins("- a"), begins("1. b"), begins("+ c")], [r"\- a", r"1\. b", r"\+ c"]);
    }

    proptest! {
        #[test]
        fn no_content_ends_its_fence(words in "[`a\n ]{0,60}") {
            let mut out = String::new();
            quote("said", &words, &mut out);
            let fence = out.lines().nth(2).unwrap().trim_end_matches("text").to_owned();
            let ends = out.lines().skip(3).filter(|line| line.trim_start().starts_with(&fence)).count();
            prop_assert_eq!(ends, 1);
            let last = format!("\n{fence}\n");
            prop_assert!(out.ends_with(&last));
        }
    }
}
