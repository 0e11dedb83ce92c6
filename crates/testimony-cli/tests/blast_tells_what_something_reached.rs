//! `blast`: one screen for people, one object for programs.

mod support;

use std::io::Write as _;
use std::process::Stdio;

use support::desk::{self, decision, id, outcome};
use support::{Desk, command};
use testimony_record::decision::Intent;
use testimony_record::entry::{Body, Gap};
use testimony_record::part::Role;
use testimony_record::unsealed::{Event, Unsealed};

const POLICY: &str = "Refunds above 500 euros need no signature any more, says the desk.";

fn letter(n: u8) -> String {
    format!("Dear customer {n}, your refund is on its way to you.")
}

/// Two that were given a policy, a chain behind the first, a masked answer of the second, and some that have no part in it.
fn refunds() -> Vec<Unsealed> {
    let mut masked = decision(2)
        .subject("refund:2")
        .text(Role::Context, "policy", POLICY)
        .text(Role::Decision, "", "paid to [iban]")
        .done();
    masked.parts[2].note = Some("masked: iban".into());
    vec![
        decision(1)
            .subject("refund:1")
            .text(Role::Context, "policy", POLICY)
            .text(Role::Decision, "", &letter(1))
            .text(Role::Output, "verdict", "ok")
            .done(),
        masked,
        decision(3)
            .with(|decision| decision.site = "desk::letters".into())
            .subject("refund:1")
            .text(Role::Context, "draft", &letter(1))
            .text(Role::Decision, "", &letter(3))
            .done(),
        decision(4).text(Role::Prompt, "", "ok").done(),
        decision(5)
            .with(|decision| {
                decision.site = "desk::audit".into();
                decision.causes = vec![id(3), id(9)];
            })
            .done(),
        decision(6).absent(Role::Prompt, "").done(),
        decision(7).text(Role::Prompt, "", &format!("Our rule:\n\n{POLICY}\nWhat now?")).done(),
        outcome(1, "executed").done(),
        outcome(2, "overridden").done(),
    ]
}

fn desk_with_refunds() -> Desk {
    let desk = Desk::with(refunds());
    desk.file("policy.txt", POLICY);
    desk
}

