//! Stopping has a deadline, whatever the endpoint does; what was not delivered is still to be delivered.

mod support;

use std::net::TcpListener;
use std::time::Duration;

use support::{AMPLE, Desk, Endpoint, Reply, to, to_url};

#[test]
fn an_exporter_whose_endpoint_is_down_stops_when_told() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let desk = Desk::open();
    let exporter = desk.export(to_url(&format!("http://{closed}")));
    desk.record(0..3);
    desk.ledger.close().unwrap();
    assert!(exporter.shutdown(Duration::from_millis(50)).is_err());
    let stats = exporter.stats();
    assert_eq!((stats.sent, stats.set_aside), (0, 0));
    assert_eq!(desk.destination().cursor(desk.ledger.stream()), None);
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
fn an_exporter_that_was_told_to_stop_without_waiting_says_when_it_has() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    desk.record(0..3);
    let exporter = desk.export(to(&endpoint));
    assert_eq!(exporter.wait_stopped(Duration::ZERO), None);
    exporter.stop_within(AMPLE);
    assert_eq!(exporter.wait_stopped(AMPLE), Some(Ok(())));
    assert_eq!(exporter.stats().sent, 4);
}
