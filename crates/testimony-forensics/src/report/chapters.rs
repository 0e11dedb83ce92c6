//! The story in a report: each decision with what was asked, given and decided, why, and what came of it.

use super::document::{Block, Tone};
use super::quotes;
use crate::account::{Link, Outcome, Part};
use crate::begun::Begun;
use crate::story::{Chapter, Story};
use crate::words::moment;

pub(super) fn story(story: &Story, blocks: &mut Vec<Block>) {
    for candidate in &story.candidates {
        let text = format!("Decision {} ({}) may be meant.", candidate.id, candidate.site);
        blocks.push(Block::Paragraph(Tone::Note, text));
    }
    for told in &story.chapters {
        chapter(told, blocks);
    }
    for call in &story.begun {
        begun(call, blocks);
    }
}

fn chapter(chapter: &Chapter, blocks: &mut Vec<Block>) {
    let facts = &chapter.facts;
    blocks.push(Block::Heading(3, format!("{}, {}", facts.site, moment::seconds(facts.began_us))));
    blocks.push(integrity(chapter.sealed));
    blocks.push(Block::Facts(described(chapter)));
    let sections = [
        ("Asked", &chapter.asked),
        ("Given", &chapter.given),
        ("Decided", &chapter.decided),
        ("Why", &chapter.why),
        ("Rule", &chapter.constraints),
        ("Error", &chapter.errors),
    ];
    for (title, parts) in sections {
        blocks.extend(parts.iter().flat_map(|part| quotes::part(title, part)));
    }
    for said in &chapter.outcomes {
        outcome(said, blocks);
    }
    let causes = causes(chapter);
    if !causes.is_empty() {
        blocks.push(Block::Points(causes));
    }
}

fn integrity(sealed: bool) -> Block {
    if sealed {
        Block::Paragraph(
            Tone::Good,
            "Entry intact: its bytes have the hash they were sealed with.".into(),
        )
    } else {
        let text = "Entry ALTERED: its bytes do not have the hash they were sealed with.";
        Block::Paragraph(Tone::Bad, text.into())
    }
}

fn described(chapter: &Chapter) -> Vec<(String, String)> {
    let facts = &chapter.facts;
    let label =
        |label: &Option<testimony_record::label::Label>| label.as_ref().map(ToString::to_string);
    let error = facts.error.as_ref().map_or(String::new(), |error| format!(": {error}"));
    let tokens = facts.usage.map(|usage| {
        let count = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
        format!("{} in, {} out", count(usage.input), count(usage.output))
    });
    let trace = facts.trace.map(|trace| hex::encode(trace.trace_id));
    let place = &chapter.place;
    let all = [
        ("Decision", Some(chapter.id.to_string())),
        ("Status", Some(format!("{}{error}", facts.status.as_str()))),
        ("Began", Some(moment::millis(facts.began_us))),
        ("Took", facts.took_us.map(moment::duration)),
        ("Model", label(&facts.model)),
        ("Answered by", facts.response.as_ref().and_then(|response| label(&response.model))),
        ("Tokens", tokens),
        ("Trace", trace),
        ("Entry", Some(format!("{} of stream {}", place.seq, place.stream))),
        ("Hash", Some(chapter.hash.to_string())),
    ];
    let known = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.chain(chapter.subjects.iter().map(subject)).collect()
}

fn subject(part: &Part) -> (String, String) {
    ("About".to_owned(), crate::excerpt::content(&part.content).unwrap_or_default())
}

fn outcome(outcome: &Outcome, blocks: &mut Vec<Block>) {
    let kind = outcome.kind.as_ref().map_or("(unknown)", |kind| kind.as_str());
    let when = outcome.at_us.map_or(String::new(), |at| format!(", {}", moment::millis(at)));
    let problem = outcome.problem.as_ref().map_or(String::new(), |problem| format!(": {problem}"));
    let (tone, sealed) =
        if outcome.sealed { (Tone::Plain, "intact") } else { (Tone::Bad, "ALTERED") };
    let text = format!("Outcome: {kind}{when} (entry {sealed}){problem}");
    blocks.push(Block::Paragraph(tone, text));
    blocks.extend(outcome.parts.iter().flat_map(|part| quotes::part(role(part), part)));
}

fn role(part: &Part) -> &'static str {
    use testimony_record::part::Role;
    match part.role {
        Role::Actor => "By",
        Role::Decision => "Instead",
        Role::Rationale => "Because",
        Role::Context | Role::Prompt => "Shown",
        _ => "With",
    }
}

fn causes(chapter: &Chapter) -> Vec<String> {
    let bearings = &chapter.bearings;
    let told = |title: &str, links: &[Link]| links.iter().map(|link| named(title, link)).collect();
    let all: [Vec<String>; 4] = [
        told("Caused by", &bearings.causes),
        told("Made inside", bearings.parent.as_slice()),
        told("Inside it", &bearings.children),
        told("Led to", &bearings.led_to),
    ];
    let above = chapter.ascent.steps.iter().map(|step| named("Further up", &step.link));
    all.into_iter().flatten().chain(above).collect()
}

fn named(title: &str, link: &Link) -> String {
    match &link.decision {
        Some(decision) => {
            format!("{title}: {} ({}, {})", link.id, decision.site, decision.status.as_str())
        }
        None => format!("{title}: {}, which this ledger does not hold", link.id),
    }
}

fn begun(begun: &Begun, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(3, format!("{}, {}", begun.site, moment::seconds(begun.began_us))));
    let text = format!("Call {} was begun, and nothing more is known of it.", begun.id);
    blocks.push(Block::Paragraph(Tone::Note, text));
    blocks.push(integrity(begun.sealed));
    blocks.extend(begun.parts.iter().flat_map(|part| quotes::part("Known", part)));
}
