//! `testimony show`: everything of one decision, in the order of the record and uncut.

use std::path::Path;

use testimony_forensics::{Account, Casebook, Facts, Part};
use testimony_record::decision::{Status, Usage};
use testimony_record::frame::segment_name;
use testimony_record::label::Label;
use testimony_record::verify::Place;

use super::links::{by_id, print_bearings, print_outcomes, role_name};
use crate::content::{Telling, remarks};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::grouped;
use crate::paper::Paper;
use crate::style::{BAD, DIM, GOOD, PLAIN, TITLE};

/// Where facts begin, beside what they are.
const BESIDE: usize = 14;

pub(crate) fn run(ledger: &Path, id: &str, json: bool, paper: &mut Paper) -> Result<Exit, Failure> {
    let account = Casebook::open(ledger)?.show(id)?;
    if json {
        json::document(&account, paper)?;
    } else {
        print(&account, paper);
    }
    Ok(Exit::Fine)
}

fn print(account: &Account, paper: &mut Paper) {
    paper.line(TITLE, &format!("decision {}", account.id));
    print_facts(&account.facts, paper);
    print_place(account, paper);
    let telling = Telling { decision: account.id, cut: None, called: &by_id };
    for part in &account.parts {
        paper.end();
        print_heading(part, paper);
        telling.tell(&part.content, paper);
    }
    if !account.outcomes.is_empty() {
        paper.end();
        print_outcomes(&account.outcomes, &telling, paper);
    }
    paper.end();
    print_bearings(&account.bearings, &telling, paper);
}

fn print_heading(part: &Part, paper: &mut Paper) {
    paper.put(TITLE, &format!("  {}", role_name(part.role)));
    if let Some(name) = &part.name {
        paper.put(TITLE, &format!(" {name}"));
    }
    match part.held {
        Some(true) => paper.put(GOOD, " held"),
        Some(false) => paper.put(BAD, " violated"),
        None => {}
    }
    let digest = part.digest.map_or(String::new(), |digest| format!(", {digest:.12}"));
    paper.line(DIM, &format!("  ({}{digest})", remarks(part)));
}

fn print_facts(facts: &Facts, paper: &mut Paper) {
    let status = if facts.status == Status::Ok { GOOD } else { BAD };
    let error = facts.error.as_ref().map_or(String::new(), |error| format!(": {error}"));
    fact("status", (status, &format!("{}{error}", facts.status.as_str())), paper);
    fact("site", (PLAIN, facts.site.as_str()), paper);
    let took = facts.took_us.map_or(String::new(), |us| format!(", took {}", moment::duration(us)));
    fact("began", (PLAIN, &format!("{}{took}", moment::millis(facts.began_us))), paper);
    label("operation", facts.operation.as_ref(), paper);
    label("provider", facts.provider.as_ref(), paper);
    label("model", facts.model.as_ref(), paper);
    if let Some(response) = &facts.response {
        label("answered by", response.model.as_ref(), paper);
        label("response", response.id.as_ref(), paper);
        let reasons: Vec<&str> = response.finish_reasons.iter().map(Label::as_str).collect();
        if !reasons.is_empty() {
            fact("finished", (PLAIN, &reasons.join(", ")), paper);
        }
    }
    if let Some(usage) = &facts.usage {
        fact("tokens", (PLAIN, &tokens(usage)), paper);
    }
    if let Some(trace) = &facts.trace {
        let (trace_id, span_id) = (hex::encode(trace.trace_id), hex::encode(trace.span_id));
        fact("trace", (DIM, &format!("{trace_id}, span {span_id}")), paper);
    }
}

fn print_place(account: &Account, paper: &mut Paper) {
    fact("sealed", (DIM, &moment::millis(account.sealed_us)), paper);
    fact("entry", (DIM, &place(&account.place)), paper);
    let hash = account.hash.to_string();
    if account.sealed {
        fact("hash", (DIM, &hash), paper);
    } else {
        let problem = format!(
            "{hash}, which its bytes do not have: the entry was changed; run `testimony verify`"
        );
        fact("hash", (BAD, &problem), paper);
    }
    for other in &account.also_at {
        let problem = format!("{}: another entry claims the same id", place(other));
        fact("also", (BAD, &problem), paper);
    }
}

fn place(place: &Place) -> String {
    let Place { stream, segment, offset, seq } = place;
    format!("{seq} of stream {stream}, {} at byte {offset}", segment_name(*segment))
}

fn fact(name: &str, value: (anstyle::Style, &str), paper: &mut Paper) {
    paper.labelled((DIM, &format!("  {name}")), BESIDE, value);
}

fn label(name: &str, value: Option<&Label>, paper: &mut Paper) {
    if let Some(value) = value {
        fact(name, (PLAIN, value.as_str()), paper);
    }
}

fn tokens(usage: &Usage) -> String {
    let counts = [
        ("input", usage.input),
        ("output", usage.output),
        ("read from cache", usage.cache_read),
        ("written to cache", usage.cache_creation),
        ("reasoning", usage.reasoning),
    ];
    let known =
        counts.iter().filter_map(|(what, count)| Some(format!("{} {what}", grouped((*count)?))));
    known.collect::<Vec<_>>().join(", ")
}
