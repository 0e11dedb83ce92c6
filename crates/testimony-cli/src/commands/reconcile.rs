//! `testimony reconcile`: is what a backend has been sent what the ledger holds, and the other way round?

use std::path::Path;

use testimony_reconcile::source::{OtlpJson, Source};
use testimony_reconcile::{Options, Progress, Range, Reconciler, Report};

use super::reconcile_report::print;
use super::trust::keys;
use crate::args::Reconcile;
use crate::failure::{Exit, Failure};
use crate::json;
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
    for mut source in sources(options)? {
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

/// The sources that were named, each opened, so that a wrong name is told before anything is read.
fn sources(options: &Reconcile) -> Result<Vec<Box<dyn Source>>, Failure> {
    let mut sources: Vec<Box<dyn Source>> = Vec::new();
    if !options.otlp_json.is_empty() {
        sources.push(Box::new(OtlpJson::open(&options.otlp_json)?));
    }
    Ok(sources)
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
