//! `testimony verify`: is the ledger what was sealed, is it all there, and what does this run not say?

use std::path::{Path, PathBuf};

use testimony_forensics::words::not_established::sentence;
use testimony_ledger::verify::verify_with;
use testimony_record::frame::segment_name;
use testimony_record::verify::{Finding, Report, StreamReport, Trust};

use super::trust::{TrustArgs, trust};
use super::verification::{Answer, answer, covered, heading, print_losses, print_not_established};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::number::counted;
use crate::paper::Paper;
use crate::progress;
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(super) trust: TrustArgs,

    /// Check exported copies instead, without any ledger: files that a Collector's file exporter has written, one OTLP/JSON
    /// export request a line; - for standard input.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) otlp_json: Vec<PathBuf>,
}

pub(crate) fn run(
    ledger: &Path,
    options: &VerifyArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let report = verified(ledger, &trust(&options.trust)?)?;
    if json {
        let (integrity, completeness) = (integrity(&report).0, completeness(&report).0);
        json::document(&Answer { integrity, completeness, report: &report }, paper)?;
    } else {
        print(ledger, &report, paper);
    }
    Ok(Exit::judged(report.intact(), report.could_check()))
}

/// Verifies, with a bar for those who wait.
pub(super) fn verified(ledger: &Path, trust: &Trust) -> Result<Report, Failure> {
    Ok(progress::during("verifying", |walked| verify_with(ledger, trust, walked))?)
}

fn integrity(report: &Report) -> (&'static str, &'static str) {
    if report.intact() {
        ("intact", "nothing that was sealed has been found changed")
    } else {
        ("broken", "the ledger is not what was sealed; see the findings")
    }
}

fn completeness(report: &Report) -> (&'static str, &'static str) {
    let losses = report.streams.iter().any(|stream| !stream.losses.is_empty());
    if !report.intact() {
        ("unknown", "a broken ledger cannot say whether it holds everything")
    } else if report.streams.is_empty() {
        ("empty", "the ledger holds no stream")
    } else if losses {
        ("losses", "the ledger itself says that something was lost; see below")
    } else if report.complete() {
        ("complete", "every stream was closed, and none records a loss")
    } else {
        ("open", "no loss is on record, but not every stream was closed")
    }
}

fn print(ledger: &Path, report: &Report, paper: &mut Paper) {
    paper.line(TITLE, &ledger.display().to_string());
    paper.end();
    let (integrity, completeness) = (integrity(report), completeness(report));
    answer("Integrity:", integrity, if report.intact() { GOOD } else { BAD }, paper);
    let calm = if completeness.0 == "complete" { GOOD } else { NOTE };
    answer("Completeness:", completeness, calm, paper);
    print_streams(report, paper);
    let (faults, remarks): (Vec<_>, Vec<_>) =
        report.findings().partition(|finding| finding.verdict.breaks());
    print_findings("Findings:", &faults, BAD, paper);
    print_findings("Remarks:", &remarks, NOTE, paper);
    let losses = report.streams.iter().map(|stream| (stream.stream, stream.losses.as_slice()));
    print_losses(losses, paper);
    print_not_established(report.not_established.iter().map(sentence), paper);
}

fn print_streams(report: &Report, paper: &mut Paper) {
    if !report.streams.is_empty() {
        heading("Streams:", paper);
    }
    for stream in &report.streams {
        paper.put(PLAIN, &format!("  {}  ", stream.stream));
        paper.line(DIM, state(stream));
        paper.block(4, PLAIN, &figures(stream).join(", "));
    }
}

/// What there is of a stream; of what not every stream has only where it has some.
fn figures(stream: &StreamReport) -> Vec<String> {
    let always = [
        counted(stream.entries, "entry", "entries"),
        counted(stream.decisions, "decision", "decisions"),
        counted(stream.objects, "object", "objects"),
        counted(stream.bytes, "byte", "bytes"),
    ];
    let some = [
        (stream.signing.checkpoints, "checkpoint", "checkpoints"),
        (stream.erased, "content erased, on record", "contents erased, on record"),
        (stream.open_intents, "intent without a decision", "intents without a decision"),
    ];
    let some = some.into_iter().filter(|(count, ..)| *count > 0);
    let some = some.map(|(count, one, many)| counted(count, one, many));
    always.into_iter().chain(some).chain(covered(&stream.signing)).collect()
}

fn state(stream: &StreamReport) -> &'static str {
    match (stream.live, stream.closed) {
        (true, _) => "in use",
        (false, true) => "closed",
        (false, false) => "not closed",
    }
}

fn print_findings(title: &str, findings: &[&Finding], style: anstyle::Style, paper: &mut Paper) {
    if !findings.is_empty() {
        heading(title, paper);
    }
    for finding in findings {
        let place = &finding.place;
        let file = segment_name(place.segment);
        paper.put(style, &format!("  {}", finding.verdict));
        let (stream, seq, offset) = (place.stream, place.seq, place.offset);
        paper.line(DIM, &format!("  stream {stream}, entry {seq}, {file} at byte {offset}"));
        paper.block(4, PLAIN, &finding.detail);
    }
}
