//! Whatever is decided and recorded, its span keeps the promises that backends are held to.

use std::collections::HashSet;

use opentelemetry::{Array, Value};
use proptest::prelude::*;
use testimony_ledger::{Archive, Ledger, Options};
use testimony_record::decision::{Response, Status, TraceContext, Usage};
use testimony_record::digest::Digest;
use testimony_record::label::Label;
use testimony_record::media::MediaType;
use testimony_record::part::{Absent, Origin, Role, Why};
use testimony_record::unsealed::{
    Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedMessage, UnsealedMessagePart,
    UnsealedPart,
};

use super::super::*;
use super::text;

fn text_of_any_kind() -> impl Strategy<Value = String> {
    prop_oneof![
        "(\\PC|[\\x00-\\x7f]){0,300}",
        Just("x".repeat(2001)),
        Just("0.5".to_owned()),
        Just("NaN".to_owned()),
        Just(r#"{"limit":1e999,"observed":[null]}"#.to_owned()),
        Just(format!(r#"{{"limit":"{}"}}"#, "é".repeat(1001))),
        Just(r#"[{"type":"text"}]"#.to_owned()),
    ]
}

fn label() -> impl Strategy<Value = Label> {
    text_of_any_kind().prop_map(Label::from)
}

fn operation() -> impl Strategy<Value = Option<Label>> {
    let known = vec!["chat", "embeddings", "retrieval", "execute_tool", "invoke_agent", "plan"];
    prop_oneof![
        Just(None),
        prop::sample::select(known).prop_map(|known| Some(known.into())),
        label().prop_map(Some)
    ]
}

fn role() -> impl Strategy<Value = Role> {
    use Role::{
        Actor, Config, Constraint, Context, Decision, Error, Output, Prompt, Rationale, Subject,
    };
    prop::sample::select(vec![
        Subject, Prompt, Context, Config, Decision, Rationale, Constraint, Output, Error, Actor,
    ])
}

/// Names that mean something, and any other.
fn name() -> impl Strategy<Value = Option<Label>> {
    let parameters = names::PARAMETERS.map(|parameter| parameter.name);
    let parts = ["tool_definitions", "query", "documents", "arguments", "result"];
    let known = [&parameters[..], &parts, &["system_instructions"]].concat();
    prop_oneof![
        Just(None),
        prop::sample::select(known).prop_map(|known| Some(known.into())),
        label().prop_map(Some)
    ]
}

fn blob() -> impl Strategy<Value = UnsealedBlob> {
    prop_oneof![
        text_of_any_kind().prop_map(UnsealedBlob::text),
        text_of_any_kind().prop_map(UnsealedBlob::json),
        Just(UnsealedBlob { media: MediaType::BYTES, bytes: vec![0xff, 0].into() }),
    ]
}

fn message() -> impl Strategy<Value = UnsealedMessage> {
    let known = vec!["text", "reasoning", "tool_call", "tool_call_response", "uri"];
    let part = (prop::sample::select(known), name(), name(), blob());
    let part = part.prop_map(|(kind, id, name, blob)| {
        let kind = kind.into();
        UnsealedMessagePart { kind, id, name, blob }
    });
    let parts = prop::collection::vec(part, 0..3);
    (label(), name(), parts).prop_map(|(role, name, parts)| UnsealedMessage { role, name, parts })
}

fn content() -> impl Strategy<Value = UnsealedContent> {
    prop_oneof![
        3 => blob().prop_map(UnsealedContent::Blob),
        1 => prop::collection::vec(message(), 1..3).prop_map(UnsealedContent::Messages),
        1 => Just(UnsealedContent::Absent(Absent { why: Why::TooLarge, size: None, hint: None })),
    ]
}

fn parts() -> impl Strategy<Value = Vec<UnsealedPart>> {
    let part = (role(), name(), prop::option::of(any::<bool>()), content());
    let part = part.prop_map(|(role, name, held, content)| UnsealedPart {
        name,
        held,
        ..UnsealedPart::new(role, Origin::Observed, content)
    });
    prop::collection::vec(part, 0..60)
}

fn integer() -> impl Strategy<Value = u64> {
    0..=testimony_record::canonical::MAX_INTEGER
}

fn response() -> impl Strategy<Value = Option<Response>> {
    let label = || prop::option::of(label());
    let reasons = prop::collection::vec(self::label(), 0..3);
    let response = (label(), label(), reasons).prop_map(|(id, model, finish_reasons)| Response {
        id,
        model,
        finish_reasons,
    });
    prop::option::of(response.prop_filter("says something", |response| !response.is_empty()))
}

fn usage() -> impl Strategy<Value = Option<Usage>> {
    let usage = prop::array::uniform5(integer()).prop_map(|tokens| {
        let [input, output, cache_read, cache_creation, reasoning] = tokens.map(Some);
        Usage { input, output, cache_read, cache_creation, reasoning }
    });
    prop::option::of(usage)
}

fn status() -> impl Strategy<Value = Status> {
    use Status::{Cancelled, Error, Ok, Panicked, Refused, TimedOut};
    prop::sample::select(vec![Ok, Error, Refused, Cancelled, TimedOut, Panicked])
}

fn trace() -> impl Strategy<Value = Option<TraceContext>> {
    let trace = (any::<[u8; 16]>(), any::<[u8; 8]>(), any::<bool>());
    let trace = trace.prop_map(|(trace_id, span_id, own)| TraceContext { trace_id, span_id, own });
    prop::option::of(trace)
}

fn decision() -> impl Strategy<Value = Decision> {
    let ids = (
        any::<u128>(),
        prop::option::of(any::<u128>()),
        prop::collection::vec(any::<u128>(), 0..80),
    );
    let labels = (label(), operation(), prop::option::of(label()), prop::option::of(label()));
    let ending = (status(), prop::option::of(label()), response(), usage());
    let when = (integer(), prop::option::of(integer()), trace());
    (ids, labels, ending, when).prop_map(|(ids, labels, ending, when)| Decision {
        id: Uuid::from_u128(ids.0),
        parent: ids.1.map(Uuid::from_u128),
        causes: ids.2.into_iter().map(Uuid::from_u128).collect(),
        site: labels.0,
        operation: labels.1,
        provider: labels.2,
        model: labels.3,
        response: ending.2,
        status: ending.0,
        error: ending.1,
        began_us: when.0,
        took_us: when.1,
        usage: ending.3,
        trace: when.2,
        parts: vec![],
        more: None,
    })
}

/// Records decisions and reads them back, with their contents as both versions of the conventions have them.
fn recorded(decisions: Vec<(Decision, Vec<UnsealedPart>)>) -> Vec<(Sealed, [Contents; 2])> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    for (decision, parts) in decisions {
        ledger.submit(Unsealed { event: Event::Decision(Box::new(decision)), parts }).unwrap();
    }
    ledger.close().unwrap();
    let (mut archive, mut found) = (Archive::open(&path).unwrap(), Vec::new());
    archive
        .advance(&mut |stored| {
            if let Body::Decision(_) = stored.entry.body {
                found.push(Sealed { entry: stored.entry, bytes: stored.bytes, hash: stored.hash });
            }
        })
        .unwrap();
    let contents = |sealed: &Sealed| {
        [Conventions::V1_41, Conventions::Latest]
            .map(|conventions| Contents::read(&archive, &sealed.entry.body, conventions))
    };
    found.into_iter().map(|sealed| (sealed.clone(), contents(&sealed))).collect()
}

fn keeps_its_promises(span: &SpanData, sealed: &Sealed) -> Result<(), TestCaseError> {
    let mut names = HashSet::new();
    for attribute in &span.attributes {
        let name = attribute.key.as_str();
        prop_assert!(names.insert(name), "{name} stands twice");
        match &attribute.value {
            Value::String(text) => {
                let short = text.as_str().len() <= MAX_CHUNK_BYTES;
                prop_assert!(short || !name.starts_with("testimony."), "{name} is too long");
            }
            Value::F64(number) => prop_assert!(number.is_finite(), "{name} is {number}"),
            Value::I64(_) | Value::Array(Array::String(_)) => {}
            other => prop_assert!(false, "{name} is {other:?}"),
        }
    }
    let count: usize = text(span, names::ENTRY_CHUNKS).unwrap_or_default().parse().unwrap();
    let pieces = (0..count).map(|n| text(span, &format!("{}{n}", names::ENTRY_PREFIX)).unwrap());
    let joined: String = pieces.collect();
    prop_assert_eq!(joined.as_bytes(), &sealed.bytes[..]);
    let hash = Digest::of_entry(joined.as_bytes()).to_string();
    prop_assert_eq!(Some(hash), text(span, names::HASH));
    prop_assert!(span.span_context.is_valid());
    prop_assert!(span.end_time >= span.start_time);
    Ok(())
}

proptest! {
    // Each case is a ledger of its own, synced to the disk.
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_span_has_its_entry_whole_no_name_twice_and_only_values_that_backends_keep(
        decisions in prop::collection::vec((decision(), parts()), 1..24),
    ) {
        for (sealed, [old, new]) in recorded(decisions) {
            for (conventions, contents) in [
                (Conventions::V1_41, Some(&old)),
                (Conventions::Latest, Some(&new)),
                (Conventions::V1_41, None),
            ] {
                let mut mapper = Mapper::new(conventions);
                let span = mapper.span(&sealed, contents);
                keeps_its_promises(&span, &sealed)?;
                prop_assert_eq!(mapper.span(&sealed, contents), span, "the same however often");
            }
        }
    }
}
