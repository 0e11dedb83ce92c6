//! `testimony check`: is this evidence to be believed, what does it say, and what does it not say?

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anstyle::Style;
use serde::Serialize;
use testimony_forensics::evidence::{facts, parts};
use testimony_forensics::{Content, Facts, Part};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::evidence::{
    BadEvidence, Checked, Conclusion, Cosignature, Evidence, Fault, MAX_FILE_BYTES,
};

use super::facts::{fact, print_facts, print_heading};
use super::links::by_id;
use super::trust::{keys, read_policy};
use crate::content::Telling;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::{count, grouped};
use crate::paper::Paper;
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The evidence; - for standard input.
    file: PathBuf,

    /// The verifier key that must have signed the checkpoint, or a file that holds it. May be repeated. It must come from
    /// elsewhere than the evidence: nothing in a file can say whom to trust.
    #[arg(long = "key", value_name = "KEY|FILE")]
    keys: Vec<String>,

    /// A C2SP tlog-policy: which keys may sign, and how many of which witnesses must have cosigned.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

const EVIDENCE: &str = "Evidence is what `testimony prove` writes, unchanged.";

/// The answer for programs.
#[derive(Serialize)]
struct Answer<'a> {
    evidence: &'static str,
    faults: &'a [Fault],
    signed_by: Option<String>,
    cosignatures: &'a [Cosignature],
    witnessed: bool,
    origin: &'a str,
    size: u64,
    stream: Uuid,
    seq: u64,
    hash: Digest,
    sealed_us: u64,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<Facts>,
    parts: Vec<Part>,
    not_established: Vec<String>,
}

pub(crate) fn run(options: &CheckArgs, json: bool, paper: &mut Paper) -> Result<Exit, Failure> {
    let keys = keys(&options.keys)?;
    let policy = options.policy.as_deref().map(read_policy).transpose()?;
    let text = read(&options.file)?;
    let evidence = match Evidence::parse(&text) {
        Ok(evidence) => evidence,
        Err(error) => return no_evidence(&options.file, &error),
    };
    let checked = evidence.check(&keys, policy.as_ref());
    let answer = answer(&evidence, &checked);
    if json {
        json::document(&answer, paper)?;
    } else {
        print(&answer, &checked, paper);
    }
    Ok(match checked.conclusion() {
        Conclusion::Good => Exit::Fine,
        Conclusion::Wrong => Exit::Broken,
        Conclusion::Unsettled => Exit::CouldNotTell,
    })
}

fn read(file: &Path) -> Result<String, Failure> {
    let text = if file == Path::new("-") {
        read_from(io::stdin().lock())
    } else {
        File::open(file).and_then(read_from)
    };
    text.map_err(|error| Failure::cannot_read(file, &error).advise(EVIDENCE))
}

