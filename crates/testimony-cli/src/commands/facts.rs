//! How a decision is described: the facts of its entry, and the headings of its parts.

use testimony_forensics::{Facts, Part};
use testimony_record::decision::{Status, Usage};
use testimony_record::label::Label;

use crate::content::remarks;
use crate::moment;
use crate::number::grouped;
use crate::paper::Paper;
use crate::style::{BAD, DIM, GOOD, PLAIN, TITLE};

/// Where facts begin, beside what they are.
const BESIDE: usize = 14;

pub(super) fn print_heading(part: &Part, paper: &mut Paper) {
    paper.put(TITLE, &format!("  {}", part.role.as_str()));
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

pub(super) fn print_facts(facts: &Facts, paper: &mut Paper) {
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

pub(super) fn fact(name: &str, value: (anstyle::Style, &str), paper: &mut Paper) {
    paper.fact(name, BESIDE, value);
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
