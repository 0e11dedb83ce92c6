//! No entry that an endpoint refuses for good stops the others or goes missing in silence.

mod support;

use support::{AMPLE, Desk, Endpoint, Reply, assert_copied, to};
use testimony_otlp::Which;
use testimony_record::entry::Body;

#[test]
fn an_entry_that_is_refused_for_itself_is_set_aside_and_the_others_arrive() {
    let ok = Reply::Status(200);
    let desk = Desk::open();
    let endpoint = Endpoint::start([ok, Reply::Status(400), ok, Reply::Status(400)]);
    // The first batch shows that the endpoint takes something.
    desk.export(to(&endpoint)).shutdown(AMPLE).unwrap();
    desk.record(0..2);
    // Refused: both; then taken: the first; refused: the second alone.
    let exporter = desk.export(to(&endpoint));
    exporter.shutdown(AMPLE).unwrap();
    let entries = desk.entries();
    assert_copied(&endpoint.spans(2), &entries[..2]);
    let stats = exporter.stats();
    assert_eq!((stats.sent, stats.set_aside), (1, 1));
    let [aside] = <[_; 1]>::try_from(desk.destination().set_aside().unwrap()).unwrap();
    let Body::Decision(decision) = &entries[2].entry.body else { panic!("{:?}", entries[2]) };
    let which = Which::Entry { seq: 2, hash: entries[2].hash, id: Some(decision.id) };
    assert_eq!((aside.which, aside.stream), (which, desk.ledger.stream()));
    assert!(aside.why.contains("400") && aside.when_us > entries[2].entry.time_us);
    // It is behind the cursor: the next exporter does not try it again.
    desk.finish(&desk.export(to(&endpoint)));
    assert_copied(&endpoint.spans(1), &desk.entries()[3..]);
}

#[test]
fn a_batch_that_is_too_large_arrives_in_parts() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    endpoint.then_always(Reply::AtMost(40));
    desk.record(0..300);
    let exporter = desk.export(to(&endpoint));
    desk.finish(&exporter);
    assert_copied(&endpoint.spans(302), &desk.entries());
    assert!(endpoint.refused.try_iter().count() > 0);
    assert_eq!(exporter.stats().set_aside, 0);
}

#[test]
fn what_an_endpoint_drops_of_a_request_is_on_record_as_some_of_it() {
    let (endpoint, desk) = (Endpoint::start([Reply::AllBut(2)]), Desk::open());
    desk.record(0..9);
    let exporter = desk.export(to(&endpoint));
    exporter.shutdown(AMPLE).unwrap();
    let stats = exporter.stats();
    assert_eq!((stats.sent, stats.set_aside), (8, 2));
    let [aside] = <[_; 1]>::try_from(desk.destination().set_aside().unwrap()).unwrap();
    assert_eq!(aside.which, Which::SomeOf { first: 0, last: 9, count: 2 });
    assert!(aside.why.contains("too old"));
}

#[test]
fn an_endpoint_that_never_took_anything_and_refuses_is_waited_for() {
    let script = [Reply::Status(400), Reply::Status(404), Reply::Status(400)];
    let (endpoint, desk) = (Endpoint::start(script), Desk::open());
    desk.record(0..3);
    let exporter = desk.export(to(&endpoint));
    desk.finish(&exporter);
    assert_copied(&endpoint.spans(5), &desk.entries());
    assert!(desk.destination().set_aside().unwrap().is_empty());
}
