//! `testimony export --otlp`: everything that an endpoint has not had yet is sent there, and then the command ends.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;
use testimony_ledger::read::directory::Directory;
use testimony_otlp::{Begin, Exporter, NotDelivered, Options, Protocol, SetAside, Stats, Which};

use super::size::bytes_of;
use crate::choice::one_of;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::{counted, grouped};
use crate::paper::Paper;
use crate::progress;
use crate::style::{BAD, DIM, NOTE, PLAIN, TITLE};

/// How entries are sent.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options of --otlp")]
pub(crate) struct SendingArgs {
    /// Where to: the base URL of an OTLP endpoint [default: the environment's, or a collector on this machine]
    #[arg(long, value_name = "URL", requires = "otlp")]
    endpoint: Option<String>,

    /// How to speak to it [default: the environment's, or http/protobuf]
    #[arg(long, requires = "otlp", value_parser = one_of(Protocol::ALL, Protocol::as_str))]
    protocol: Option<Protocol>,

    /// Also send prompts, outputs and instructions.
    #[arg(long, requires = "otlp")]
    content: bool,

    /// Send everything again, whatever the endpoint has had before.
    #[arg(long, requires = "otlp")]
    from_beginning: bool,

    /// Give up when the endpoint has taken nothing for so long.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        requires = "otlp",
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    patience: u64,
}

/// Where facts begin, beside what they are.
const BESIDE: usize = 12;

/// How often the bar moves.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The exporter ends by itself; this is longer than anybody waits.
const AS_LONG_AS_IT_TAKES: Duration = Duration::from_hours(24 * 365);

/// What became of it, for programs.
#[derive(Serialize)]
struct Told<'a> {
    endpoint: &'a str,
    delivered: bool,
    sent: u64,
    set_aside: &'a [SetAside],
    retried: u64,
    begun_again: u64,
    elsewhere: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

pub(crate) fn run(
    ledger: &Path,
    sending: &SendingArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let begun_us = moment::now();
    let total = bytes_of(&Directory::open(ledger)?)?;
    // Nobody rings a bell here; what is written meanwhile is for the next run.
    let exporter = Exporter::start(ledger, options(sending), |seen, _| seen)?;
    let done = finish(&exporter, total, Duration::from_secs(sending.patience));
    let stats = exporter.stats();
    let mut aside = exporter
        .destination()
        .set_aside()
        .map_err(|error| Failure::new(format_args!("cannot read what was set aside: {error}")))?;
    aside.retain(|aside| aside.when_us >= begun_us);
    let told = Told {
        endpoint: exporter.destination().endpoint(),
        delivered: done.is_ok(),
        sent: stats.sent,
        set_aside: &aside,
        retried: stats.retried,
        begun_again: stats.begun_again,
        elsewhere: stats.elsewhere,
        trouble: exporter.trouble(),
    };
    if json {
        json::document(&told, paper)?;
    } else {
        print(&told, paper);
    }
    match done {
        Ok(()) => Ok(Exit::judged(stats.set_aside == 0, stats.elsewhere == 0)),
        Err(_) if json => Ok(Exit::CouldNotTell),
        Err(error) => {
            Err(Failure::of(&error).advise("The next run goes on where this one stopped."))
        }
    }
}

fn options(sending: &SendingArgs) -> Options {
    let mut options = Options::default();
    options.endpoint.clone_from(&sending.endpoint);
    options.protocol = sending.protocol;
    options.content = sending.content.then_some(true);
    // What is sent late, or again, is no measure of how long calls take now.
    options.metrics = Some(false);
    options.begin = if sending.from_beginning { Begin::Anew } else { Begin::WhereItStood };
    options
}

/// Waits until everything is delivered, or nothing has been for as long as the caller has patience.
fn finish(exporter: &Exporter, total: u64, patience: Duration) -> Result<(), NotDelivered> {
    exporter.stop_within(AS_LONG_AS_IT_TAKES);
    let bar = progress::bytes("exporting", total);
    let (mut seen, mut since) = (Stats::default(), Instant::now());
    loop {
        if let Some(done) = exporter.wait_stopped(LOOK_EVERY) {
            bar.finish_and_clear();
            return done;
        }
        let stats = exporter.stats();
        bar.set_position(stats.read.min(total));
        if (stats.sent, stats.read) != (seen.sent, seen.read) {
            (seen, since) = (stats, Instant::now());
        } else if since.elapsed() >= patience {
            exporter.stop_within(Duration::ZERO);
        }
    }
}

fn print(told: &Told<'_>, paper: &mut Paper) {
    paper.line(TITLE, told.endpoint);
    paper.fact("sent", BESIDE, (PLAIN, &counted(told.sent, "entry", "entries")));
    if told.retried > 0 {
        paper.fact("retried", BESIDE, (PLAIN, &counted(told.retried, "request", "requests")));
    }
    if told.begun_again > 0 {
        let streams = counted(told.begun_again, "stream", "streams");
        let why = "the cursor was damaged or did not fit the ledger";
        paper.block(2, NOTE, &format!("{streams} sent from the beginning again: {why}"));
    }
    if told.elsewhere > 0 {
        let streams = counted(told.elsewhere, "stream", "streams");
        paper.block(2, NOTE, &format!("{streams} left to another process that exports there"));
    }
    for aside in told.set_aside {
        paper.block(2, BAD, &format!("set aside: {} of stream {}", which(aside), aside.stream));
        paper.block(4, DIM, &aside.why);
    }
}

fn which(aside: &SetAside) -> String {
    match &aside.which {
        Which::Entry { seq, id: None, .. } => format!("entry {}", grouped(*seq)),
        Which::Entry { seq, id: Some(id), .. } => {
            format!("entry {}, decision {id},", grouped(*seq))
        }
        Which::SomeOf { first, last, count } => {
            let (first, last) = (grouped(*first), grouped(*last));
            format!("{} of entries {first} to {last}", grouped(*count))
        }
    }
}
