//! Content read back from a real ledger, and held against the rules of the `GenAI` schemas.

use bytes::Bytes;
use serde_json::{Value, json};
use testimony_ledger::{Archive, Ledger, Options};
use testimony_record::decision::Response;
use testimony_record::media::MediaType;
use testimony_record::part::{Absent, Origin, Why};
use testimony_record::unsealed::{
    Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedMessage, UnsealedMessagePart,
    UnsealedPart,
};

use super::*;
use crate::mapping::sample;

/// Records one decision or outcome with these parts, and reads its content back.
pub(super) fn read_back(
    event: Event,
    parts: Vec<UnsealedPart>,
    conventions: Conventions,
) -> Contents {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    ledger.submit(Unsealed { event, parts }).unwrap();
    ledger.close().unwrap();
    let mut archive = Archive::open(&path).unwrap();
    let mut body = None;
    archive
        .advance(&mut |stored| {
            if let Body::Decision(_) | Body::Outcome(_) = stored.entry.body {
                body = Some(stored.entry.body);
            }
        })
        .unwrap();
    Contents::read(&archive, &body.unwrap(), conventions)
}

fn contents(decision: Decision, parts: Vec<UnsealedPart>) -> Contents {
    read_back(Event::Decision(Box::new(decision)), parts, Conventions::V1_41)
}

pub(super) fn of(parts: Vec<UnsealedPart>) -> Contents {
    contents(sample::full(), parts)
}

pub(super) fn part(role: Role, name: Option<&str>, content: UnsealedContent) -> UnsealedPart {
    let part = UnsealedPart::new(role, Origin::Observed, content);
    UnsealedPart { name: name.map(Into::into), ..part }
}

pub(super) fn text(role: Role, text: &str) -> UnsealedPart {
    part(role, None, UnsealedContent::Blob(UnsealedBlob::text(text)))
}

pub(super) fn json_part(role: Role, name: Option<&str>, json: &str) -> UnsealedPart {
    part(role, name, UnsealedContent::Blob(UnsealedBlob::json(json.to_owned())))
}

fn piece(
    kind: &str,
    id: Option<&str>,
    name: Option<&str>,
    blob: UnsealedBlob,
) -> UnsealedMessagePart {
    UnsealedMessagePart {
        kind: kind.into(),
        id: id.map(Into::into),
        name: name.map(Into::into),
        blob,
    }
}

fn message(role: &str, parts: Vec<UnsealedMessagePart>) -> UnsealedMessage {
    UnsealedMessage { role: role.into(), name: None, parts }
}

fn value(contents: &Contents, name: &str) -> Value {
    let found = contents.attributes().find(|found| found.key.as_str() == name);
    found.map_or(Value::Null, |found| serde_json::from_str(&found.value.as_str()).unwrap())
}

/// How many attributes of the conventions there are.
fn conventional(contents: &Contents) -> usize {
    contents.attributes().filter(|attribute| attribute.key.as_str().starts_with("gen_ai.")).count()
}

/// What the schemas of version 1.41.1 require of a part, for the types that they know.
fn check_part(part: &Value) {
    let kind = part["type"].as_str().expect("a part has a type");
    let required: &[&str] = match kind {
        "text" | "reasoning" => &["content"],
        "tool_call" => &["name"],
        "tool_call_response" => &["response"],
        "blob" => &["modality", "content"],
        "uri" => &["modality", "uri"],
        "file" => &["modality", "file_id"],
        _ => &[],
    };
    for &member in required {
        assert!(part.get(member).is_some(), "{kind} without {member}: {part}");
    }
    for member in ["content", "name", "id"] {
        let is_text = part.get(member).is_none_or(Value::is_string);
        assert!(is_text || kind.starts_with("testimony."), "{member} is a string: {part}");
    }
}

fn check_messages(messages: &Value, answers: bool) {
    for message in messages.as_array().expect("a list of messages") {
        assert!(message["role"].is_string());
        assert_eq!(message["finish_reason"].is_string(), answers, "{message}");
        message["parts"].as_array().expect("a list of parts").iter().for_each(check_part);
    }
}

