//! `testimony timeline`: what happened in order, around a moment or for a subject.

use std::path::Path;

use testimony_forensics::timeline::{Event, Scope, Timeline, What};
use testimony_forensics::{Casebook, NotFound, Summary};
use testimony_record::decision::Status;

use super::doubts::print_doubts;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::{count, counted};
use crate::paper::{Paper, clip, fit};
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, SPEAKER};

#[derive(Debug, clap::Args)]
pub(crate) struct TimelineArgs {
    /// Only what happened around this: a moment such as `2026-03-01T12:00:00Z`, `2h` for two hours ago, or the id of a
    /// decision or the beginning of one.
    #[arg(long, value_name = "MOMENT|ID")]
    around: Option<String>,

    /// How long before and after it: `90s`, `10m`, `2h`.
    #[arg(long, value_name = "DURATION", value_parser = moment::length, default_value = "10m", requires = "around")]
    within: u64,

    /// Only what concerns this subject, and losses meanwhile.
    #[arg(long)]
    subject: Option<String>,

    /// Every checkpoint by itself, and also the beginnings of calls that became decisions.
    #[arg(long)]
    all: bool,
}

/// Where what happened is told, beside when.
const BESIDE: usize = 39;

/// How long a moment is, with the space after it.
const WHEN: usize = 26;

/// Nothing is told in less room than this.
const NARROWEST: usize = 24;

pub(crate) fn run(
    ledger: &Path,
    options: &TimelineArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let casebook = Casebook::open(ledger)?;
    let around = options.around.as_deref().map(|around| when(&casebook, around)).transpose()?;
    let timeline = casebook.timeline(&Scope {
        between_us: around.map(|at| Scope::around(at, options.within)),
        subject: options.subject.clone(),
        all: options.all,
    })?;
    if json {
        json::document(&timeline, paper)?;
    } else if timeline.events.is_empty() {
        print_nothing(&casebook, options, &timeline, paper);
    } else {
        print(&casebook, &timeline, paper);
    }
    Ok(Exit::Fine)
}

/// A decision's id goes before a moment: nobody writes a date in hexadecimal digits alone.
fn when(casebook: &Casebook, around: &str) -> Result<u64, Failure> {
    match (casebook.began(around), moment::since(around)) {
        (Ok(began), _) => Ok(began),
        (Err(NotFound::Id { .. }), Ok(at)) => Ok(at),
        (Err(NotFound::Id { .. }), Err(_)) => {
            let problem = format_args!("{around:?} is neither a moment nor a decision's id here");
            Err(Failure::new(problem).advise(
                "Give 2026-03-01T12:00:00Z, 2h for two hours ago, or the beginning of an id.",
            ))
        }
        (Err(error), _) => Err(error.into()),
    }
}

fn print_nothing(
    casebook: &Casebook,
    options: &TimelineArgs,
    timeline: &Timeline,
    paper: &mut Paper,
) {
    paper.line(NOTE, "Nothing is on record there.");
    if let Some(subject) = &options.subject {
        let near = casebook.near(subject);
        if !near.is_empty() {
            paper.labelled((DIM, "Similar subjects:"), 18, (PLAIN, &near.join(", ")));
        }
    }
    print_doubts(&timeline.doubts, paper);
}

fn print(casebook: &Casebook, timeline: &Timeline, paper: &mut Paper) {
    let id_length = casebook.id_length();
    for event in &timeline.events {
        if paper.is_closed() {
            return;
        }
        print_event(event, id_length, paper);
    }
    print_doubts(&timeline.doubts, paper);
}

fn print_event(event: &Event, id_length: usize, paper: &mut Paper) {
    let (style, word) = word(&event.what);
    paper.put(DIM, &format!("{}  ", moment::millis(event.at_us)));
    paper.put(style, &fit(word, BESIDE - WHEN));
    let altered = if event.sealed { "" } else { "[entry ALTERED] " };
    paper.put(BAD, altered);
    let told = told(&event.what, id_length);
    let room =
        paper.width().map(|width| width.saturating_sub(BESIDE + altered.len()).max(NARROWEST));
    paper.line(PLAIN, &room.map_or_else(|| told.clone(), |room| clip(&told, room)));
}

