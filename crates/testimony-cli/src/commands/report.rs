//! `testimony report`: an incident report in a file, for people who have no ledger.

use std::path::{Path, PathBuf};

use serde::Serialize;
use testimony_forensics::Casebook;
use testimony_forensics::report::{Asked, Incident};

use super::trust::{TrustArgs, trust};
use crate::destination;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::count;
use crate::paper::Paper;
use crate::progress;
use crate::style::{BAD, DIM, GOOD, TITLE};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("reported").args(["ids", "subject"]).multiple(true).required(true))]
pub(crate) struct ReportArgs {
    /// The decisions' ids, or the beginnings of them; of two, what differed is reported as well.
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// All decisions about this subject.
    #[arg(long)]
    subject: Option<String>,

    /// Where to write it: a name that ends in .md for Markdown, or in .html for one page that needs nothing else.
    #[arg(short, long, value_name = "FILE.md|FILE.html")]
    output: PathBuf,

    /// Replace the file if there is one.
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    trust: TrustArgs,
}

/// How a report is written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Markdown,
    Html,
}

/// The answer for programs.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a Path,
    bytes: usize,
    decisions: usize,
    events: usize,
    intact: bool,
    complete: bool,
}

pub(crate) fn run(
    ledger: &Path,
    options: &ReportArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let form = Form::of(&options.output)?;
    let trust = trust(&options.trust)?;
    let (ids, subject) = (options.ids.clone(), options.subject.clone());
    let asked = Asked { ids, subject, made_us: moment::now() };
    let casebook = Casebook::open(ledger)?;
    let incident = progress::during("verifying", |walked| casebook.report(&asked, &trust, walked))?;
    let text = form.write(&incident);
    destination::write(&options.output, text.as_bytes(), options.force)?;
    let answer = answer(&options.output, &incident, text.len());
    if json {
        json::document(&answer, paper)?;
    } else {
        print(&answer, paper);
    }
    Ok(if answer.intact { Exit::Fine } else { Exit::Broken })
}

impl Form {
    fn of(file: &Path) -> Result<Self, Failure> {
        match file.extension().and_then(|end| end.to_str()) {
            Some("md") => Ok(Self::Markdown),
            Some("html") => Ok(Self::Html),
            _ => {
                let problem = format_args!("cannot tell what to write into {}", file.display());
                Err(Failure::new(problem).advise("Give a name that ends in .md or .html."))
            }
        }
    }

    fn write(self, incident: &Incident) -> String {
        match self {
            Self::Markdown => incident.document().to_markdown(),
            Self::Html => incident.document().to_html(),
        }
    }
}

fn answer<'a>(file: &'a Path, incident: &Incident, bytes: usize) -> Answer<'a> {
    Answer {
        file,
        bytes,
        decisions: incident.stories.iter().map(|story| story.chapters.len()).sum(),
        events: incident.timeline.events.len(),
        intact: incident.verification.intact(),
        complete: incident.verification.complete(),
    }
}

fn print(answer: &Answer<'_>, paper: &mut Paper) {
    paper.line(TITLE, &format!("Report written to {}.", answer.file.display()));
    let decisions = count(answer.decisions, "decision", "decisions");
    let events = count(answer.events, "event", "events");
    paper.line(DIM, &format!("It tells of {decisions} and {events}."));
    if answer.intact {
        paper.line(GOOD, "The ledger is intact.");
    } else {
        paper.line(
            BAD,
            "The ledger is BROKEN, and the report says so; `testimony verify` has the findings.",
        );
    }
}
