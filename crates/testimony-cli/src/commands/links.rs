//! The decisions around one: what it came from and what came of it.

use testimony_forensics::{Ascent, Bearings, Link, Outcome, Part};
use testimony_record::Uuid;

use super::doubts::sealed;
use crate::content::{INDENT, Telling};
use crate::moment;
use crate::number::count;
use crate::paper::Paper;
use crate::style::{BAD, DIM, PLAIN, SPEAKER, TITLE};

/// Where links begin, beside what they are.
const BESIDE_TITLE: usize = 15;

pub(super) fn print_bearings(bearings: &Bearings, telling: &Telling<'_>, paper: &mut Paper) {
    print_links("caused by", &bearings.causes, telling, paper);
    print_links("made inside", bearings.parent.as_slice(), telling, paper);
    print_links("inside it", &bearings.children, telling, paper);
    print_links("led to", &bearings.led_to, telling, paper);
}

fn print_links(title: &str, links: &[Link], telling: &Telling<'_>, paper: &mut Paper) {
    let mut title = format!("  {title}");
    for link in links {
        let name = (telling.called)(&link.id);
        let text = format!("{name}{}", told(link, &name));
        paper.labelled((TITLE, &title), BESIDE_TITLE, (PLAIN, &text));
        title.clear();
    }
}

/// So many decisions further up are told of, and the topmost one.
const NEAREST: usize = 3;

/// What is above the parent and the causes.
pub(super) fn print_ascent(ascent: &Ascent, telling: &Telling<'_>, paper: &mut Paper) {
    let mut title = "  further up";
    let last = ascent.steps.len().saturating_sub(1);
    // To leave one out would save nothing.
    let folded = if last > NEAREST + 1 { NEAREST..last } else { 0..0 };
    for (at, step) in ascent.steps.iter().enumerate() {
        if at == folded.start && !folded.is_empty() {
            let more = if ascent.is_cut { " and more" } else { "" };
            let between = count(folded.len(), "decision", "decisions");
            let text = format!("… ({between}{more} between; --json has all)");
            paper.labelled((TITLE, title), BESIDE_TITLE, (DIM, &text));
        }
        if !folded.contains(&at) {
            let name = (telling.called)(&step.link.id);
            let text = format!("{name}{}", told(&step.link, &name));
            paper.labelled((TITLE, title), BESIDE_TITLE, (PLAIN, &text));
        }
        title = "";
    }
}

fn told(link: &Link, name: &str) -> String {
    let Some(decision) = &link.decision else {
        return ", which this ledger does not hold".to_owned();
    };
    // A name that is not the id refers to what stands in the same answer; that need not be said again.
    if !name.contains(&link.id.to_string()) {
        return String::new();
    }
    let said = decision.error.as_ref().or(decision.decided.as_ref());
    let said = said.map_or(String::new(), |said| format!(": {said}"));
    format!("  {} ({}){said}", decision.site, decision.status.as_str())
}

pub(super) fn print_outcomes(outcomes: &[Outcome], telling: &Telling<'_>, paper: &mut Paper) {
    if !outcomes.is_empty() {
        paper.line(TITLE, "  outcomes");
    }
    for outcome in outcomes {
        let kind = outcome.kind.as_ref().map_or("(unknown)", |kind| kind.as_str());
        paper.put(SPEAKER, &format!("    {kind}"));
        let at = outcome.at_us.map_or(String::new(), |at| format!("  {}", moment::millis(at)));
        paper.put(DIM, &format!("{at}  "));
        let (style, word) = sealed(outcome.sealed);
        paper.line(style, word);
        if let Some(problem) = &outcome.problem {
            paper.block(INDENT, BAD, problem);
        }
        for part in &outcome.parts {
            let name = part.name.as_ref().map_or(part.role.as_str(), |name| name.as_str());
            telling.tell_beside(name, &part.content, paper);
        }
    }
}

/// What a decision is called where nothing better is known: its id.
pub(super) fn by_id(id: &Uuid) -> String {
    format!("decision {id}")
}

/// `context:policy`, as `prove --disclose` takes it.
pub(super) fn part_name(part: &Part) -> String {
    let name = part.name.as_ref().map_or(String::new(), |name| format!(":{name}"));
    format!("{}{name}", part.role.as_str())
}
