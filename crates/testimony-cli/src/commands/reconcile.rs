//! `testimony reconcile`: is what a backend has been sent what the ledger holds, and the other way round?

use std::path::{Path, PathBuf};
use std::time::Duration;

use testimony_reconcile::source::{Connection, Header, Jaeger, OtlpJson, Phoenix, Source, Tempo};
use testimony_reconcile::{Options, Progress, Range, Reconciler, Times};

use super::reconcile_report::print;
use super::trust::keys;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::paper::Paper;
use crate::progress;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("source").args(["otlp_json", "jaeger", "tempo", "phoenix"]).multiple(true).required(true))]
pub(crate) struct ReconcileArgs {
    /// Files that a Collector's file exporter has written, one OTLP/JSON export request a line; - for standard input. Several
    /// files, such as rotated ones, are one source.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    otlp_json: Vec<PathBuf>,

    /// A Jaeger, by the address of its query service, such as `http://localhost:16686`.
    #[arg(long, value_name = "URL")]
    jaeger: Vec<String>,

    /// A Grafana Tempo, by the address of its API, such as `http://localhost:3200`.
    #[arg(long, value_name = "URL")]
    tempo: Vec<String>,

    /// A Phoenix, by its address, such as `http://localhost:6006`.
    #[arg(long, value_name = "URL")]
    phoenix: Vec<String>,

    /// The project of a Phoenix.
    #[arg(long, value_name = "NAME", default_value = "default")]
    phoenix_project: String,

    /// The name under which the service is known to a Jaeger, where other services have too many spans to be looked at.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,

    /// A header to send with each request, as NAME:VALUE. May be repeated.
    #[arg(long = "header", value_name = "NAME:VALUE")]
    headers: Vec<String>,

    /// How long a backend may take for an answer.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    timeout: u64,

    /// Only entries from this time on: `2026-03-01`, `2026-03-01T12:00:00Z`, or `2h` for two hours ago. Times without a zone
    /// are in UTC.
    #[arg(long, value_name = "TIME", value_parser = moment::since)]
    since: Option<u64>,

    /// Only entries up to this time; a date means to the end of its day.
    #[arg(long, value_name = "TIME", value_parser = moment::until)]
    until: Option<u64>,

    /// The verifier key that must have signed the heads in the copies, or a file that holds it. May be repeated.
    #[arg(long = "key", value_name = "KEY|FILE")]
    keys: Vec<String>,

    /// Every finding, not only the first 20 of each source (with --json the first 1,000).
    #[arg(long)]
    all: bool,
}

/// How many findings of each source a person gets who did not ask for more.
const FINDINGS_FOR_A_PERSON: usize = 20;

pub(crate) fn run(
    ledger: &Path,
    options: &ReconcileArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let how = how(options, json)?;
    let reading = progress::count("entries of the ledger");
    let mut reconciler = Reconciler::open(ledger, how, &mut |progress| {
        if let Progress::Ledger(entries) = progress {
            reading.set_position(entries);
        }
    })?;
    reading.finish_and_clear();
    for mut source in sources(options, reconciler.times(moment::now()))? {
        compare(&mut reconciler, source.as_mut())?;
    }
    let report = reconciler.finish();
    if json {
        json::document(&report, paper)?;
    } else {
        print(ledger, &report, paper);
    }
    Ok(Exit::judged(report.same(), report.could_compare()))
}

fn how(options: &ReconcileArgs, json: bool) -> Result<Options, Failure> {
    let all = Range::default();
    let mut how = Options::default();
    how.range = Range {
        since_us: options.since.unwrap_or(all.since_us),
        until_us: options.until.unwrap_or(all.until_us),
    };
    how.keys = keys(&options.keys)?;
    how.findings = match (options.all, json) {
        (true, _) => usize::MAX,
        (false, true) => how.findings,
        (false, false) => FINDINGS_FOR_A_PERSON,
    };
    Ok(how)
}

/// The sources that were named, each opened, so that a wrong name is told before anything is compared.
fn sources(options: &ReconcileArgs, times: Times) -> Result<Vec<Box<dyn Source>>, Failure> {
    let mut sources: Vec<Box<dyn Source>> = Vec::new();
    if !options.otlp_json.is_empty() {
        sources.push(Box::new(OtlpJson::open(&options.otlp_json)?));
    }
    let connection = connection(options)?;
    let connection = || connection.clone();
    for url in &options.jaeger {
        let service = options.service.as_deref();
        sources.push(Box::new(Jaeger::connect(url, connection(), times, service)?));
    }
    for url in &options.tempo {
        sources.push(Box::new(Tempo::connect(url, connection(), times)?));
    }
    for url in &options.phoenix {
        let project = &options.phoenix_project;
        sources.push(Box::new(Phoenix::connect(url, connection(), times, project)?));
    }
    Ok(sources)
}

fn connection(options: &ReconcileArgs) -> Result<Connection, Failure> {
    let mut connection = Connection::default();
    connection.timeout = Duration::from_secs(options.timeout);
    let headers = options.headers.iter().map(|text| text.parse::<Header>());
    connection.headers = headers.collect::<Result<_, _>>().map_err(|error| Failure::of(&error))?;
    Ok(connection)
}

/// Compares with a bar for those who wait.
fn compare(reconciler: &mut Reconciler, source: &mut dyn Source) -> Result<(), Failure> {
    let bar = match source.progress() {
        Some((_, total)) => progress::bytes("reading copies", total),
        None => progress::count("spans"),
    };
    reconciler.compare(source, &mut |progress| {
        if let Progress::Source { spans, of, .. } = progress {
            bar.set_position(of.map_or(spans, |(done, _)| done));
        }
    })?;
    bar.finish_and_clear();
    Ok(())
}