fn conversation() -> Vec<UnsealedMessage> {
    let call = r#"{"order": 9007199254740993, "why":"é"}"#;
    vec![
        message("user", vec![piece("text", None, None, UnsealedBlob::text("Where is it?"))]),
        message(
            "assistant",
            vec![
                piece("reasoning", None, None, UnsealedBlob::text("Look it up.")),
                piece("tool_call", Some("c1"), Some("find"), UnsealedBlob::json(call)),
            ],
        ),
        message(
            "tool",
            vec![piece("tool_call_response", Some("c1"), None, UnsealedBlob::text("gone"))],
        ),
        message(
            "user",
            vec![piece(
                "image_url",
                None,
                None,
                UnsealedBlob::json(r#"{"type":"image_url","image_url":{"url":"x"}}"#),
            )],
        ),
    ]
}

#[test]
fn a_conversation_has_the_shape_of_the_schema_and_keeps_every_digit() {
    let contents = of(vec![
        part(Role::Prompt, None, UnsealedContent::Messages(conversation())),
        part(
            Role::Output,
            None,
            UnsealedContent::Messages(vec![message(
                "assistant",
                vec![piece("text", None, None, UnsealedBlob::text("It is gone."))],
            )]),
        ),
    ]);
    let (input, output) =
        (value(&contents, names::INPUT_MESSAGES), value(&contents, names::OUTPUT_MESSAGES));
    check_messages(&input, false);
    check_messages(&output, true);
    assert_eq!(
        output,
        json!([{"role": "assistant", "parts": [{"type": "text", "content": "It is gone."}],
            "finish_reason": "stop"}])
    );
    assert_eq!(
        input[0],
        json!({"role": "user", "parts": [{"type": "text", "content": "Where is it?"}]})
    );
    assert_eq!(input[1]["parts"][1]["arguments"]["why"], "é");
    assert_eq!(
        input[2]["parts"][0],
        json!({"type": "tool_call_response", "id": "c1", "response": "gone"})
    );
    assert_eq!(input[3]["parts"][0], json!({"type": "image_url", "image_url": {"url": "x"}}));
    let input = contents.attributes().find(|a| a.key.as_str() == names::INPUT_MESSAGES).unwrap();
    assert!(
        input.value.as_str().contains("9007199254740993"),
        "an integer beyond 2^53 is not rounded"
    );
    assert_eq!(contents.omitted().count(), 0);
}

#[test]
fn a_plain_prompt_is_a_user_message_and_the_decision_the_answer() {
    let contents = of(vec![
        text(Role::Prompt, "Grant the loan?"),
        json_part(Role::Decision, None, r#""approve""#),
        json_part(Role::Decision, Some("confidence"), "0.93"),
        text(Role::Rationale, "not for export"),
        text(Role::Subject, "loan:1234"),
    ]);
    assert_eq!(
        value(&contents, names::INPUT_MESSAGES),
        json!([{"role": "user", "parts": [{"type": "text", "content": "Grant the loan?"}]}])
    );
    assert_eq!(
        value(&contents, names::OUTPUT_MESSAGES),
        json!([{"role": "assistant", "parts": [{"type": "text", "content": "approve"}],
            "finish_reason": "stop"}])
    );
    assert_eq!(conventional(&contents), 2, "nothing else travels");
}

#[test]
fn a_structured_decision_is_the_text_that_was_recorded() {
    let decided = r#"{"grant": true, "rate": 4.10}"#;
    let contents = of(vec![json_part(Role::Decision, None, decided)]);
    let output = value(&contents, names::OUTPUT_MESSAGES);
    check_messages(&output, true);
    assert_eq!(output[0]["parts"][0]["content"], decided);
}

#[test]
fn no_finish_reason_is_made_up() {
    let without = |status| Decision { response: None, status, ..sample::full() };
    let reason = |decision| {
        let contents = contents(decision, vec![text(Role::Output, "a"), text(Role::Output, "b")]);
        value(&contents, names::OUTPUT_MESSAGES)[1]["finish_reason"].clone()
    };
    assert_eq!(reason(without(Status::Ok)), "unknown");
    assert_eq!(reason(without(Status::Error)), "error");
    let response =
        Response { finish_reasons: vec!["stop".into(), "length".into()], ..Response::default() };
    assert_eq!(reason(Decision { response: Some(response), ..sample::full() }), "length");
}

#[test]
fn later_conventions_have_the_reason_on_the_span_alone() {
    let said = vec![text(Role::Output, "a")];
    let contents = read_back(Event::Decision(Box::new(sample::full())), said, Conventions::Latest);
    assert_eq!(
        value(&contents, names::OUTPUT_MESSAGES),
        json!([{"role": "assistant", "parts": [{"type": "text", "content": "a"}]}])
    );
}

#[test]
fn instructions_stand_apart_from_the_conversation() {
    let schema = r#"[{"type":"text","content":"Be fair."}]"#;
    let listed = of(vec![json_part(Role::Context, Some("system_instructions"), schema)]);
    assert_eq!(
        value(&listed, names::SYSTEM_INSTRUCTIONS).to_string(),
        r#"[{"content":"Be fair.","type":"text"}]"#
    );
    let plain = of(vec![part(
        Role::Context,
        Some("system_instructions"),
        UnsealedContent::Blob(UnsealedBlob::text("Be fair.")),
    )]);
    assert_eq!(
        value(&plain, names::SYSTEM_INSTRUCTIONS),
        value(&listed, names::SYSTEM_INSTRUCTIONS)
    );
    assert_eq!(of(vec![text(Role::Context, "a document")]), Contents::default());
}

#[test]
fn in_later_conventions_instructions_are_text() {
    let said = |list: &str, conventions| {
        let parts = vec![json_part(Role::Context, Some("system_instructions"), list)];
        let contents = read_back(Event::Decision(Box::new(sample::full())), parts, conventions);
        (value(&contents, names::SYSTEM_INSTRUCTIONS).is_array(), contents.omitted().count())
    };
    let own = r#"[{"type":"text","content":"Be fair."},{"type":"of_our_own","a":1}]"#;
    let reasoning = r#"[{"type":"reasoning","content":"Be fair."}]"#;
    for conventions in [Conventions::V1_41, Conventions::Latest] {
        assert_eq!(said(own, conventions), (true, 0));
    }
    assert_eq!(said(reasoning, Conventions::V1_41), (true, 0));
    assert_eq!(said(reasoning, Conventions::Latest), (false, 1));
}

#[test]
fn a_tool_call_travels_under_the_names_it_was_seen_under() {
    let contents = of(vec![
        json_part(Role::Prompt, Some("arguments"), r#"{"order":7}"#),
        json_part(Role::Output, Some("result"), r#"{"state":"gone"}"#),
        json_part(
            Role::Context,
            Some("tool_definitions"),
            r#"[{"type":"function","name":"find"}]"#,
        ),
    ]);
    assert_eq!(value(&contents, names::TOOL_ARGUMENTS), json!({"order": 7}));
    assert_eq!(value(&contents, names::TOOL_RESULT), json!({"state": "gone"}));
    assert_eq!(value(&contents, names::TOOL_DEFINITIONS)[0]["name"], "find");
    assert_eq!(conventional(&contents), 3);
}

#[test]
fn bytes_that_are_no_text_are_named_and_do_not_travel() {
    let blob = UnsealedBlob {
        media: MediaType::parse("image/png").unwrap(),
        bytes: Bytes::from_static(b"\x89PNG\xff"),
    };
    let contents = of(vec![part(Role::Prompt, None, UnsealedContent::Blob(blob))]);
    let input = value(&contents, names::INPUT_MESSAGES);
    check_messages(&input, false);
    assert_eq!(input[0]["parts"][0]["content"]["mime_type"], "image/png");
}

#[test]
fn what_is_too_large_is_left_out_whole_and_named_and_the_rest_travels() {
    let contents =
        of(vec![text(Role::Prompt, &"x".repeat(MAX_CONTENT_BYTES)), text(Role::Output, "short")]);
    assert_eq!(contents.omitted().collect::<Vec<_>>(), [names::INPUT_MESSAGES]);
    check_messages(&value(&contents, names::OUTPUT_MESSAGES), true);
}

#[test]
fn a_large_answer_does_not_take_the_question_with_it() {
    let contents = of(vec![
        text(Role::Output, &"x".repeat(MAX_CONTENT_BYTES - 500)),
        text(Role::Output, &"x".repeat(MAX_CONTENT_BYTES)),
        text(Role::Prompt, &"y".repeat(1000)),
    ]);
    assert_eq!(contents.omitted().collect::<Vec<_>>(), [names::OUTPUT_MESSAGES]);
    check_messages(&value(&contents, names::INPUT_MESSAGES), false);
}

#[test]
fn absent_content_is_no_message() {
    let absent = Absent { why: Why::NotCaptured, size: None, hint: None };
    let contents = of(vec![part(Role::Prompt, None, UnsealedContent::Absent(absent))]);
    assert_eq!(contents, Contents::default());
}

#[test]
fn content_that_is_not_there_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    Ledger::open(&path, Options::default()).unwrap().close().unwrap();
    let digest = testimony_record::digest::Digest::plain(b"not here");
    let part = Part {
        role: Role::Prompt,
        name: None,
        from: Origin::Declared,
        held: None,
        note: None,
        content: Content::Blob(digest),
    };
    let decision = Decision { parts: vec![part], ..sample::bare() };
    let contents = Contents::read(
        &Archive::open(&path).unwrap(),
        &Body::Decision(Box::new(decision)),
        Conventions::V1_41,
    );
    assert_eq!(contents.erased().count(), 0);
    assert_eq!(contents.omitted().collect::<Vec<_>>(), [names::INPUT_MESSAGES]);
}
