//! Makes a ledger of many decisions to question, and the same decisions as the JSON lines of a team that only logs.
//!
//! ```text
//! cargo run --release -p testimony-benches --bin decisions -- DIRECTORY [DECISIONS] [RUNS.jsonl]
//! ```
//! Writes into a new directory `ledger/`, `decisions.jsonl`, `outcomes.jsonl`, `document.txt` and `planted.json`; the latter tells
//! `benches/questions/run` what to ask, and how many decisions the answers must have. 100,000 decisions unless told otherwise.
//!
//! The decisions have the shape of recorded agent runs (JSON lines `{"run", "model", "reward", "messages"}`): the same runs over
//! and over, side by side as a service makes them, each time under another name, and with another customer in all that is said but
//! the instructions. So the instructions are shared and hardly anything else is, which is the harder case for an index. Ids, times
//! and texts follow from numbers and are the same each time; salts, and with them digests, are not. Since the texts repeat but for
//! the customer's number, a general compressor packs them far tighter than texts from life.
//!
//! **A line of JSON holds what was new in a call**: the messages since the call before, the instructions with a run's first, and
//! the answer. Whole prompts would be seven times the bytes (a conversation's length squared), for every reader of lines to read; so this
//! shape is the one that favours them. What they lose by it is told with the answers: a text in a prompt counts once, where it
//! came in. No line is made for what a log would not know: digests, hashes, what is lost.

mod case;
mod clock;
mod conversation;
mod lines;
mod numbers;
mod outcome;
mod planted;
mod runs;
mod schedule;

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use testimony_ledger::{Ledger, Options, Sources};

use lines::Lines;
use planted::Planted;
use schedule::{Event, Schedule};

const RUNS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/airline-runs.jsonl");
const USUALLY: u64 = 100_000;

/// A little, so that the moment of sealing follows that of the decision closely: about a hundred decisions.
const QUEUE: usize = 256 << 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let directory = words.next().ok_or("usage: decisions DIRECTORY [DECISIONS] [RUNS.jsonl]")?;
    let wanted = words.next().map_or(Ok(USUALLY), |word| word.parse())?;
    let recorded = words.next().map_or_else(|| PathBuf::from(RUNS), PathBuf::from);
    if !recorded.exists() {
        println!("skipped: there are no recorded runs at {}", recorded.display());
        return Ok(());
    }
    make(Path::new(&directory), wanted, &runs::read(&recorded)?)
}

fn make(directory: &Path, wanted: u64, recorded: &[runs::Recorded]) -> Result<(), Box<dyn Error>> {
    let planted =
        Planted::among(wanted).ok_or("too few decisions to plant some among them: 5000 will do")?;
    fs::create_dir(directory)?;
    let ledger = open(&directory.join("ledger"))?;
    let mut lines = Lines::create(directory)?;
    let started = Instant::now();
    let mut schedule = Schedule::new(recorded, &planted, wanted);
    for event in schedule.by_ref() {
        lines.write(&event)?;
        clock::set(event.moment_us());
        match event {
            Event::Decision(case) => ledger.submit(*case)?,
            Event::Outcome(outcome) => ledger.submit(outcome)?,
        }
    }
    ledger.close()?;
    lines.finish()?;
    println!("{wanted} decisions in {:.1?}", started.elapsed());
    fs::write(directory.join("document.txt"), planted::document())?;
    let mut told = BufWriter::new(File::create_new(directory.join("planted.json"))?);
    serde_json::to_writer_pretty(&mut told, &schedule.asked())?;
    Ok(told.flush()?)
}

fn open(path: &Path) -> Result<Ledger, Box<dyn Error>> {
    let options = Options {
        queue_bytes: QUEUE,
        // Nothing may be lost here: whoever submits waits as long as it takes.
        wait_when_full: Duration::from_hours(1),
        service: Some("airline-desk".into()),
        sources: Sources { now_us: clock::now, ..Sources::default() },
        ..Options::default()
    };
    Ok(Ledger::open(path, options)?)
}
