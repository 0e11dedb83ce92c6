//! Tempo's search and traces by id, as its servers answer: protobuf of both versions, cut texts, limits.

mod support;

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, TracesData};
use prost::Message as _;
use support::server::{Reply, Request, Server, connection, ok, status};
use support::{Desk, only, set, verdicts};
use testimony_reconcile::source::Tempo;
use testimony_reconcile::{Options, Reconciler, Report, Verdict};

/// Traces by their ids as Tempo spells them: without leading zeros.
type Traces = BTreeMap<String, Vec<Span>>;

fn traces(spans: Vec<Span>) -> Traces {
    let mut traces = Traces::new();
    for span in spans {
        let id = hex_of(&span.trace_id);
        traces.entry(id).or_default().push(span);
    }
    traces
}

fn hex_of(id: &[u8]) -> String {
    support::hex_of(id).trim_start_matches('0').to_owned()
}

fn data(spans: &[Span]) -> Vec<u8> {
    let scope_spans = vec![ScopeSpans { spans: spans.to_vec(), ..ScopeSpans::default() }];
    let resource = ResourceSpans { scope_spans, ..ResourceSpans::default() };
    TracesData { resource_spans: vec![resource] }.encode_to_vec()
}

/// `tempopb.TraceByIDResponse`: the trace in field 1, the status in field 3, the message in field 4.
fn response(trace: &[u8], partial: bool) -> Vec<u8> {
    let mut body = vec![0x0a];
    prost::encoding::encode_varint(trace.len() as u64, &mut body);
    body.extend(trace);
    if partial {
        body.extend(*b"\x18\x01\x22\x05large");
    }
    body
}

fn holding(traces: Traces) -> impl FnMut(&Request) -> Reply {
    move |request| match request.path.as_str() {
        "/api/search" => {
            assert_eq!(request.query["q"], r#"{ span.testimony.stream =~ ".+" }"#);
            let [start, end] =
                ["start", "end"].map(|name| request.query[name].parse::<u64>().unwrap());
            let within = |spans: &[Span]| {
                spans
                    .iter()
                    .any(|span| (start..end).contains(&(span.start_time_unix_nano / 1_000_000_000)))
            };
            let found = traces.iter().filter(|(_, spans)| within(spans));
            let limit = request.query["limit"].parse().unwrap();
            let found: Vec<_> = found
                .map(|(id, _)| serde_json::json!({"traceID": id, "rootTraceName": "x"}))
                .take(limit)
                .collect();
            ok(serde_json::json!({"traces": found, "metrics": {}}).to_string())
        }
        path => {
            let id = path.strip_prefix("/api/v2/traces/");
            assert_eq!(request.headers["accept"], "application/protobuf");
            match id.and_then(|id| traces.get(id)) {
                Some(spans) => ok(response(&data(spans), false)),
                None => status(404),
            }
        }
    }
}

fn reconcile(desk: &Desk, server: &Server) -> Report {
    let mut reconciler = Reconciler::open(desk.ledger(), Options::default(), &mut |_| {}).unwrap();
    let times = reconciler.times(support::desk::NOON);
    let mut source = Tempo::connect(&server.url, connection(), times).unwrap();
    reconciler.compare(&mut source, &mut |_| {}).unwrap();
    reconciler.finish()
}

#[test]
fn what_a_tempo_holds_is_the_same() {
    let desk = Desk::signed();
    let server = Server::start(holding(traces(desk.exported())));
    let report = reconcile(&desk, &server);
    assert!(report.same(), "{report:?}");
    assert_eq!((only(&report).copies, only(&report).duplicates), (7, 0));
}

#[test]
fn what_was_altered_or_deleted_there_is_found() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    set(&mut spans[1], "testimony.site", "elsewhere");
    spans.remove(5);
    let report = reconcile(&desk, &Server::start(holding(traces(spans))));
    let totals = only(&report).totals();
    assert_eq!((totals.same, totals.altered, totals.missing_there), (5, 1, 1));
}

#[test]
fn a_version_that_knows_only_the_first_api_is_asked_for_that() {
    let desk = Desk::signed();
    let spans = traces(desk.exported());
    let mut hold = holding(spans.clone());
    let server = Server::start(move |request| match request.path.strip_prefix("/api/traces/") {
        Some(id) => ok(data(&spans[id])),
        None if request.path.starts_with("/api/v2/") => status(404),
        None => hold(request),
    });
    assert!(reconcile(&desk, &server).same());
}

#[test]
fn a_trace_that_was_found_and_is_gone_is_told() {
    let desk = Desk::signed();
    let mut hold = holding(traces(desk.exported()));
    let server = Server::start(move |request| match request.path.as_str() {
        "/api/search" => hold(request),
        _ => status(404),
    });
    let report = reconcile(&desk, &server);
    assert!(!report.same());
    let gone = &only(&report).unreadable;
    assert!(gone.iter().all(|what| what.ends_with("was found and is gone")), "{gone:?}");
}

