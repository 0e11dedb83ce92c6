//! `import --openai-chat`: what becomes of a file of recorded runs.

mod support;

use support::Desk;

/// Two runs: one with a tool call, one that ends in a question.
const RUNS: &str = concat!(
    r#"{"run":"r-1","model":"gpt-4o","reward":1.0,"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Weather?"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\": 1.0}"}}]},{"role":"tool","tool_call_id":"c1","name":"look","content":"sunny"},{"role":"assistant","content":"Sunny."}]}"#,
    "\n",
    r#"{"run":"r-2","model":"gpt-4o","reward":0.0,"messages":[{"role":"user","content":"Hello?"},{"role":"assistant","content":"Yes?"}]}"#,
    "\n"
);

fn imported(content: &str) -> (Desk, support::Answer) {
    let desk = Desk::empty();
    desk.file("runs.jsonl", content);
    let answer = desk.ask(&["import", "--openai-chat", "runs.jsonl"]);
    (desk, answer)
}

/// Ids, times and sizes differ from run to run; what is printed around them does not.
fn steady() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    let id = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}";
    settings.add_filter(id, "[id]");
    settings.add_filter(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?Z", "[time]");
    settings.add_filter(r", [0-9a-f]{12}\)", ", [digest])");
    settings.add_filter(r"takes [\d,]+ bytes", "takes [some] bytes");
    settings
}

#[test]
fn each_answer_becomes_a_decision_and_the_reward_an_outcome() {
    let (desk, answer) = imported(RUNS);
    let _steady = steady().bind_to_scope();
    insta::assert_snapshot!(answer.seen(), @"
    exit 0
    Imported 2 runs with 3 calls.
    507 bytes read; ledger now takes [some] bytes.
    They are in stream [id]; `testimony log` lists them.
    ");
    insta::assert_snapshot!(desk.ask(&["why", "run:r-1"]).seen(), @r#"
    exit 0
    run:r-1  2 decisions, [time]

    1. import::openai-chat, gpt-4o  ok
       [time]  [id]  entry intact
      asked  (observed, [digest])
        system     Be kind.
        user       Weather?
      decided  (observed, [digest])
        assistant  calls look [c1]
                   {"at": 1.0}
      led to       decision 2

    2. import::openai-chat, gpt-4o  ok
       [time]  [id]  entry intact
      asked  (observed, [digest])
        (the 2 messages of decision 1 and its answer, then)
        tool look  sunny
      decided  (observed, [digest])
        assistant  Sunny.
      outcomes
        scored  [time]  entry intact
        reward     1.0
      caused by    decision 1
    "#);
    assert_eq!(desk.ask(&["verify"]).code, 0);
}

#[test]
fn a_program_gets_the_figures_as_json() {
    let desk = Desk::empty();
    desk.file("runs.jsonl", RUNS);
    let json = desk.ask(&["import", "--openai-chat", "runs.jsonl", "--json"]).json();
    assert_eq!((&json["runs"], &json["calls"]), (&2.into(), &3.into()));
    assert_eq!(json["bytes_in"], RUNS.len());
    assert!(json["ledger_bytes"].as_u64().unwrap() > 0);
}

#[test]
fn an_import_goes_on_after_what_the_ledger_holds() {
    let (desk, _) = imported(RUNS);
    assert_eq!(desk.ask(&["import", "--openai-chat", "runs.jsonl"]).code, 0);
    let json = desk.ask(&["verify", "--json"]).json();
    let streams = json["streams"].as_array().unwrap();
    assert_eq!((streams.len(), &streams[0]["decisions"]), (1, &6.into()));
}

#[test]
fn a_message_that_is_no_text_is_recorded_as_its_json() {
    let run = r#"{"run":"s","messages":[{"role":"user","content":"\ud800 half"},{"role":"assistant","content":"What?"}]}"#;
    let (desk, answer) = imported(run);
    assert_eq!(answer.code, 0, "{}", answer.error());
    let story = desk.ask_wide(&["why", "run:s"]);
    assert!(
        story.text().contains(r#"{"role":"user","content":"\ud800 half"}"#),
        "{}",
        story.text()
    );
}

#[test]
fn an_empty_file_imports_nothing() {
    let (desk, answer) = imported("");
    assert_eq!(answer.code, 0);
    assert!(answer.text().starts_with("Imported 0 runs with 0 calls."));
    assert_eq!(desk.ask(&["verify"]).code, 0);
}

#[test]
fn a_bad_line_stops_the_import_and_leaves_the_lines_before_it_recorded() {
    let (desk, answer) = imported(&format!("{RUNS}{{\"run\":\"r-3\",\"messages\":[7]}}\n{RUNS}"));
    insta::assert_snapshot!(answer.seen(), @r#"
    exit 2
    error: runs.jsonl, line 3: message 1 is no object with a readable "role": 7
    2 runs before it with 3 calls are in the ledger; of this line and what follows it nothing is. Mend the line, and import what is left, from this line on.
    "#);
    let json = desk.ask(&["verify", "--json"]);
    assert_eq!((json.code, &json.json()["streams"][0]["decisions"]), (0, &3.into()));
    assert_eq!(desk.ask(&["why", "run:r-3"]).code, 2);
}

#[test]
fn every_kind_of_bad_line_is_named_with_its_number() {
    let lines: [(&[u8], &str); 5] = [
        (b"nonsense", "line 1: expected ident (column 2)"),
        (b"{\"run\":\"a\",\"messages\":[", "line 1: EOF while parsing a list (column 23)"),
        (b"\n\n{}", "line 3: missing field `run` (column 2)"),
        (b"{\"run\":\"\xff\"}", "line 1: not UTF-8, from byte 9 on"),
        (b"\x1b[2J", "line 1: expected value (column 1)"),
    ];
    for (content, expected) in lines {
        let desk = Desk::empty();
        desk.file("runs.jsonl", content);
        let answer = desk.ask(&["import", "--openai-chat", "runs.jsonl"]);
        assert_eq!((answer.code, answer.text()), (2, ""));
        let first = answer.error().lines().next().unwrap().to_owned();
        assert_eq!(first, format!("error: runs.jsonl, {expected}"));
        assert_eq!(desk.ask(&["verify"]).code, 0, "the ledger stays valid");
    }
}

#[test]
fn what_cannot_be_read_or_written_leaves_no_ledger_behind() {
    let desk = Desk::empty();
    std::fs::create_dir(desk.path().join("runs")).unwrap();
    for file in ["nowhere.jsonl", "runs"] {
        let answer = desk.ask(&["import", "--openai-chat", file]);
        assert_eq!((answer.code, answer.text()), (2, ""));
        assert!(
            answer.error().starts_with(&format!("error: cannot read {file}")),
            "{}",
            answer.error()
        );
    }
    assert!(!desk.ledger().exists());
    desk.file("ledger", "Dear diary");
    desk.file("runs.jsonl", RUNS);
    let answer = desk.ask(&["import", "--openai-chat", "runs.jsonl"]);
    assert_eq!(answer.code, 2);
    assert_eq!(std::fs::read(desk.ledger()).unwrap(), b"Dear diary");
}
