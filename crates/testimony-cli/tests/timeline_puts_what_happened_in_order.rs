//! `timeline`: decisions, outcomes, losses and checkpoints in order of time.

mod support;

use support::{Desk, desk};
use testimony_record::decision::Intent;
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};

/// A call number `n` that was begun, and whose end nobody saw.
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
    let content = UnsealedContent::Blob(UnsealedBlob::text("loan:1234"));
    let subject = UnsealedPart::new(Role::Subject, Origin::Declared, content);
    Unsealed { event: Event::Intent(intent), parts: vec![subject] }
}

fn desk_with_a_crash() -> Desk {
    let mut events = desk::loan_1234();
    events.push(begun(4));
    Desk::with(events)
}

#[test]
fn everything_stands_in_order_of_time() {
    insta::assert_snapshot!(desk_with_a_crash().ask(&["timeline"]).seen(), @"
    exit 0
    2026-03-01 12:00:00.000Z  began        testimony 0.1.0
    2026-03-01 12:00:00.000Z  closed       after 3 decisions
    2026-03-01 12:00:01.000Z  decision     0198c1d2-5a71  loan_desk::score (ok): 0.41
    2026-03-01 12:00:02.000Z  decision     0198c1d2-5a72  loan_desk::underwrite (ok) [1 rule violated]:…
    2026-03-01 12:00:03.000Z  decision     0198c1d2-5a73  loan_desk::letters::write (timed_out): deadli…
    2026-03-01 12:00:04.000Z  begun        0198c1d2-5a74  loan_desk::underwrite, nothing more known
    2026-03-01 12:01:02.000Z  outcome      0198c1d2-5a72  overridden by clerk:bea: approved
    ");
}

#[test]
fn a_subject_has_what_concerns_it() {
    let answer = desk_with_a_crash().ask(&["timeline", "--subject", "loan:1234"]);
    insta::assert_snapshot!(answer.seen(), @"
    exit 0
    2026-03-01 12:00:01.000Z  decision     0198c1d2-5a71  loan_desk::score (ok): 0.41
    2026-03-01 12:00:02.000Z  decision     0198c1d2-5a72  loan_desk::underwrite (ok) [1 rule violated]:…
    2026-03-01 12:00:04.000Z  begun        0198c1d2-5a74  loan_desk::underwrite, nothing more known
    2026-03-01 12:01:02.000Z  outcome      0198c1d2-5a72  overridden by clerk:bea: approved
    ");
}

#[test]
fn around_a_decision_or_a_moment_only_what_is_near_is_shown() {
    let desk = desk_with_a_crash();
    let kinds = |args: &[&str]| -> Vec<String> {
        let answer = desk.ask(&[&["timeline", "--json"], args].concat()).json();
        let events = answer["events"].as_array().unwrap().iter();
        events
            .map(|event| event["what"].as_object().unwrap().keys().next().unwrap().clone())
            .collect()
    };
    assert_eq!(kinds(&["--around", "0198c1d2-5a72", "--within", "500ms"]), ["decision"]);
    assert_eq!(kinds(&["--around", "2026-03-01T12:01:02Z", "--within", "1s"]), ["outcome"]);
    assert_eq!(kinds(&["--around", "2025-03-01T12:01:02Z"]), [""; 0]);
}

#[test]
fn checkpoints_are_folded_unless_all_is_asked_for() {
    let desk = Desk::empty();
    desk::write_signed(&desk.ledger(), vec![desk::decision(1).done()]);
    desk::write_signed(&desk.ledger(), vec![desk::decision(2).done()]);
    let count = |args: &[&str]| desk.ask(args).text().lines().count();
    assert!(count(&["timeline", "--all"]) >= count(&["timeline"]));
    let text = desk.ask(&["timeline"]).seen();
    assert!(text.contains("signed") && text.contains("closed"), "{text}");
}

#[test]
fn what_was_altered_or_is_missing_is_marked() {
    let desk = desk_with_a_crash();
    desk::replace(&desk.ledger(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    desk.damage(|segment| {
        let at = segment.entry(3);
        segment.frames.remove(at);
    });
    insta::assert_snapshot!(desk.ask(&["timeline"]).seen(), @"
    exit 0
    2026-03-01 12:00:00.000Z  began        testimony 0.1.0
    2026-03-01 12:00:00.000Z  closed       after 3 decisions
    2026-03-01 12:00:01.000Z  decision     [entry ALTERED] 0198c1d2-5a71  loan_desk::score (ok): 0.41
    2026-03-01 12:00:02.000Z  decision     0198c1d2-5a72  loan_desk::underwrite (ok) [1 rule violated]:…
    2026-03-01 12:00:04.000Z  begun        0198c1d2-5a74  loan_desk::underwrite, nothing more known
    2026-03-01 12:01:02.000Z  outcome      0198c1d2-5a72  overridden by clerk:bea: approved

    1 entry is not what was sealed, and counted as found.
    1 entry is missing or cannot be read, and not counted.
    `testimony verify` says what is wrong.
    ");
}

#[test]
fn a_clock_that_stepped_back_is_marked() {
    let desk = Desk::with_a_loan();
    desk.damage(|segment| {
        let at = segment.entry(2);
        segment.frames[at] = segment.forge(2, |entry| entry.time_us += 5_000_000);
    });
    let text = desk.ask(&["timeline"]).seen();
    assert!(text.contains("CLOCK") && text.contains("stepped back by 5.00 s"), "{text}");
}

#[test]
fn what_is_no_moment_is_refused() {
    let answer = desk_with_a_crash().ask(&["timeline", "--around", "yesterdayish"]);
    assert_eq!((answer.code, answer.text()), (2, ""));
    assert!(answer.error().contains("neither a moment nor a decision's id here"));
}
