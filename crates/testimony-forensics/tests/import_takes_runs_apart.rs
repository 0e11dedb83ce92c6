//! `import::OpenAiChat`: what becomes of a recorded run, and what is refused.

mod support;

use std::io::Cursor;

use support::{NOON, id, write_with};
use testimony_forensics::import::{Moment, NotImported, OpenAiChat, Run};
use testimony_forensics::{Casebook, Content};
use testimony_ledger::{Ledger, Options};
use testimony_record::part::Role;

const RUN: &str = r#"{"run":"a-1","model":"gpt-4o","reward":1.0,"messages":[
    {"role":"system","content":"Be kind."},{"role":"user","content":"Well?"},
    {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\": 1.0}"}}]},
    {"role":"tool","tool_call_id":"c1","name":"look","content":"fine"},
    {"role":"assistant","content":"Fine."}]}"#;

fn one_line(json: &str) -> String {
    json.replace('\n', " ")
}

fn runs(file: &str) -> Vec<Result<Run, NotImported>> {
    OpenAiChat::new(Cursor::new(file.as_bytes().to_vec())).collect()
}

fn import(file: &str) -> (tempfile::TempDir, Casebook) {
    let dir = tempfile::tempdir().unwrap();
    write_with(dir.path(), vec![], &Options::default());
    let ledger = Ledger::open(dir.path(), Options::default()).unwrap();
    let mut n = 0;
    let mut moment = || {
        n += 1;
        Moment { id: id(n), now_us: NOON + u64::from(n) }
    };
    for run in runs(file) {
        for submission in run.unwrap().submissions(&mut moment) {
            ledger.submit(submission).unwrap();
        }
    }
    ledger.close().unwrap();
    let casebook = Casebook::open(dir.path()).unwrap();
    (dir, casebook)
}

fn refused(line: &str) -> String {
    runs(line).remove(0).unwrap_err().to_string()
}

#[test]
fn each_message_of_the_assistant_becomes_a_decision_that_the_next_one_names_as_its_cause() {
    let (_dir, casebook) = import(&one_line(RUN));
    assert_eq!(casebook.len(), 2);
    let story = casebook.why("run:a-1").unwrap();
    let [first, second] = story.chapters.as_slice() else { panic!("two chapters") };
    assert_eq!(second.bearings.causes[0].id, first.id);
    assert_eq!(first.facts.site.as_str(), "import::openai-chat");
    let Content::Messages(asked) = &second.asked[0].content else { panic!("messages") };
    let continues = asked.continues.unwrap();
    assert_eq!((continues.messages, continues.answer, asked.messages.len()), (2, 1, 1));
    assert_eq!(first.outcomes.len() + second.outcomes.len(), 1);
    let reward = &second.outcomes[0].parts[0];
    assert!(matches!(&reward.content, Content::Text { text, .. } if text == "1.0"));
    assert_eq!((reward.role, reward.name.as_ref().unwrap().as_str()), (Role::Decision, "reward"));
}

#[test]
fn an_answer_without_text_is_its_tool_call_with_the_arguments_as_they_were_written() {
    let (_dir, casebook) = import(&one_line(RUN));
    let first = &casebook.why("run:a-1").unwrap().chapters[0];
    let Content::Messages(decided) = &first.decided[0].content else { panic!("messages") };
    let call = &decided.messages[0].parts[0];
    assert_eq!(call.name.as_ref().unwrap().as_str(), "look");
    assert!(matches!(&call.content, Content::Text { text, .. } if text == r#"{"at": 1.0}"#));
}

#[test]
fn a_message_that_is_no_text_is_kept_as_its_json() {
    let line = r#"{"run":"s","messages":[{"role":"user","content":"\ud800"},{"role":"assistant","content":"\udfff!"}]}"#;
    let (_dir, casebook) = import(line);
    let chapter = &casebook.why("run:s").unwrap().chapters[0];
    let Content::Messages(asked) = &chapter.asked[0].content else { panic!("messages") };
    assert_eq!(asked.messages[0].role.as_ref().unwrap().as_str(), "user");
    let part = &asked.messages[0].parts[0];
    assert_eq!(part.kind.as_str(), "json");
    let expected = Content::Text {
        media: "application/json".to_owned(),
        text: r#"{"role":"user","content":"\ud800"}"#.to_owned(),
    };
    assert_eq!(part.content, expected);
}

#[test]
fn an_assistant_that_speaks_first_was_asked_nothing() {
    let (_dir, casebook) =
        import(r#"{"run":"s","messages":[{"role":"assistant","content":"Hi."}]}"#);
    let chapter = &casebook.why("run:s").unwrap().chapters[0];
    assert!(chapter.asked.is_empty());
    assert_eq!(chapter.facts.model, None);
}

#[test]
fn blank_lines_and_a_byte_order_mark_are_no_runs() {
    let file = format!("\u{feff}{}\r\n\n  \n{}", one_line(RUN), one_line(RUN));
    assert_eq!(runs(&file).iter().filter(|run| run.is_ok()).count(), 2);
    assert_eq!(runs(&file).len(), 2);
    assert!(runs("").is_empty());
}

#[test]
fn a_line_that_is_no_run_is_refused_with_its_number_and_the_reason() {
    let bad = format!("{}\n\nnonsense\n", one_line(RUN));
    let error = runs(&bad).pop().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "line 3: expected ident (column 2)");

    let refusals = [
        (r#"{"run":"a""#, "line 1: EOF while parsing an object (column 10)"),
        (r#"{"messages":[]}"#, "line 1: missing field `run` (column 15)"),
        (r#"{"run":"a"}"#, "line 1: missing field `messages` (column 11)"),
        (
            r#"{"run":7,"messages":[]}"#,
            "line 1: invalid type: integer `7`, expected a string (column 8)",
        ),
        (
            r#"{"run":"a","messages":[],"cost":1}"#,
            "line 1: unknown field `cost`, expected one of `run`, `model`, `reward`, `messages` (column 31)",
        ),
        (
            r#"{"run":"a","messages":[{"role":"user"},42]}"#,
            "line 1: message 2 is no object with a readable \"role\": 42",
        ),
        (
            r#"{"run":"a","messages":[{"content":"Hi."}]}"#,
            "line 1: message 1 is no object with a readable \"role\": {\"content\":\"Hi.\"}",
        ),
        (
            r#"{"run":"a","reward":0.0,"messages":[{"role":"user","content":"Hi."}]}"#,
            "line 1: it has a reward, but no message of the assistant that it could be about",
        ),
    ];
    for (line, expected) in refusals {
        assert_eq!(refused(line), expected);
    }
}

#[test]
fn bytes_that_are_no_utf8_are_refused_and_never_guessed_at() {
    let mut file = one_line(RUN).into_bytes();
    file.extend(b"\n{\"run\":\"\xff\"}\n");
    let mut runs = OpenAiChat::new(Cursor::new(file));
    assert!(runs.next().unwrap().is_ok());
    let error = runs.next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "line 2: not UTF-8, from byte 9 on");
}

#[test]
fn every_truncation_of_a_line_is_refused_or_read_and_never_panics() {
    let line = one_line(RUN);
    for end in 1..line.len() {
        assert!(Run::parse(&line.as_bytes()[..end]).is_err(), "the first {end} bytes");
    }
    assert!(Run::parse(line.as_bytes()).is_ok());
}
