//! A service may run tokio, on one thread or on several, or nothing of the kind: the exporter delivers, and closing it inside the
//! runtime, which blocks one of its threads, never waits for that thread.

mod support;

use std::time::Duration;

use support::{Desk, Endpoint, Reply, assert_copied, to};

fn start_record_and_close() {
    let (endpoint, desk) = (Endpoint::start([Reply::Status(503)]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    desk.record(0..20);
    desk.finish(&exporter);
    assert_copied(&endpoint.spans(22), &desk.entries());
}

/// Dropping it is a shutdown as well, and has a deadline of its own.
fn drop_while_the_endpoint_is_silent() {
    let (endpoint, desk) = (Endpoint::start([Reply::Silence]), Desk::open());
    let exporter = desk.export(to(&endpoint));
    endpoint.refused.recv().unwrap();
    assert!(exporter.shutdown(Duration::from_millis(1)).is_err());
    drop(exporter);
}

#[test]
fn without_a_runtime() {
    start_record_and_close();
    drop_while_the_endpoint_is_silent();
}

#[tokio::test(flavor = "current_thread")]
async fn on_one_thread() {
    start_record_and_close();
    drop_while_the_endpoint_is_silent();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_several_threads() {
    let tasks = [tokio::spawn(async { start_record_and_close() }), tokio::spawn(async {})];
    for task in tasks {
        task.await.unwrap();
    }
    drop_while_the_endpoint_is_silent();
}

#[test]
fn at_the_exit_of_a_runtime_that_is_dropped_first() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let exporter = runtime.block_on(async {
        let exporter = desk.export(to(&endpoint));
        desk.record(0..3);
        exporter
    });
    drop(runtime);
    desk.finish(&exporter);
    assert_copied(&endpoint.spans(5), &desk.entries());
}
