//! An endpoint that is not ready, not there or interrupted gets everything later, and in order.

mod support;

use std::net::TcpListener;
use std::time::Duration;

use support::{AMPLE, Desk, Endpoint, Reply, assert_copied, to, to_url};

#[test]
fn an_endpoint_that_is_not_ready_gets_everything_later_and_once() {
    let script = [Reply::Status(503), Reply::Status(503), Reply::Status(429)];
    let (endpoint, desk) = (Endpoint::start(script), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..50);
    for _ in 0..3 {
        endpoint.refused.recv().unwrap();
    }
    desk.finish(&exporter);
    assert_copied(&endpoint.spans(52), &desk.entries());
    let stats = exporter.stats();
    assert_eq!((stats.sent, stats.set_aside, stats.retried), (52, 0, 3));
    assert_eq!(exporter.trouble(), None);
}

#[test]
fn an_outage_in_the_middle_of_a_backlog_loses_nothing() {
    let ok = Reply::Status(200);
    let script = [ok, Reply::HangUp, Reply::Status(500), ok, Reply::Status(401), ok];
    let (endpoint, desk) = (Endpoint::start(script), Desk::open());
    desk.record(0..2000);
    let exporter = desk.export(to(&endpoint));
    desk.finish(&exporter);
    assert_copied(&endpoint.spans(2002), &desk.entries());
    let stats = exporter.stats();
    assert_eq!((stats.sent, stats.set_aside, stats.retried), (2002, 0, 3));
}

#[test]
fn an_endpoint_that_comes_up_after_the_exporter_gets_everything() {
    // Held until it is needed, so that nobody else listens there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let desk = Desk::open();
    let exporter = desk.export(to_url(&format!("http://{}", listener.local_addr().unwrap())));
    desk.record(0..20);
    let endpoint = Endpoint::listen(listener, [Reply::HangUp, Reply::HangUp]);
    desk.finish(&exporter);
    assert_copied(&endpoint.spans(22), &desk.entries());
}

#[test]
fn an_endpoint_that_says_when_to_come_back_is_not_asked_before() {
    let (endpoint, desk) = (Endpoint::start([Reply::ComeBack("3600")]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    endpoint.refused.recv().unwrap();
    desk.record(0..3);
    desk.ledger.close().unwrap();
    // An hour is longer than the exporter may go on, so it does not ask again.
    assert!(exporter.shutdown(Duration::from_millis(300)).is_err());
    assert!(endpoint.so_far().is_empty() && endpoint.refused.try_recv().is_err());
    // It lets go of the stream, and the next exporter delivers.
    assert!(matches!(exporter.wait_stopped(AMPLE), Some(Err(_))));
    assert_eq!(exporter.stats().retried, 1);
    assert!(exporter.stats().lag > Duration::ZERO);
    desk.export(to(&endpoint)).shutdown(AMPLE).unwrap();
    assert_copied(&endpoint.spans(5), &desk.entries());
}

#[test]
fn a_date_in_the_past_asks_for_no_wait() {
    let past = Reply::ComeBack("Fri, 31 Dec 1999 23:59:59 GMT");
    let (endpoint, desk) = (Endpoint::start([past]), Desk::open());
    desk.finish(&desk.export(to(&endpoint)));
    assert_copied(&endpoint.spans(2), &desk.entries());
}
