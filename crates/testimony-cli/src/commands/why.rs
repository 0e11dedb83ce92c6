//! `testimony why`: the story of a subject, chapter by chapter.

use std::collections::HashMap;
use std::path::Path;

use testimony_forensics::{About, Casebook, Chapter, Part, Story};
use testimony_record::Uuid;
use testimony_record::decision::Status;

use super::links::{by_id, print_bearings, print_outcomes};
use crate::content::{Cut, Telling, remarks};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::count;
use crate::paper::{Paper, clip};
use crate::style::{BAD, DIM, GOOD, PLAIN, TITLE};

/// A story is read from beginning to end, so no content may drown it.
const CUT: Cut = Cut { lines: 12, bytes: 900 };

/// A title that is longer is no title.
const LONGEST_TITLE: usize = 80;

pub(crate) fn run(
    ledger: &Path,
    about: &str,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let story = Casebook::open(ledger)?.why(about)?;
    if json {
        json::document(&story, paper)?;
    } else {
        print(&story, paper);
    }
    Ok(Exit::Fine)
}

fn print(story: &Story, paper: &mut Paper) {
    match &story.about {
        About::Subject(subject) => paper.put(TITLE, &clip(subject, LONGEST_TITLE)),
        About::Decision(id) => paper.put(TITLE, &by_id(id)),
    }
    let decisions = count(story.chapters.len(), "decision", "decisions");
    paper.line(DIM, &format!("  {decisions}, {}", when(&story.chapters)));
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
}

fn when(chapters: &[Chapter]) -> String {
    let began = |chapter: &Chapter| moment::seconds(chapter.facts.began_us);
    match (chapters.first().map(began), chapters.last().map(began)) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (first, _) => first.unwrap_or_default(),
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
    paper.line(DIM, &format!("   {}{took}  {}", moment::millis(facts.began_us), chapter.id));
}

fn section(title: &str, parts: &[Part], telling: &Telling<'_>, paper: &mut Paper) {
    for part in parts {
        paper.put(TITLE, &format!("  {title}"));
        if let Some(name) = &part.name {
            paper.put(PLAIN, &format!(" {name}"));
        }
        paper.line(DIM, &format!("  ({})", remarks(part)));
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
        paper.line(DIM, &format!("  ({})", remarks(rule)));
        telling.tell(&rule.content, paper);
    }
}
