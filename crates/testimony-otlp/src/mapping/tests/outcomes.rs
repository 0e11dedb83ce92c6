//! The spans of outcomes and of intents.

use opentelemetry::trace::{SpanId, TraceId};
use testimony_record::decision::{Intent, Outcome};
use testimony_record::digest::Digest;
use testimony_record::part::{Content, Origin, Part, Role};

use super::super::sample::{ID, full, sealed, sealed_body};
use super::super::*;
use super::{drawn, text};

fn part(role: Role, name: Option<&str>, content: &[u8]) -> Part {
    let (name, content) = (name.map(Into::into), Content::Blob(Digest::plain(content)));
    Part { role, name, from: Origin::Declared, held: None, note: None, content }
}

fn outcome(kind: &str, parts: Vec<Part>) -> Sealed {
    let at_us = 1_767_225_700_000_000;
    let (decision, kind) = (ID, kind.into());
    sealed_body(Body::Outcome(Outcome { decision, kind, at_us, parts, more: None }))
}

#[test]
fn an_outcome_says_what_happened_and_names_what_is_content() {
    let parts = vec![
        part(Role::Actor, None, b"m.weber"),
        part(Role::Decision, None, b"approve"),
        part(Role::Rationale, None, b"new payslip"),
        part(Role::Context, None, b"the screen"),
    ];
    let span = Mapper::default().span(&outcome("overridden", parts), None);
    insta::assert_snapshot!(drawn(&span), @"
    outcome overridden Internal Unset
    0198c1d25a8070019002abcdef012345/8772c59e6dc426ec in 9002abcdef012345
    1767225700s + 0ns
    openinference.span.kind = CHAIN
    testimony.id = 0198c1d2-5a80-7001-9002-abcdef012345
    testimony.outcome.kind = overridden
    testimony.outcome.by.digest = 6d8cb230554b7eaf7146a2a58f5a6c26e240cc6026879c5d497854be743a1da3
    testimony.outcome.decision.digest = dd2bfe76a4c5dd085f77db22a1f703726542a3ac012decf76210ee9e4e2a97e5
    testimony.outcome.why.digest = 6779933840e00a91ea44d9d0fd3ac29c06d0bb5d75b7c6dca2134159ff1a808b
    testimony.outcome.shown.digest = ce0f117e4586e73ad3820a7437d795344480b7ef64107e94310b3ffc28bfa7d0
    testimony.mapping = 2
    testimony.kind = outcome
    testimony.stream = 0198c1d2-5a7e-7000-8000-0123456789ab
    testimony.seq = 7
    testimony.hash = 8772c59e6dc426ec6f338c22f0892aa8a23b7505c257a0f05dee4fa2082c82ad
    testimony.prev = 34c8c47c53ef56d5f147459a13145f342db776e44c2c38e5267f99618c3c3562
    testimony.entry.0 = <782 bytes>
    testimony.entry.1 = }
    testimony.entry.chunks = 2
    ");
}

#[test]
fn an_outcome_hangs_under_its_decision() {
    let mut mapper = Mapper::default();
    let decision = mapper.span(&sealed(full()), None);
    let outcome = outcome("executed", vec![]);
    let known = mapper.span(&outcome, None);
    assert_eq!(known.parent_span_id, decision.span_context.span_id());
    assert_eq!(known.span_context.trace_id(), decision.span_context.trace_id());
    // A mapper that has not seen the decision finds its span, and takes the trace that is named after it.
    let alone = Mapper::default().span(&outcome, None);
    assert_eq!(alone.parent_span_id, known.parent_span_id);
    assert_eq!(alone.span_context.span_id(), known.span_context.span_id());
    assert_eq!(alone.span_context.trace_id(), TraceId::from_bytes(*ID.as_bytes()));
}

#[test]
fn a_score_is_an_evaluation_under_its_own_name() {
    let name = |kind: &str, score: Option<&str>| {
        let parts = vec![part(Role::Decision, score, b"0.7")];
        let span = Mapper::default().span(&outcome(kind, parts), None);
        (text(&span, names::EVALUATION_NAME), text(&span, names::SPAN_KIND).unwrap())
    };
    let expect = |name: Option<&str>, kind: &str| (name.map(str::to_owned), kind.to_owned());
    assert_eq!(name("scored", Some("reward")), expect(Some("reward"), "EVALUATOR"));
    assert_eq!(name("scored", None), expect(Some("scored"), "EVALUATOR"));
    assert_eq!(name("overridden", Some("reward")), expect(None, "CHAIN"));
}

#[test]
fn an_intent_is_no_second_call() {
    let intent = Intent {
        id: ID,
        site: "loan_desk::underwrite".into(),
        operation: Some("chat".into()),
        provider: Some("openai".into()),
        model: Some("gpt-4o".into()),
        began_us: 1_767_225_600_000_000,
        parts: vec![],
        more: None,
    };
    let span = |intent| Mapper::default().span(&sealed_body(Body::Intent(intent)), None);
    insta::assert_snapshot!(drawn(&span(intent.clone())), @"
    intent gpt-4o Internal Unset
    0198c1d25a8070019002abcdef012345/e6b5fa0473773f80 in 0000000000000000
    1767225600s + 0ns
    openinference.span.kind = CHAIN
    testimony.id = 0198c1d2-5a80-7001-9002-abcdef012345
    testimony.site = loan_desk::underwrite
    testimony.mapping = 2
    testimony.kind = intent
    testimony.stream = 0198c1d2-5a7e-7000-8000-0123456789ab
    testimony.seq = 7
    testimony.hash = e6b5fa0473773f80469ca70960878fb2b0fd82faa7c50a4df775c58ae0a702ae
    testimony.prev = 34c8c47c53ef56d5f147459a13145f342db776e44c2c38e5267f99618c3c3562
    testimony.entry.0 = <353 bytes>
    testimony.entry.1 = }
    testimony.entry.chunks = 2
    ");
    let unknown = span(Intent { model: None, ..intent });
    assert_eq!(unknown.name, "intent loan_desk::underwrite");
    assert_eq!(unknown.parent_span_id, SpanId::INVALID);
}
