//! `show` and `why`, as people read them.

mod support;

use support::{Desk, desk};
use testimony_record::part::Role;

const REFUSAL: &str = "0198c1d2-5a72";

#[test]
fn show_has_everything_of_one_decision() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["show", REFUSAL]).seen(), @"
    exit 0
    decision 0198c1d2-5a72-7000-8000-0123456789ab
      status      ok
      site        loan_desk::underwrite
      began       2026-03-01 12:00:02.000Z, took 1.25 s
      operation   chat
      provider    openai
      model       gpt-4o
      sealed      2026-03-01 12:00:00.000Z
      entry       2 of stream 019ca945-0a00-7707-8707-070707070707, 00000000.segment at byte 2825
      hash        cb251d893371299f9d61f570f2aed8018081863c3dfd100aba75574393d6ac1f

      subject  (declared, 80d872a21394)
        loan:1234

      prompt  (declared, 7992e47f9c73)
        May we lend?

      context policy  (declared, 5d7789f48893)
        Lend only above 0.60.

      constraint amount held  (declared, 4aa7b7564052)
        at most 50000, asked for 20000

      constraint score violated  (declared, fcb5b90a1c27)
        at least 0.60, was 0.41

      decision  (declared, 94eb8cc64aab)
        refused

      rationale  (declared, 32bb0fb530d1)
        The score is below the floor.

      outcomes
        overridden  2026-03-01 12:01:02.000Z  entry intact
        actor      clerk:bea
        decision   approved
        rationale  New payslips.

      caused by    decision 0198c1d2-5a71-7000-8000-0123456789ab  loan_desk::score (ok): 0.41
      inside it    decision 0198c1d2-5a73-7000-8000-0123456789ab  loan_desk::letters::write (timed_out):
                   deadline: no answer within 30 s
    ");
}

#[test]
fn why_tells_the_story_of_a_subject() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["why", "loan:1234"]).seen(), @r#"
    exit 0
    loan:1234  2 decisions, 2026-03-01 12:00:01Z to 2026-03-01 12:00:02Z

    1. loan_desk::score, gpt-4o  ok
       2026-03-01 12:00:01.000Z, took 1.25 s  0198c1d2-5a71-7000-8000-0123456789ab  entry intact
      asked  (declared, 45 bytes, 72308c33499c)
        How likely is it that this loan is paid back?
      given credit_report  (declared, 19 bytes, c901ac557002)
        {"late_payments":3}
      decided  (declared, 4 bytes, 4059865e6f3e)
        0.41
      led to       decision 2

    2. loan_desk::underwrite, gpt-4o  ok
       2026-03-01 12:00:02.000Z, took 1.25 s  0198c1d2-5a72-7000-8000-0123456789ab  entry intact
      asked  (declared, 12 bytes, 7992e47f9c73)
        May we lend?
      given policy  (declared, 21 bytes, 5d7789f48893)
        Lend only above 0.60.
      decided  (declared, 7 bytes, 94eb8cc64aab)
        refused
      why  (declared, 29 bytes, 32bb0fb530d1)
        The score is below the floor.
      rule score violated  (declared, 23 bytes, fcb5b90a1c27)
        at least 0.60, was 0.41
      rule amount held  (declared, 30 bytes, 4aa7b7564052)
        at most 50000, asked for 20000
      outcomes
        overridden  2026-03-01 12:01:02.000Z  entry intact
        actor      clerk:bea
        decision   approved
        rationale  New payslips.
      caused by    decision 1
      inside it    decision 0198c1d2-5a73-7000-8000-0123456789ab  loan_desk::letters::write (timed_out):
                   deadline: no answer within 30 s
    "#);
}

#[test]
fn why_tells_of_one_decision_when_given_the_beginning_of_its_id() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["why", "0198c1d2-5a73"]).seen(), @"
    exit 0
    decision 0198c1d2-5a73-7000-8000-0123456789ab  1 decision, 2026-03-01 12:00:03Z

    1. loan_desk::letters::write, gpt-4o-mini  timed_out: deadline
       2026-03-01 12:00:03.000Z, took 1.25 s  0198c1d2-5a73-7000-8000-0123456789ab  entry intact
      asked  (declared)
        (not captured; see capture_content)
      error  (declared, 21 bytes, f0557dbaaf0d)
        no answer within 30 s
      made inside  decision 0198c1d2-5a72-7000-8000-0123456789ab  loan_desk::underwrite (ok): refused
      further up   decision 0198c1d2-5a71-7000-8000-0123456789ab  loan_desk::score (ok): 0.41
    ");
}