#[test]
fn a_part_of_a_trace_is_told() {
    let desk = Desk::signed();
    let spans = traces(desk.exported());
    let mut hold = holding(spans.clone());
    let server = Server::start(move |request| match request.path.strip_prefix("/api/v2/traces/") {
        Some(id) => ok(response(&data(&spans[id]), true)),
        None => hold(request),
    });
    let report = reconcile(&desk, &server);
    assert!(report.same());
    assert!(only(&report).unreadable.iter().all(|what| what.ends_with(": large")));
    assert_eq!(only(&report).unreadable_in_all, only(&report).unreadable.len() as u64);
}

#[test]
fn a_search_that_reaches_the_limit_is_made_again_in_halves() {
    let desk = Desk::with(|ledger| {
        let decision = |n: u32| {
            let id = testimony_record::Uuid::from_u128(u128::from(n) + 1);
            let began_us = support::desk::NOON + u64::from(n) * 20_000;
            let draft = support::desk::decision(1);
            draft.with(|decision| (decision.id, decision.began_us) = (id, began_us)).done()
        };
        support::desk::write(ledger, (0..1_300).map(decision).collect());
    });
    let server = Server::start(holding(traces(desk.exported())));
    let report = reconcile(&desk, &server);
    assert!(report.same(), "{:?}", only(&report).totals());
    assert_eq!((only(&report).copies, only(&report).duplicates), (1_302, 0));
}

#[test]
fn an_entry_that_was_cut_is_no_copy() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    let piece = support::get(&spans[2], "testimony.entry.0").unwrap();
    set(&mut spans[2], "testimony.entry.0", &piece[..piece.len() - 1]);
    let report = reconcile(&desk, &Server::start(holding(traces(spans))));
    assert_eq!(
        verdicts(&report),
        [(Verdict::Altered, Some(2), vec!["testimony.entry.0".to_owned()])]
    );
}

#[test]
fn content_that_tempo_has_cut_inside_a_character_is_told_as_cut() {
    const CUT: usize = 2_048;
    const ANSWER: &str = "gen_ai.output.messages";
    let answered = |before: &str| {
        Desk::with(|ledger| {
            let text = format!("{before}{}", "é".repeat(3_000));
            let decision = support::desk::decision(1);
            let decision = decision.text(testimony_record::part::Role::Decision, "", &text);
            support::desk::write(ledger, vec![decision.done()]);
        })
    };
    let of = |desk: &Desk| support::exported_with_content(&desk.ledger());
    let inside = |desk: &Desk| {
        let text = support::get(&of(desk)[1], ANSWER).unwrap();
        text.floor_char_boundary(CUT) < CUT
    };
    let desk = ["", "!"].map(answered).into_iter().find(inside).unwrap();
    let mut spans = of(&desk);
    // A string of Rust cannot end inside a character, so the half of one is put in afterwards.
    for pair in &mut spans[1].attributes {
        let text = support::get(&spans_of_one(pair), &pair.key);
        if let Some(text) = text.filter(|text| text.len() > CUT) {
            let mut whole = text[..text.floor_char_boundary(CUT)].to_owned();
            whole.extend(std::iter::repeat_n('\u{1}', CUT - whole.len()));
            pair.value = Some(support::text(&whole));
        }
    }
    let mut bodies = BTreeMap::new();
    for (id, spans) in traces(spans.clone()) {
        let half = |byte: u8| if byte == 1 { "é".as_bytes()[0] } else { byte };
        let before = data(&spans);
        let marked = before.windows(2).filter(|two| two[0] >= 0x80 && two[1] == 1);
        let body = if marked.count() > 0 { put_half(&before, half) } else { before };
        bodies.insert(id, response(&body, false));
    }
    let mut hold = holding(traces(spans));
    let server = Server::start(move |request| match request.path.strip_prefix("/api/v2/traces/") {
        Some(id) => ok(bodies[id].clone()),
        None => hold(request),
    });
    let report = reconcile(&desk, &server);
    assert!(report.same(), "{:?}", only(&report).findings);
    assert_eq!(only(&report).totals().truncated, 1);
    assert!(only(&report).cuts.iter().all(|cut| cut.bytes == CUT));
}

fn spans_of_one(pair: &opentelemetry_proto::tonic::common::v1::KeyValue) -> Span {
    Span { attributes: vec![pair.clone()], ..Span::default() }
}

/// Replaces the marks that stand behind a character of two bytes.
fn put_half(body: &[u8], half: impl Fn(u8) -> u8) -> Vec<u8> {
    let mut out = body.to_vec();
    for at in 1..body.len() {
        if body[at - 1] == "é".as_bytes()[1] && body[at] == 1 {
            out[at] = half(body[at]);
        }
    }
    out
}
