//! The story of one loan in every table and view.

use crate::support::{Desk, ask, desk, lines};
use testimony_record::decision::{TraceContext, Usage};
use testimony_record::part::Role;

#[test]
fn entries_are_all_there_in_order() {
    let desk = Desk::with_a_loan();
    let twins = desk.twins();
    let sql = "SELECT seq, kind, segment, sealed, \"time\" FROM entries ORDER BY seq";
    insta::assert_snapshot!(lines(&twins, sql), @"
    0 | genesis | 0 | true | 2026-03-01T12:00:00Z
    1 | decision | 0 | true | 2026-03-01T12:00:00Z
    2 | decision | 0 | true | 2026-03-01T12:00:00Z
    3 | decision | 0 | true | 2026-03-01T12:00:00Z
    4 | outcome | 0 | true | 2026-03-01T12:00:00Z
    5 | close | 0 | true | 2026-03-01T12:00:00Z
    ");
}

#[test]
fn decisions_have_their_numbers_names_and_links() {
    let decision = desk::decision(4)
        .with(|decision| {
            decision.usage = Some(Usage { input: Some(11), output: Some(7), ..Usage::default() });
            let (trace_id, span_id) = ([0xab; 16], [0xcd; 8]);
            decision.trace = Some(TraceContext { trace_id, span_id, own: false });
            decision.site = "import::openai-chat".into();
        })
        .subject("loan:1")
        .subject(&"long ".repeat(100));
    let desk = Desk::with([desk::loan_1234(), vec![decision.done()]].concat());
    let sql =
        "SELECT seq, began, took_us, site, model, status, error, causes, parent, subjects, violated
        FROM decisions WHERE NOT imported ORDER BY seq";
    insta::assert_snapshot!(lines(&desk.twins(), sql), @"
    1 | 2026-03-01T12:00:01Z | 1250000 | loan_desk::score | gpt-4o | ok | ∅ | [] | ∅ | [loan:1234] | 0
    2 | 2026-03-01T12:00:02Z | 1250000 | loan_desk::underwrite | gpt-4o | ok | ∅ | [0198c1d2-5a71-7000-8000-0123456789ab] | ∅ | [loan:1234] | 1
    3 | 2026-03-01T12:00:03Z | 1250000 | loan_desk::letters::write | gpt-4o-mini | timed_out | deadline | [] | 0198c1d2-5a72-7000-8000-0123456789ab | [letter:77] | 0
    ");
    let sql = "SELECT input_tokens, output_tokens, trace_id, span_id, imported, whole, subjects[1],
        octet_length(subjects[2]), right(subjects[2], 1) FROM decisions WHERE imported";
    insta::assert_snapshot!(lines(&desk.twins(), sql), @"11 | 7 | abababababababababababababababab | cdcdcdcdcdcdcdcd | true | true | loan:1 | 256 | …");
}

#[test]
fn parts_have_a_row_each_and_one_for_every_content_inside() {
    let messages = [("system", "Be brief."), ("user", "Hi")];
    let decision = desk::decision(1)
        .messages(Role::Prompt, &messages)
        .absent(Role::Context, "memory")
        .bytes(Role::Output, "raw", b"\xff\xfe")
        .text(Role::Decision, "", "hello");
    let desk = Desk::with(vec![decision.done()]);
    let twins = desk.twins();
    let sql = "SELECT role, name, path, message_role, type, media, size, absent, hint, text,
        digest IS NOT NULL FROM parts ORDER BY role, path NULLS FIRST";
    insta::assert_snapshot!(lines(&twins, sql), @"
    context | memory | ∅ | ∅ | ∅ | ∅ | ∅ | not_captured | capture_content | ∅ | false
    decision | ∅ | ∅ | ∅ | ∅ | text/plain | 5 | ∅ | ∅ | hello | true
    output | raw | ∅ | ∅ | ∅ | application/octet-stream | 2 | ∅ | ∅ | ∅ | true
    prompt | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | true
    prompt | ∅ | 0 | system | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | true
    prompt | ∅ | 0.0 | system | text | text/plain | 9 | ∅ | ∅ | ∅ | true
    prompt | ∅ | 1 | user | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | true
    prompt | ∅ | 1.0 | user | text | text/plain | 2 | ∅ | ∅ | ∅ | true
    ");
}

#[test]
fn outcomes_say_who_did_what() {
    let desk = Desk::with_a_loan();
    let twins = desk.twins();
    let sql = "SELECT decision, kind, \"at\", \"by\", about FROM outcomes";
    insta::assert_snapshot!(lines(&twins, sql), @"0198c1d2-5a72-7000-8000-0123456789ab | overridden | 2026-03-01T12:01:02Z | clerk:bea | approved");
}

#[test]
fn constraints_have_limit_and_observed_where_they_are_stated() {
    let decision = desk::decision(1)
        .rule("ratio", false, r#"{"limit":0.4,"observed":"0.41 of income","unit":"x"}"#)
        .rule("words", true, "at most 50000, asked for 20000");
    let desk = Desk::with(vec![decision.done()]);
    let twins = desk.twins();
    let sql = "SELECT rule, held, \"limit\", observed FROM constraints ORDER BY rule";
    insta::assert_snapshot!(lines(&twins, sql), @"
    ratio | false | 0.4 | 0.41 of income
    words | true | ∅ | ∅
    ");
}

#[test]
fn edges_are_parents_causes_and_contents_that_were_handed_on() {
    let score = desk::decision(5).text(Role::Decision, "", "a score of 0.41, from five factors");
    let refusal = desk::decision(6)
        .text(Role::Context, "score", "a score of 0.41, from five factors")
        .text(Role::Decision, "", "no");
    let short = desk::decision(7).text(Role::Context, "", "no");
    let events = [desk::loan_1234(), vec![score.done(), refusal.done(), short.done()]].concat();
    let desk = Desk::with(events);
    let twins = desk.twins();
    let sql =
        "SELECT left(\"from\", 13), left(\"to\", 13), how, digest IS NULL FROM edges ORDER BY 1, 2";
    insta::assert_snapshot!(lines(&twins, sql), @"
    0198c1d2-5a71 | 0198c1d2-5a72 | cause | true
    0198c1d2-5a72 | 0198c1d2-5a73 | parent | true
    0198c1d2-5a75 | 0198c1d2-5a76 | content | false
    ");
}

#[test]
fn objects_are_where_they_say() {
    let desk = Desk::with_a_loan();
    let bytes = std::fs::read(desk.first_segment()).unwrap();
    let rows = ask(&desk.twins(), "SELECT \"offset\", length, digest, kind FROM objects");
    assert_eq!(rows.len(), 15);
    for row in rows {
        let (at, length): (usize, usize) = (row[0].parse().unwrap(), row[1].parse().unwrap());
        let header = format!("{} {} ", row[3], row[2]);
        assert!(bytes[at..].starts_with(header.as_bytes()));
        assert_eq!(testimony_record::frame::parse(&bytes[at..]).unwrap().1, length);
    }
}
