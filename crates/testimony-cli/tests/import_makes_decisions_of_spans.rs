//! `import --otlp-json`: spans of other tools, of both conventions, as decisions that can be questioned.

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::{Answer, Desk};

fn attributes(pairs: &[(&str, Value)]) -> Value {
    let written = |value: &Value| match value {
        Value::String(text) => json!({"stringValue": text}),
        Value::Bool(is) => json!({"boolValue": is}),
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().map(|item| json!({"stringValue": item})).collect();
            json!({"arrayValue": {"values": items}})
        }
        number if number.is_f64() => json!({"doubleValue": number}),
        number => json!({"intValue": number.to_string()}),
    };
    pairs.iter().map(|(key, value)| json!({"key": key, "value": written(value)})).collect()
}

/// Span number `n` of one trace, which begins `n` seconds after midnight and takes 250 ms.
fn span(n: u8, parent: u8, name: &str, pairs: &[(&str, Value)]) -> Value {
    let start = 1_772_323_200_000_000_000 + u64::from(n) * 1_000_000_000;
    let mut span = json!({
        "traceId": "5B8EFFF798038103D269B633813FC60C",
        "spanId": format!("eee19b7ec3c1b1{n:02x}"),
        "name": name,
        "kind": 3,
        "startTimeUnixNano": start.to_string(),
        "endTimeUnixNano": (start + 250_000_000).to_string(),
        "attributes": attributes(pairs),
    });
    if parent > 0 {
        span["parentSpanId"] = format!("EEE19B7EC3C1B1{parent:02X}").into();
    }
    span
}

fn line(spans: &[Value]) -> String {
    let resource = json!({"attributes": attributes(&[("service.name", "desk".into())])});
    let request =
        json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]});
    format!("{request}\n")
}

