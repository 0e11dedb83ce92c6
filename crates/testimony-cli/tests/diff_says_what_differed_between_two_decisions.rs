//! `diff`: what two decisions were configured with, asked, given and decided, side by side.

mod support;

use support::{Desk, desk};
use testimony_record::decision::Usage;
use testimony_record::part::Role;

const FIRST: &str = "0198c1d2-5a71";
const SECOND: &str = "0198c1d2-5a72";

fn two_trials() -> Desk {
    let talk =
        [("system", "You are a clerk. Lend at most 500 euros."), ("user", "A loan, please.")];
    let other = [
        ("system", "You are a clerk. Lend at most 900 euros."),
        ("user", "A loan, please."),
        ("assistant", "Of how much?"),
    ];
    let first = desk::decision(1)
        .subject("loan:1234")
        .messages(Role::Prompt, &talk)
        .text(Role::Context, "policy", "Lend only above 0.60.")
        .text(Role::Context, "", "A retrieved note.")
        .text(Role::Config, "temperature", "0.2")
        .rule("score", false, "at least 0.60, was 0.41")
        .text(Role::Decision, "", "refused")
        .text(Role::Rationale, "", "The score of 0.41 is below the floor.");
    let usage = Usage { input: Some(120), output: Some(9), ..Usage::default() };
    let second = desk::decision(2)
        .with(|decision| {
            decision.model = Some("gpt-5".into());
            decision.took_us = Some(2_500_000);
            decision.usage = Some(usage);
        })
        .subject("loan:1234")
        .messages(Role::Prompt, &other)
        .text(Role::Context, "policy", "Lend only above 0.40.")
        .text(Role::Context, "", "Another retrieved note.")
        .text(Role::Config, "temperature", "0.2")
        .rule("score", true, "at least 0.40, was 0.41")
        .text(Role::Decision, "", "approved")
        .text(Role::Rationale, "", "The score of 0.41 is above the floor.");
    Desk::with(vec![first.done(), second.done()])
}

