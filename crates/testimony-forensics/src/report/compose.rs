//! The order of a report: verdicts first, then the story, then what supports it, and last what it does not show.

use super::document::{Block, Document, Tone};
use super::{Incident, chapters, differences, integrity, reach};
use crate::pass::Doubts;
use crate::story::{About, Story};
use crate::timeline::{Event, What};
use crate::words::moment;
use crate::words::number::{count, counted};

impl Incident {
    /// As a document, to be written as Markdown or HTML.
    #[must_use]
    pub fn document(&self) -> Document {
        let mut blocks = Vec::new();
        integrity::verdicts(&self.verification, &mut blocks);
        blocks.push(Block::Facts(self.described()));
        self.put_stories(&mut blocks);
        self.put_timeline(&mut blocks);
        if let Some(diff) = &self.diff {
            blocks.push(Block::Heading(2, "What differed".into()));
            differences::differences(diff, &mut blocks);
        }
        self.put_reach(&mut blocks);
        blocks.push(Block::Heading(2, "Integrity".into()));
        integrity::verdicts(&self.verification, &mut blocks);
        integrity::statement(&self.verification, &mut blocks);
        blocks.push(Block::Heading(2, "Not established".into()));
        integrity::open(&self.verification, &mut blocks);
        Document { title: format!("Incident report: {}", self.about()), blocks }
    }

    fn about(&self) -> String {
        self.stories.iter().map(about).collect::<Vec<_>>().join(", ")
    }

    fn described(&self) -> Vec<(String, String)> {
        let decisions = self.stories.iter().map(|story| story.chapters.len()).sum();
        [
            ("Made", moment::seconds(self.made_us)),
            ("Ledger", self.ledger.clone()),
            ("Decisions", count(decisions, "decision", "decisions")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    fn put_stories(&self, blocks: &mut Vec<Block>) {
        blocks.push(Block::Heading(2, "What happened".into()));
        for story in &self.stories {
            chapters::story(story, blocks);
        }
    }

    fn put_reach(&self, blocks: &mut Vec<Block>) {
        blocks.push(Block::Heading(2, "What it went on to influence".into()));
        for blast in &self.reach {
            reach::reach(blast, blocks);
        }
        let decisions: usize = self.stories.iter().map(|story| story.chapters.len()).sum();
        if let rest @ 1.. = decisions.saturating_sub(self.reach.len()) {
            let text = format!("{} not followed.", count(rest, "decision was", "decisions were"));
            blocks.push(Block::Paragraph(Tone::Note, text));
        }
    }

    fn put_timeline(&self, blocks: &mut Vec<Block>) {
        blocks.push(Block::Heading(2, "In order of time".into()));
        let headings = ["When", "What", ""].map(str::to_owned).to_vec();
        blocks.push(Block::Table(headings, self.timeline.events.iter().map(row).collect()));
        put_doubts(&self.timeline.doubts, blocks);
    }
}

fn about(story: &Story) -> String {
    match &story.about {
        About::Subject(subject) => subject.clone(),
        About::Decision(id) => format!("decision {id}"),
        About::Trace(trace) => format!("trace {trace}"),
        About::Text { text, .. } => format!("\u{201c}{text}\u{201d}"),
    }
}

fn put_doubts(doubts: &Doubts, blocks: &mut Vec<Block>) {
    let all = [
        (
            doubts.altered,
            "entry of the ledger is",
            "entries of the ledger are",
            "not what was sealed",
        ),
        (doubts.missing, "entry is", "entries are", "missing or cannot be read"),
    ];
    for (number, one, many, what) in all.into_iter().filter(|(number, ..)| *number > 0) {
        let text = format!("{} {what}.", counted(number, one, many));
        blocks.push(Block::Paragraph(Tone::Bad, text));
    }
}

fn row(event: &Event) -> Vec<String> {
    let altered = if event.sealed { "" } else { "entry ALTERED: " };
    let (what, told) = told(&event.what);
    vec![moment::millis(event.at_us), what.to_owned(), format!("{altered}{told}")]
}

fn told(what: &What) -> (&'static str, String) {
    match what {
        What::Decision(decision) => {
            let said = decision.problem.as_ref().or(decision.error.as_ref());
            let said = said
                .or(decision.decided.as_ref())
                .map_or(String::new(), |said| format!(": {said}"));
            let status = decision.status.as_str();
            ("decision", format!("{} {} ({status}){said}", decision.id, decision.site))
        }
        What::Intent { id, site, .. } => ("begun", format!("{id} {site}, nothing more known")),
        What::Outcome { decision, kind, by, said } => {
            let by = by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
            let said = said.as_ref().map_or(String::new(), |said| format!(": {said}"));
            ("outcome", format!("{decision} {kind}{by}{said}"))
        }
        What::Gap { lost, reason, .. } => {
            let lost = counted(*lost, "decision", "decisions");
            ("lost", format!("{lost} made and not recorded: {reason}"))
        }
        What::Recovered { bytes } => {
            ("recovered", format!("{} cut off after a crash", counted(*bytes, "byte", "bytes")))
        }
        What::ClockSteppedBack { by_us } => {
            ("clock", format!("stepped back by {}", moment::duration(*by_us)))
        }
        _ => ("other", String::new()),
    }
}
