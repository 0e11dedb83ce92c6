//! What a reconciliation looks like: one screen for each source, findings first cut short, and what it does not say.

use std::path::Path;

use testimony_reconcile::{Counts, Difference, Finding, How, NotEstablished, Report, SourceReport};

use super::verification::print_not_established;
use crate::number::{counted, grouped};
use crate::paper::Paper;
use crate::style::{BAD, DIM, GOOD, NOTE, PLAIN, TITLE};

pub(super) fn print(ledger: &Path, report: &Report, paper: &mut Paper) {
    paper.line(TITLE, &ledger.display().to_string());
    let streams = counted(report.streams, "stream", "streams");
    let entries = counted(report.entries, "entry", "entries");
    paper.line(PLAIN, &format!("  {entries} in {streams}"));
    print_findings(&report.ledger, report.ledger.len() as u64, paper);
    for source in &report.sources {
        paper.end();
        print_source(source, paper);
    }
    print_not_established(report.not_established.iter().map(sentence), paper);
}

fn print_source(source: &SourceReport, paper: &mut Paper) {
    paper.line(TITLE, &source.source);
    let (style, word, meaning) = verdict(source);
    paper.put(PLAIN, "  Copies: ");
    paper.put(style, word);
    paper.line(PLAIN, &format!(" - {meaning}"));
    paper.end();
    print_counts(source, paper);
    paper.end();
    paper.block(2, PLAIN, &figures(source).join(", "));
    print_heads(source, paper);
    print_notes(source, paper);
    print_findings(&source.findings, source.differing, paper);
}

fn verdict(source: &SourceReport) -> (anstyle::Style, &'static str, &'static str) {
    let totals = source.totals();
    match source.differing {
        0 if totals.entry_only > 0 => {
            (NOTE, "unknown", "some were made under a mapping that this build does not know")
        }
        0 if totals.truncated > 0 => {
            (GOOD, "same", "the backend has cut content; every entry is whole")
        }
        0 if totals.not_yet_exported > 0 => {
            (GOOD, "same", "what is not there has not been exported yet")
        }
        0 => (GOOD, "same", "every entry has a copy there that says what the ledger says"),
        _ => (BAD, "different", "ledger and copies do not say the same; see the findings"),
    }
}

