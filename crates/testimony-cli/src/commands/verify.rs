//! `testimony verify`: is the ledger what was sealed, is it all there, and what does this run not say?

use std::fs;
use std::path::Path;

use serde::Serialize;
use testimony_ledger::verify::{Progress, verify};
use testimony_record::frame::segment_name;
use testimony_record::head::Head;
use testimony_record::verify::{Finding, Loss, Report, StreamReport};

use super::not_established::sentence;
use crate::args::Verify;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::number::{counted, grouped};
use crate::paper::Paper;
use crate::progress;
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, TITLE};

/// The answer for programs.
#[derive(Serialize)]
struct Answer<'a> {
    integrity: &'static str,
    completeness: &'static str,
    #[serde(flatten)]
    report: &'a Report,
}

pub(crate) fn run(
    ledger: &Path,
    options: &Verify,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let heads = options.heads.iter().map(|file| read_heads(file));
    let heads = heads.collect::<Result<Vec<_>, _>>()?.concat();
    let report = verified(ledger, &heads)?;
    if json {
        let (integrity, completeness) = (integrity(&report).0, completeness(&report).0);
        json::document(&Answer { integrity, completeness, report: &report }, paper)?;
    } else {
        print(ledger, &report, paper);
    }
    Ok(if report.intact() { Exit::Fine } else { Exit::Broken })
}

/// Verifies, with a bar for those who wait.
pub(super) fn verified(ledger: &Path, heads: &[Head]) -> Result<Report, Failure> {
    let bar = progress::bytes("verifying", 0);
    let report = verify(ledger, heads, &mut |Progress { done, total }| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    Ok(report?)
}

fn read_heads(file: &Path) -> Result<Vec<Head>, Failure> {
    let name = file.display();
    let advice = "A head file is what `testimony head --json` printed.";
    let text = fs::read_to_string(file).map_err(|error| {
        Failure::new(format_args!("cannot read {name}: {error}")).advise(advice)
    })?;
    let heads = match serde_json::from_str(&text) {
        Ok(head) => Ok(vec![head]),
        Err(_) => serde_json::from_str::<Vec<Head>>(&text),
    };
    match heads {
        Ok(heads) if !heads.is_empty() => Ok(heads),
        Ok(_) => Err(Failure::new(format_args!("{name} holds no head")).advise(advice)),
        Err(error) => {
            let problem = format_args!("{name} holds something else than heads: {error}");
            Err(Failure::new(problem).advise(advice))
        }
    }
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
    print_losses(report, paper);
    heading("Not established by this run:", paper);
    for open in &report.not_established {
        paper.labelled((DIM, "  -"), 4, (PLAIN, &sentence(open)));
    }
}

fn answer(question: &str, (word, meaning): (&str, &str), style: anstyle::Style, paper: &mut Paper) {
    paper.put(PLAIN, &format!("{question:<15}"));
    paper.put(style, word);
    paper.line(PLAIN, &format!(" - {meaning}"));
}

fn heading(text: &str, paper: &mut Paper) {
    paper.end();
    paper.line(TITLE, text);
}

fn print_streams(report: &Report, paper: &mut Paper) {
    if !report.streams.is_empty() {
        heading("Streams:", paper);
    }
    for stream in &report.streams {
        paper.put(PLAIN, &format!("  {}  ", stream.stream));
        paper.line(DIM, state(stream));
        let figures = [
            counted(stream.entries, "entry", "entries"),
            counted(stream.decisions, "decision", "decisions"),
            counted(stream.objects, "object", "objects"),
            counted(stream.bytes, "byte", "bytes"),
        ];
        paper.block(4, PLAIN, &figures.join(", "));
    }
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

fn print_losses(report: &Report, paper: &mut Paper) {
    let on_record = report.streams.iter().any(|stream| !stream.losses.is_empty());
    if on_record {
        heading("Losses on record:", paper);
    }
    for stream in &report.streams {
        for loss in &stream.losses {
            let (seq, what) = told(loss);
            paper.labelled((DIM, "  -"), 4, (PLAIN, &what));
            paper.block(4, DIM, &format!("stream {}, entry {seq}", stream.stream));
        }
    }
}

fn told(loss: &Loss) -> (u64, String) {
    match loss {
        Loss::Gap { seq, lost, reason } => {
            let decisions = counted(*lost, "decision was", "decisions were");
            (*seq, format!("{decisions} made and not recorded: {reason}"))
        }
        Loss::Recovered { seq, bytes } => {
            let bytes = grouped(*bytes);
            (
                *seq,
                format!(
                    "{bytes} unfinished bytes were cut off when the stream was taken up after a crash"
                ),
            )
        }
    }
}
