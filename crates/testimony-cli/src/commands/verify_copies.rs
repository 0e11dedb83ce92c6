//! `testimony verify --otlp-json`: are exported copies, by themselves, what was sealed, and what can they not say?

use testimony_reconcile::source::{OtlpJson, Source as _};
use testimony_reconcile::{
    AloneReport, CopiesReport, OpenQuestion, Progress, Wrong, verify_copies,
};

use super::reconcile_report;
use super::trust::trust;
use super::verification::{Answer, answer, covered, heading, print_losses, print_not_established};
use super::verify::VerifyArgs;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::number::{counted, grouped};
use crate::paper::Paper;
use crate::progress;
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, TITLE};

/// How many findings of each stream a person gets, and a program.
const FINDINGS: (usize, usize) = (20, 1_000);

pub(crate) fn run(options: &VerifyArgs, json: bool, paper: &mut Paper) -> Result<Exit, Failure> {
    let trust = trust(&options.trust)?;
    let mut source = OtlpJson::open(&options.otlp_json)?;
    let bar = progress::bytes("reading copies", source.progress().map_or(0, |(_, total)| total));
    let keep = if json { FINDINGS.1 } else { FINDINGS.0 };
    let report = verify_copies(&mut source, &trust, keep, &mut |progress| {
        if let Progress::Source { of: Some((done, _)), .. } = progress {
            bar.set_position(done);
        }
    })?;
    bar.finish_and_clear();
    if json {
        let (integrity, completeness) = (integrity(&report).0, completeness(&report).0);
        json::document(&Answer { integrity, completeness, report: &report }, paper)?;
    } else {
        print(&report, paper);
    }
    Ok(Exit::judged(report.intact(), report.could_check()))
}

fn integrity(report: &AloneReport) -> (&'static str, &'static str) {
    if !report.intact() {
        ("broken", "the copies are not what was sealed; see the findings")
    } else if report.streams.is_empty() {
        ("unknown", "there is no copy of an entry")
    } else {
        ("intact", "nothing that was exported has been found changed")
    }
}

fn completeness(report: &AloneReport) -> (&'static str, &'static str) {
    let losses = report.streams.iter().any(|stream| !stream.losses.is_empty());
    if !report.intact() {
        ("unknown", "broken copies cannot say whether they are all")
    } else if report.streams.is_empty() {
        ("empty", "there is no copy of an entry")
    } else if losses {
        ("losses", "the entries themselves say that something was lost; see below")
    } else if report.complete() {
        ("complete", "there are copies from the first entry of each stream to its close")
    } else {
        (
            "open",
            "there is no hole, and not every stream is there from its first entry to its close",
        )
    }
}

fn print(report: &AloneReport, paper: &mut Paper) {
    paper.line(TITLE, &format!("copies in {}", report.source));
    paper.end();
    let (integrity, completeness) = (integrity(report), completeness(report));
    let style = match integrity.0 {
        "intact" => GOOD,
        "broken" => BAD,
        _ => NOTE,
    };
    answer("Integrity:", integrity, style, paper);
    let calm = if completeness.0 == "complete" { GOOD } else { NOTE };
    answer("Completeness:", completeness, calm, paper);
    heading("Copies:", paper);
    paper.block(2, PLAIN, &figures(report).join(", "));
    for stream in &report.streams {
        print_stream(stream, paper);
    }
    print_findings(report, paper);
    let losses = report.streams.iter().map(|stream| (stream.stream, stream.losses.as_slice()));
    print_losses(losses, paper);
    for what in &report.unreadable {
        paper.block(0, NOTE, &format!("Could not be read: {what}."));
    }
    print_not_established(report.not_established.iter().map(sentence), paper);
}

fn figures(report: &AloneReport) -> Vec<String> {
    let mut figures = vec![counted(report.spans, "span read", "spans read")];
    let some = [
        (report.not_ours, "of other programs"),
        (report.nameless, "marked as ours that name no entry"),
    ];
    let some = some.into_iter().filter(|(count, _)| *count > 0);
    figures.extend(some.map(|(count, what)| format!("{} {what}", grouped(count))));
    figures
}

fn print_stream(stream: &CopiesReport, paper: &mut Paper) {
    paper.put(PLAIN, &format!("  {}  ", stream.stream));
    paper.line(DIM, if stream.closed { "closed" } else { "not closed" });
    paper.block(4, PLAIN, &figures_of(stream).join(", "));
}

fn figures_of(stream: &CopiesReport) -> Vec<String> {
    let mut figures = vec![
        counted(stream.copies, "copy", "copies"),
        counted(stream.entries, "entry", "entries"),
        counted(stream.decisions, "decision", "decisions"),
    ];
    let some = [
        (stream.duplicates, "sent again, equal"),
        (stream.conflicting, "sent again, different"),
        (stream.missing, "missing between others"),
        (stream.before_the_first, "before the first copy"),
    ];
    let some = some.into_iter().filter(|(count, _)| *count > 0);
    figures.extend(some.map(|(count, what)| format!("{} {what}", grouped(count))));
    let checkpoints = stream.signing.checkpoints;
    figures.extend((checkpoints > 0).then(|| counted(checkpoints, "checkpoint", "checkpoints")));
    figures.extend(covered(&stream.signing));
    figures
}

