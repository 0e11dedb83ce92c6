//! Jaeger's version 3 of the API, as its servers answer: services, windows, limits, and what goes wrong.

mod support;

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use support::server::{Reply, Request, Server, connection, ok, status};
use support::{Desk, only, set};
use testimony_reconcile::source::{Jaeger, SourceError};
use testimony_reconcile::{Options, Reconciler, Report, Times};

/// Spans of a service, as a Jaeger holds them.
fn resource(service: &str, spans: Vec<Span>) -> ResourceSpans {
    let key = "service.name".to_owned();
    let name = KeyValue { key, value: Some(support::text(service)), ..KeyValue::default() };
    let resource = Some(Resource { attributes: vec![name], ..Resource::default() });
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }
}

fn document(resources: &[ResourceSpans]) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({"result": {"resourceSpans": resources}})).unwrap()
}

fn micros(text: &str) -> u64 {
    u64::try_from(text.parse::<jiff::Timestamp>().unwrap().as_microsecond()).unwrap()
}

/// A Jaeger that holds these spans of the service `desk`.
fn holding(spans: Vec<Span>) -> impl FnMut(&Request) -> Reply {
    move |request| match request.path.as_str() {
        "/api/v3/services" => ok(r#"{"services":["desk"]}"#),
        "/api/v3/traces" => {
            assert_eq!(request.query["query.raw_traces"], "true");
            let [from, to] = ["query.start_time_min", "query.start_time_max"]
                .map(|name| micros(&request.query[name]) * 1_000);
            let within = |span: &&Span| (from..to).contains(&span.start_time_unix_nano);
            let depth = request.query["query.search_depth"].parse().unwrap();
            // Whole traces, as long as there are no more than were asked for.
            let mut traces = BTreeMap::<Vec<u8>, Vec<Span>>::new();
            for span in spans.iter().filter(within) {
                traces.entry(span.trace_id.clone()).or_default();
            }
            for span in &spans {
                if let Some(trace) = traces.get_mut(&span.trace_id) {
                    trace.push(span.clone());
                }
            }
            if traces.is_empty() {
                return status(404);
            }
            let shown = traces.into_values().take(depth).flatten().collect();
            ok(document(&[resource("desk", shown)]))
        }
        _ => status(400),
    }
}

fn reconcile(desk: &Desk, server: &Server) -> Result<Report, Box<dyn std::error::Error>> {
    let mut reconciler = Reconciler::open(desk.ledger(), Options::default(), &mut |_| {})?;
    let times = reconciler.times(support::desk::NOON);
    let mut source = Jaeger::connect(&server.url, connection(), times, None)?;
    reconciler.compare(&mut source, &mut |_| {})?;
    Ok(reconciler.finish())
}

#[test]
fn what_a_jaeger_holds_is_the_same() {
    let desk = Desk::signed();
    let server = Server::start(holding(desk.exported()));
    let report = reconcile(&desk, &server).unwrap();
    assert!(report.same(), "{report:?}");
    assert_eq!((only(&report).spans, only(&report).duplicates), (7, 0));
}

#[test]
fn what_was_altered_or_deleted_there_is_found() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    set(&mut spans[1], "gen_ai.request.model", "another");
    spans.remove(5);
    let server = Server::start(holding(spans));
    let report = reconcile(&desk, &server).unwrap();
    let totals = only(&report).totals();
    assert_eq!((totals.same, totals.altered, totals.missing_there), (5, 1, 1));
}

