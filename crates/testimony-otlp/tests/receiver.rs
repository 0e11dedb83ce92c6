//! The exporter against a receiver in this process: what is recorded arrives, once, as it stands in the ledger.

mod support;

use std::net::TcpListener;
use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::Span;
use support::{Desk, Endpoint, Reply, SECRET, attributes, spans_of};
use testimony_ledger::read::archive::Stored;
use testimony_otlp::{Cursor, Exporter, Options};
use testimony_record::Uuid;
use testimony_record::digest::Digest;

/// Far more than any of this takes; nothing here waits for it to pass.
const AMPLE: Duration = Duration::from_mins(2);

fn to(endpoint: &Endpoint) -> Options {
    let mut options = Options::default();
    options.endpoint = Some(endpoint.url.clone());
    options.service = Some("loan desk".to_owned());
    options.content = Some(false);
    options.linger = Duration::ZERO;
    options
}

/// Closes the ledger and lets the exporter deliver what it holds.
fn finish(desk: &Desk, exporter: &Exporter) {
    desk.ledger.close().unwrap();
    exporter.shutdown(AMPLE).unwrap();
}

/// The entry's bytes, put together from the pieces on a span.
fn reassembled(span: &Span) -> Vec<u8> {
    let attributes = attributes(span);
    let count: usize = attributes["testimony.entry.chunks"].parse().unwrap();
    let pieces = (0..count).map(|n| &attributes[format!("testimony.entry.{n}").as_str()]);
    let mut bytes = Vec::new();
    for piece in pieces {
        assert!(piece.len() <= 2000);
        bytes.extend_from_slice(piece.as_bytes());
    }
    bytes
}

/// Every entry once, byte for byte.
fn assert_copied(spans: &[Span], entries: &[(Uuid, Stored)]) {
    assert_eq!(spans.len(), entries.len());
    for (span, (id, stored)) in spans.iter().zip(entries) {
        let attributes = attributes(span);
        assert_eq!(attributes["testimony.id"], id.to_string());
        assert_eq!(attributes["testimony.stream"], stored.entry.stream.to_string());
        assert_eq!(attributes["testimony.seq"], stored.entry.seq.to_string());
        assert_eq!(attributes["testimony.hash"], stored.hash.to_string());
        assert_eq!(attributes["testimony.prev"], stored.entry.prev.to_string());
        let bytes = reassembled(span);
        assert_eq!(bytes, stored.bytes);
        assert_eq!(Digest::of_entry(&bytes).to_string(), attributes["testimony.hash"]);
    }
}

#[test]
fn every_decision_arrives_once_as_it_stands_in_the_ledger() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..300);
    finish(&desk, &exporter);
    let spans = endpoint.spans(300);
    assert_copied(&spans, &desk.entries());
    let pieces = |span: &Span| attributes(span)["testimony.entry.chunks"] != "1";
    assert!(spans.iter().any(pieces), "some entries are larger than one piece");
    let stats = exporter.stats();
    assert_eq!((stats.sent, stats.failed, stats.retried), (300, 0, 0));
    assert_eq!((stats.lag, exporter.trouble()), (Duration::ZERO, None));
}

#[test]
fn decisions_travel_while_the_service_goes_on() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..1);
    endpoint.spans(1);
    desk.record(1..2);
    let spans = endpoint.spans(1);
    assert_copied(&spans, &desk.entries()[1..]);
    finish(&desk, &exporter);
    assert_eq!(exporter.stats().sent, 2);
}

#[test]
fn what_was_in_the_ledger_before_is_not_sent_unless_asked_for() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    desk.record(0..10);
    let exporter = desk.export(to(&endpoint));
    desk.record(10..15);
    finish(&desk, &exporter);
    assert_copied(&endpoint.spans(5), &desk.entries()[10..]);

    let mut from_the_beginning = to(&endpoint);
    from_the_beginning.from = Some(Cursor::default());
    desk.export(from_the_beginning).shutdown(AMPLE).unwrap();
    assert_copied(&endpoint.spans(15), &desk.entries());
}

#[test]
fn a_cursor_goes_on_where_the_last_exporter_stopped() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..20);
    exporter.shutdown(AMPLE).unwrap();
    desk.record(20..30);
    let mut going_on = to(&endpoint);
    going_on.from = Some(exporter.cursor());
    let exporter = desk.export(going_on);
    finish(&desk, &exporter);
    assert_copied(&endpoint.spans(30), &desk.entries());
    assert_eq!(exporter.cursor(), Cursor::end_of(&desk.path).unwrap());
}

#[test]
fn no_content_travels_unless_asked_for() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..3);
    finish(&desk, &exporter);
    for span in endpoint.spans(3) {
        let attributes = attributes(&span);
        assert!(!attributes.values().any(|value| value.contains(SECRET)));
        let content = ["gen_ai.input.messages", "gen_ai.output.messages"];
        assert!(content.iter().all(|name| !attributes.contains_key(name)));
    }
}