/// One byte more than evidence can have is enough to see that it is none.
fn read_from(source: impl Read) -> io::Result<String> {
    let mut text = String::new();
    source.take(MAX_FILE_BYTES as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

/// Evidence that its own bytes contradict is wrong; anything else is none.
fn no_evidence(file: &Path, error: &BadEvidence) -> Result<Exit, Failure> {
    let failure = Failure::of(error).at(&file.display().to_string());
    if !error.contradicts_itself() {
        return Err(failure.advise(EVIDENCE));
    }
    let why = "It has been changed since it was made. Nothing that it says is shown.";
    Ok(failure.advise(why).broken())
}

fn answer<'a>(evidence: &'a Evidence, checked: &'a Checked) -> Answer<'a> {
    let (entry, head) = (evidence.entry(), evidence.head());
    let parts = parts(evidence);
    let not_established = not_established(checked, &parts);
    let id = if let Body::Decision(decision) = &entry.body { Some(decision.id) } else { None };
    Answer {
        evidence: word(checked.conclusion()).1,
        faults: &checked.faults,
        signed_by: checked.signed_by.as_ref().map(ToString::to_string),
        cosignatures: &checked.cosignatures,
        witnessed: checked.witnessed,
        origin: head.origin(),
        size: head.size(),
        stream: entry.stream,
        seq: entry.seq,
        hash: evidence.hash(),
        sealed_us: entry.time_us,
        kind: entry.body.kind(),
        id,
        facts: facts(evidence),
        parts,
        not_established,
    }
}

fn word(conclusion: Conclusion) -> (Style, &'static str, &'static str) {
    match conclusion {
        Conclusion::Good => (GOOD, "good", "this was in the log when the checkpoint was signed"),
        Conclusion::Wrong => (BAD, "wrong", "it does not prove what it says"),
        Conclusion::Unsettled => {
            (NOTE, "unsettled", "it holds in itself; who vouches for it is open without --key")
        }
    }
}

fn print(answer: &Answer<'_>, checked: &Checked, paper: &mut Paper) {
    let (style, word, meaning) = word(checked.conclusion());
    paper.put(PLAIN, "Evidence:  ");
    paper.put(style, word);
    paper.line(PLAIN, &format!(" - {meaning}"));
    for fault in answer.faults {
        paper.item(BAD, &fault.to_string());
    }
    paper.end();
    print_log(answer, checked, paper);
    paper.end();
    // A person must not take for recorded what is not.
    if checked.conclusion() == Conclusion::Wrong {
        paper.line(NOTE, "What it says is not shown; --json has it.");
    } else {
        print_what_it_says(answer, paper);
    }
    paper.end();
    paper.line(TITLE, "Not established by this:");
    for open in &answer.not_established {
        paper.item(PLAIN, open);
    }
}

fn print_log(answer: &Answer<'_>, checked: &Checked, paper: &mut Paper) {
    fact("log", (PLAIN, answer.origin), paper);
    fact("checkpoint", (PLAIN, &format!("the first {} entries", grouped(answer.size))), paper);
    if let Some(key) = &checked.signed_by {
        fact("signed by", (PLAIN, &format!("{key}, which was given")), paper);
    }
    for Cosignature { witness, time_s } in answer.cosignatures {
        let time = moment::seconds(time_s.saturating_mul(1_000_000));
        fact("witness", (PLAIN, &format!("{witness}, {time} by its clock")), paper);
    }
}

fn print_what_it_says(answer: &Answer<'_>, paper: &mut Paper) {
    let id = answer.id.unwrap_or_default();
    match (&answer.id, &answer.facts) {
        (Some(id), Some(facts)) => {
            paper.line(TITLE, &format!("decision {id}"));
            print_facts(facts, paper);
        }
        _ => paper.line(TITLE, &format!("an entry of the kind {}", answer.kind)),
    }
    fact("sealed", (DIM, &moment::millis(answer.sealed_us)), paper);
    fact("entry", (DIM, &format!("{} of stream {}", answer.seq, answer.stream)), paper);
    fact("hash", (DIM, &answer.hash.to_string()), paper);
    let telling = Telling { decision: id, cut: None, called: &by_id };
    for part in &answer.parts {
        paper.end();
        print_heading(part, paper);
        telling.tell(&part.content, paper);
    }
}

fn not_established(checked: &Checked, parts: &[Part]) -> Vec<String> {
    let mut open = Vec::new();
    let withheld = parts.iter().filter(|part| matches!(part.content, Content::Withheld)).count();
    if checked.signed_by.is_none() {
        open.push(
            "Whose log it is: no key was given that has signed the checkpoint. A key that comes with the evidence proves \
             nothing."
                .to_owned(),
        );
    }
    if !checked.witnessed {
        open.push(
            "Whether the log's owner shows everybody the same log: no quorum of witnesses of a policy has cosigned this \
             checkpoint."
                .to_owned(),
        );
    }
    open.push(time(checked));
    if withheld > 0 {
        open.push(format!(
            "What {} of its {} say: they are withheld. Their commitments are part of the entry, so they cannot be replaced \
             when they are disclosed later.",
            grouped(withheld as u64),
            count(parts.len(), "part", "parts")
        ));
    }
    open.extend(ALWAYS_OPEN.map(str::to_owned));
    open
}

/// The times of the entry are its writer's; a witness's is another's word that by then it existed.
fn time(checked: &Checked) -> String {
    let earliest = checked.cosignatures.iter().map(|cosignature| cosignature.time_s).min();
    match earliest {
        Some(time_s) => format!(
            "When it happened: the times are the writer's own. A witness says that it was on record by {}.",
            moment::seconds(time_s.saturating_mul(1_000_000))
        ),
        None => "When it happened: the times are the writer's own.".to_owned(),
    }
}

const ALWAYS_OPEN: [&str; 3] = [
    "Whether anything was said about it later: outcomes, corrections and erasures are entries of their own, which this file \
     does not hold.",
    "Where content is said to be erased, by whom and why: that is on record in the ledger.",
    "Whether what was recorded is true: that the application told the ledger everything and told it right, that the named \
     model ran, and that a stated reason was the cause.",
];
