//! What the desk shows at the end: its ledger verified, and one application's story told from the ledger alone. The
//! command `testimony why` tells it at more length.

use std::error::Error;

use testimony::ledger::verify;
use testimony_forensics::{Casebook, Content, Part};

use crate::desk::{Decided, Undecided};

/// One line for one application.
pub(crate) fn line(decided: &Result<Decided, Undecided>) -> String {
    match decided {
        Ok(Decided { id, verdict, .. }) => format!("{verdict:<24} {id}"),
        Err(error) => format!("not decided: {}", shortened(&error.to_string())),
    }
}

/// Verifies the ledger, and tells why one application ended as it did the last time.
pub(crate) fn tell(ledger: &str, subject: &str) -> Result<(), Box<dyn Error>> {
    let report = verify::verify(ledger, &[], &mut |_| {})?;
    let decisions: u64 = report.streams.iter().map(|stream| stream.decisions).sum();
    let verdict = if report.intact() { "intact" } else { "broken" };
    println!(
        "\nThe ledger in ./{ledger} is {verdict} and holds {decisions} decisions.\n\nWhy {subject}?"
    );

    let story = Casebook::open(ledger)?.why(subject)?;
    let Some(chapter) = story.chapters.last() else { return Ok(()) };
    section("asked", &chapter.asked);
    section("given", &chapter.given);
    section("decided", &chapter.decided);
    section("why", &chapter.why);
    section("constraints", &chapter.constraints);
    for outcome in &chapter.outcomes {
        section(outcome.kind.as_ref().map_or("outcome", |kind| kind.as_str()), &outcome.parts);
    }
    println!("\nThe same and more: cargo run -p testimony-cli -- why {subject}");
    Ok(())
}

fn section(title: &str, parts: &[Part]) {
    for (n, part) in parts.iter().enumerate() {
        let title = if n == 0 { title } else { "" };
        let name = part.name.as_ref().map_or(String::new(), |name| format!("{name}: "));
        let broken = if part.held == Some(false) { "NOT HELD  " } else { "" };
        println!("  {title:<12} {broken}{name}{}", shortened(&text(&part.content)));
    }
}

fn text(content: &Content) -> String {
    match content {
        Content::Text { text, .. } => text.clone(),
        Content::Messages(messages) => {
            let parts = messages
                .messages
                .iter()
                .flat_map(|message| message.parts.iter().map(move |part| (message, part)));
            let said = parts.map(|(message, part)| {
                let role = message.role.as_ref().map_or("?", |role| role.as_str());
                format!("[{role}] {}", text(&part.content))
            });
            said.collect::<Vec<_>>().join(" ")
        }
        other => format!("{other:?}"),
    }
}

/// One line, without anything that could drive a terminal.
fn shortened(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut line: String = words
        .chars()
        .take(160)
        .map(|c| if c.is_ascii_graphic() || c.is_alphanumeric() || c == ' ' { c } else { '·' })
        .collect();
    if words.chars().nth(160).is_some() {
        line.push('…');
    }
    line
}
