//! The span of each kind of decision, drawn and compared.

use std::fmt::Write as _;

use opentelemetry::trace::SpanId;
use testimony_record::Uuid;
use testimony_record::decision::TraceContext;
use testimony_record::label::Label;

use super::sample::{ID, bare, full, sealed};
use super::*;

/// A span as lines; the pieces of the entry by their sizes.
fn drawn(span: &SpanData) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} {:?} {:?}", span.name, span.span_kind, span.status);
    let context = &span.span_context;
    let _ =
        writeln!(out, "{}/{} in {}", context.trace_id(), context.span_id(), span.parent_span_id);
    let began = span.start_time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let took = span.end_time.duration_since(span.start_time).unwrap();
    let _ = writeln!(out, "{began:?} + {took:?}");
    for attribute in &span.attributes {
        let value = attribute.value.to_string();
        let piece =
            attribute.key.as_str().starts_with(names::ENTRY_PREFIX) && value.starts_with('{');
        let value = if piece { format!("<{} bytes>", value.len()) } else { value };
        let _ = writeln!(out, "{} = {value}", attribute.key);
    }
    out
}

fn span_of(decision: Decision) -> SpanData {
    Mapper::default().span(&sealed(decision), None).unwrap()
}

#[test]
fn everything_that_an_entry_says_of_a_call_is_on_its_span() {
    insta::assert_snapshot!(drawn(&span_of(full())), @r#"
    chat gpt-4o Client Unset
    a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/9002abcdef012345 in b2b2b2b2b2b2b2b2
    1767225600s + 1.5s
    gen_ai.operation.name = chat
    gen_ai.provider.name = openai
    gen_ai.request.model = gpt-4o
    gen_ai.response.id = resp-1
    gen_ai.response.model = gpt-4o-2024-11-20
    gen_ai.response.finish_reasons = ["stop"]
    gen_ai.usage.input_tokens = 900
    gen_ai.usage.output_tokens = 120
    gen_ai.usage.cache_read.input_tokens = 400
    gen_ai.usage.cache_creation.input_tokens = 0
    gen_ai.usage.reasoning.output_tokens = 60
    openinference.span.kind = LLM
    testimony.mapping = 1
    testimony.id = 0198c1d2-5a80-7001-9002-abcdef012345
    testimony.stream = 0198c1d2-5a7e-7000-8000-0123456789ab
    testimony.seq = 7
    testimony.hash = d31cc7302c8bd77381f0ff20fd00a4fe695aef93431de77e594bb347230a2413
    testimony.prev = 34c8c47c53ef56d5f147459a13145f342db776e44c2c38e5267f99618c3c3562
    testimony.site = loan_desk::underwrite
    testimony.status = ok
    testimony.entry.0 = <640 bytes>
    testimony.entry.chunks = 1
    "#);
}

#[test]
fn a_bare_call_site_is_an_internal_step_of_a_chain() {
    insta::assert_snapshot!(drawn(&span_of(bare())), @"
    loan_desk::underwrite Internal Unset
    0198c1d25a8070019002abcdef012345/9002abcdef012345 in 0000000000000000
    1767225600s + 0ns
    openinference.span.kind = CHAIN
    testimony.mapping = 1
    testimony.id = 0198c1d2-5a80-7001-9002-abcdef012345
    testimony.stream = 0198c1d2-5a7e-7000-8000-0123456789ab
    testimony.seq = 7
    testimony.hash = 32bd8bae990678d2ecee8721132041587dc6838444cdcd30e262aa873aee71af
    testimony.prev = 34c8c47c53ef56d5f147459a13145f342db776e44c2c38e5267f99618c3c3562
    testimony.site = loan_desk::underwrite
    testimony.status = ok
    testimony.entry.0 = <314 bytes>
    testimony.entry.chunks = 1
    ");
}

#[test]
fn what_failed_says_how_and_what_was_refused_did_not_fail() {
    let ended = |status, error: Option<&str>| {
        let error = error.map(Into::into);
        let span = span_of(Decision { status, error, ..full() });
        let kind = span.attributes.iter().find(|a| a.key.as_str() == names::ERROR_TYPE);
        (span.status, kind.map(|a| a.value.to_string()))
    };
    let error = |kind: &str| (SpanStatus::error(kind.to_owned()), Some(kind.to_owned()));
    assert_eq!(ended(Status::Error, Some("reqwest::Error")), error("reqwest::Error"));
    assert_eq!(ended(Status::Error, None), error("_OTHER"));
    assert_eq!(ended(Status::Panicked, None), error("panicked"));
    assert_eq!(ended(Status::TimedOut, None), error("timed_out"));
    assert_eq!(ended(Status::Cancelled, None), error("cancelled"));
    assert_eq!(ended(Status::Refused, None), (SpanStatus::Unset, None));
    assert_eq!(ended(Status::Ok, None), (SpanStatus::Unset, None));
}

#[test]
fn operations_have_the_kinds_that_the_conventions_and_phoenix_give_them() {
    let kinds = |operation: Option<&'static str>, model: Option<&'static str>| {
        let (operation, model) = (operation.map(Label::from), model.map(Label::from));
        let span = span_of(Decision { operation, model, ..bare() });
        let shown = span.attributes.iter().find(|a| a.key.as_str() == names::SPAN_KIND).unwrap();
        (span.name.to_string(), span.span_kind, shown.value.to_string())
    };
    let expect = |name: &str, kind, shown: &str| (name.to_owned(), kind, shown.to_owned());
    assert_eq!(kinds(Some("chat"), Some("m")), expect("chat m", SpanKind::Client, "LLM"));
    assert_eq!(
        kinds(Some("execute_tool"), None),
        expect("execute_tool", SpanKind::Internal, "TOOL")
    );
    assert_eq!(kinds(Some("plan"), None), expect("plan", SpanKind::Internal, "CHAIN"));
    assert_eq!(kinds(None, Some("m")), expect("loan_desk::underwrite", SpanKind::Client, "LLM"));
}

fn child(id: u128, parent: Uuid) -> Decision {
    Decision { id: Uuid::from_u128(id), parent: Some(parent), ..bare() }
}

#[test]
fn a_decision_inside_a_decision_is_its_child_in_its_trace() {
    let mut mapper = Mapper::default();
    let parent = mapper.span(&sealed(Decision { trace: None, ..full() }), None).unwrap();
    let inner = mapper.span(&sealed(child(42, ID)), None).unwrap();
    assert_eq!(inner.span_context.trace_id(), parent.span_context.trace_id());
    assert_eq!(inner.parent_span_id, parent.span_context.span_id());
    assert_eq!(inner.span_context.span_id(), SpanId::from(42));
    // The inner one usually comes first; it lands in the same place.
    assert_eq!(Mapper::default().span(&sealed(child(42, ID)), None).unwrap(), inner);
}

#[test]
fn an_exported_parent_takes_later_children_into_its_trace() {
    let mut mapper = Mapper::default();
    let parent = mapper.span(&sealed(full()), None).unwrap();
    let inner = mapper.span(&sealed(child(42, ID)), None).unwrap();
    assert_eq!(inner.span_context.trace_id(), parent.span_context.trace_id());
    let innermost = child(43, Uuid::from_u128(42));
    let innermost = mapper.span(&sealed(innermost), None).unwrap();
    assert_eq!(innermost.span_context.trace_id(), parent.span_context.trace_id());
    assert_eq!(innermost.parent_span_id, SpanId::from(42));
}

#[test]
fn no_id_makes_an_invalid_span() {
    let nothing = TraceContext { trace_id: [0; 16], span_id: [0; 8], own: false };
    let span = span_of(Decision { id: Uuid::nil(), trace: Some(nothing), ..bare() });
    assert!(span.span_context.is_valid());
    assert_eq!(span.parent_span_id, SpanId::INVALID);
}

#[test]
fn a_long_entry_travels_in_pieces_that_join_to_its_bytes() {
    let mut decision = full();
    decision.causes = (1..=100).map(Uuid::from_u128).collect();
    decision.site = "é𝄞".repeat(40).into();
    let sealed = sealed(decision);
    let span = Mapper::default().span(&sealed, None).unwrap();
    let text = |name: &str| {
        let found = span.attributes.iter().find(|a| a.key.as_str() == name);
        found.map(|a| a.value.to_string()).unwrap()
    };
    let count: usize = text(names::ENTRY_CHUNKS).parse().unwrap();
    let joined: String = (0..count).map(|n| text(&format!("{}{n}", names::ENTRY_PREFIX))).collect();
    assert!(count > 2);
    assert_eq!(joined.as_bytes(), &sealed.bytes[..]);
    assert_eq!(
        testimony_record::digest::Digest::of_entry(joined.as_bytes()).to_string(),
        text(names::HASH)
    );
}

#[test]
fn other_entries_are_no_spans() {
    use testimony_record::entry::{Body, Close};
    let mut sealed = sealed(bare());
    sealed.entry.body = Body::Close(Close { decisions: 1, lost: None });
    assert_eq!(Mapper::default().span(&sealed, None), None);
}
