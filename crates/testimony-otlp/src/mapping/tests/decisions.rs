//! The span of a decision.

use opentelemetry::trace::{SpanId, SpanKind, Status as SpanStatus};
use testimony_record::decision::{Status, TraceContext};
use testimony_record::label::Label;
use testimony_record::part::{Absent, Content, Origin, Part, Role, Why};

use super::super::sample::{ID, bare, full, sealed};
use super::super::*;
use super::drawn;

fn span_of(decision: Decision) -> SpanData {
    Mapper::default().span(&sealed(decision), None)
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
    testimony.id = 0198c1d2-5a80-7001-9002-abcdef012345
    testimony.site = loan_desk::underwrite
    testimony.status = ok
    testimony.mapping = 2
    testimony.kind = decision
    testimony.stream = 0198c1d2-5a7e-7000-8000-0123456789ab
    testimony.seq = 7
    testimony.hash = d31cc7302c8bd77381f0ff20fd00a4fe695aef93431de77e594bb347230a2413
    testimony.prev = 34c8c47c53ef56d5f147459a13145f342db776e44c2c38e5267f99618c3c3562
    testimony.entry.0 = <639 bytes>
    testimony.entry.1 = }
    testimony.entry.chunks = 2
    "#);
}

#[test]
fn a_bare_call_site_is_an_internal_step_of_a_chain() {
    insta::assert_snapshot!(drawn(&span_of(bare())), @"
    loan_desk::underwrite Internal Unset
    0198c1d25a8070019002abcdef012345/9002abcdef012345 in 0000000000000000
    1767225600s + 0ns
    openinference.span.kind = CHAIN
    testimony.id = 0198c1d2-5a80-7001-9002-abcdef012345
    testimony.site = loan_desk::underwrite
    testimony.status = ok
    testimony.mapping = 2
    testimony.kind = decision
    testimony.stream = 0198c1d2-5a7e-7000-8000-0123456789ab
    testimony.seq = 7
    testimony.hash = 32bd8bae990678d2ecee8721132041587dc6838444cdcd30e262aa873aee71af
    testimony.prev = 34c8c47c53ef56d5f147459a13145f342db776e44c2c38e5267f99618c3c3562
    testimony.entry.0 = <313 bytes>
    testimony.entry.1 = }
    testimony.entry.chunks = 2
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
    let parent = mapper.span(&sealed(Decision { trace: None, ..full() }), None);
    let inner = mapper.span(&sealed(child(42, ID)), None);
    assert_eq!(inner.span_context.trace_id(), parent.span_context.trace_id());
    assert_eq!(inner.parent_span_id, parent.span_context.span_id());
    assert_eq!(inner.span_context.span_id(), SpanId::from(42));
    // The inner one usually comes first; it lands in the same place.
    assert_eq!(Mapper::default().span(&sealed(child(42, ID)), None), inner);
}

#[test]
fn an_exported_parent_takes_later_children_into_its_trace() {
    let mut mapper = Mapper::default();
    let parent = mapper.span(&sealed(full()), None);
    let inner = mapper.span(&sealed(child(42, ID)), None);
    assert_eq!(inner.span_context.trace_id(), parent.span_context.trace_id());
    let innermost = child(43, Uuid::from_u128(42));
    let innermost = mapper.span(&sealed(innermost), None);
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
fn what_was_renamed_is_the_only_difference_between_the_versions() {
    let lines = |conventions| drawn(&Mapper::new(conventions).span(&sealed(full()), None));
    let (old, new) = (lines(Conventions::V1_41), lines(Conventions::Latest));
    let changed: Vec<_> = old.lines().zip(new.lines()).filter(|(old, new)| old != new).collect();
    assert_eq!(old.lines().count(), new.lines().count());
    assert_eq!(
        changed,
        [
            (
                "gen_ai.usage.cache_creation.input_tokens = 0",
                "gen_ai.usage.cache_write.input_tokens = 0"
            ),
            ("testimony.mapping = 2", "testimony.mapping = 2-latest")
        ]
    );
}

fn rule(name: &str, held: Option<bool>) -> Part {
    Part {
        role: Role::Constraint,
        name: Some(name.into()),
        from: Origin::Declared,
        held,
        note: None,
        content: Content::Absent(Absent { why: Why::NotCaptured, size: None, hint: None }),
    }
}

#[test]
fn rules_and_whether_they_held_are_on_the_span() {
    let prompt = Part { role: Role::Prompt, held: None, ..rule("no rule", None) };
    let parts = vec![rule("debt to income", Some(false)), prompt, rule("age", Some(true))];
    let span = span_of(Decision { parts, ..bare() });
    let constraints = drawn(&span);
    let constraints: Vec<_> =
        constraints.lines().filter(|line| line.contains("constraint")).collect();
    assert_eq!(
        constraints,
        [
            "testimony.constraint.0.rule = debt to income",
            "testimony.constraint.0.held = false",
            "testimony.constraint.1.rule = age",
            "testimony.constraint.1.held = true",
        ]
    );
}

#[test]
fn a_call_that_the_service_exports_itself_is_sealed_and_not_shown_twice() {
    let trace = Some(TraceContext { own: true, ..full().trace.unwrap() });
    let parts = vec![rule("age", Some(true))];
    let span = span_of(Decision { trace, parts, status: Status::Error, ..full() });
    insta::assert_snapshot!(drawn(&span), @"
    testimony.seal Internal Unset
    a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/9002abcdef012345 in b2b2b2b2b2b2b2b2
    1767225601.5s + 0ns
    testimony.id = 0198c1d2-5a80-7001-9002-abcdef012345
    testimony.site = loan_desk::underwrite
    testimony.status = error
    testimony.constraint.0.rule = age
    testimony.constraint.0.held = true
    testimony.mapping = 2
    testimony.kind = decision
    testimony.stream = 0198c1d2-5a7e-7000-8000-0123456789ab
    testimony.seq = 7
    testimony.hash = 48fdb86b445a7be5c40821a5fab387a23b9e470fb14cc0dedd1a41d3ab83d377
    testimony.prev = 34c8c47c53ef56d5f147459a13145f342db776e44c2c38e5267f99618c3c3562
    testimony.entry.0 = <761 bytes>
    testimony.entry.1 = }
    testimony.entry.chunks = 2
    ");
    assert!(span.attributes.iter().all(|a| a.key.as_str().starts_with("testimony.")));
}