#[test]
fn every_difference_is_told_and_what_is_the_same_is_named() {
    insta::assert_snapshot!(two_trials().ask(&["diff", FIRST, SECOND]).seen(), @"
    exit 0
    - 0198c1d2-5a71-7000-8000-0123456789ab  loan_desk::underwrite  2026-03-01 12:00:01.000Z  entry intact
    + 0198c1d2-5a72-7000-8000-0123456789ab  loan_desk::underwrite  2026-03-01 12:00:02.000Z  entry intact

      began_us            - 2026-03-01 12:00:01.000Z
                          + 2026-03-01 12:00:02.000Z
      model               - gpt-4o
                          + gpt-5
      took_us             - 1.25 s
                          + 2.50 s
      usage.input         - (none)
                          + 120
      usage.output        - (none)
                          + 9

      prompt
        system
        You are a clerk. Lend at most [-500-]{+900+} euros.
        (1 message the same)
      +
        assistant  Of how much?

      context policy
        Lend only above [-0.60.-]{+0.40.+}

      context  only in the first
        A retrieved note.

      context  only in the second
        Another retrieved note.

      decision
        [-refused-]{+approved+}

      rationale
        The score of 0.41 is [-below-]{+above+} the floor.

      constraint score  [-violated-] {+held+}
        at least [-0.60,-]{+0.40,+} was 0.41

      the same            subject, config temperature
    ");
}

#[test]
fn a_program_gets_one_object_from_which_both_texts_can_be_made() {
    let diff = two_trials().ask(&["diff", FIRST, SECOND, "--json"]).json();
    let reason = diff["parts"].as_array().unwrap();
    let reason = reason.iter().find(|part| part["role"] == "rationale").unwrap();
    let side = |mine: &str| -> String {
        let spans = reason["how"]["text"].as_array().unwrap().iter();
        let mine = spans.filter_map(|span| span["same"].as_str().or(span[mine].as_str()));
        mine.collect()
    };
    assert_eq!(side("left"), "The score of 0.41 is below the floor.");
    assert_eq!(side("right"), "The score of 0.41 is above the floor.");
    let facts: Vec<&str> = diff["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| fact["name"].as_str().unwrap())
        .collect();
    assert_eq!(facts, ["began_us", "model", "took_us", "usage.input", "usage.output"]);
    assert_eq!(diff["left"]["sealed"], true);
}

#[test]
fn a_decision_does_not_differ_from_itself() {
    let diff = two_trials().ask(&["diff", FIRST, FIRST, "--json"]).json();
    assert_eq!(diff["facts"].as_array().unwrap().len(), 0);
    assert!(diff["parts"].as_array().unwrap().iter().all(|part| part["how"].get("same").is_some()));
}

#[test]
fn what_was_altered_or_cannot_be_read_is_marked_and_the_rest_compared() {
    let desk = two_trials();
    desk::replace(&desk.ledger(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    desk::replace(&desk.ledger(), "Lend only above 0.60.", "Lend only above 0.10.");
    insta::assert_snapshot!(desk.ask(&["diff", FIRST, SECOND]).seen(), @"
    exit 0
    - 0198c1d2-5a71-7000-8000-0123456789ab  loan_desk::underwrite  2026-03-01 12:00:01.000Z  entry ALTERED
    + 0198c1d2-5a72-7000-8000-0123456789ab  loan_desk::underwrite  2026-03-01 12:00:02.000Z  entry intact

      began_us            - 2026-03-01 12:00:01.000Z
                          + 2026-03-01 12:00:02.000Z
      model               - gpt-4o
                          + gpt-5
      took_us             - 1.25 s
                          + 2.50 s
      usage.input         - (none)
                          + 120
      usage.output        - (none)
                          + 9

      prompt
        system
        You are a clerk. Lend at most [-500-]{+900+} euros.
        (1 message the same)
      +
        assistant  Of how much?

      context policy
      -
        5d7789f488938c6ed1bb5ac0ef67a73b945184fb500a1639b96b690079df3827 is not what was sealed; run
        `verify`
      +
        Lend only above 0.40.

      context  only in the first
        A retrieved note.

      context  only in the second
        Another retrieved note.

      decision
        [-refused-]{+approved+}

      rationale
        The score of 0.41 is [-below-]{+above+} the floor.

      constraint score  [-violated-] {+held+}
        at least [-0.60,-]{+0.40,+} was 0.41

      the same            subject, config temperature
    ");
}

/// Two runs: what the last call of each was asked is all that went before, and a score came of one of them alone.
fn two_runs() -> Desk {
    let call = |n, run, messages: &[(&'static str, &str)], answer| {
        let asked = desk::decision(n).subject(run).messages(Role::Prompt, messages);
        asked.messages(Role::Decision, &[("assistant", answer)]).done()
    };
    let task = [("system", "You are a clerk."), ("user", "Cancel it, please.")];
    let one = [task.as_slice(), &[("assistant", "Which one?"), ("user", "The first.")]].concat();
    let other = [task.as_slice(), &[("assistant", "Sure?"), ("user", "Yes."), ("user", "Now.")]];
    let scored =
        |n, reward| desk::outcome(n, "scored").text(Role::Decision, "reward", reward).done();
    Desk::with(vec![
        call(1, "run:1", &task, "Which one?"),
        call(2, "run:2", &task, "Sure?"),
        call(3, "run:1", &one, "Done."),
        call(4, "run:2", &other.concat(), "I may not."),
        scored(3, "1.0"),
        scored(4, "0.0"),
        desk::outcome(4, "overridden").text(Role::Rationale, "", "She may.").done(),
    ])
}

#[test]
fn two_runs_are_compared_by_the_last_decision_about_each_and_by_what_came_of_it() {
    insta::assert_snapshot!(two_runs().ask(&["diff", "run:1", "run:2"]).seen(), @"
    exit 0
    - 0198c1d2-5a73-7000-8000-0123456789ab  loan_desk::underwrite  2026-03-01 12:00:03.000Z  entry intact
        the last of 2 decisions about run:1
    + 0198c1d2-5a74-7000-8000-0123456789ab  loan_desk::underwrite  2026-03-01 12:00:04.000Z  entry intact
        the last of 2 decisions about run:2

      began_us                      - 2026-03-01 12:00:03.000Z
                                    + 2026-03-01 12:00:04.000Z
      outcome.overridden            - (none)
                                    + 1
      outcome.overridden.rationale  - (none)
                                    + She may.
      outcome.scored.reward         - 1.0
                                    + 0.0

      subject
        [-run:1-]{+run:2+}

      prompt
        (2 messages the same, then)
        assistant
        [-Which one?-]{+Sure?+}
        user
        [-The first.-]{+Yes.+}
      +
        user       Now.

      decision
        assistant
        [-Done.-]{+I may not.+}
    ");
}

#[test]
fn a_program_is_told_for_which_subject_a_decision_stands_and_where_the_runs_part() {
    let desk = two_runs();
    let diff = desk.ask(&["diff", "run:1", "0198c1d2-5a74", "--json"]).json();
    let about = serde_json::json!({"subject": "run:1", "decisions": 2});
    assert_eq!((&diff["left"]["last_about"], diff["right"].get("last_about")), (&about, None));
    let prompt = diff["parts"].as_array().unwrap().iter().find(|part| part["role"] == "prompt");
    assert_eq!(prompt.unwrap()["how"]["messages"]["shared"], 2);
    let mut same = desk.ask(&["diff", "0198c1d2-5a73", "0198c1d2-5a74", "--json"]).json();
    same["left"]["last_about"] = about;
    assert_eq!(diff, same, "it is the same answer as by the ids");
}

#[test]
fn what_several_outcomes_say_is_compared_as_a_list() {
    let approved = |n, by| desk::outcome(n, "approved").text(Role::Actor, "", by).done();
    let desk = Desk::with(vec![
        desk::decision(1).done(),
        desk::decision(2).done(),
        approved(1, "ann"),
        approved(1, "ben"),
        approved(2, "ann"),
    ]);
    let diff = desk.ask(&["diff", FIRST, SECOND, "--json"]).json();
    let facts: Vec<_> = diff["facts"].as_array().unwrap().iter().skip(1).collect();
    let expected = [
        serde_json::json!({"name": "outcome.approved", "left": 2, "right": 1}),
        serde_json::json!({"name": "outcome.approved.actor", "left": ["ann", "ben"], "right": "ann"}),
    ];
    assert_eq!(facts, expected.iter().collect::<Vec<_>>());
}

#[test]
fn an_outcome_that_was_altered_is_marked_even_where_both_say_the_same() {
    let desk = Desk::with(vec![
        desk::decision(1).done(),
        desk::decision(2).done(),
        desk::outcome(1, "refused").done(),
        desk::outcome(2, "refused").done(),
    ]);
    for _ in 0..2 {
        desk::replace(&desk.ledger(), r#""kind":"refused""#, r#""kind":"granted""#);
    }
    let diff = desk.ask(&["diff", FIRST, SECOND, "--json"]).json();
    let facts = diff["facts"].as_array().unwrap();
    let entry = facts.iter().find(|fact| fact["name"] == "outcome.granted.entry").unwrap();
    for side in ["left", "right"] {
        assert!(entry[side].as_str().unwrap().starts_with("ALTERED (entry "), "{entry}");
    }
}

#[test]
fn an_id_that_is_none_is_refused() {
    let answer = two_trials().ask(&["diff", FIRST, "loan:1235"]);
    assert_eq!((answer.code, answer.text()), (2, ""));
    assert!(answer.error().contains("no decision here has an id that is or begins with"));
}
