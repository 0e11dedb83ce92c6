//! `testimony hold`: puts on record that contents must not be erased, or lists what is held.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use testimony_ledger::erase::{Hold as InForce, Scope, Warrant, holds};
use testimony_ledger::read::directory::Directory;
use testimony_ledger::{Kept, Ledger, Options};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::label::Label;

use super::erase::{ContentsArgs, plan};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::count;
use crate::paper::Paper;
use crate::style::{DIM, PLAIN, TITLE};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("held").args(["digest", "id", "subject", "all", "list"]).required(true))]
pub(crate) struct HoldArgs {
    #[command(flatten)]
    contents: ContentsArgs,

    /// Everything in the ledger, also what is recorded later.
    #[arg(long)]
    all: bool,

    /// List the holds that are in force.
    #[arg(long, conflicts_with_all = ["reason", "by"])]
    list: bool,

    /// Why. It goes on record for good.
    #[arg(long, value_name = "TEXT", required_unless_present = "list")]
    reason: Option<String>,

    /// By whose authority.
    #[arg(long, value_name = "NAME", required_unless_present = "list")]
    by: Option<String>,
}

/// A hold, for programs.
#[derive(Serialize)]
struct Listed<'a> {
    hash: Digest,
    stream: Uuid,
    seq: u64,
    time_us: u64,
    /// Absent where it is everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    digests: Option<&'a BTreeSet<Digest>>,
    reason: &'a Label,
    by: &'a Label,
}

/// A hold that was just placed, for programs.
#[derive(Serialize)]
struct Placed {
    hash: Digest,
    stream: Uuid,
    seq: u64,
}

pub(crate) fn run(
    ledger: &Path,
    options: &HoldArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    if options.list {
        let holds = holds(ledger)?;
        if json {
            json::document(&holds.iter().map(Listed::of).collect::<Vec<_>>(), paper)?;
        } else {
            list(&holds, paper);
        }
        return Ok(Exit::Fine);
    }
    let (scope, kept) = place(ledger, options)?;
    if json {
        json::document(&kept.iter().map(Placed::of).collect::<Vec<_>>(), paper)?;
    } else {
        print(&scope, &kept, paper);
    }
    Ok(Exit::Fine)
}

fn place(ledger: &Path, options: &HoldArgs) -> Result<(Scope, Vec<Kept>), Failure> {
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    let warrant = Warrant::new(&word(&options.reason), &word(&options.by))?;
    let scope = if options.all {
        Scope::Everything
    } else {
        Scope::Contents(plan(ledger, &options.contents, true)?.digests())
    };
    let open = open(ledger, "testimony hold")?;
    let kept = open.hold(&scope, &warrant);
    open.close()?;
    Ok((scope, kept?))
}

/// Opens a ledger that is there; a mistyped path must not become a new one.
pub(super) fn open(ledger: &Path, service: &'static str) -> Result<Ledger, Failure> {
    let path = Directory::open(ledger)?.path().to_owned();
    let options = Options { service: Some(Label::new(service)), ..Options::default() };
    Ok(Ledger::open(path, options)?)
}

impl<'a> Listed<'a> {
    fn of(hold: &'a InForce) -> Self {
        let InForce { stream, seq, hash, time_us, scope, reason, by } = hold;
        let digests = match scope {
            Scope::Contents(digests) => Some(digests),
            Scope::Everything => None,
        };
        Self { hash: *hash, stream: *stream, seq: *seq, time_us: *time_us, digests, reason, by }
    }
}

impl Placed {
    fn of(kept: &Kept) -> Self {
        Self { hash: kept.link.hash, stream: kept.stream, seq: kept.link.seq }
    }
}

fn what(scope: &Scope) -> String {
    match scope {
        Scope::Everything => "everything".to_owned(),
        Scope::Contents(digests) => count(digests.len(), "content", "contents"),
    }
}

fn list(holds: &[InForce], paper: &mut Paper) {
    if holds.is_empty() {
        paper.line(DIM, "Nothing is held.");
    }
    for hold in holds {
        paper.line(TITLE, &format!("{} held", what(&hold.scope)));
        paper.block(2, PLAIN, &format!("{}; by {}", hold.reason, hold.by));
        let InForce { stream, seq, hash, time_us, .. } = hold;
        let since = moment::millis(*time_us);
        paper.block(2, DIM, &format!("since {since}, entry {seq} of stream {stream}"));
        paper.block(2, DIM, &format!("{hash}"));
    }
}

fn print(scope: &Scope, kept: &[Kept], paper: &mut Paper) {
    paper.line(TITLE, &format!("Held: {}.", what(scope)));
    for Kept { stream, link, .. } in kept {
        paper.line(DIM, &format!("On record in entry {} of stream {stream}.", link.seq));
        paper.line(DIM, &format!("`testimony release {:.12}` ends it.", link.hash));
    }
}
