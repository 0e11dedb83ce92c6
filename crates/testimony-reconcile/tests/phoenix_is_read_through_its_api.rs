//! Phoenix's pages of spans, as its servers answer: newest first, floating times, no kind, attributes of its own.

mod support;

use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::{Value, json};
use support::server::{Reply, Request, Server, connection, ok, status};
use support::{Desk, only, set};
use testimony_reconcile::source::{Phoenix, SourceError};
use testimony_reconcile::{Options, Reconciler, Report, Times};

fn value(value: Option<&AnyValue>) -> Value {
    match value.and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => {
            json!({"string_value": text, "int_value": null})
        }
        Some(any_value::Value::IntValue(number)) => json!({"int_value": number}),
        Some(any_value::Value::DoubleValue(number)) => json!({"double_value": number}),
        Some(any_value::Value::ArrayValue(list)) => {
            let values: Vec<_> = list.values.iter().map(value_of).collect();
            json!({"array_value": {"values": values}})
        }
        other => panic!("{other:?}"),
    }
}

fn value_of(item: &AnyValue) -> Value {
    value(Some(item))
}

fn hex_of(id: &[u8]) -> Option<String> {
    (!id.is_empty()).then(|| support::hex_of(id))
}

/// What Python makes of a time: a float of seconds, and back.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "as it is there"
)]
fn floated(ns: u64) -> u64 {
    let micros = (ns as f64 / 1e9 * 1e6).round();
    (micros / 1e6 * 1e9) as u64
}

fn shown(span: &Span) -> Value {
    let mut attributes: Vec<_> = span
        .attributes
        .iter()
        .map(|pair| json!({"key": pair.key, "value": value(pair.value.as_ref())}))
        .collect();
    attributes.push(json!({"key": "llm.model_name", "value": {"string_value": "gpt-4o"}}));
    json!({
        "trace_id": hex_of(&span.trace_id),
        "span_id": hex_of(&span.span_id),
        "parent_span_id": hex_of(&span.parent_span_id),
        "name": span.name,
        "kind": null,
        "start_time_unix_nano": floated(span.start_time_unix_nano),
        "end_time_unix_nano": floated(span.end_time_unix_nano),
        "attributes": attributes,
        "events": null,
        "status": {
            "code": span.status.as_ref().map_or(0, |status| status.code),
            "message": span.status.as_ref().map(|status| &status.message).filter(|text| !text.is_empty()),
        },
    })
}

/// Three to a page, whatever was asked for.
fn holding(spans: Vec<Span>) -> impl FnMut(&Request) -> Reply {
    move |request| {
        if request.path != "/v1/projects/loan%20desk/spans/otlpv1" {
            return status(404);
        }
        let at: usize = request.query.get("cursor").map_or(0, |cursor| cursor.parse().unwrap());
        let newest_first: Vec<_> = spans.iter().rev().collect();
        let page: Vec<_> = newest_first.iter().skip(at).take(3).map(|span| shown(span)).collect();
        let next = (at + 3 < spans.len()).then(|| (at + 3).to_string());
        ok(json!({"data": page, "next_cursor": next}).to_string())
    }
}

fn reconcile(
    desk: &Desk,
    server: &Server,
    project: &str,
) -> Result<Report, Box<dyn std::error::Error>> {
    let mut reconciler = Reconciler::open(desk.ledger(), Options::default(), &mut |_| {})?;
    let times = reconciler.times(support::desk::NOON);
    let mut source = Phoenix::connect(&server.url, connection(), times, project)?;
    reconciler.compare(&mut source, &mut |_| {})?;
    Ok(reconciler.finish())
}

#[test]
fn what_a_phoenix_holds_is_the_same() {
    let desk = Desk::signed();
    let server = Server::start(holding(desk.exported()));
    let report = reconcile(&desk, &server, "loan desk").unwrap();
    assert!(report.same(), "{:?}", only(&report).findings);
    assert_eq!((only(&report).copies, server.requests().len()), (7, 3));
    assert_eq!(only(&report).added_on_the_way, ["llm.model_name"]);
}

#[test]
fn what_was_altered_or_deleted_there_is_found() {
    let desk = Desk::signed();
    let mut spans = desk.exported();
    set(&mut spans[1], "gen_ai.request.model", "another");
    spans[2].start_time_unix_nano += 1_000;
    spans.remove(5);
    let server = Server::start(holding(spans));
    let report = reconcile(&desk, &server, "loan desk").unwrap();
    let totals = only(&report).totals();
    assert_eq!((totals.same, totals.altered, totals.missing_there), (4, 2, 1));
}

#[test]
fn a_project_that_is_not_there_and_a_cursor_that_does_not_move_are_told() {
    let desk = Desk::signed();
    let server = Server::start(holding(desk.exported()));
    let error = reconcile(&desk, &server, "other").unwrap_err().to_string();
    assert!(error.contains("/v1/projects/other/spans/otlpv1: 404"), "{error}");
    let stuck = Server::start(|_| ok(r#"{"data":[],"next_cursor":"x"}"#));
    let error = reconcile(&desk, &stuck, "loan desk").unwrap_err().to_string();
    assert!(error.contains("its cursor does not move"), "{error}");
    let bad = |name: &str| -> SourceError {
        Phoenix::connect(&server.url, connection(), Times::default(), name).unwrap_err()
    };
    assert!(bad("a/b").to_string().contains("no name of a project"));
}
