//! Of several writers of one ledger, each exports its own stream, and together what dead ones left; nothing travels twice.

mod support;

use support::{AMPLE, Desk, Endpoint, assert_copied, to};
use testimony_otlp::Options;

fn its_own(endpoint: &Endpoint, desk: &Desk) -> Options {
    let mut options = to(endpoint);
    options.stream = Some(desk.ledger.stream());
    options
}

#[test]
fn two_writers_that_are_alive_send_nothing_twice() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let other = desk.second_writer();
    assert_ne!(desk.ledger.stream(), other.ledger.stream());
    let exporters = [&desk, &other].map(|desk| desk.export(its_own(&endpoint, desk)));
    for n in 0..20 {
        desk.record(n..n + 1);
        other.record(100 + n..101 + n);
    }
    desk.finish(&exporters[0]);
    other.finish(&exporters[1]);
    assert_copied(&endpoint.spans(44), &desk.entries());
    // Whoever was first to close may have left its last entry to the other.
    let sent = exporters.each_ref().map(|exporter| exporter.stats().sent);
    assert_eq!(sent.iter().sum::<u64>(), 44);
}

#[test]
fn what_a_dead_writer_left_behind_is_delivered_by_who_is_alive() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let dead = desk.second_writer();
    dead.record(0..700);
    dead.ledger.close().unwrap();
    let exporter = desk.export(its_own(&endpoint, &desk));
    desk.record(1000..1003);
    desk.finish(&exporter);
    assert_copied(&endpoint.spans(707), &desk.entries());
    assert_eq!(exporter.stats().elsewhere, 0);
}

#[test]
fn a_stream_that_another_exporter_has_is_left_to_it_until_it_lets_go() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    // Without a stream of its own, an exporter keeps those that are being written.
    let first = desk.export(to(&endpoint));
    desk.record(0..3);
    endpoint.spans(4);
    let second = desk.export(to(&endpoint));
    second.shutdown(AMPLE).unwrap();
    assert_eq!((second.stats().elsewhere, second.stats().sent), (1, 0));
    first.shutdown(AMPLE).unwrap();
    desk.finish(&desk.export(to(&endpoint)));
    assert_copied(&endpoint.spans(1), &desk.entries()[4..]);
}

#[test]
fn who_finds_its_own_stream_in_other_hands_says_so() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let first = desk.export(to(&endpoint));
    desk.record(0..3);
    endpoint.spans(4);
    let second = desk.export(its_own(&endpoint, &desk));
    while second.trouble().is_none() {
        std::thread::yield_now();
    }
    let late = second.shutdown(std::time::Duration::ZERO).unwrap_err();
    let stream = desk.ledger.stream();
    assert_eq!(late.trouble, Some(format!("another process exports stream {stream}")));
    desk.finish(&first);
}
