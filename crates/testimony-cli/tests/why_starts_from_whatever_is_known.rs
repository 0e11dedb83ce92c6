//! `why` from a trace, from the words of an outcome or a decision, from a call that never ended; and upwards to the first cause.

mod support;

use support::{Desk, desk};
use testimony_record::decision::{Intent, TraceContext};
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn in_trace(n: u8, span: u8) -> Unsealed {
    let trace_id = hex::decode(TRACE).unwrap().try_into().unwrap();
    let trace = TraceContext { trace_id, span_id: [span; 8], own: false };
    let decision = desk::decision(n).with(|decision| decision.trace = Some(trace));
    decision.text(Role::Decision, "", &format!("step {n}")).done()
}

#[test]
fn a_trace_id_gets_the_story_of_its_decisions() {
    let desk = Desk::with(vec![in_trace(2, 1), in_trace(1, 2), desk::decision(3).done()]);
    insta::assert_snapshot!(desk.ask(&["why", TRACE]).seen(), @"
    exit 0
    trace 0af7651916cd43dd8448eb211c80319c  2 decisions, 2026-03-01 12:00:01Z to 2026-03-01 12:00:02Z

    1. loan_desk::underwrite, gpt-4o  ok
       2026-03-01 12:00:01.000Z, took 1.25 s  0198c1d2-5a71-7000-8000-0123456789ab  entry intact
      decided  (declared, 6 bytes, e6f34a64d9a2)
        step 1

    2. loan_desk::underwrite, gpt-4o  ok
       2026-03-01 12:00:02.000Z, took 1.25 s  0198c1d2-5a72-7000-8000-0123456789ab  entry intact
      decided  (declared, 6 bytes, 065c2a992ea3)
        step 2
    ");
}

#[test]
fn the_words_of_an_outcome_lead_to_its_decision() {
    let story = Desk::with_a_loan().ask(&["why", "new PAYSLIPS", "--json"]).json();
    assert_eq!(story["about"]["text"]["place"], "outcome");
    assert_eq!(story["chapters"][0]["id"], desk::id(2).to_string());
}

#[test]
fn where_no_outcome_says_it_the_words_of_a_decision_do() {
    let story = Desk::with_a_loan().ask(&["why", "refus", "--json"]).json();
    assert_eq!(story["about"]["text"]["place"], "decision");
    assert_eq!(story["chapters"][0]["id"], desk::id(2).to_string());
}

#[test]
fn several_decisions_that_say_it_are_listed_to_choose_from() {
    let mut events = desk::loan_1234();
    events
        .push(desk::outcome(1, "approved").text(Role::Rationale, "", "New payslips, too.").done());
    let desk = Desk::with(events);
    insta::assert_snapshot!(desk.ask(&["why", "payslips"]).seen(), @r#"
    exit 0
    "payslips", as an outcome says  2 decisions; `testimony why ID` tells the story of one
      2026-03-01 12:00:01Z  0198c1d2-5a71-7000-8000-0123456789ab  loan_desk::score (ok) loan:1234: 0.41
      2026-03-01 12:00:02Z  0198c1d2-5a72-7000-8000-0123456789ab  loan_desk::underwrite (ok) loan:1234:…
    "#);
}

fn begun(n: u8) -> Unsealed {
    let intent = Intent {
        id: desk::id(n),
        site: "loan_desk::underwrite".into(),
        operation: None,
        provider: None,
        model: Some("gpt-4o".into()),
        began_us: desk::NOON + u64::from(n) * 1_000_000,
        parts: vec![],
        more: None,
    };
    let part = |role, text: &str| {
        let content = UnsealedContent::Blob(UnsealedBlob::text(text));
        UnsealedPart::new(role, Origin::Declared, content)
    };
    let parts = vec![part(Role::Subject, "loan:9"), part(Role::Prompt, "May we lend?")];
    Unsealed { event: Event::Intent(intent), parts }
}

#[test]
fn a_call_that_was_begun_and_never_ended_is_told_of() {
    let desk = Desk::with(vec![begun(4)]);
    insta::assert_snapshot!(desk.ask(&["why", "loan:9"]).seen(), @"
    exit 0
    loan:9  0 decisions

    loan_desk::underwrite, gpt-4o  begun, nothing more known
       2026-03-01 12:00:04.000Z  0198c1d2-5a74-7000-8000-0123456789ab  entry intact
      prompt  (declared, 12 bytes, 7992e47f9c73)
        May we lend?
    ");
    let by_id = desk.ask(&["why", "0198c1d2-5a74", "--json"]).json();
    assert_eq!(by_id["begun"][0]["id"], desk::id(4).to_string());
}

/// Each decision is caused by the one before it, and the first by the last.
fn ring(length: u8) -> Desk {
    let before = |n| if n == 1 { length } else { n - 1 };
    let decisions = (1..=length).map(|n| {
        let decision =
            desk::decision(n).with(|decision| decision.causes = vec![desk::id(before(n))]);
        decision.text(Role::Decision, "", &format!("step {n}")).done()
    });
    Desk::with(decisions.collect())
}

#[test]
fn causes_are_followed_upwards_once_each_and_folded() {
    insta::assert_snapshot!(ring(9).ask(&["why", "0198c1d2-5a79"]).seen(), @"
    exit 0
    decision 0198c1d2-5a79-7000-8000-0123456789ab  1 decision, 2026-03-01 12:00:09Z

    1. loan_desk::underwrite, gpt-4o  ok
       2026-03-01 12:00:09.000Z, took 1.25 s  0198c1d2-5a79-7000-8000-0123456789ab  entry intact
      decided  (declared, 6 bytes, 4e1094d3e901)
        step 9
      caused by    decision 0198c1d2-5a78-7000-8000-0123456789ab  loan_desk::underwrite (ok): step 8
      led to       decision 0198c1d2-5a71-7000-8000-0123456789ab  loan_desk::underwrite (ok): step 1
      further up   decision 0198c1d2-5a77-7000-8000-0123456789ab  loan_desk::underwrite (ok): step 7
                   decision 0198c1d2-5a76-7000-8000-0123456789ab  loan_desk::underwrite (ok): step 6
                   decision 0198c1d2-5a75-7000-8000-0123456789ab  loan_desk::underwrite (ok): step 5
                   … (3 decisions between; --json has all)
                   decision 0198c1d2-5a71-7000-8000-0123456789ab  loan_desk::underwrite (ok): step 1
    ");
    let story = ring(9).ask(&["why", "0198c1d2-5a79", "--json"]).json();
    let steps = story["chapters"][0]["ascent"]["steps"].as_array().unwrap().clone();
    let depths: Vec<u64> = steps.iter().map(|step| step["depth"].as_u64().unwrap()).collect();
    assert_eq!(depths, [2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(steps[6]["id"], desk::id(1).to_string());
}

#[test]
fn whoever_overrode_it_and_what_they_were_shown_is_told() {
    let outcome = desk::outcome(1, "overridden")
        .text(Role::Actor, "", "clerk:bea")
        .text(Role::Context, "shown", "score 0.41, no rationale")
        .text(Role::Decision, "", "approved");
    let desk = Desk::with(vec![desk::decision(1).subject("loan:1").done(), outcome.done()]);
    let text = desk.ask(&["why", "loan:1"]).seen();
    for said in ["overridden", "clerk:bea", "shown", "score 0.41, no rationale", "approved"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn entries_that_were_altered_are_marked_and_told() {
    let desk = Desk::with_a_loan();
    desk::replace(&desk.ledger(), r#""kind":"overridden""#, r#""kind":"overriddEn""#);
    desk::replace(&desk.ledger(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    let text = desk.ask(&["why", "loan:1234"]).seen();
    assert_eq!(text.matches("entry ALTERED").count(), 2, "{text}");
    assert_eq!(text.matches("entry intact").count(), 1, "{text}");
}

#[test]
fn contents_that_cannot_be_searched_are_counted() {
    let desk = Desk::with_a_loan();
    desk::replace(&desk.ledger(), "clerk:bea", "clerk:bob");
    let story = desk.ask(&["why", "payslips", "--json"]).json();
    assert_eq!(story["unsearched"], 1);
    assert_eq!(story["chapters"][0]["id"], desk::id(2).to_string());
    let text = desk.ask(&["why", "payslips"]).seen();
    assert!(text.contains("1 content cannot be read and may say it as well"), "{text}");
}

#[test]
fn long_content_is_folded_with_its_digest_where_no_heading_has_it() {
    let long = "Once more. ".repeat(200);
    let decision = desk::decision(1).subject("talk").messages(Role::Prompt, &[("user", &long)]);
    let text = Desk::with(vec![decision.done()]).ask_wide(&["why", "talk"]).seen();
    assert!(text.contains("more bytes of ") && text.contains("has all)"), "{text}");
}

#[test]
fn what_nobody_said_is_not_found() {
    let answer = Desk::with_a_loan().ask(&["why", "loan:1243"]);
    assert_eq!(answer.code, 2);
    assert!(answer.error().contains("similar subjects: \"loan:1234\""), "{}", answer.error());
    let short = Desk::with_a_loan().ask(&["why", "0"]);
    assert_eq!(short.code, 2, "too short to mean anything");
}
