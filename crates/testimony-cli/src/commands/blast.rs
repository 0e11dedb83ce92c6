//! `testimony blast`: what a document, a decision, a model, a configuration or a call site went on to reach.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use testimony_forensics::blast::{
    self, Asked, Blast, Checked, Counts, Direct, Downstream, Edge, How, Likeness, Origin,
};
use testimony_forensics::words::unfollowed;
use testimony_record::Uuid;
use testimony_record::digest::Digest;

use super::questioned::{Questioned, Reached, Reading};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::{count, counted};
use crate::paper::{Paper, clip};
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, SPEAKER, TITLE};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("origin")
    .args(["file", "digest", "decision", "model", "config", "prompt", "site"])
    .required(true))]
pub(crate) struct BlastArgs {
    /// A file with the content: who was given exactly these bytes; - for standard input.
    file: Option<PathBuf>,

    /// The content, message or list with this digest, as `show --json` prints it.
    #[arg(long, value_name = "DIGEST")]
    digest: Option<Digest>,

    /// What the decision with this id, or the beginning of it, went on to reach.
    #[arg(long, value_name = "ID")]
    decision: Option<String>,

    /// What all decisions of this model reached; NAME@VERSION also means a model named NAME-VERSION.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,

    /// What ran under the configuration with this digest.
    #[arg(long, value_name = "DIGEST")]
    config: Option<Digest>,

    /// What was asked with the prompt, or the part of one, with this digest.
    #[arg(long, value_name = "DIGEST")]
    prompt: Option<Digest>,

    /// What all decisions of this call site, or of those under it, reached.
    #[arg(long)]
    site: Option<String>,

    /// Also find the text wrapped anew, trimmed, or embedded in a longer one. What is found so is marked as inferred.
    #[arg(long, conflicts_with_all = ["decision", "model", "site"])]
    near: bool,

    /// Contents shorter than this connect no decisions.
    #[arg(long, value_name = "BYTES", default_value_t = 16)]
    min_bytes: u64,

    /// Follow contents also where they are short, came from elsewhere first, or have several sources: finds more than was
    /// fed.
    #[arg(long)]
    unspecific: bool,

    /// Show every decision, not only the first.
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    reading: Reading,
}

impl BlastArgs {
    /// The command line makes sure that one is given.
    fn origin(&self) -> Result<Origin, Failure> {
        let file = self.file.as_deref().map(|file| read(file).map(Origin::Content)).transpose()?;
        let named = [
            file,
            self.digest.map(Origin::Digest),
            self.decision.clone().map(Origin::Decision),
            self.model.clone().map(Origin::Model),
            self.config.map(Origin::Config),
            self.prompt.map(Origin::Prompt),
            self.site.clone().map(Origin::Site),
        ];
        named
            .into_iter()
            .flatten()
            .next()
            .ok_or_else(|| Failure::new("nothing to begin with is given"))
    }

    fn how(&self) -> blast::Options {
        blast::Options { min_bytes: self.min_bytes, unspecific: self.unspecific, near: self.near }
    }
}

/// Where what is counted begins.
const BESIDE: usize = 13;

/// How many kinds are named in a line, and how many direct decisions and of what they fed are shown to a person who did not
/// ask for all.
const MOST_KINDS: usize = 6;
const MOST_DIRECT: usize = 8;
const MOST_FED: usize = 3;
const MOST_UNFOLLOWED: usize = 12;

pub(crate) fn run(
    ledgers: &[PathBuf],
    options: &BlastArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let origin = options.origin()?;
    let questioned = Questioned::open(ledgers, &options.reading)?;
    let Reached { blast, id_length } = questioned.blast(&origin, &options.how())?;
    if json {
        json::document(&blast, paper)?;
    } else {
        let all = options.all;
        Page { blast: &blast, all, near: options.near, id_length, paper }.print(options);
    }
    Ok(if blast.checked.not_sealed.is_empty() { Exit::Fine } else { Exit::Broken })
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match file.to_str() {
        Some("-") => io::stdin().read_to_end(&mut bytes).map(|_| bytes),
        _ => fs::read(file),
    };
    read.map_err(|error| Failure::new(format_args!("cannot read {}: {error}", file.display())))
}

/// An answer on its way to paper.
struct Page<'a> {
    blast: &'a Blast,
    all: bool,
    near: bool,
    id_length: usize,
    paper: &'a mut Paper,
}

