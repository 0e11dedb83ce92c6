//! The JSON lines of a team that only logs.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use testimony_record::Uuid;

use crate::case::Case;
use crate::conversation::Message;
use crate::outcome::Fact;
use crate::schedule::Event;

/// `site` and `model` stand side by side, so that `grep -o` can take both out for `uniq -c`.
#[derive(Serialize)]
struct Line<'a> {
    id: Uuid,
    subject: &'a str,
    began: String,
    took_us: u64,
    site: &'a str,
    model: &'a str,
    status: &'a str,
    trace_id: String,
    parent: Option<Uuid>,
    causes: Vec<Uuid>,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    context: Vec<Document<'a>>,
    input: Vec<&'a RawValue>,
    output: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Document<'a> {
    name: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct OutcomeLine<'a> {
    decision: Uuid,
    at: String,
    kind: &'a str,
    by: Option<&'a str>,
    what: &'a str,
    why: Option<&'a str>,
}

/// Both files.
#[derive(Debug)]
pub(crate) struct Lines {
    decisions: BufWriter<File>,
    outcomes: BufWriter<File>,
}

impl Lines {
    pub(crate) fn create(directory: &Path) -> io::Result<Self> {
        let create = |name| File::create_new(directory.join(name)).map(BufWriter::new);
        Ok(Self { decisions: create("decisions.jsonl")?, outcomes: create("outcomes.jsonl")? })
    }

    pub(crate) fn write(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Decision(case) => write(&mut self.decisions, &line(case)),
            Event::Outcome(fact) => write(&mut self.outcomes, &outcome(fact)),
        }
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.decisions.flush()?;
        self.outcomes.flush()
    }
}

fn write(file: &mut BufWriter<File>, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *file, line)?;
    file.write_all(b"\n")
}

fn line(case: &Case) -> Line<'_> {
    let usage = case.usage();
    Line {
        id: case.id,
        subject: &case.subject,
        began: time(case.began_us),
        took_us: case.took_us,
        site: case.site,
        model: case.model,
        status: case.status.as_str(),
        trace_id: format!("{:032x}", case.trace_id),
        parent: case.parent,
        causes: case.cause.into_iter().collect(),
        input_tokens: usage.input,
        output_tokens: usage.output,
        context: case.context.iter().map(|(name, text)| Document { name, text }).collect(),
        input: case.turn.news().iter().map(json).collect(),
        output: case.turn.answered().map(json),
    }
}

fn json(message: &Message) -> &RawValue {
    &message.json
}

fn outcome(fact: &Fact) -> OutcomeLine<'_> {
    OutcomeLine {
        decision: fact.decision,
        at: time(fact.at_us),
        kind: fact.kind,
        by: fact.by.as_deref(),
        what: &fact.what,
        why: fact.why.as_deref(),
    }
}

/// As RFC 3339 has it.
fn time(us: u64) -> String {
    let us = i64::try_from(us).unwrap_or(i64::MAX);
    Timestamp::from_microsecond(us).unwrap_or(Timestamp::MAX).to_string()
}
