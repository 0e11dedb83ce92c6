//! `verify` on ledgers that nobody touched.

mod support;

use support::{Desk, answer, command, desk};
use testimony_ledger::{Ledger, Options};

#[test]
fn an_untouched_ledger_is_intact_and_complete() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["verify"]).seen(), @"
    exit 0
    ledger

    Integrity:     intact - nothing that was sealed has been found changed
    Completeness:  complete - every stream was closed, and none records a loss

    Streams:
      019ca945-0a00-7707-8707-070707070707  closed
        6 entries, 3 decisions, 15 objects, 6,831 bytes

    Not established by this run:
      - Whether stream 019ca945-0a00-7707-8707-070707070707 is the one that was written. No head that
        was given lies within it and no witness vouches for it, so whoever holds the files and the key
        could have rewritten all of it. Keep what `testimony head --json` prints where they cannot
        write, and give it with --head.
      - Whether the ledger once held further streams: a whole stream can be taken away without a trace
        in the others.
      - Whether what was recorded is true: that the application told the ledger everything and told it
        right, that calls it never saw did not happen, that the named model ran, and that a stated
        reason was the cause.
    ");
}

#[test]
fn json_has_the_same_answers_for_programs() {
    let answer = Desk::with_a_loan().ask(&["verify", "--json"]);
    assert_eq!(answer.code, 0);
    let json = answer.json();
    assert_eq!((&json["integrity"], &json["completeness"]), (&"intact".into(), &"complete".into()));
    assert_eq!(json["streams"][0]["decisions"], 3);
    assert_eq!(json["streams"][0]["findings"], serde_json::json!([]));
    assert!(!json["not_established"].as_array().unwrap().is_empty());
}

#[test]
fn streams_of_two_processes_are_verified_one_by_one() {
    let desk = Desk::with_a_loan();
    let other = Desk::empty();
    desk::write_another(&other.ledger(), vec![desk::decision(9).done()]);
    desk::carry_over(&other.ledger(), &desk.ledger());
    let answer = desk.ask(&["verify", "--json"]);
    assert_eq!((answer.code, answer.json()["streams"].as_array().unwrap().len()), (0, 2));
}

#[test]
fn a_ledger_that_a_service_is_writing_is_verified_as_far_as_it_is_written() {
    let desk = Desk::empty();
    let ledger = Ledger::open(desk.ledger(), Options::default()).unwrap();
    ledger.record(desk::decision(1).done()).unwrap().wait().unwrap();
    let answer = desk.ask_wide(&["verify"]);
    assert_eq!(answer.code, 0);
    assert!(answer.text().contains("  in use\n    2 entries, 1 decision, "), "{}", answer.text());
    assert!(answer.text().contains("Completeness:  open - "), "{}", answer.text());
    assert!(desk.ask(&["log"]).text().contains("loan_desk::underwrite"));
    ledger.close().unwrap();
}

#[test]
fn a_ledger_without_a_close_is_intact_and_not_known_to_be_complete() {
    let desk = Desk::with_a_loan();
    desk.damage(|segment| {
        segment.frames.pop();
    });
    insta::assert_snapshot!(desk.ask(&["verify"]).seen(), @"
    exit 0
    ledger

    Integrity:     intact - nothing that was sealed has been found changed
    Completeness:  open - no loss is on record, but not every stream was closed

    Streams:
      019ca945-0a00-7707-8707-070707070707  not closed
        5 entries, 3 decisions, 15 objects, 6,558 bytes

    Not established by this run:
      - Whether stream 019ca945-0a00-7707-8707-070707070707 is the one that was written. No head that
        was given lies within it and no witness vouches for it, so whoever holds the files and the key
        could have rewritten all of it. Keep what `testimony head --json` prints where they cannot
        write, and give it with --head.
      - Whether stream 019ca945-0a00-7707-8707-070707070707 ends where its writer stopped. It has no
        close: it is in use, its writer crashed, or its end was cut off.
      - Whether the ledger once held further streams: a whole stream can be taken away without a trace
        in the others.
      - Whether what was recorded is true: that the application told the ledger everything and told it
        right, that calls it never saw did not happen, that the named model ran, and that a stated
        reason was the cause.
    ");
}

#[test]
fn a_recorded_loss_is_said_and_breaks_nothing() {
    let desk = Desk::with_a_loan();
    let path = desk::segment(&desk.ledger());
    let mut torn = std::fs::read(&path).unwrap();
    let close = torn.len() - 20;
    torn.truncate(close);
    std::fs::write(&path, torn).unwrap();
    desk::write(&desk.ledger(), vec![desk::decision(9).done()]);
    insta::assert_snapshot!(desk.ask(&["verify"]).seen(), @"
    exit 0
    ledger

    Integrity:     intact - nothing that was sealed has been found changed
    Completeness:  losses - the ledger itself says that something was lost; see below

    Streams:
      019ca945-0a00-7707-8707-070707070707  closed
        9 entries, 4 decisions, 15 objects, 8,506 bytes

    Losses on record:
      - 253 unfinished bytes were cut off when the stream was taken up after a crash
        stream 019ca945-0a00-7707-8707-070707070707, entry 5

    Not established by this run:
      - Whether stream 019ca945-0a00-7707-8707-070707070707 is the one that was written. No head that
        was given lies within it and no witness vouches for it, so whoever holds the files and the key
        could have rewritten all of it. Keep what `testimony head --json` prints where they cannot
        write, and give it with --head.
      - Whether the ledger once held further streams: a whole stream can be taken away without a trace
        in the others.
      - Whether what was recorded is true: that the application told the ledger everything and told it
        right, that calls it never saw did not happen, that the named model ran, and that a stated
        reason was the cause.
    ");
}

#[test]
fn a_file_that_is_no_part_of_the_format_is_named_as_not_read() {
    let desk = Desk::with_a_loan();
    std::fs::write(desk.ledger().join("notes.txt"), "buy milk").unwrap();
    let answer = desk.ask_wide(&["verify"]);
    assert_eq!(answer.code, 0);
    assert!(
        answer.text().contains("What notes.txt is: it is no part of the format, and was not read.")
    );
}

#[test]
fn the_ledger_can_be_named_by_the_environment_and_has_a_usual_place() {
    let desk = Desk::with_a_loan();
    let mut by_name = command(desk.path(), &["verify"]);
    assert_eq!(answer(by_name.env("TESTIMONY_LEDGER", "ledger")).code, 0);
    std::fs::rename(desk.ledger(), desk.path().join("testimony-ledger")).unwrap();
    assert_eq!(answer(&mut command(desk.path(), &["verify"])).code, 0);
}