fn word(what: &What) -> (anstyle::Style, &'static str) {
    match what {
        What::Began { .. } => (DIM, "began"),
        What::Decision(decision) if decision.status == Status::Ok => (GOOD, "decision"),
        What::Decision(_) => (BAD, "decision"),
        What::Intent { decided: true, .. } => (DIM, "begun"),
        What::Intent { .. } => (BAD, "begun"),
        What::Outcome { .. } => (SPEAKER, "outcome"),
        What::Gap { .. } => (BAD, "LOST"),
        What::Recovered { .. } => (BAD, "recovered"),
        What::Erasure { .. } => (NOTE, "erased"),
        What::Hold { .. } => (NOTE, "held"),
        What::Release { .. } => (NOTE, "released"),
        What::Checkpoints { .. } => (DIM, "signed"),
        What::Closed { .. } => (DIM, "closed"),
        What::ClockSteppedBack { .. } => (BAD, "CLOCK"),
        _ => (PLAIN, "other"),
    }
}

fn told(what: &What, id_length: usize) -> String {
    let short =
        |id: &testimony_record::Uuid| id.to_string().chars().take(id_length).collect::<String>();
    match what {
        What::Began { service, writer } => {
            let service = service.as_ref().map_or(String::new(), |service| format!("{service}, "));
            format!("{service}{writer}")
        }
        What::Decision(decision) => format!("{}  {}", short(&decision.id), decided(decision)),
        What::Intent { id, site, decided: true } => format!("{}  {site}", short(id)),
        What::Intent { id, site, .. } => format!("{}  {site}, nothing more known", short(id)),
        What::Outcome { decision, kind, by, said } => {
            let by = by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
            let said = said.as_ref().map_or(String::new(), |said| format!(": {said}"));
            format!("{}  {kind}{by}{said}", short(decision))
        }
        What::Gap { lost, reason, .. } => {
            let lost = counted(*lost, "decision was", "decisions were");
            format!("{lost} made and not recorded: {reason}")
        }
        What::Recovered { bytes } => {
            let bytes = counted(*bytes, "unfinished byte", "unfinished bytes");
            format!("{bytes} cut off when the stream was taken up after a crash")
        }
        What::Closed { decisions, lost } => {
            let lost = lost.map_or(String::new(), |lost| format!(", {lost} lost"));
            format!("after {}{lost}", counted(*decisions, "decision", "decisions"))
        }
        What::Checkpoints { count: 1, .. } => "checkpoint".to_owned(),
        What::Checkpoints { count, until_us } => {
            format!("{count} checkpoints until {}", moment::millis(*until_us))
        }
        What::ClockSteppedBack { by_us } => {
            let by = moment::duration(*by_us);
            format!("stepped back by {by}; times around this are not to be relied on")
        }
        what => by_authority(what),
    }
}

fn by_authority(what: &What) -> String {
    let of = |contents: usize| match contents {
        0 => "everything".to_owned(),
        contents => count(contents, "content", "contents"),
    };
    match what {
        What::Erasure { contents, reason, by } | What::Hold { contents, reason, by } => {
            format!("{}: {reason}; by {by}", of(*contents))
        }
        What::Release { reason, by } => format!("{reason}; by {by}"),
        _ => "of a kind that this version does not know".to_owned(),
    }
}

fn decided(decision: &Summary) -> String {
    let said = decision.problem.as_ref().or(decision.error.as_ref()).or(decision.decided.as_ref());
    let said = said.map_or(String::new(), |said| format!(": {said}"));
    let rules = match decision.violated {
        0 => String::new(),
        violated => format!(" [{}]", count(violated, "rule violated", "rules violated")),
    };
    format!("{} ({}){rules}{said}", decision.site, decision.status.as_str())
}
