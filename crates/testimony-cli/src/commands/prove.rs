//! `testimony prove`: evidence of one decision, to be handed to someone who has no access to the ledger.

use std::path::{Path, PathBuf};

use serde::Serialize;
use testimony_forensics::evidence::{Disclosure, NotProven, Proven, Request, parts};
use testimony_forensics::{Casebook, Content, Part};
use testimony_record::Uuid;

use super::links::part_name;
use super::trust::read_policy;
use crate::destination;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::number::{count, grouped};
use crate::paper::Paper;
use crate::progress;
use crate::style::{NOTE, PLAIN, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct ProveArgs {
    /// The decision's id, or the beginning of it.
    id: String,

    /// Where to write it, by custom with the extension .tlog-proof; - for standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Contents that go along: all, or roles such as prompt and rationale, or role:name such as context:policy. May be
    /// repeated. Without it none do: the entry holds only commitments to them.
    #[arg(long, value_name = "PARTS", value_delimiter = ',')]
    disclose: Vec<String>,

    /// A C2SP tlog-policy: the newest checkpoint that it accepts is shown; where it accepts none, the newest.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Replace the file if there is one.
    #[arg(long)]
    force: bool,
}

/// Where facts begin, beside what they are.
const BESIDE: usize = 14;

/// What was written, for programs.
#[derive(Serialize)]
struct Written<'a> {
    file: String,
    bytes: usize,
    stream: Uuid,
    seq: u64,
    origin: &'a str,
    size: u64,
    disclosed: Vec<String>,
    withheld: Vec<String>,
    /// Of no content is there anything to disclose.
    nothing_there: Vec<String>,
}

pub(crate) fn run(
    ledger: &Path,
    options: &ProveArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let disclose = Disclosure::parse(options.disclose.iter().map(String::as_str));
    let disclose = disclose.map_err(|error| Failure::of(&error))?;
    let policy = options.policy.as_deref().map(read_policy).transpose()?;
    let picky = policy.is_some();
    let request = Request { disclose, policy };
    let proven = match proven(ledger, &options.id, &request)? {
        Ok(proven) => proven,
        Err(error) => return not_proven(error),
    };
    if options.output == Path::new("-") {
        destination::print(proven.file.as_bytes())?;
        return Ok(Exit::Fine);
    }
    destination::write(&options.output, proven.file.as_bytes(), options.force)?;
    let told = parts(&proven.evidence);
    let written = written(&options.output, &proven, &told);
    if json {
        json::document(&written, paper)?;
    } else {
        print(&written, paper);
        if picky && !proven.accepted {
            let remark = "No checkpoint that covers it is one that the policy accepts; the newest was taken.";
            paper.block(0, NOTE, remark);
        }
    }
    Ok(Exit::Fine)
}

fn proven(
    ledger: &Path,
    id: &str,
    request: &Request,
) -> Result<Result<Proven, NotProven>, Failure> {
    let casebook = Casebook::open(ledger)?;
    Ok(progress::during("proving", |walked| casebook.prove(id, request, walked)))
}

/// A ledger that is not what was sealed is broken; anything else is no answer.
fn not_proven(error: NotProven) -> Result<Exit, Failure> {
    let broken = matches!(error, NotProven::Broken(_) | NotProven::WrongCheckpoint { .. });
    let failure = Failure::from(error);
    if broken { Ok(failure.broken()) } else { Err(failure) }
}

fn written<'a>(file: &Path, proven: &'a Proven, told: &[Part]) -> Written<'a> {
    let (entry, head) = (proven.evidence.entry(), proven.evidence.head());
    let names = |wanted: fn(&Content) -> bool| {
        told.iter().filter(|part| wanted(&part.content)).map(part_name).collect()
    };
    Written {
        file: file.display().to_string(),
        bytes: proven.file.len(),
        stream: entry.stream,
        seq: entry.seq,
        origin: head.origin(),
        size: head.size(),
        disclosed: names(|content| !is_withheld(content) && !is_nothing(content)),
        withheld: names(is_withheld),
        nothing_there: names(is_nothing),
    }
}

fn is_withheld(content: &Content) -> bool {
    matches!(content, Content::Withheld)
}

fn is_nothing(content: &Content) -> bool {
    matches!(content, Content::Absent(_) | Content::Erased(_) | Content::Blank { .. })
}

fn print(written: &Written<'_>, paper: &mut Paper) {
    let Written { file, bytes, stream, seq, origin, size, .. } = written;
    paper.line(TITLE, &format!("{file} ({})", count(*bytes, "byte", "bytes")));
    paper.fact("entry", BESIDE, (PLAIN, &format!("{seq} of stream {stream}")));
    paper.fact(
        "checkpoint",
        BESIDE,
        (PLAIN, &format!("{origin}, the first {} entries", grouped(*size))),
    );
    list("disclosed", &written.disclosed, paper);
    list("withheld", &written.withheld, paper);
    list("not there", &written.nothing_there, paper);
    paper.end();
    let advice = format!(
        "Whoever gets it checks it with `testimony check FILE --key KEY`, where KEY is the verifier key of {}, which they \
         must have from you by another way than this file.",
        origin.rsplit_once('/').map_or(*origin, |(name, _)| name)
    );
    paper.block(0, PLAIN, &advice);
}

fn list(name: &str, parts: &[String], paper: &mut Paper) {
    if !parts.is_empty() {
        paper.fact(name, BESIDE, (PLAIN, &parts.join(", ")));
    }
}