#[test]
fn content_travels_when_asked_for() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let mut options = to(&endpoint);
    options.content = Some(true);
    let exporter = desk.export(options);
    desk.record(0..3);
    finish(&desk, &exporter);
    let spans = endpoint.spans(3);
    for (number, span) in spans.iter().enumerate() {
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
    assert_copied(&spans, &desk.entries());
}

#[test]
fn an_endpoint_that_is_not_ready_gets_everything_later_and_once() {
    let script = [Reply::Status(503), Reply::Status(503), Reply::Status(429)];
    let (endpoint, desk) = (Endpoint::start(script), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..50);
    for _ in 0..3 {
        endpoint.refused.recv().unwrap();
    }
    finish(&desk, &exporter);
    assert_copied(&endpoint.spans(50), &desk.entries());
    let stats = exporter.stats();
    assert_eq!((stats.sent, stats.failed, stats.retried), (50, 0, 3));
    assert_eq!(exporter.trouble(), None);
}

#[test]
fn an_outage_in_the_middle_of_a_backlog_loses_nothing() {
    let ok = Reply::Status(200);
    let script = [ok, Reply::HangUp, Reply::Status(500), ok, Reply::Status(401), ok];
    let (endpoint, desk) = (Endpoint::start(script), Desk::open());
    desk.record(0..2000);
    let mut options = to(&endpoint);
    options.from = Some(Cursor::default());
    let exporter = desk.export(options);
    finish(&desk, &exporter);
    assert_copied(&endpoint.spans(2000), &desk.entries());
    let stats = exporter.stats();
    assert_eq!((stats.sent, stats.failed, stats.retried), (2000, 0, 3));
}

#[test]
fn a_refused_batch_costs_no_decision_that_is_not_refused_itself() {
    let ok = Reply::Status(200);
    let (endpoint, desk) = (Endpoint::start([ok, Reply::Status(400)]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..1);
    endpoint.spans(1);
    desk.record(1..9);
    finish(&desk, &exporter);
    let stats = exporter.stats();
    // The refused request may have held one decision, which is then the one that is given up, or several.
    assert_eq!(stats.sent + stats.failed, 9);
    assert!(stats.failed <= 1);
}

#[test]
fn an_exporter_whose_endpoint_is_down_stops_when_told() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let desk = Desk::open();
    let mut options = Options::default();
    options.endpoint = Some(format!("http://{closed}"));
    let exporter = desk.export(options);
    desk.record(0..3);
    desk.ledger.close().unwrap();
    assert!(exporter.shutdown(Duration::from_millis(50)).is_err());
    let stats = exporter.stats();
    assert_eq!((stats.sent, stats.failed), (0, 0));
    assert_ne!(exporter.cursor(), Cursor::end_of(&desk.path).unwrap());
}

#[test]
fn an_exporter_whose_endpoint_never_answers_stops_when_told() {
    let (endpoint, desk) = (Endpoint::start([Reply::Silence]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..3);
    endpoint.refused.recv().unwrap();
    assert!(exporter.shutdown(Duration::ZERO).is_err());
    assert!(exporter.stats().lag > Duration::ZERO);
}

#[test]
fn each_writer_of_a_ledger_exports_its_own_stream() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let other = desk.second_writer();
    assert_ne!(desk.ledger.stream(), other.ledger.stream());
    let exporters = [&desk, &other].map(|desk| {
        let mut options = to(&endpoint);
        options.stream = Some(desk.ledger.stream());
        desk.export(options)
    });
    desk.record(0..5);
    other.record(5..9);
    finish(&desk, &exporters[0]);
    finish(&other, &exporters[1]);
    endpoint.spans(9);
    assert_eq!(exporters.each_ref().map(|exporter| exporter.stats().sent), [5, 4]);
}

#[test]
fn the_resource_and_the_scope_say_who_speaks() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..1);
    finish(&desk, &exporter);
    let requests = endpoint.so_far();
    let resource = &requests[0].resource_spans[0];
    let name = resource.resource.as_ref().unwrap().attributes.iter();
    assert!(name.clone().any(|attribute| attribute.key == "service.name"));
    let scope = resource.scope_spans[0].scope.as_ref().unwrap();
    assert_eq!(
        (scope.name.as_str(), scope.version.as_str()),
        ("testimony", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(requests.into_iter().flat_map(spans_of).count(), 1);
}

#[test]
fn what_is_no_ledger_or_no_endpoint_is_said_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let start = |path: &std::path::Path, endpoint: &str| {
        let mut options = Options::default();
        options.endpoint = Some(endpoint.to_owned());
        Exporter::start(path, options, |seen, _| seen).map(drop).unwrap_err().to_string()
    };
    assert_eq!(start(dir.path(), "http://127.0.0.1:1"), "cannot follow the ledger");
    let desk = Desk::open();
    assert!(start(&desk.path, "no url").starts_with("cannot export: "));
}
