//! `testimony witness`: has others remember what the ledger holds now, and keeps their word in a file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::tlog::{Policy, WitnessKey};
use testimony_record::verify::Trust;
use testimony_witness::{Answer, Asked, Endpoint, NotAsked, Trouble, ask_once};

use super::trust::read_policy;
use super::verify::verified;
use crate::advice::WHAT_IS_WRONG;
use crate::destination;
use crate::failure::{Exit, Failure, with_causes};
use crate::json;
use crate::moment;
use crate::number::counted;
use crate::paper::Paper;
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct WitnessArgs {
    /// A C2SP tlog-policy: its witness lines name whom to ask and where, its quorum how many of them are enough.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,

    /// Where to keep the cosigned checkpoints, as signed notes. An older file is replaced.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// How long a witness may take for an answer.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    timeout: u64,
}

/// What was said of one stream.
struct Stream {
    id: Uuid,
    asked: Asked,
    /// Whether the policy is content with those who have cosigned.
    enough: bool,
}

pub(crate) fn run(
    ledger: &Path,
    options: &WitnessArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let policy = read_policy(&options.policy)?;
    let witnesses = Endpoint::of_policy(&policy)?;
    let report = verified(ledger, &Trust::default())?;
    if !report.intact() {
        let why = "the ledger is broken; nobody is asked to cosign what was never sealed";
        return Ok(Failure::new(why).advise(WHAT_IS_WRONG).broken());
    }
    let signed = report.streams.iter().filter(|stream| stream.signing.checkpoints > 0);
    let timeout = Duration::from_secs(options.timeout);
    let ask = |id| Stream::ask(ledger, id, &policy, &witnesses, timeout);
    let streams = signed.map(|stream| ask(stream.stream)).collect::<Result<Vec<_>, _>>()?;
    if streams.is_empty() {
        return Err(Failure::new(
            "the ledger holds no signed checkpoint, so there is nothing to cosign",
        )
        .advise("A service signs checkpoints when it is given a key."));
    }
    keep(&streams, &options.output)?;
    if json {
        json::document(&streams.iter().map(Stream::told).collect::<Vec<_>>(), paper)?;
    } else {
        print(&streams, options, paper);
    }
    Ok(exit(&streams))
}

fn exit(streams: &[Stream]) -> Exit {
    let alarm = |answer: &Answer| answer.cosigned.as_ref().is_err_and(Trouble::is_alarm);
    let alarmed = streams.iter().flat_map(|stream| &stream.asked.answers).any(alarm);
    Exit::judged(!alarmed, streams.iter().all(|stream| stream.enough))
}

impl Stream {
    fn ask(
        ledger: &Path,
        id: Uuid,
        policy: &Policy,
        witnesses: &[Endpoint],
        timeout: Duration,
    ) -> Result<Self, NotAsked> {
        let asked = ask_once(ledger, id, witnesses, timeout)?;
        let cosigners = asked.answers.iter().filter(|answer| answer.cosigned.is_ok());
        let cosigners: Vec<&WitnessKey> = cosigners.map(|answer| &answer.witness).collect();
        // Where the policy asks for nobody, one is still better than none.
        let enough = !cosigners.is_empty() && policy.is_met_by(cosigners);
        Ok(Self { id, asked, enough })
    }

    fn cosigned(&self) -> bool {
        self.asked.answers.iter().any(|answer| answer.cosigned.is_ok())
    }

    fn told(&self) -> Told<'_> {
        Told {
            stream: self.id,
            origin: self.asked.head.origin(),
            size: self.asked.head.size(),
            enough: self.enough,
            witnesses: self.asked.answers.iter().map(ToldOfWitness::from).collect(),
        }
    }
}

/// Writes the notes that somebody has cosigned, whole or not at all.
fn keep(streams: &[Stream], file: &Path) -> Result<(), Failure> {
    let notes = streams.iter().filter(|stream| stream.cosigned());
    let notes: String = notes.map(|stream| stream.asked.head.to_string()).collect();
    if notes.is_empty() {
        return Ok(());
    }
    let written = destination::replace(file, notes.as_bytes());
    written.map_err(|error| Failure::cannot_write(file, &error))
}

/// A stream, for programs.
#[derive(Serialize)]
struct Told<'a> {
    stream: Uuid,
    origin: &'a str,
    size: u64,
    enough: bool,
    witnesses: Vec<ToldOfWitness<'a>>,
}

#[derive(Serialize)]
struct ToldOfWitness<'a> {
    witness: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cosigned_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
    alarm: bool,
}

impl<'a> From<&'a Answer> for ToldOfWitness<'a> {
    fn from(answer: &'a Answer) -> Self {
        let trouble = answer.cosigned.as_ref().err();
        Self {
            witness: answer.witness.name(),
            cosigned_s: answer.cosigned.as_ref().ok().copied(),
            trouble: trouble.map(|trouble| with_causes(trouble)),
            alarm: trouble.is_some_and(Trouble::is_alarm),
        }
    }
}

fn print(streams: &[Stream], options: &WitnessArgs, paper: &mut Paper) {
    for stream in streams {
        let size = counted(stream.asked.head.size(), "entry", "entries");
        paper.put(TITLE, &format!("stream {}", stream.id));
        paper.line(DIM, &format!("  checkpoint over {size}"));
        for answer in &stream.asked.answers {
            print_answer(answer, paper);
        }
        let (style, word) =
            if stream.enough { (GOOD, "enough") } else { (NOTE, "not enough for the policy") };
        paper.labelled((DIM, "  witnesses"), 12, (style, word));
        paper.end();
    }
    if streams.iter().any(Stream::cosigned) {
        let (head, policy) = (options.output.display(), options.policy.display());
        let advice = format!(
            "Keep {head} where whoever holds the ledger cannot write. Later, `testimony verify --head {head} --policy \
             {policy}` shows whether anything up to here was changed."
        );
        paper.block(0, PLAIN, &advice);
    } else {
        paper.block(0, NOTE, "Nobody has cosigned, and nothing was written.");
    }
}

fn print_answer(answer: &Answer, paper: &mut Paper) {
    let name = answer.witness.name();
    match &answer.cosigned {
        Ok(time_s) => {
            let when = moment::millis(time_s.saturating_mul(1_000_000));
            paper.put(GOOD, "  cosigned");
            paper.line(PLAIN, &format!("  {name}, {when}"));
        }
        Err(trouble) => {
            let (style, word) =
                if trouble.is_alarm() { (BAD, "  ALARM") } else { (NOTE, "  not cosigned") };
            paper.put(style, word);
            paper.line(PLAIN, &format!("  {name}"));
            paper.block(4, PLAIN, &with_causes(trouble));
            paper.block(4, DIM, trouble.advice());
        }
    }
}