#[test]
fn a_person_gets_one_screen() {
    insta::assert_snapshot!(desk_with_refunds().ask(&["blast", "policy.txt"]).seen(), @"
    exit 0
    policy.txt  66 bytes  388772dc06179ac0202eb2b73eb27ba0be661e0846c6ffd8f3abb239018685d3
    reached 2 decisions directly, and through them 2 more, about 2 subjects
      site       loan_desk::underwrite 2, desk::audit 1, desk::letters 1
      model      gpt-4o 4
      status     ok 4
      outcome    (none) 2, executed 1, overridden 1
      depth      0: 2   1: 1   2: 1
      subject    refund:1 (2), refund:2

      2026-03-01 12:00:01Z  0198c1d2-5a71  loan_desk::underwrite  in context:policy
        1 0198c1d2-5a73  desk::letters  given what it put out
          2 0198c1d2-5a75  desk::audit  names it as a cause
      2026-03-01 12:00:02Z  0198c1d2-5a72  loan_desk::underwrite  in context:policy

    not followed
      0198c1d2-5a72: its decision is not whole (masked: iban), so whoever was given it is not known
      0198c1d2-5a75: its cause 0198c1d2-5a79-7000-8000-0123456789ab is not in this ledger
      2 contents were put out and not followed: each is shorter than --min-bytes
      1 further decision may have been given it: a prompt or context of theirs was not captured
      other ledgers were not given: what went on elsewhere is not here

    4 decisions were read again from the ledger, and their hashes hold
    ");
}

#[test]
fn near_matches_are_marked() {
    insta::assert_snapshot!(desk_with_refunds().ask(&["blast", "policy.txt", "--near"]).seen(), @"
    exit 0
    policy.txt  66 bytes  388772dc06179ac0202eb2b73eb27ba0be661e0846c6ffd8f3abb239018685d3
    reached 2 decisions directly, and through them 2 more, about 2 subjects
    inferred, and not counted below: 1 decision was given something near to it, which reached 0 more
      site       loan_desk::underwrite 2, desk::audit 1, desk::letters 1
      model      gpt-4o 4
      status     ok 4
      outcome    (none) 2, executed 1, overridden 1
      depth      0: 2   1: 1   2: 1
      subject    refund:1 (2), refund:2

      2026-03-01 12:00:01Z  0198c1d2-5a71  loan_desk::underwrite  in context:policy
        1 0198c1d2-5a73  desk::letters  given what it put out
          2 0198c1d2-5a75  desk::audit  names it as a cause
      2026-03-01 12:00:02Z  0198c1d2-5a72  loan_desk::underwrite  in context:policy
      2026-03-01 12:00:07Z  0198c1d2-5a77  loan_desk::underwrite  in prompt  inferred: embedded in a longer text, 100 %

    not followed
      0198c1d2-5a72: its decision is not whole (masked: iban), so whoever was given it is not known
      0198c1d2-5a75: its cause 0198c1d2-5a79-7000-8000-0123456789ab is not in this ledger
      2 contents were put out and not followed: each is shorter than --min-bytes
      1 further decision may have been given it: a prompt or context of theirs was not captured
      other ledgers were not given: what went on elsewhere is not here

    5 decisions were read again from the ledger, and their hashes hold
    ");
}

#[test]
fn who_was_given_nothing_is_told_what_else_to_try() {
    let desk = desk_with_refunds();
    desk.file("other.txt", "Something that nobody was given.");
    insta::assert_snapshot!(desk.ask(&["blast", "other.txt"]).seen(), @"
    exit 0
    other.txt
    No decision on record was given it.
    --near also finds it trimmed, wrapped anew, or embedded in a longer text.

    not followed
      1 further decision may have been given it: a prompt or context of theirs was not captured
      1 further decision names a cause that is not in this ledger
      other ledgers were not given: what went on elsewhere is not here
    ");
}

#[test]
fn a_long_answer_is_folded_and_all_shows_all() {
    let fed = |n: u8| decision(n).text(Role::Context, "", &letter(0)).done();
    let mut events: Vec<Unsealed> = vec![decision(0).text(Role::Decision, "", &letter(0)).done()];
    events.extend((1..=12).map(fed));
    let desk = Desk::with(events);
    let ask = |args: &[&str]| {
        let id = id(0).to_string();
        desk.ask(&[&["blast", "--decision", &id], args].concat()).text().to_owned()
    };
    let lines =
        |text: &str| text.lines().filter(|line| line.contains("given what it put out")).count();
    assert_eq!((lines(&ask(&[])), lines(&ask(&["--all"]))), (3, 12));
    assert!(ask(&[]).contains("… 9 more that it reached; --all shows all"));
}

#[test]
fn a_program_gets_one_object() {
    let answer = desk_with_refunds().ask(&["blast", "policy.txt", "--near", "--json"]);
    assert_eq!(answer.code, 0, "{}", answer.error());
    let json = answer.json();
    let of = |list: &str, field: &str| {
        let list = json[list].as_array().unwrap().clone();
        list.iter().map(|one| one[field].clone()).collect::<Vec<_>>()
    };
    let ids = |numbers: &[u8]| {
        numbers.iter().map(|&n| id(n).to_string().into()).collect::<Vec<serde_json::Value>>()
    };
    assert_eq!(of("direct", "id"), ids(&[1, 2, 7]));
    assert_eq!(of("direct", "how"), ["given"; 3]);
    assert_eq!(of("direct", "via"), ["context:policy", "context:policy", "prompt"]);
    assert_eq!(json["direct"][0]["began_us"], desk::NOON + 1_000_000);
    assert!(json["direct"][0].get("inferred").is_none());
    assert_eq!(json["direct"][2]["inferred"]["likeness"], "embedded");
    assert_eq!(of("downstream", "id"), ids(&[3, 5]));
    assert_eq!(of("downstream", "from"), ids(&[1, 3]));
    assert_eq!(of("downstream", "edge"), ["content", "cause"]);
    assert_eq!(of("downstream", "depth"), [1, 2]);
    assert_eq!(json["downstream"][0]["digest"].as_str().unwrap().len(), 64);
    assert_eq!(
        of("unfollowed", "what"),
        ["put_out", "cause", "content_edge", "given", "other_ledgers"]
    );
    assert_eq!(json["unfollowed"][0]["why"], "noted: masked: iban");
    assert_eq!(json["unfollowed"][2]["why"], "short");
    assert_eq!(
        (&json["counts"]["direct"], &json["counts"]["by_outcome"]["executed"]),
        (&2.into(), &1.into())
    );
    assert_eq!(
        (&json["checked"]["sealed"], &json["subjects"][0]["subject"]),
        (&5.into(), &"refund:1".into())
    );
}

#[test]
fn what_is_looked_for_can_come_from_a_pipe() {
    let desk = desk_with_refunds();
    let mut command = command(desk.path(), &["--ledger", "ledger", "blast", "-", "--json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = desk::start(&mut command);
    child.stdin.take().unwrap().write_all(POLICY.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["counts"]["direct"], 2);
}

#[test]
fn an_altered_entry_in_the_answer_is_named_and_makes_it_a_broken_one() {
    let desk = desk_with_refunds();
    assert_eq!(desk.ask(&["blast", "policy.txt"]).code, 0);
    desk::replace(&desk.ledger(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    let answer = desk.ask(&["blast", "policy.txt"]);
    let said = "1 decision is not what was sealed: 0198c1d2-5a71-7000-8000-0123456789ab.";
    assert_eq!(answer.code, 1);
    assert!(answer.text().contains(said), "{}", answer.text());
}

#[test]
fn whatever_was_not_followed_is_told_in_a_sentence() {
    let late = decision(8)
        .with(|decision| decision.took_us = Some(9_000_000))
        .text(Role::Context, "", &letter(1))
        .done();
    let begun = Intent {
        id: id(14),
        site: "desk".into(),
        operation: None,
        provider: None,
        model: None,
        began_us: desk::NOON,
        parts: vec![],
        more: None,
    };
    let desk = Desk::with(vec![
        decision(1).text(Role::Prompt, "", POLICY).text(Role::Decision, "", &letter(1)).done(),
        decision(0).with(|decision| decision.parent = Some(id(8))).done(),
        decision(2).with(|decision| decision.parent = Some(id(15))).done(),
        late,
        decision(3).text(Role::Prompt, "", "Something else.").done(),
        Unsealed { event: Event::Intent(begun), parts: vec![] },
        decision(4).done(),
        decision(5).done(),
    ]);
    desk.file("policy.txt", POLICY);
    desk.damage(|segment| {
        let lost = Gap { lost: 3, since_us: desk::NOON, reason: "the queue was full".into() };
        let (at, frame) =
            (segment.entry(7), segment.forge(7, |entry| entry.body = Body::Gap(lost)));
        segment.frames[at] = frame;
        let at = segment.entry(8);
        segment.frames[at] = String::from_utf8(segment.frames[at].clone())
            .unwrap()
            .replace("took_us", "Took_us")
            .into();
    });
    desk::replace(&desk.ledger(), "Dear customer 1", "Dear customer 7");
    desk::replace(&desk.ledger(), "Something else.", "Something more.");
    let text = desk.ask(&["blast", "policy.txt"]).text().to_owned();
    let (_, told) = text.split_once("not followed\n").unwrap();
    insta::assert_snapshot!(told, @"
      0198c1d2-5a71: its decision is not what was sealed, so whoever was given it under another digest
      is not known
      0198c1d2-5a70: decision 0198c1d2-5a78-7000-8000-0123456789ab, inside which it was made, was
      reached only after this one had ended
      1 further decision may have been given it: a prompt or context of theirs is not what was sealed
      1 further decision names a parent that is not in this ledger
      1 further entry is not what was sealed
      3 decisions were lost before being recorded
      1 call was begun and led to no decision on record
      other ledgers were not given: what went on elsewhere is not here

    2 decisions were read again from the ledger, and their hashes hold
    ");
}

#[test]
fn bad_questions_are_answered_with_what_is_wrong() {
    let desk = desk_with_refunds();
    for (args, said) in [
        (&["blast"][..], "required arguments were not provided"),
        (&["blast", "policy.txt", "--site", "desk"], "cannot be used with"),
        (&["blast", "--digest", "12"], "not lower-case hexadecimal"),
        (&["blast", "--site", "x", "--near"], "cannot be used with"),
        (&["blast", "nowhere.txt"], "cannot read nowhere.txt"),
        (&["blast", "--decision", "ffff"], "no decision here has an id"),
        (
            &["blast", "--model", "gpt-5"],
            r#"no decision here has the model "gpt-5"; there are "gpt-4o""#,
        ),
        (&["blast", "--digest", &"0".repeat(64)], "nothing here has the digest"),
    ] {
        let answer = desk.ask(args);
        assert_eq!((answer.code, answer.text()), (2, ""), "{args:?}");
        assert!(answer.error().contains(said), "{args:?}: {}", answer.error());
    }
}
