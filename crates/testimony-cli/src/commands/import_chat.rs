//! `testimony import --openai-chat`: recorded runs of agents, as decisions with ids and times of now.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde::Serialize;
use testimony_forensics::import::{NotImported, OpenAiChat};
use testimony_ledger::Ledger;
use testimony_ledger::read::directory::Directory;
use testimony_record::Uuid;

use super::importing::{now, open, patient};
use super::size::bytes_of;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::number::{count, counted};
use crate::paper::Paper;
use crate::progress;
use crate::style::{DIM, TITLE};

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

pub(super) fn run(
    ledger: &Path,
    path: &Path,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let source = open(path)?;
    let bytes_in = source.metadata().map_or(0, |metadata| metadata.len());
    let ledger = Ledger::open(ledger, patient())?;
    let mut counts = Counts::default();
    let result = import(source, bytes_in, &ledger, &mut counts);
    // Before anything else is said: whether what was read is kept.
    ledger.close()?;
    result.map_err(|error| stopped(path, &error, counts))?;
    let ledger_bytes = bytes_of(&Directory::open(ledger.path())?)?;
    let Counts { runs, calls } = counts;
    let imported = Imported { runs, calls, bytes_in, ledger_bytes, stream: ledger.stream() };
    if json {
        json::document(&imported, paper)?;
    } else {
        print(&imported, ledger.path(), paper);
    }
    Ok(Exit::Fine)
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

fn stopped(path: &Path, error: &NotImported, counts: Counts) -> Failure {
    let failure = Failure::of(error).at(&path.display().to_string());
    let (runs, calls) = (count(counts.runs, "run", "runs"), count(counts.calls, "call", "calls"));
    failure.advise(format!(
        "{runs} before it with {calls} are in the ledger; of this line and what follows it nothing is. Mend the line, and \
         import what is left, from this line on.",
    ))
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
