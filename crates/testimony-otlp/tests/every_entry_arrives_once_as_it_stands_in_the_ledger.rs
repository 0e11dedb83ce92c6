//! The exporter against a receiver in this process: what is recorded arrives, once, as it stands in the ledger.

mod support;

use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::Span;
use support::{Desk, Endpoint, assert_copied, attributes, spans_of, to};
use testimony_otlp::Exporter;

#[test]
fn every_entry_arrives_once() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..300);
    desk.finish(&exporter);
    // The decisions, and the entries that begin and end the session.
    let spans = endpoint.spans(302);
    assert_copied(&spans, &desk.entries());
    let in_pieces = |span: &Span| attributes(span)["testimony.entry.chunks"] != "1";
    assert!(spans.iter().any(in_pieces), "some entries are larger than one piece");
    let stats = exporter.stats();
    assert_eq!((stats.sent, stats.set_aside, stats.retried), (302, 0, 0));
    assert_eq!((stats.lag, exporter.trouble()), (Duration::ZERO, None));
    assert!(stats.bytes > 0 && stats.read > 0);
}

#[test]
fn entries_travel_while_the_service_goes_on() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..1);
    endpoint.spans(2);
    desk.record(1..2);
    assert_copied(&endpoint.spans(1), &desk.entries()[2..]);
    desk.finish(&exporter);
    assert_eq!(exporter.stats().sent, 4);
}

#[test]
fn the_resource_and_the_scope_say_who_speaks() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.finish(&exporter);
    let requests = endpoint.so_far();
    let resource = &requests[0].resource_spans[0];
    let name = resource.resource.as_ref().unwrap().attributes.iter();
    assert!(name.clone().any(|attribute| attribute.key == "service.name"));
    let scope = resource.scope_spans[0].scope.as_ref().unwrap();
    assert_eq!(
        (scope.name.as_str(), scope.version.as_str()),
        ("testimony", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(requests.into_iter().flat_map(spans_of).count(), 2);
}

#[test]
fn what_is_no_ledger_or_no_endpoint_is_said_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let start = |path: &std::path::Path, endpoint: &str| {
        let options = support::to_url(endpoint);
        Exporter::start(path, options, |seen, _| seen).map(drop).unwrap_err().to_string()
    };
    assert_eq!(start(dir.path(), "http://127.0.0.1:1"), "cannot follow the ledger");
    let desk = Desk::open();
    assert!(start(&desk.path, "no url").starts_with("cannot export: "));
}
