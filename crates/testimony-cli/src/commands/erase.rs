//! `testimony erase`: says what will be gone and what stays, then erases it, and says which entry tells of it.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use testimony_forensics::Casebook;
use testimony_forensics::erase::{Plan, Target};
use testimony_ledger::Options;
use testimony_ledger::erase::{Erased, ErasedFrom, Progress, Warrant, erase};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::Link;

use crate::failure::{Exit, Failure};
use crate::json;
use crate::number::{count, counted};
use crate::paper::Paper;
use crate::progress;
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, TITLE};

/// The contents that are meant.
#[derive(Debug, Default, clap::Args)]
#[group(id = "contents", multiple = false)]
pub(crate) struct ContentsArgs {
    /// The content with this digest, as `show --json` prints it. May be repeated.
    #[arg(long, value_name = "DIGEST")]
    digest: Vec<Digest>,

    /// The contents of the decision with this id, or the beginning of it; also those of its outcomes.
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    /// The contents of all decisions about this subject, and the subject itself.
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("meant").args(["digest", "id", "subject"]).required(true))]
pub(crate) struct EraseArgs {
    #[command(flatten)]
    contents: ContentsArgs,

    /// Why. It goes on record for good, so it must not hold what is to be erased.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    reason: Option<String>,

    /// By whose authority.
    #[arg(long, value_name = "NAME", required_unless_present = "dry_run")]
    by: Option<String>,

    /// Erase also what other decisions refer to.
    #[arg(long, conflicts_with = "digest")]
    shared: bool,

    /// Only say what would be erased.
    #[arg(long)]
    dry_run: bool,
}

/// How many contents are named one by one.
const MOST_NAMED: usize = 20;

/// The answer for programs.
#[derive(Serialize)]
struct Answer<'a> {
    plan: &'a Plan,
    /// Absent where nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    erased: Option<Vec<From>>,
}

/// What was erased from one stream.
#[derive(Serialize)]
struct From {
    stream: Uuid,
    entries: Vec<Link>,
    digests: BTreeSet<Digest>,
    frames: u64,
    bytes: u64,
}

pub(crate) fn run(
    ledger: &Path,
    options: &EraseArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let warrant = match (&options.reason, &options.by) {
        (Some(reason), Some(by)) => Some(Warrant::new(reason, by)?),
        _ => None,
    };
    let plan = plan(ledger, &options.contents, options.shared)?;
    if !json {
        print_plan(&plan, paper);
    }
    let warrant = warrant.filter(|_| !options.dry_run && !plan.contents.is_empty());
    let erased = warrant.map(|warrant| erase_all(ledger, &plan, &warrant)).transpose()?;
    if json {
        let erased = erased.map(|erased| erased.streams.into_iter().map(From::of).collect());
        json::document(&Answer { plan: &plan, erased }, paper)?;
    } else {
        print_result(&plan, erased.as_ref(), options.dry_run, paper);
    }
    Ok(Exit::Fine)
}

/// What the arguments stand for.
pub(super) fn plan(ledger: &Path, contents: &ContentsArgs, shared: bool) -> Result<Plan, Failure> {
    let casebook = Casebook::open(ledger)?;
    let digests: BTreeSet<Digest> = contents.digest.iter().copied().collect();
    let target = match (&contents.id, &contents.subject) {
        (Some(id), _) => Target::Decision(id),
        (_, Some(subject)) => Target::Subject(subject),
        _ => Target::Contents(&digests),
    };
    Ok(casebook.plan_erasure(target, shared)?)
}

fn erase_all(ledger: &Path, plan: &Plan, warrant: &Warrant) -> Result<Erased, Failure> {
    let bar = progress::files("erasing");
    let options = Options { service: Some("testimony erase".into()), ..Options::default() };
    let erased = erase(ledger, &options, &plan.digests(), warrant, &mut |at| {
        let Progress { done, total } = at;
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    Ok(erased?)
}

impl From {
    fn of(erased: ErasedFrom) -> Self {
        let ErasedFrom { stream, entries, digests, frames, bytes } = erased;
        Self { stream, entries, digests, frames, bytes }
    }
}

fn print_plan(plan: &Plan, paper: &mut Paper) {
    if !plan.decisions.is_empty() {
        let decisions = count(plan.decisions.len(), "decision is", "decisions are");
        paper.line(TITLE, &format!("{decisions} concerned."));
    }
    let contents = count(plan.contents.len(), "content", "contents");
    let bytes = count(plan.bytes(), "byte", "bytes");
    paper.line(PLAIN, &format!("To be erased: {contents}, {bytes}."));
    for content in plan.contents.iter().take(MOST_NAMED) {
        print_content(content, paper);
    }
    print_rest(plan.contents.len(), paper);
    if !plan.kept.is_empty() {
        let kept = count(plan.kept.len(), "content", "contents");
        let why = "that other decisions refer to as well (--shared takes them too)";
        paper.line(NOTE, &format!("Kept: {kept} {why}."));
    }
    for content in plan.kept.iter().take(MOST_NAMED) {
        print_content(content, paper);
    }
    print_rest(plan.kept.len(), paper);
    if plan.already > 0 {
        let already = count(plan.already, "content has", "contents have");
        paper.line(DIM, &format!("{already} been erased before."));
    }
    for problem in &plan.problems {
        paper.line(BAD, &format!("Not known: {problem}"));
    }
}

fn print_content(content: &testimony_forensics::erase::Planned, paper: &mut Paper) {
    let bytes = count(content.bytes, "byte", "bytes");
    let others = match content.others {
        0 => String::new(),
        others => format!(", shared with {}", count(others, "other decision", "other decisions")),
    };
    paper.put(PLAIN, &format!("  {:.12}", content.digest));
    paper.line(DIM, &format!("  {bytes} of {}{others}", content.media));
}

fn print_rest(number: usize, paper: &mut Paper) {
    if number > MOST_NAMED {
        paper.line(DIM, &format!("  and {} more; --json has all", number - MOST_NAMED));
    }
}

fn print_result(plan: &Plan, erased: Option<&Erased>, dry_run: bool, paper: &mut Paper) {
    let Some(erased) = erased else {
        let why = if plan.contents.is_empty() {
            "Nothing is left to erase."
        } else {
            "Nothing was erased."
        };
        let dry = if dry_run { " (--dry-run)" } else { "" };
        return paper.line(DIM, &format!("{why}{dry}"));
    };
    for ErasedFrom { stream, entries, frames, bytes, .. } in &erased.streams {
        let frames = counted(*frames, "frame", "frames");
        let bytes = counted(*bytes, "byte", "bytes");
        paper.line(GOOD, &format!("Erased from stream {stream}: {frames}, {bytes} of content."));
        let entries: Vec<String> =
            entries.iter().map(|link| format!("entry {}, {}", link.seq, link.hash)).collect();
        paper.block(2, DIM, &format!("on record in {}", entries.join("; ")));
    }
    paper.line(DIM, "Backups, snapshots and exported copies may still hold it.");
}
