//! `testimony import`: hands what another recorder has kept to a ledger. Runs get ids and times of now, spans keep their times.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use testimony_forensics::import::{Moment, NotImported, OpenAiChat};
use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_ledger::{Ledger, Options};
use testimony_record::Uuid;
use testimony_record::frame::MAX_BLOB_BYTES;

use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::{count, counted};
use crate::paper::Paper;
use crate::progress;
use crate::style::{DIM, TITLE};

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ImportArgs {
    /// JSON lines `{"run", "model", "reward", "messages"}` with chat messages as `OpenAI` spells them: each message of
    /// the assistant becomes a decision, the reward an outcome of the run's last one.
    #[arg(long, value_name = "FILE")]
    openai_chat: Option<PathBuf>,

    /// OTLP as JSON, one export request a line, as a Collector's file exporter writes it: each span of the `OpenTelemetry` `GenAI`
    /// or `OpenInference` conventions becomes a decision. Give all files of one export at once, so that calls inside others
    /// are known to be.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    otlp_json: Vec<PathBuf>,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    runs: usize,
    calls: usize,
}

/// What an import did.
#[derive(Debug, Serialize)]
struct Imported {
    runs: usize,
    calls: usize,
    bytes_in: u64,
    ledger_bytes: u64,
    stream: Uuid,
}

pub(crate) fn run(
    ledger: &Path,
    options: &ImportArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    match &options.openai_chat {
        Some(path) => openai_chat(ledger, path, json, paper),
        None => super::import_otlp::run(ledger, &options.otlp_json, json, paper),
    }
}

fn openai_chat(ledger: &Path, path: &Path, json: bool, paper: &mut Paper) -> Result<Exit, Failure> {
    let source = open(path)?;
    let bytes_in = source.metadata().map_or(0, |metadata| metadata.len());
    let ledger = Ledger::open(ledger, patient())?;
    let mut counts = Counts::default();
    let result = import(source, bytes_in, &ledger, &mut counts);
    // Before anything else is said: whether what was read is kept.
    ledger.close()?;
    result.map_err(|error| stopped(path, &error, counts))?;
    let ledger_bytes = bytes_of(ledger.path())?;
    let Counts { runs, calls } = counts;
    let imported = Imported { runs, calls, bytes_in, ledger_bytes, stream: ledger.stream() };
    if json {
        json::document(&imported, paper)?;
    } else {
        print(&imported, ledger.path(), paper);
    }
    Ok(Exit::Fine)
}

/// An import waits for room; it never loses anything because the disk is slow, and leaves nothing out for its size.
pub(super) fn patient() -> Options {
    Options {
        wait_when_full: Duration::MAX,
        max_content_bytes: MAX_BLOB_BYTES,
        service: Some("testimony import".into()),
        ..Options::default()
    }
}

pub(super) fn open(path: &Path) -> Result<File, Failure> {
    let is_dir = fs::metadata(path).is_ok_and(|metadata| metadata.is_dir());
    let file = if is_dir { Err(io::ErrorKind::IsADirectory.into()) } else { File::open(path) };
    file.map_err(|error| {
        Failure::new(format_args!("cannot read {}: {error}", path.display()))
            .advise("Give a file of JSON lines.")
    })
}

/// Records runs until the file ends or one is bad. Of a bad one nothing is recorded.
fn import(
    source: File,
    bytes: u64,
    ledger: &Ledger,
    counts: &mut Counts,
) -> Result<(), NotImported> {
    let bar = progress::bytes("importing", bytes);
    for run in OpenAiChat::new(BufReader::new(bar.wrap_read(source))) {
        let run = run?;
        for submission in run.submissions(&mut now) {
            if ledger.submit(submission).is_err() {
                // The ledger says why when it is closed.
                return Ok(());
            }
        }
        counts.runs += 1;
        counts.calls += run.calls();
    }
    bar.finish_and_clear();
    Ok(())
}

pub(super) fn now() -> Moment {
    Moment { id: Uuid::now_v7(), now_us: moment::now() }
}

fn stopped(path: &Path, error: &NotImported, counts: Counts) -> Failure {
    let failure = Failure::of(error).at(&path.display().to_string());
    let (runs, calls) = (count(counts.runs, "run", "runs"), count(counts.calls, "call", "calls"));
    failure.advise(format!(
        "{runs} before it with {calls} are in the ledger; of this line and what follows it nothing is. Mend the line, and \
         import what is left, from this line on.",
    ))
}

pub(super) fn bytes_of(ledger: &Path) -> Result<u64, CouldNotRead> {
    let directory = Directory::open(ledger)?;
    let mut bytes = 0;
    for &stream in &directory.streams {
        for segment in directory.segments(stream)? {
            let path = directory.segment_path(stream, segment);
            bytes += fs::metadata(path).map_or(0, |metadata| metadata.len());
        }
    }
    Ok(bytes)
}

fn print(imported: &Imported, ledger: &Path, paper: &mut Paper) {
    let Imported { runs, calls, bytes_in, ledger_bytes, stream } = imported;
    let (runs, calls) = (count(*runs, "run", "runs"), count(*calls, "call", "calls"));
    paper.line(TITLE, &format!("Imported {runs} with {calls}."));
    let read = counted(*bytes_in, "byte", "bytes");
    let takes = counted(*ledger_bytes, "byte", "bytes");
    paper.line(DIM, &format!("{read} read; {} now takes {takes}.", ledger.display()));
    paper.line(DIM, &format!("They are in stream {stream}; `testimony log` lists them."));
}