/// A chat of the conventions of `OpenTelemetry`, inside an agent, with a span of another kind between them.
fn opentelemetry() -> String {
    let asked = r#"[{"role":"user","parts":[{"type":"text","content":"May we lend?"}]}]"#;
    let answered = r#"[{"role":"assistant","parts":[{"type":"text","content":"No."}],"finish_reason":"stop"}]"#;
    let chat = span(
        3,
        2,
        "chat gpt-4o",
        &[
            ("gen_ai.operation.name", "chat".into()),
            ("gen_ai.provider.name", "openai".into()),
            ("gen_ai.request.model", "gpt-4o".into()),
            ("gen_ai.request.temperature", 0.2.into()),
            ("gen_ai.response.model", "gpt-4o-2024".into()),
            ("gen_ai.response.finish_reasons", json!(["stop"])),
            ("gen_ai.usage.input_tokens", 120.into()),
            ("gen_ai.usage.output_tokens", 9.into()),
            ("gen_ai.conversation.id", "c-77".into()),
            ("gen_ai.input.messages", asked.into()),
            ("gen_ai.output.messages", answered.into()),
            ("gen_ai.tool.definitions", r#"[{"name":"look"}]"#.into()),
            ("server.address", "api.example".into()),
        ],
    );
    let http = span(2, 1, "POST", &[("http.request.method", "POST".into())]);
    let mut agent =
        span(1, 0, "invoke_agent clerk", &[("gen_ai.operation.name", "invoke_agent".into())]);
    agent["status"] = json!({"code": 2, "message": "gave up"});
    // Children end, and are exported, before their parents.
    [line(&[chat]), line(&[http, agent])].concat()
}

fn openinference() -> String {
    let call = "llm.output_messages.0.message.tool_calls.0.tool_call";
    line(&[
        span(
            5,
            4,
            "ChatCompletion",
            &[
                ("openinference.span.kind", "LLM".into()),
                ("llm.model_name", "claude-4".into()),
                ("llm.provider", "anthropic".into()),
                ("llm.input_messages.0.message.role", "system".into()),
                ("llm.input_messages.0.message.content", "Be kind.".into()),
                ("llm.input_messages.1.message.role", "user".into()),
                ("llm.input_messages.1.message.contents.0.message_content.type", "text".into()),
                ("llm.input_messages.1.message.contents.0.message_content.text", "Weather?".into()),
                ("llm.output_messages.0.message.role", "assistant".into()),
                (&format!("{call}.id"), "t1".into()),
                (&format!("{call}.function.name"), "look".into()),
                (&format!("{call}.function.arguments"), r#"{"at":"sea"}"#.into()),
                ("llm.tools.0.tool.json_schema", r#"{"name":"look"}"#.into()),
                ("llm.token_count.prompt", 11.into()),
                ("llm.token_count.completion", 7.into()),
                ("llm.invocation_parameters", r#"{"top_p":1}"#.into()),
                ("session.id", "s-1".into()),
            ],
        ),
        span(
            6,
            4,
            "retrieve",
            &[
                ("openinference.span.kind", "RETRIEVER".into()),
                ("input.value", "weather at sea".into()),
                ("retrieval.documents.0.document.id", "d1".into()),
                ("retrieval.documents.0.document.content", "It rains.".into()),
                ("retrieval.documents.0.document.score", 0.9.into()),
                ("retrieval.documents.1.document.content", "It pours.".into()),
            ],
        ),
        span(4, 0, "chain", &[("openinference.span.kind", "CHAIN".into())]),
    ])
}

fn imported(content: &str) -> (Desk, Answer) {
    let desk = Desk::empty();
    desk.file("spans.jsonl", content);
    let answer = desk.ask(&["import", "--otlp-json", "spans.jsonl", "--json"]);
    (desk, answer)
}

/// The decision whose span had this name.
fn shown(desk: &Desk, name: &str) -> Value {
    let log = desk.ask(&["log", "--json", "--contains", name]);
    let first: Value = serde_json::from_str(log.text().lines().next().unwrap()).unwrap();
    desk.ask(&["show", "--json", first["id"].as_str().unwrap()]).json()
}

fn part<'a>(account: &'a Value, role: &str, name: Option<&str>) -> &'a Value {
    let parts = account["parts"].as_array().unwrap();
    let is = |part: &&Value| part["role"] == role && part["name"].as_str() == name;
    &parts.iter().find(is).unwrap_or_else(|| panic!("no {role} {name:?}: {account:#}"))["content"]
}

#[test]
fn a_chat_of_opentelemetry_keeps_all_that_its_span_says() {
    let (desk, answer) = imported(&opentelemetry());
    let report = answer.json();
    assert_eq!((answer.code, &report["calls"], &report["other"]), (0, &2.into(), &1.into()));
    let chat = shown(&desk, "chat gpt-4o");
    let facts = &chat["facts"];
    assert_eq!(facts["site"], "import::otlp-json::desk");
    assert_eq!((&facts["operation"], &facts["provider"]), (&"chat".into(), &"openai".into()));
    assert_eq!(
        (&facts["model"], &facts["response"]["model"]),
        (&"gpt-4o".into(), &"gpt-4o-2024".into())
    );
    assert_eq!(facts["response"]["finish_reasons"], json!(["stop"]));
    assert_eq!(facts["usage"], json!({"input": 120, "output": 9}));
    assert_eq!(facts["began_us"], 1_772_323_203_000_000_u64);
    assert_eq!((&facts["took_us"], &facts["status"]), (&250_000.into(), &"ok".into()));
    assert_eq!(facts["trace"]["trace_id"], "5b8efff798038103d269b633813fc60c");
    assert_eq!(facts["trace"]["span_id"], "eee19b7ec3c1b103");
    assert_eq!(part(&chat, "subject", None)["text"]["text"], "conversation:c-77");
    let asked = &part(&chat, "prompt", None)["messages"]["messages"][0];
    assert_eq!(asked["parts"][0]["content"]["text"]["text"], "May we lend?");
    let answered = &part(&chat, "output", None)["messages"]["messages"][0];
    assert_eq!(answered["parts"][0]["content"]["text"]["text"], "No.");
    assert_eq!(
        part(&chat, "context", Some("tool_definitions"))["text"]["text"],
        r#"[{"name":"look"}]"#
    );
    assert_eq!(part(&chat, "config", Some("gen_ai.request.temperature"))["text"]["text"], "0.2");
    assert_eq!(
        part(&chat, "config", Some("attributes"))["text"]["text"],
        r#"{"server.address":"api.example"}"#
    );
}

#[test]
fn a_call_knows_the_next_call_above_it_past_other_spans() {
    let (desk, _) = imported(&opentelemetry());
    let (chat, agent) = (shown(&desk, "chat gpt-4o"), shown(&desk, "invoke_agent clerk"));
    assert_eq!(chat["bearings"]["parent"]["id"], agent["id"]);
    assert_eq!(agent["facts"]["status"], "error");
    assert_eq!(part(&agent, "error", None)["text"]["text"], "gave up");
}

#[test]
fn spans_of_openinference_are_put_together_again() {
    let (desk, answer) = imported(&openinference());
    assert_eq!((answer.code, &answer.json()["calls"]), (0, &3.into()));
    let chat = shown(&desk, "ChatCompletion");
    assert_eq!(
        (&chat["facts"]["operation"], &chat["facts"]["model"]),
        (&"chat".into(), &"claude-4".into())
    );
    assert_eq!(chat["facts"]["usage"], json!({"input": 11, "output": 7}));
    let asked = &part(&chat, "prompt", None)["messages"]["messages"];
    assert_eq!((&asked[0]["role"], &asked[1]["role"]), (&"system".into(), &"user".into()));
    assert_eq!(asked[1]["parts"][0]["content"]["text"]["text"], "Weather?");
    let call = &part(&chat, "output", None)["messages"]["messages"][0]["parts"][0];
    assert_eq!(
        (&call["type"], &call["name"], &call["id"]),
        (&"tool_call".into(), &"look".into(), &"t1".into())
    );
    assert_eq!(call["content"]["text"]["text"], r#"{"at":"sea"}"#);
    assert_eq!(
        part(&chat, "context", Some("tool_definitions"))["text"]["text"],
        r#"[{"name":"look"}]"#
    );
    assert_eq!(part(&chat, "subject", None)["text"]["text"], "session:s-1");
    let retrieved = shown(&desk, "weather at sea");
    assert_eq!(retrieved["facts"]["operation"], "retrieval");
    assert_eq!(part(&retrieved, "context", Some("document d1"))["text"]["text"], "It rains.");
    assert_eq!(part(&retrieved, "context", Some("document 2"))["text"]["text"], "It pours.");
    let chain = shown(&desk, "chain");
    assert_eq!(retrieved["bearings"]["parent"]["id"], chain["id"]);
}

#[test]
fn what_the_source_kept_back_is_said_to_be_absent() {
    let (desk, _) =
        imported(&line(&[span(1, 0, "chat", &[("gen_ai.operation.name", "chat".into())])]));
    let chat = shown(&desk, "chat");
    let absent = &part(&chat, "prompt", None)["absent"];
    assert_eq!(absent["hint"], "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT");
}

#[test]
fn a_torn_line_and_a_bad_span_cost_nothing_else() {
    let whole = openinference();
    let torn = &whole[..whole.len() / 2];
    let mut bad = span(9, 0, "bad", &[("gen_ai.operation.name", "chat".into())]);
    bad["traceId"] = "xyz".into();
    let good = span(8, 0, "good", &[("gen_ai.operation.name", "chat".into())]);
    let (desk, answer) =
        imported(&format!("{torn}\n{}\n{}{}", opentelemetry(), line(&[bad, good]), torn));
    let report = answer.json();
    assert_eq!((answer.code, &report["calls"]), (2, &3.into()), "{report:#}");
    let problems: Vec<&str> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["problem"].as_str().unwrap())
        .collect();
    assert!(problems[0].starts_with("line 1: EOF while parsing"), "{problems:?}");
    assert_eq!(problems[1], "line 5: span 1: its trace id is not 32 hexadecimal digits");
    assert!(problems[2].starts_with("line 6: EOF while parsing"), "{problems:?}");
    assert_eq!(desk.ask(&["log", "--json"]).text().lines().count(), 3);
    assert_eq!(desk.ask(&["verify"]).code, 0);
}

#[test]
fn a_span_that_was_exported_twice_is_imported_once() {
    let (desk, answer) = imported(&openinference().repeat(2));
    let report = answer.json();
    assert_eq!((&report["calls"], &report["again"]), (&3.into(), &3.into()));
    assert_eq!(desk.ask(&["log", "--json"]).text().lines().count(), 3);
}

#[test]
fn people_are_told_what_became_of_a_file() {
    let desk = Desk::empty();
    desk.file("spans.jsonl", format!("{}{{\"resourceSpans\":[\n", opentelemetry()));
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"stream [0-9a-f-]{36}", "stream [id]");
    let _steady = settings.bind_to_scope();
    insta::assert_snapshot!(desk.ask(&["import", "--otlp-json", "spans.jsonl"]).seen(), @"
    exit 2
    Imported 2 calls.
    1 span of another kind was passed over.
    They are in stream [id]; `testimony log` lists them.

    1 thing could not be read, and nothing else was lost:
      spans.jsonl, line 3: EOF while parsing a list (column 18)
    ");
}

#[test]
fn the_published_example_parses_as_one_document_over_many_lines() {
    let example =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/otlp/trace.json");
    let Ok(example) = std::fs::read_to_string(&example) else {
        println!("skipped: {} is not there", example.display());
        return;
    };
    let (_, answer) = imported(&example);
    let report = answer.json();
    assert_eq!((answer.code, &report["calls"], &report["other"]), (0, &0.into(), &1.into()));
}
