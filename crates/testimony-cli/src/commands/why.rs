//! `testimony why`: the story of a subject, chapter by chapter.

use std::collections::HashMap;
use std::path::PathBuf;

use testimony_forensics::{About, Begun, Chapter, Part, Story, Summary, Where};
use testimony_record::Uuid;
use testimony_record::decision::Status;
use testimony_record::part::Role;

use super::doubts::sealed;
use super::links::{by_id, print_ascent, print_bearings, print_outcomes};
use super::questioned::{Questioned, Reading};
use crate::content::{Cut, Telling, measured};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::count;
use crate::paper::{Paper, clip};
use crate::style::{BAD, DIM, GOOD, PLAIN, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct WhyArgs {
    /// A subject such as `loan:1234`, a decision's id or the beginning of it, the id of a trace, or a text that an outcome
    /// or, where none does, a decision says.
    #[arg(value_name = "SUBJECT|ID|TRACE|TEXT")]
    about: String,

    #[command(flatten)]
    reading: Reading,
}

/// A story is read from beginning to end, so no content may drown it.
const CUT: Cut = Cut { lines: 12, bytes: 900 };

/// Where candidates are told of, beside when they began.
const CANDIDATE: usize = 24;

/// A title that is longer is no title.
const LONGEST_TITLE: usize = 80;

pub(crate) fn run(
    ledgers: &[PathBuf],
    options: &WhyArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let story = Questioned::open(ledgers, &options.reading)?.why(&options.about)?;
    if json {
        json::document(&story, paper)?;
    } else {
        print(&story, paper);
    }
    Ok(Exit::Fine)
}

fn print(story: &Story, paper: &mut Paper) {
    print_about(&story.about, paper);
    if story.unsearched > 0 {
        let contents = count(story.unsearched, "content", "contents");
        paper.put(BAD, &format!("  ({contents} cannot be read and may say it as well)"));
    }
    if !story.candidates.is_empty() {
        return print_candidates(&story.candidates, paper);
    }
    let decisions = count(story.chapters.len(), "decision", "decisions");
    let when = when(&story.chapters).map_or(String::new(), |when| format!(", {when}"));
    paper.line(DIM, &format!("  {decisions}{when}"));
    let numbers: HashMap<Uuid, usize> = story.chapters.iter().map(|c| c.id).zip(1..).collect();
    let called = |id: &Uuid| {
        numbers.get(id).map_or_else(|| by_id(id), |number| format!("decision {number}"))
    };
    for (chapter, number) in story.chapters.iter().zip(1..) {
        if paper.is_closed() {
            return;
        }
        let telling = Telling { decision: chapter.id, cut: Some(CUT), called: &called };
        paper.end();
        print_chapter(number, chapter, &telling, paper);
    }
    for begun in &story.begun {
        paper.end();
        print_begun(begun, &called, paper);
    }
}

fn print_about(about: &About, paper: &mut Paper) {
    match about {
        About::Subject(subject) => paper.put(TITLE, &clip(subject, LONGEST_TITLE)),
        About::Decision(id) => paper.put(TITLE, &by_id(id)),
        About::Trace(trace) => paper.put(TITLE, &format!("trace {trace}")),
        About::Text { text, place } => {
            paper.put(TITLE, &format!("{:?}", clip(text, LONGEST_TITLE)));
            paper.put(
                DIM,
                match place {
                    Where::Outcome => ", as an outcome says",
                    Where::Decision => ", as was decided",
                },
            );
        }
    }
}

/// Decisions to choose from.
fn print_candidates(candidates: &[Summary], paper: &mut Paper) {
    let several = count(candidates.len(), "decision", "decisions");
    paper.line(DIM, &format!("  {several}; `testimony why ID` tells the story of one"));
    for candidate in candidates {
        paper.put(DIM, &format!("  {}  ", moment::seconds(candidate.began_us)));
        let Summary { id, site, status, .. } = candidate;
        let subjects = candidate.subjects.join(", ");
        let said = candidate.error.as_ref().or(candidate.decided.as_ref());
        let said = said.map_or(String::new(), |said| format!(": {said}"));
        let text = format!("{id}  {site} ({}) {subjects}{said}", status.as_str());
        let room =
            paper.width().map(|width| width.saturating_sub(CANDIDATE).max(LONGEST_TITLE / 2));
        paper.line(PLAIN, &room.map_or_else(|| text.clone(), |room| clip(&text, room)));
    }
}

/// A call of which only the intent is on record.
fn print_begun(begun: &Begun, called: &dyn Fn(&Uuid) -> String, paper: &mut Paper) {
    paper.put(TITLE, begun.site.as_str());
    if let Some(model) = &begun.model {
        paper.put(TITLE, &format!(", {model}"));
    }
    paper.line(BAD, "  begun, nothing more known");
    paper.put(DIM, &format!("   {}  {}  ", moment::millis(begun.began_us), begun.id));
    let (style, word) = sealed(begun.sealed);
    paper.line(style, word);
    let telling = Telling { decision: begun.id, cut: Some(CUT), called };
    for part in begun.parts.iter().filter(|part| part.role != Role::Subject) {
        section(part.role.as_str(), std::slice::from_ref(part), &telling, paper);
    }
}

fn when(chapters: &[Chapter]) -> Option<String> {
    let began = |chapter: &Chapter| moment::seconds(chapter.facts.began_us);
    match (chapters.first().map(began), chapters.last().map(began)) {
        (Some(first), Some(last)) if first != last => Some(format!("{first} to {last}")),
        (first, _) => first,
    }
}

fn print_chapter(number: usize, chapter: &Chapter, telling: &Telling<'_>, paper: &mut Paper) {
    print_title(number, chapter, paper);
    section("asked", &chapter.asked, telling, paper);
    section("given", &chapter.given, telling, paper);
    section("decided", &chapter.decided, telling, paper);
    section("why", &chapter.why, telling, paper);
    print_rules(&chapter.constraints, telling, paper);
    section("error", &chapter.errors, telling, paper);
    print_outcomes(&chapter.outcomes, telling, paper);
    print_bearings(&chapter.bearings, telling, paper);
    print_ascent(&chapter.ascent, telling, paper);
}

fn print_title(number: usize, chapter: &Chapter, paper: &mut Paper) {
    let facts = &chapter.facts;
    paper.put(TITLE, &format!("{number}. {}", facts.site));
    if let Some(model) = &facts.model {
        paper.put(TITLE, &format!(", {model}"));
    }
    let error = facts.error.as_ref().map_or(String::new(), |error| format!(": {error}"));
    let style = if facts.status == Status::Ok { GOOD } else { BAD };
    paper.line(style, &format!("  {}{error}", facts.status.as_str()));
    let took = facts.took_us.map_or(String::new(), |us| format!(", took {}", moment::duration(us)));
    paper.put(DIM, &format!("   {}{took}  {}  ", moment::millis(facts.began_us), chapter.id));
    let (style, word) = sealed(chapter.sealed);
    paper.line(style, word);
}

fn section(title: &str, parts: &[Part], telling: &Telling<'_>, paper: &mut Paper) {
    for part in parts {
        paper.put(TITLE, &format!("  {title}"));
        if let Some(name) = &part.name {
            paper.put(PLAIN, &format!(" {name}"));
        }
        paper.line(DIM, &format!("  ({})", measured(part)));
        telling.tell(&part.content, paper);
    }
}

fn print_rules(rules: &[Part], telling: &Telling<'_>, paper: &mut Paper) {
    for rule in rules {
        paper.put(TITLE, "  rule");
        if let Some(name) = &rule.name {
            paper.put(PLAIN, &format!(" {name}"));
        }
        match rule.held {
            Some(false) => paper.put(BAD, " violated"),
            Some(true) => paper.put(GOOD, " held"),
            None => {}
        }
        paper.line(DIM, &format!("  ({})", measured(rule)));
        telling.tell(&rule.content, paper);
    }
}
