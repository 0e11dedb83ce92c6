//! How far each destination has come outlives the exporter: it goes on there, and another destination begins at the beginning.

mod support;

use opentelemetry_proto::tonic::trace::v1::Span;
use support::{AMPLE, Desk, Endpoint, Reply, assert_copied, beginning, to};
use testimony_otlp::Begin;
use testimony_record::entry::Body;

#[test]
fn an_exporter_goes_on_where_the_last_one_stopped() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    for numbers in [0..20, 20..30, 30..31] {
        let exporter = desk.export(to(&endpoint));
        desk.record(numbers);
        exporter.shutdown(AMPLE).unwrap();
    }
    desk.finish(&desk.export(to(&endpoint)));
    let entries = desk.entries();
    assert_copied(&endpoint.spans(33), &entries);
    let cursor = desk.destination().cursor(desk.ledger.stream()).unwrap();
    let last = entries.last().unwrap();
    assert_eq!((cursor.last.seq, cursor.last.hash, cursor.sent), (32, last.hash, 33));
}

#[test]
fn what_the_endpoint_did_not_answer_for_is_sent_again_by_the_next_exporter() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    desk.record(0..5);
    desk.export(to(&endpoint)).shutdown(AMPLE).unwrap();
    let before = endpoint.spans(6);
    endpoint.then_always(Reply::Status(503));
    let exporter = desk.export(to(&endpoint));
    desk.record(5..8);
    endpoint.refused.recv().unwrap();
    assert!(exporter.shutdown(std::time::Duration::ZERO).is_err());
    // A request may still be under way; its exporter lets go of the stream when it is answered.
    endpoint.then_always(Reply::Status(200));
    desk.finish(&desk.export(to(&endpoint)));
    let entries = desk.entries();
    let mut spans = before;
    spans.extend(endpoint.so_far().into_iter().flat_map(support::spans_of));
    // The one under way may have been taken as well.
    spans.dedup_by_key(|span| span.span_id.clone());
    spans.sort_by_key(|span| support::attributes(span)["testimony.seq"].parse::<u64>().unwrap());
    spans.dedup_by_key(|span| span.span_id.clone());
    assert_copied(&spans, &entries);
}

#[test]
fn another_destination_gets_everything() {
    let (endpoint, other, desk) = (Endpoint::start([]), Endpoint::start([]), Desk::open());
    desk.record(0..10);
    desk.export(to(&endpoint)).shutdown(AMPLE).unwrap();
    desk.finish(&desk.export(to(&other)));
    assert_copied(&other.spans(12), &desk.entries());
    assert_copied(&endpoint.spans(11), &desk.entries()[..11]);
}

#[test]
fn a_destination_that_begins_now_gets_nothing_from_before_now_or_later() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    desk.record(0..200);
    // Killed before anything was sent, it would leave just this behind.
    desk.export(beginning(Begin::Now, to(&endpoint))).shutdown(AMPLE).unwrap();
    desk.record(200..203);
    desk.export(beginning(Begin::Now, to(&endpoint))).shutdown(AMPLE).unwrap();
    desk.record(203..205);
    desk.finish(&desk.export(to(&endpoint)));
    assert_copied(&endpoint.spans(6), &desk.entries()[201..]);
}

#[test]
fn what_begins_anew_sends_everything_once_more() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    desk.record(0..150);
    desk.export(to(&endpoint)).shutdown(AMPLE).unwrap();
    endpoint.spans(151);
    desk.finish(&desk.export(beginning(Begin::Anew, to(&endpoint))));
    assert_copied(&endpoint.spans(152), &desk.entries());
}

#[test]
fn what_is_kept_is_private_and_names_the_endpoint_without_its_secrets() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let mut options = to(&endpoint);
    options.endpoint = Some(endpoint.url.replace("http://", "http://me:pass@"));
    desk.finish(&desk.export(options));
    let destination = desk.destination();
    assert_eq!(destination.endpoint(), format!("{}/v1/traces", endpoint.url));
    let all = std::fs::read_to_string(
        desk.cursor_file().ancestors().nth(2).unwrap().join("destination.json"),
    );
    assert!(!all.unwrap().contains("pass"));
    #[cfg(unix)]
    for path in desk.cursor_file().ancestors().take(4) {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
}

#[test]
fn a_ledger_that_is_exported_verifies_as_before() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    desk.record(0..3);
    desk.finish(&desk.export(to(&endpoint)));
    let report = testimony_ledger::verify::verify(&desk.path, &[], &mut |_| {}).unwrap();
    assert!(report.intact() && report.complete());
    let said = format!("{:?}", report.not_established);
    assert!(!said.contains("UnknownFile"), "{said}");
    let decisions =
        desk.entries().into_iter().filter(|e| matches!(e.entry.body, Body::Decision(_)));
    assert_eq!(decisions.count(), 3);
}

#[test]
fn the_newest_head_is_known_again_however_far_back_it_was_signed() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::signed());
    desk.ledger.checkpoint().unwrap();
    // A segment ends between two commits.
    for first in (0..400).step_by(50) {
        desk.record(first..first + 50);
    }
    let segments = desk.entries().last().unwrap().segment;
    assert!(segments > 2, "the head stands further back than an exporter reads again");
    desk.export(to(&endpoint)).shutdown(AMPLE).unwrap();
    let head = |span: &Span| support::attributes(span).get("testimony.head").cloned();
    let before = endpoint.spans(402).iter().filter_map(head).next_back();
    let exporter = desk.export(to(&endpoint));
    desk.record(400..401);
    exporter.shutdown(AMPLE).unwrap();
    let after = endpoint.spans(1).iter().filter_map(head).next_back();
    assert!(before.is_some());
    assert_eq!(after, before);
}
