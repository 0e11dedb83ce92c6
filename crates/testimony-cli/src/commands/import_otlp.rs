//! `testimony import --otlp-json`: spans of other tools, as decisions with the times that they had. What cannot be read is named and costs nothing else.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Serialize;
use testimony_forensics::import::{NotRead, Noted, OtlpJson, Span, Spans};
use testimony_ledger::Ledger;
use testimony_record::Uuid;

use super::importing::{now, open, patient};
use crate::failure::{Exit, Failure, with_causes};
use crate::json;
use crate::number::{count, counted};
use crate::paper::Paper;
use crate::style::{BAD, DIM, NOTE, TITLE};

/// A person is told of so many problems; a program of all.
const MOST_TOLD: usize = 20;

/// What an import did.
#[derive(Debug, Default, Serialize)]
struct Imported {
    /// Spans that became decisions.
    calls: u64,
    /// Spans of other kinds.
    other: u64,
    /// Spans that were there twice.
    again: u64,
    /// What could not be read, file by file.
    problems: Vec<Problem>,
    stream: Option<Uuid>,
}

#[derive(Debug, Serialize)]
struct Problem {
    file: PathBuf,
    problem: String,
}

pub(super) fn run(
    ledger: &Path,
    files: &[PathBuf],
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let mut imported = Imported::default();
    let mut spans = survey(files, &mut imported)?;
    if imported.calls > 0 {
        record(ledger, files, &mut spans, &mut imported)?;
    }
    if json {
        json::document(&imported, paper)?;
    } else {
        print(&imported, paper);
    }
    Ok(if imported.problems.is_empty() { Exit::Fine } else { Exit::CouldNotTell })
}

/// Learns which spans there are: a call is written after those that were made inside it.
fn survey(files: &[PathBuf], imported: &mut Imported) -> Result<Spans, Failure> {
    let mut spans = Spans::default();
    for file in files {
        for span in read(file)? {
            match span.map(|span| spans.note(&span, || now().id)) {
                Ok(Noted::Call) => imported.calls += 1,
                Ok(Noted::Again) => imported.again += 1,
                Ok(_) => imported.other += 1,
                Err(error) => imported
                    .problems
                    .push(Problem { file: file.clone(), problem: with_causes(&error) }),
            }
        }
    }
    Ok(spans)
}

fn record(
    ledger: &Path,
    files: &[PathBuf],
    spans: &mut Spans,
    imported: &mut Imported,
) -> Result<(), Failure> {
    let ledger = Ledger::open(ledger, patient())?;
    imported.stream = Some(ledger.stream());
    for file in files {
        for span in read(file)?.flatten() {
            let Some(decision) = spans.decision(span) else { continue };
            if ledger.submit(decision).is_err() {
                // The ledger says why when it is closed.
                break;
            }
        }
    }
    Ok(ledger.close()?)
}

fn read(file: &Path) -> Result<impl Iterator<Item = Result<Span, NotRead>>, Failure> {
    Ok(OtlpJson::<BufReader<File>>::new(BufReader::new(open(file)?)))
}

fn print(imported: &Imported, paper: &mut Paper) {
    paper.line(TITLE, &format!("Imported {}.", counted(imported.calls, "call", "calls")));
    let other = counted(imported.other, "span of another kind was", "spans of other kinds were");
    paper.line(DIM, &format!("{other} passed over."));
    if imported.again > 0 {
        let again = counted(imported.again, "span was", "spans were");
        paper.line(DIM, &format!("{again} there before, and not imported twice."));
    }
    if let Some(stream) = imported.stream {
        paper.line(DIM, &format!("They are in stream {stream}; `testimony log` lists them."));
    }
    print_problems(&imported.problems, paper);
}

fn print_problems(problems: &[Problem], paper: &mut Paper) {
    if problems.is_empty() {
        return;
    }
    paper.end();
    let several = count(problems.len(), "thing", "things");
    paper.line(NOTE, &format!("{several} could not be read, and nothing else was lost:"));
    for Problem { file, problem } in problems.iter().take(MOST_TOLD) {
        paper.line(BAD, &format!("  {}, {problem}", file.display()));
    }
    if problems.len() > MOST_TOLD {
        paper.line(DIM, &format!("  … and {} more; --json has all", problems.len() - MOST_TOLD));
    }
}
