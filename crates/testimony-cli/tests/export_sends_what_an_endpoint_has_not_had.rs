//! `testimony export --otlp` sends a ledger to an endpoint, each entry once, and says what became of it.

mod support;

#[allow(dead_code, reason = "a part of it is for other tests")]
#[path = "../../testimony-otlp/tests/support/receiver.rs"]
mod receiver;

use std::net::TcpListener;

use receiver::{Endpoint, Reply, attributes, spans_of};
use support::Desk;

/// How many entries the ledger of these tests holds.
fn entries(desk: &Desk) -> usize {
    desk.ask(&["verify", "--json"]).json()["streams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stream| usize::try_from(stream["entries"].as_u64().unwrap()).unwrap())
        .sum()
}

fn sent(endpoint: &Endpoint) -> usize {
    endpoint.so_far().into_iter().flat_map(spans_of).count()
}

#[test]
fn everything_is_sent_once_and_later_only_what_is_new() {
    let (desk, endpoint) = (Desk::with_a_loan(), Endpoint::start([]));
    let send = || desk.ask(&["export", "--otlp", "--endpoint", &endpoint.url]);
    let (first, all) = (send(), entries(&desk));
    assert_eq!((first.code, sent(&endpoint)), (0, all), "{}", first.seen());
    assert_eq!(
        first.text(),
        format!("http://localhost:{}/v1/traces\n  sent      {all} entries\n", port(&endpoint))
    );
    let again = send();
    assert_eq!((again.code, sent(&endpoint)), (0, 0), "{}", again.seen());
    let anew =
        desk.ask(&["export", "--otlp", "--from-beginning", "--json", "--endpoint", &endpoint.url]);
    assert_eq!((anew.code, sent(&endpoint)), (0, all));
    assert_eq!(anew.json()["sent"], all);
    assert_eq!(anew.json()["delivered"], true);
    assert_eq!(desk.ask(&["verify"]).code, 0);
}

fn port(endpoint: &Endpoint) -> &str {
    endpoint.url.rsplit(':').next().unwrap()
}

#[test]
fn content_is_sent_only_with_content() {
    let (desk, endpoint) = (Desk::with_a_loan(), Endpoint::start([]));
    let asked = |endpoint: &Endpoint| {
        let spans: Vec<_> = endpoint.so_far().into_iter().flat_map(spans_of).collect();
        spans.iter().any(|span| attributes(span).contains_key("gen_ai.input.messages"))
    };
    let endpoint_of = ["export", "--otlp", "--endpoint", &endpoint.url];
    assert_eq!(desk.ask(&endpoint_of).code, 0);
    assert!(!asked(&endpoint));
    assert_eq!(desk.ask(&[&endpoint_of[..], &["--from-beginning", "--content"]].concat()).code, 0);
    assert!(asked(&endpoint));
}

#[test]
fn what_is_set_aside_is_named_and_exits_with_1() {
    let desk = Desk::with_a_loan();
    let endpoint = Endpoint::start([Reply::AllBut(2)]);
    let answer = desk.ask(&["export", "--otlp", "--endpoint", &endpoint.url]);
    assert_eq!(answer.code, 1, "{}", answer.seen());
    assert!(answer.text().contains("set aside: 2 of entries 0 to "), "{}", answer.seen());
    assert!(answer.text().contains("too old"), "{}", answer.seen());
}

#[test]
fn an_endpoint_that_is_down_is_given_up_and_the_next_run_delivers() {
    let desk = Desk::with_a_loan();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let down = Endpoint::listen(listener, []);
    down.then_always(Reply::Status(503));
    let send = |more: &[&str]| {
        desk.ask(&[&["export", "--otlp", "--patience", "1", "--endpoint", &url], more].concat())
    };
    let answer = send(&[]);
    assert_eq!(answer.code, 2, "{}", answer.seen());
    assert!(answer.error().contains("the endpoint answers 503"), "{}", answer.seen());
    let told = send(&["--json"]);
    assert_eq!((told.code, &told.json()["delivered"]), (2, &false.into()));
    down.then_always(Reply::Status(200));
    assert_eq!(send(&[]).code, 0);
    assert_eq!(sent(&down), entries(&desk));
}

#[test]
fn what_is_no_ledger_or_asks_for_nothing_is_not_exported() {
    let desk = Desk::empty();
    let answer = desk.ask(&["export", "--otlp", "--endpoint", "http://127.0.0.1:1"]);
    assert_eq!(answer.code, 2, "{}", answer.seen());
    assert_eq!(desk.ask(&["export"]).code, 2);
    assert_eq!(desk.ask(&["export", "--otlp", "--tiles", "x"]).code, 2);
}