impl Page<'_> {
    fn print(&mut self, options: &BlastArgs) {
        let Blast { origin, counts, checked, .. } = self.blast;
        self.title(origin, options);
        if self.blast.direct.is_empty() {
            self.nobody();
        } else {
            self.totals(counts);
            self.kinds(counts);
            self.subjects();
            self.tree();
        }
        self.unfollowed();
        self.checked(checked);
    }

    fn title(&mut self, origin: &Asked, options: &BlastArgs) {
        let file = options.file.as_ref().map(|file| file.display().to_string());
        let name = file.unwrap_or_else(|| format!("{} {}", origin.what, origin.asked));
        self.paper.put(TITLE, &name);
        let bytes = origin
            .bytes
            .map(|bytes| format!("  {}", counted(bytes, "byte", "bytes")))
            .unwrap_or_default();
        let digests = origin.digests.first().map(|digest| match origin.digests.len() {
            1 => format!("  {digest}"),
            more => format!("  {digest} and {} more", count(more - 1, "digest", "digests")),
        });
        self.paper.line(DIM, &format!("{bytes}{}", digests.unwrap_or_default()));
        if !origin.put_out_by.is_empty() {
            let shown: Vec<String> =
                origin.put_out_by.iter().take(MOST_FED).map(|id| self.short(id)).collect();
            let more = origin.put_out_by.len() - shown.len();
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            self.paper.labelled(
                (DIM, "  put out by"),
                BESIDE,
                (PLAIN, &(shown.join(", ") + &rest)),
            );
        }
    }

    fn nobody(&mut self) {
        self.paper.line(NOTE, "No decision on record was given it.");
        if !self.near {
            self.paper.line(
                DIM,
                "--near also finds it trimmed, wrapped anew, or embedded in a longer text.",
            );
        }
    }

    fn totals(&mut self, counts: &Counts) {
        let direct = count(counts.direct, "decision", "decisions");
        let subjects = self.blast.subjects.iter().filter(|subject| subject.decisions > 0);
        let about = match subjects.count() {
            0 => String::new(),
            some => format!(", about {}", count(some, "subject", "subjects")),
        };
        let more = counts.downstream;
        let said = format!("reached {direct} directly, and through them {more} more{about}");
        self.paper.line(PLAIN, &said);
        if let Some(Counts { direct, downstream, .. }) = self.blast.inferred {
            let near = count(direct, "decision was", "decisions were");
            let said = format!("given something near to it, which reached {downstream} more");
            self.paper.line(NOTE, &format!("inferred, and not counted below: {near} {said}"));
        }
    }

    fn kinds(&mut self, counts: &Counts) {
        self.kind("  site", &counts.by_site);
        self.kind("  model", &counts.by_model);
        let status = counts.by_status.iter().map(|(word, n)| ((*word).to_owned(), *n)).collect();
        self.kind("  status", &status);
        let mut outcomes = counts.by_outcome.clone();
        if counts.without_outcome > 0 {
            outcomes.insert("(none)".to_owned(), counts.without_outcome);
        }
        self.kind("  outcome", &outcomes);
        if counts.by_depth.is_empty() {
            return;
        }
        let depths: Vec<String> =
            counts.by_depth.iter().map(|(depth, n)| format!("{depth}: {n}")).collect();
        self.paper.labelled((SPEAKER, "  depth"), BESIDE, (PLAIN, &depths.join("   ")));
    }

    /// The most frequent first.
    fn kind(&mut self, label: &str, counts: &BTreeMap<String, usize>) {
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
        self.list(label, counts.iter().map(|(name, n)| format!("{name} {n}")).collect());
    }

    fn subjects(&mut self) {
        let subjects = self.blast.subjects.iter().filter(|subject| subject.decisions > 0);
        let subjects = subjects.map(|subject| match subject.decisions {
            1 => subject.subject.clone(),
            more => format!("{} ({more})", subject.subject),
        });
        let subjects = subjects.collect();
        self.list("  subject", subjects);
    }

    fn list(&mut self, label: &str, names: Vec<String>) {
        if names.is_empty() {
            return;
        }
        let most = if self.all { usize::MAX } else { MOST_KINDS };
        let rest = names.len().saturating_sub(most);
        let shown: Vec<String> = names.into_iter().take(most).map(|name| clip(&name, 60)).collect();
        let rest = if rest > 0 { format!(", … {rest} more") } else { String::new() };
        self.paper.labelled((SPEAKER, label), BESIDE, (PLAIN, &(shown.join(", ") + &rest)));
    }

    fn tree(&mut self) {
        let mut fed: HashMap<Uuid, Vec<&Downstream>> = HashMap::new();
        for downstream in &self.blast.downstream {
            fed.entry(downstream.from).or_default().push(downstream);
        }
        let most = if self.all { usize::MAX } else { MOST_DIRECT };
        self.paper.end();
        for direct in self.blast.direct.iter().take(most) {
            if self.paper.is_closed() {
                return;
            }
            self.direct(direct);
            self.fed_by(&direct.id, &fed);
        }
        let rest = self.blast.direct.len().saturating_sub(most);
        self.rest(rest, 2, ("more direct decision", "more direct decisions"));
    }

    fn direct(&mut self, direct: &Direct) {
        let id = self.short(&direct.id);
        self.paper.put(DIM, &format!("  {}  ", moment::seconds(direct.began_us)));
        self.paper.put(PLAIN, &format!("{id}  {}", direct.site));
        let via = match (&direct.via, direct.how) {
            (Some(via), _) => format!("  in {via}"),
            (None, How::Decision) => "  asked about".to_owned(),
            (None, _) => String::new(),
        };
        self.paper.put(DIM, &via);
        if let Some(inferred) = &direct.inferred {
            let how = likeness(inferred.nearness.likeness);
            let percent = inferred.nearness.percent;
            self.paper.put(NOTE, &format!("  inferred: {how}, {percent} %"));
        }
        self.paper.end();
    }

    /// What a decision fed, each below what fed it, without recursion: a chain may be as long as the ledger.
    fn fed_by(&mut self, id: &Uuid, fed: &HashMap<Uuid, Vec<&Downstream>>) {
        let children = |id: &Uuid| fed.get(id).map(Vec::as_slice).unwrap_or_default();
        let mut open: Vec<&Downstream> = children(id).iter().rev().copied().collect();
        let (most, mut shown) = (if self.all { usize::MAX } else { MOST_FED }, 0);
        let mut folded = 0;
        while let Some(next) = open.pop() {
            if shown < most && !self.paper.is_closed() {
                self.downstream(next);
            } else {
                folded += 1;
            }
            shown += 1;
            open.extend(children(&next.id).iter().rev());
        }
        self.rest(folded, 6, ("more that it reached", "more that it reached"));
    }

    fn downstream(&mut self, fed: &Downstream) {
        // Deeper ones are told by their number: a chain of a hundred must not leave the page.
        let indent = 2 + 2 * fed.depth.min(8);
        let id = self.short(&fed.id);
        let edge = match fed.edge {
            Edge::Content => "given what it put out",
            Edge::Cause => "names it as a cause",
            Edge::Parent => "made inside it",
        };
        self.paper.put(DIM, &format!("{:indent$}{} ", "", fed.depth));
        self.paper.put(PLAIN, &format!("{id}  {}", fed.site));
        self.paper.put(DIM, &format!("  {edge}"));
        if fed.inferred {
            self.paper.put(NOTE, "  inferred");
        }
        self.paper.end();
    }

    fn rest(&mut self, folded: usize, indent: usize, (one, many): (&str, &str)) {
        if folded > 0 {
            let more = count(folded, one, many);
            self.paper.line(DIM, &format!("{:indent$}… {more}; --all shows all", ""));
        }
    }

    fn unfollowed(&mut self) {
        self.paper.end();
        self.paper.line(TITLE, "not followed");
        let most = if self.all { usize::MAX } else { MOST_UNFOLLOWED };
        let lines = unfollowed::lines(&self.blast.unfollowed, |id| self.short(id));
        let rest = lines.len().saturating_sub(most);
        // The summary lines stand at the end, and matter to whoever sees only some.
        for line in lines.iter().skip(rest) {
            self.paper.block(2, NOTE, line);
        }
        if rest > 0 {
            self.rest(rest, 2, ("more", "more"));
        }
    }

    fn checked(&mut self, checked: &Checked) {
        self.paper.end();
        if !checked.not_sealed.is_empty() {
            let ids: Vec<String> = checked.not_sealed.iter().map(ToString::to_string).collect();
            let number = count(ids.len(), "decision is", "decisions are");
            let said = format!("{number} not what was sealed: {}", ids.join(", "));
            self.paper.block(0, BAD, &format!("{said}. `testimony verify` says more."));
        }
        if checked.sealed == 0 {
            return;
        }
        let sealed = count(checked.sealed, "decision was", "decisions were");
        let said = format!("{sealed} read again from the ledger, and their hashes hold");
        self.paper.line(GOOD, &said);
    }

    fn short(&self, id: &Uuid) -> String {
        let id = id.to_string();
        id.get(..self.id_length).unwrap_or(&id).to_owned()
    }
}

fn likeness(likeness: Likeness) -> &'static str {
    match likeness {
        Likeness::Rewrapped => "wrapped anew",
        Likeness::Embedded => "embedded in a longer text",
        Likeness::Trimmed => "a piece of it",
        Likeness::Overlapping => "overlapping",
    }
}