fn print_findings(report: &AloneReport, paper: &mut Paper) {
    let found = report.streams.iter().any(|stream| !stream.findings.is_empty());
    if found || !report.findings.is_empty() || !report.missing_streams.is_empty() {
        heading("Findings:", paper);
    }
    for stream in &report.missing_streams {
        paper.put(BAD, "  truncated");
        paper.line(DIM, &format!("  stream {stream}"));
        paper.block(4, PLAIN, "a head of it was given, and there is no copy of any of its entries");
    }
    for wrong in &report.findings {
        print_wrong(wrong, "", paper);
    }
    for stream in &report.streams {
        let place = format!("stream {}", stream.stream);
        for wrong in &stream.findings {
            print_wrong(wrong, &place, paper);
        }
        let left = stream.findings_in_all.saturating_sub(stream.findings.len() as u64);
        if left > 0 {
            let more = counted(left, "more finding", "more findings");
            paper.line(DIM, &format!("  … {more} in {place}; --json has up to 1,000"));
        }
    }
}

fn print_wrong(wrong: &Wrong, place: &str, paper: &mut Paper) {
    let style = if wrong.verdict.breaks() { BAD } else { NOTE };
    paper.put(style, &format!("  {}", wrong.verdict.as_str()));
    let seq = wrong.seq.map_or(String::new(), |seq| format!(", entry {seq}"));
    paper.line(DIM, &format!("  {place}{seq}"));
    if wrong.differences.is_empty() {
        paper.block(4, PLAIN, &wrong.detail);
    }
    for difference in &wrong.differences {
        paper.block(4, PLAIN, &reconcile_report::told(difference));
    }
}

fn sentence(open: &OpenQuestion) -> String {
    match open {
        OpenQuestion::BeforeTheFirst { stream, entries } => format!(
            "What the first {} of stream {stream} were: there is no copy of them.",
            counted(*entries, "entry", "entries"),
        ),
        OpenQuestion::BehindAHole { stream, chained } => format!(
            "Anything by signatures and heads in stream {stream} beyond its first {}: behind a hole no root can be worked \
             out. There each copy was only held against the one before it.",
            counted(*chained, "entry", "entries"),
        ),
        OpenQuestion::HeadOutOfReach { stream, size } => format!(
            "Anything by the head over {} of stream {stream} that was given: there is no copy of each of those entries.",
            counted(*size, "entry", "entries"),
        ),
        OpenQuestion::NoHead(stream) => format!(
            "Whether stream {stream} is the one that was exported. No head that was given lies within it and no witness \
             vouches for it, so whoever holds the key and can write where the copies lie could have rewritten all of it. \
             Give a head that somebody else has kept with --head."
        ),
        OpenQuestion::KeyNotGiven(stream) => format!(
            "Whose signature the checkpoints of stream {stream} carry: they are signed by the key that it names itself. Give \
             the key that you expect with --key."
        ),
        OpenQuestion::AfterSignature { stream, entries } => format!(
            "Anything by signature about the last {} of stream {stream}: no checkpoint covers {}.",
            counted(*entries, "entry", "entries"),
            if *entries == 1 { "it" } else { "them" },
        ),
        OpenQuestion::NotClosed(stream) => format!(
            "Whether stream {stream} ends where the copies do. They have no close: it is in use, its writer crashed, or the \
             rest was not exported or was taken away."
        ),
        OpenQuestion::ContentInCopies { copies } => format!(
            "Whether the content in {} is what was recorded: only the ledger can say that, `testimony reconcile`.",
            counted(*copies, "copy", "copies"),
        ),
        OpenQuestion::UnknownMapping { copies } => format!(
            "What {} show beside the entry: they were made under a mapping that this build does not know.",
            counted(*copies, "copy", "copies"),
        ),
        OpenQuestion::Unreadable { parts } => {
            format!("What stands in {} that could not be read.", counted(*parts, "part", "parts"))
        }
        OpenQuestion::Contents => "What was asked, given, decided and why: an entry only commits to its contents, which lie in \
             the ledger."
            .to_owned(),
        OpenQuestion::NeverExported => "Whether everything was exported: an entry after the last copy, or a whole stream, can be \
             missing here without a trace."
            .to_owned(),
        OpenQuestion::Truthfulness => "Whether what was recorded is true: that the application told the ledger everything \
             and told it right, that calls it never saw did not happen, that the named model ran, and that a stated reason \
             was the cause."
            .to_owned(),
        _ => "Something that this version of the command has no words for.".to_owned(),
    }
}
