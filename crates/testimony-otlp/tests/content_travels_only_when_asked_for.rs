//! Content stays in the ledger unless somebody asks for it, and what has been erased is said to be so.

mod support;

use std::collections::BTreeSet;

use support::{Desk, Endpoint, SECRET, assert_copied, attributes, to};
use testimony_ledger::Archive;
use testimony_ledger::erase::Warrant;
use testimony_otlp::Options;
use testimony_record::entry::Body;

fn with_content(endpoint: &Endpoint) -> Options {
    let mut options = to(endpoint);
    options.content = Some(true);
    options
}

#[test]
fn no_content_travels_unless_asked_for() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..3);
    desk.finish(&exporter);
    for span in endpoint.spans(5) {
        let attributes = attributes(&span);
        assert!(!attributes.values().any(|value| value.contains(SECRET)));
        let content = ["gen_ai.input.messages", "gen_ai.output.messages"];
        assert!(content.iter().all(|name| !attributes.contains_key(name)));
    }
}

#[test]
fn content_travels_when_asked_for_also_when_the_export_goes_on_in_the_middle_of_a_segment() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    desk.export(with_content(&endpoint)).shutdown(support::AMPLE).unwrap();
    desk.record(0..3);
    desk.export(with_content(&endpoint)).shutdown(support::AMPLE).unwrap();
    desk.record(3..200);
    let exporter = desk.export(with_content(&endpoint));
    desk.finish(&exporter);
    let spans = endpoint.spans(202);
    assert_copied(&spans, &desk.entries());
    for (number, span) in spans[1..201].iter().enumerate() {
        let attributes = attributes(span);
        let input = format!(
            r#"[{{"role":"user","parts":[{{"type":"text","content":"{number}: {SECRET}"}}]}}]"#
        );
        assert_eq!(attributes["gen_ai.input.messages"], input);
        assert_eq!(
            attributes["gen_ai.output.messages"],
            r#"[{"role":"assistant","parts":[{"type":"text","content":"approve"}],"finish_reason":"unknown"}]"#
        );
        assert!(!attributes.contains_key("testimony.content.omitted"));
    }
}

#[test]
fn content_that_was_erased_is_told_as_erased_and_the_entry_travels_whole() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    desk.record(0..1);
    let mut archive = Archive::open(&desk.path).unwrap();
    let mut bodies = Vec::new();
    archive.advance(&mut |stored| bodies.push(stored.entry.body)).unwrap();
    let Some(decision) = bodies.iter().find(|body| matches!(body, Body::Decision(_))) else {
        panic!("no decision among {bodies:?}");
    };
    let parts = archive.parts(decision).unwrap();
    let prompt: BTreeSet<_> = parts[..1].iter().filter_map(|part| part.digest().copied()).collect();
    let warrant = Warrant::new("asked for by the applicant", "privacy@bank.example").unwrap();
    desk.ledger.erase(&prompt, &warrant).unwrap();
    let exporter = desk.export(with_content(&endpoint));
    desk.finish(&exporter);
    let entries = desk.entries();
    let spans = endpoint.spans(entries.len());
    assert_copied(&spans, &entries);
    let attributes = attributes(&spans[1]);
    assert!(!attributes.values().any(|value| value.contains(SECRET)));
    assert!(attributes["testimony.content.erased"].contains("gen_ai.input.messages"));
    assert!(attributes["gen_ai.output.messages"].contains("approve"));
}