#[test]
fn a_conversation_is_told_as_it_went_on() {
    let said = [
        ("system", "You are a clerk."),
        ("user", "May I have a loan?"),
        ("assistant", "Of how much?"),
        ("user", "A million."),
    ];
    let first = desk::decision(1)
        .subject("talk")
        .messages(Role::Prompt, &said[..2])
        .messages(Role::Decision, &said[2..3]);
    let second = desk::decision(2)
        .subject("talk")
        .messages(Role::Prompt, &said)
        .messages(Role::Decision, &[("assistant", "No.")]);
    let forgetful = desk::decision(3)
        .subject("talk")
        .messages(Role::Prompt, &[said[0], said[3]])
        .messages(Role::Decision, &[("assistant", "A million what?")]);
    let desk = Desk::with(vec![first.done(), second.done(), forgetful.done()]);
    insta::assert_snapshot!(desk.ask(&["why", "talk"]).seen(), @"
    exit 0
    talk  3 decisions, 2026-03-01 12:00:01Z to 2026-03-01 12:00:03Z

    1. loan_desk::underwrite, gpt-4o  ok
       2026-03-01 12:00:01.000Z, took 1.25 s  0198c1d2-5a71-7000-8000-0123456789ab  entry intact
      asked  (declared, 6b513cff06d9)
        system     You are a clerk.
        user       May I have a loan?
      decided  (declared, dd1eabfdea97)
        assistant  Of how much?

    2. loan_desk::underwrite, gpt-4o  ok
       2026-03-01 12:00:02.000Z, took 1.25 s  0198c1d2-5a72-7000-8000-0123456789ab  entry intact
      asked  (declared, 53e1dabffa29)
        (the 2 messages of decision 1 and its answer, then)
        user       A million.
      decided  (declared, 04cb444e8d93)
        assistant  No.

    3. loan_desk::underwrite, gpt-4o  ok
       2026-03-01 12:00:03.000Z, took 1.25 s  0198c1d2-5a73-7000-8000-0123456789ab  entry intact
      asked  (declared, cdf686c7304a)
        (the first message of decision 2, then)
        (without the 3 messages that followed there)
        user       A million.
      decided  (declared, 6ab92954c82d)
        assistant  A million what?
    ");
}

#[test]
fn long_content_is_cut_in_a_story_and_whole_when_shown() {
    let long = (1..=40).map(|n| format!("Paragraph {n}.\n")).collect::<Vec<_>>().concat();
    let desk =
        Desk::with(vec![desk::decision(1).subject("s").text(Role::Prompt, "", &long).done()]);
    let story = desk.ask_wide(&["why", "s"]);
    assert!(story.text().contains("Paragraph 12.") && !story.text().contains("Paragraph 13."));
    let id = desk::id(1);
    let cut = format!("… (393 more bytes; `testimony show {id}` has all)");
    assert!(story.text().contains(&cut), "{}", story.text());
    assert!(
        desk.ask(&["show", REFUSAL.replace("72", "71").as_str()]).text().contains("Paragraph 40.")
    );
    let json = desk.ask(&["why", "s", "--json"]).json();
    assert_eq!(json["chapters"][0]["asked"][0]["content"]["text"]["text"], long.as_str());
}

#[test]
fn json_has_the_whole_account_and_the_whole_story() {
    let desk = Desk::with_a_loan();
    let account = desk.ask(&["show", REFUSAL, "--json"]).json();
    assert_eq!(account["facts"]["site"], "loan_desk::underwrite");
    assert_eq!(account["parts"].as_array().unwrap().len(), 7);
    let story = desk.ask(&["why", "loan:1234", "--json"]).json();
    assert_eq!(story["about"]["subject"], "loan:1234");
    assert_eq!(story["chapters"][1]["constraints"][0]["held"], false);
}

#[test]
fn what_is_not_known_is_answered_with_what_could_be_meant() {
    let desk = Desk::with_a_loan();
    let questions = [
        ["why", "loan:1243"],
        ["why", "zebra"],
        ["show", "0198"],
        ["show", "loan:1234"],
        ["show", "ffff"],
    ];
    let answers = questions.map(|question| {
        let answer = desk.ask(&question);
        assert_eq!((answer.code, answer.text()), (2, ""), "{question:?}");
        answer.error().to_owned()
    });
    insta::assert_snapshot!(answers.concat(), @r#"
    error: "loan:1243" is no subject here, no trace, nor the beginning of a decision's id, and no outcome or decision says it; similar subjects: "loan:1234"
    `testimony log` lists the decisions with their ids and subjects.
    error: "zebra" is no subject here, no trace, nor the beginning of a decision's id, and no outcome or decision says it
    `testimony log` lists the decisions with their ids and subjects.
    error: 3 ids begin with "0198"; give more of it: 0198c1d2-5a71-7000-8000-0123456789ab (loan_desk::score), 0198c1d2-5a72-7000-8000-0123456789ab (loan_desk::underwrite), 0198c1d2-5a73-7000-8000-0123456789ab (loan_desk::letters::write)
    error: no decision here has an id that is or begins with "loan:1234"
    It is a subject: `testimony why 'loan:1234'` tells its story.
    error: no decision here has an id that is or begins with "ffff"
    `testimony log` lists the decisions with their ids.
    "#);
}

#[test]
fn what_was_altered_since_is_told_in_its_place() {
    let desk = Desk::with_a_loan();
    desk::replace(&desk.ledger(), "Lend only above 0.60.", "Lend only above 0.10.");
    for args in [["show", REFUSAL], ["why", "loan:1234"]] {
        let answer = desk.ask_wide(&args);
        assert_eq!(answer.code, 0);
        assert!(
            answer.text().contains("is not what was sealed; run `verify`"),
            "{}",
            answer.text()
        );
        assert!(!answer.text().contains("0.10."), "{}", answer.text());
    }
}

#[test]
fn an_entry_without_its_hash_is_shown_with_a_warning() {
    let desk = Desk::with_a_loan();
    desk::replace(&desk.ledger(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    let answer = desk.ask_wide(&["show", "0198c1d2-5a71"]);
    assert!(
        answer.text().contains("the entry was changed; run `testimony verify`"),
        "{}",
        answer.text()
    );
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let desk = Desk::with_a_loan();
    let plain = desk.ask(&["why", "loan:1234"]);
    let coloured = desk.ask(&["why", "loan:1234", "--color", "always"]);
    assert!(!plain.text().contains('\u{1b}'));
    assert!(
        coloured.text().contains("\u{1b}[1m\u{1b}[31m violated\u{1b}[0m"),
        "{:?}",
        coloured.text()
    );
    assert_eq!(desk.ask(&["why", "loan:1234", "--color", "never"]).out, plain.out);
}