/// A column, and its number of a row.
type Column = (&'static str, fn(&Counts) -> u64);

/// Those that are always there.
const COLUMNS: [Column; 4] = [
    ("ENTRIES", |counts| counts.entries),
    ("SAME", |counts| counts.same),
    ("ALTERED", |counts| counts.altered),
    ("MISSING THERE", |counts| counts.missing_there),
];

/// Those that are only there where there is something in them.
const RARE_COLUMNS: [Column; 4] = [
    ("CUT", |counts| counts.truncated),
    ("SET ASIDE", |counts| counts.set_aside),
    ("NOT YET", |counts| counts.not_yet_exported),
    ("ENTRY ONLY", |counts| counts.entry_only),
];

fn print_counts(source: &SourceReport, paper: &mut Paper) {
    let totals = source.totals();
    let rare = RARE_COLUMNS.into_iter().filter(|(_, number)| number(&totals) > 0);
    let columns: Vec<Column> = COLUMNS.into_iter().chain(rare).collect();
    paper.put(TITLE, &format!("  {:<11}", "KIND"));
    for (name, _) in &columns {
        paper.put(TITLE, &format!("{name:>width$}", width = width(name)));
    }
    paper.end();
    let rows = source.kinds.iter().map(|(kind, counts)| (kind.as_str(), counts));
    for (name, counts) in rows.chain((source.kinds.len() > 1).then_some(("all", &totals))) {
        paper.put(PLAIN, &format!("  {name:<11}"));
        for (name, number) in &columns {
            paper.put(PLAIN, &format!("{:>width$}", grouped(number(counts)), width = width(name)));
        }
        paper.end();
    }
}

/// Room for ten digits, or for the heading.
fn width(heading: &str) -> usize {
    heading.len().max(10) + 2
}

fn figures(source: &SourceReport) -> Vec<String> {
    let some = [
        (source.duplicates, "sent again, equal"),
        (source.conflicting, "sent again, different"),
        (source.missing_here, "of entries that the ledger does not have"),
        (source.damaged, "marked as ours that names no entry"),
        (source.not_ours, "of other programs"),
    ];
    let always = [
        counted(source.spans, "span read", "spans read"),
        counted(source.copies, "copy of an entry", "copies of entries"),
    ];
    let some = some.into_iter().filter(|(count, _)| *count > 0);
    always.into_iter().chain(some.map(|(n, what)| format!("{} {what}", grouped(n)))).collect()
}

fn print_heads(source: &SourceReport, paper: &mut Paper) {
    for (stream, size) in &source.heads.largest {
        let by =
            if source.heads.key_given { "a key that was given" } else { "the stream's own key" };
        let size = counted(*size, "entry", "entries");
        let text = format!(
            "The largest head among the copies, signed by {by}, covers the first {size} of stream {stream}, and is the ledger's."
        );
        paper.block(2, PLAIN, &text);
    }
}

fn print_notes(source: &SourceReport, paper: &mut Paper) {
    for cut in &source.cuts {
        let copies = counted(cut.copies, "copy", "copies");
        let text = format!(
            "{} was cut at {} bytes in {copies}.",
            cut.attribute,
            grouped(cut.bytes as u64)
        );
        paper.block(2, NOTE, &text);
    }
    if source.content_same > 0 {
        let text = format!(
            "Content is the ledger's in {}.",
            counted(source.content_same, "copy", "copies")
        );
        paper.block(2, PLAIN, &text);
    }
    if !source.added_on_the_way.is_empty() {
        let names = source.added_on_the_way.join(", ");
        paper.block(2, NOTE, &format!("Added on the way, and not compared: {names}."));
    }
    for what in &source.unreadable {
        paper.block(2, NOTE, &format!("Could not be read: {what}."));
    }
}

fn print_findings(findings: &[Finding], in_all: u64, paper: &mut Paper) {
    if findings.is_empty() {
        return;
    }
    paper.end();
    paper.line(TITLE, "  Findings:");
    for finding in findings {
        print_finding(finding, paper);
    }
    let left = in_all.saturating_sub(findings.len() as u64);
    if left > 0 {
        let more = counted(left, "more finding", "more findings");
        paper.line(DIM, &format!("    … {more}; --all lists them"));
    }
}

fn print_finding(finding: &Finding, paper: &mut Paper) {
    let style = if finding.verdict.differs() { BAD } else { NOTE };
    paper.put(style, &format!("    {}", finding.verdict.as_str()));
    paper.line(PLAIN, &format!("  {}", what(finding)));
    paper.block(6, DIM, &place(finding).join(", "));
    if finding.differences.is_empty() {
        paper.block(6, PLAIN, &finding.detail);
    }
    for difference in &finding.differences {
        paper.block(6, PLAIN, &told(difference));
    }
}

fn what(finding: &Finding) -> String {
    let kind = finding.kind.map_or("span", testimony_reconcile::Kind::as_str);
    finding.id.map_or_else(|| kind.to_owned(), |id| format!("{kind} {id}"))
}

fn place(finding: &Finding) -> Vec<String> {
    let mut place = Vec::new();
    place.extend(finding.stream.map(|stream| format!("stream {stream}")));
    place.extend(finding.seq.map(|seq| format!("entry {seq}")));
    place.extend(finding.trace_id.as_ref().map(|trace| format!("trace {trace}")));
    place.extend(finding.span_id.as_ref().map(|span| format!("span {span}")));
    place
}

pub(super) fn told(difference: &Difference) -> String {
    let what = &difference.what;
    match &difference.how {
        How::Missing => format!("{what} is not there"),
        How::Added { found } => format!("{what} should not be there: {found}"),
        How::Changed { expected, found } => format!("{what} should be {expected}, and is {found}"),
        How::Truncated { bytes, of } => {
            let (bytes, of) = (grouped(*bytes as u64), grouped(*of as u64));
            format!("{what} was cut at {bytes} of {of} bytes")
        }
    }
}

fn sentence(open: &NotEstablished) -> String {
    match open {
        NotEstablished::Content { source, without } => format!(
            "What was asked and answered, in {} of {source}: no content was exported with {}, and the entry only commits to it.",
            counted(*without, "copy", "copies"),
            if *without == 1 { "it" } else { "them" },
        ),
        NotEstablished::ErasedContent { source, copies } => format!(
            "Whether the content in {} of {source} is what was recorded: it was erased from the ledger since, or cannot be \
             read there. The copies still hold it.",
            counted(*copies, "copy", "copies"),
        ),
        NotEstablished::UnknownMapping { source, entries } => format!(
            "What {} of {source} show beside the entry: they were made under a mapping that this build does not know.",
            counted(*entries, "copy", "copies"),
        ),
        NotEstablished::Unreadable { source, parts } => format!(
            "What stands in {} of {source} that could not be read.",
            counted(*parts, "part", "parts"),
        ),
        NotEstablished::NoHeads { source } => format!(
            "Anything by signed heads in {source}: no copy carries one, so the ledger is bound only by the entries themselves."
        ),
        NotEstablished::KeyNotGiven => "Whose signature the heads carry: they are signed by the keys that the ledger names \
             itself. Give the key that you expect with --key."
            .to_owned(),
        NotEstablished::OtherTimes => {
            "Anything about entries outside the time that was asked for.".to_owned()
        }
        NotEstablished::LedgerContents => {
            "Whether the contents in the ledger are what was sealed: `testimony verify` says that.".to_owned()
        }
        NotEstablished::Independence => "Whether the copies were out of reach of whoever writes the ledger: who can write both \
             can rewrite both."
            .to_owned(),
        NotEstablished::Truthfulness => "Whether what was recorded is true: that the application told the ledger everything \
             and told it right, that calls it never saw did not happen, that the named model ran, and that a stated reason \
             was the cause."
            .to_owned(),
        _ => "Something that this version of the command has no words for.".to_owned(),
    }
}
