//! `testimony reconcile`: is what a backend has been sent what the ledger holds, and the other way round?

use std::path::Path;
use std::time::Duration;

use testimony_reconcile::source::{Connection, Header, Jaeger, OtlpJson, Phoenix, Source, Tempo};
use testimony_reconcile::{Options, Progress, Range, Reconciler, Report, Times};

use super::reconcile_report::print;
use super::trust::keys;
use crate::args::Reconcile;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::paper::Paper;
use crate::progress;

/// How many findings of each source a person gets who did not ask for more.
const FINDINGS_FOR_A_PERSON: usize = 20;

pub(crate) fn run(
    ledger: &Path,
    options: &Reconcile,
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
    Ok(exit(&report))
}

fn exit(report: &Report) -> Exit {
    match report.same() {
        false => Exit::Broken,
        true if report.could_compare() => Exit::Fine,
        true => Exit::CouldNotTell,
    }
}

fn how(options: &Reconcile, json: bool) -> Result<Options, Failure> {
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
fn sources(options: &Reconcile, times: Times) -> Result<Vec<Box<dyn Source>>, Failure> {
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

fn connection(options: &Reconcile) -> Result<Connection, Failure> {
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