#[test]
fn a_list_that_elasticsearch_keeps_as_text_is_the_same() {
    let desk = Desk::with(|ledger| {
        let answered = support::desk::decision(1).with(|decision| {
            decision.response = Some(testimony_record::decision::Response {
                finish_reasons: vec!["stop".into(), "length".into()],
                ..Default::default()
            });
        });
        support::desk::write(ledger, vec![answered.done()]);
    });
    let with = |text: &str| {
        let mut spans = desk.exported();
        set(&mut spans[1], "gen_ai.response.finish_reasons", text);
        reconcile(&desk, &Server::start(holding(spans))).unwrap().same()
    };
    assert!(with(r#"["stop","length"]"#));
    assert!(!with(r#"["stop"]"#));
}

/// One trace for each entry of many, so that an answer reaches the limit.
#[test]
fn an_answer_that_reaches_the_limit_is_asked_for_again_in_halves() {
    let desk = Desk::with(|ledger| {
        let decision = |n: u32| {
            let id = testimony_record::Uuid::from_u128(u128::from(n) + 1);
            let began_us = support::desk::NOON + u64::from(n) * 2_000;
            let draft = support::desk::decision(1);
            draft.with(|decision| (decision.id, decision.began_us) = (id, began_us)).done()
        };
        support::desk::write(ledger, (0..1_300).map(decision).collect());
    });
    let server = Server::start(holding(desk.exported()));
    let report = reconcile(&desk, &server).unwrap();
    assert!(report.same(), "{:?}", only(&report).totals());
    assert_eq!((only(&report).spans, only(&report).duplicates), (1_302, 0));
    assert!(server.requests().len() > 4);
}

#[test]
fn a_trace_of_two_services_is_read_once() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    let of_desk = resource("desk", spans.split_off(3));
    let of_other = resource("other", spans);
    let server = Server::start(move |request| match request.path.as_str() {
        "/api/v3/services" => ok(r#"{"services":["desk","other","jaeger"]}"#),
        _ => ok(document(&[of_desk.clone(), of_other.clone()])),
    });
    let report = reconcile(&desk, &server).unwrap();
    assert!(report.same());
    assert_eq!((only(&report).copies, only(&report).duplicates), (7, 0));
}

#[test]
fn documents_that_are_streamed_one_after_another_are_read() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    let rest = spans.split_off(4);
    let body = [document(&[resource("desk", spans)]), document(&[resource("desk", rest)])];
    let server = Server::start(move |request| match request.path.as_str() {
        "/api/v3/services" => ok(r#"{"services":["desk"]}"#),
        _ => ok(body.join(&b'\n')),
    });
    assert!(reconcile(&desk, &server).unwrap().same());
}

#[test]
fn a_busy_backend_and_a_torn_answer_are_asked_again() {
    let desk = Desk::signed();
    let mut hold = holding(desk.exported());
    let mut turn = 0;
    let server = Server::start(move |request| {
        turn += 1;
        match turn {
            2 => status(429),
            3 => status(503),
            4 => Reply { torn: true, ..hold(request) },
            _ => hold(request),
        }
    });
    assert!(reconcile(&desk, &server).unwrap().same());
    assert_eq!(server.requests().len(), 5);
}

fn error(answer: impl FnMut(&Request) -> Reply + Send + 'static) -> String {
    let server = Server::start(answer);
    let error = Jaeger::connect(&server.url, connection(), Times::default(), None).unwrap_err();
    error.to_string().replace(&server.url, "URL")
}

#[test]
fn what_it_refuses_is_told() {
    insta::assert_snapshot!(error(|_| status(503)), @"URL: /api/v3/services: 503: no, 5 times in a row");
    insta::assert_snapshot!(error(|_| status(401)), @"URL: /api/v3/services: 401: no");
    insta::assert_snapshot!(error(|_| ok("<html>")), @"URL: /api/v3/services: no list of services: expected value at line 1 column 1");
    let advice = |url: &str| -> SourceError {
        Jaeger::connect(url, connection(), Times::default(), None).unwrap_err()
    };
    insta::assert_snapshot!(advice("ftp://localhost"), @"ftp://localhost: this is no http:// or https:// address");
    // A port on which nobody listens: it was given out, and is free again.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = advice(&format!("http://{free}"));
    assert!(refused.to_string().contains("connection refused"), "{refused}");
    assert!(refused.advice.is_some());
}

#[test]
fn headers_go_with_every_request() {
    let desk = Desk::signed();
    let server = Server::start(holding(desk.exported()));
    let mut with = connection();
    with.headers = vec!["Authorization: Bearer xyz".parse().unwrap()];
    Jaeger::connect(&server.url, with, Times::default(), None).unwrap();
    assert_eq!(server.requests()[0].headers["authorization"], "Bearer xyz");
}
