//! `head` and `verify --head`: what somebody outside remembers.

mod support;

use support::{Desk, desk};

fn pinned() -> Desk {
    let desk = Desk::with_a_loan();
    let heads = desk.ask(&["head", "--json"]);
    assert_eq!(heads.code, 0);
    desk.file("heads.json", &heads.out);
    desk
}

#[test]
fn a_head_is_printed_for_people_and_for_programs() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["head"]).seen(), @"
    exit 0
    stream 019ca945-0a00-7707-8707-070707070707
      entries   6
      hash      9ec86443c64472886a20ed96ac20fb41ec70040dfa234765ff8a127d532c7803
      root      f540f2f3f9c53a0509e20fffc0f9aab54720b886fb7844fe53b660dcf2e60171
      sealed    2026-03-01 12:00:00.000Z

    Keep this where whoever holds the ledger cannot write: `testimony head --json > FILE`. Later,
    `testimony verify --head FILE` shows whether anything up to here was changed.
    ");
    let heads = desk.ask(&["head", "--json"]).json();
    assert_eq!((heads.as_array().unwrap().len(), &heads[0]["size"]), (1, &6.into()));
}

#[test]
fn with_a_head_at_the_end_nothing_about_the_stream_is_left_open() {
    let desk = pinned();
    insta::assert_snapshot!(desk.ask(&["verify", "--head", "heads.json"]).seen(), @"
    exit 0
    ledger

    Integrity:     intact - nothing that was sealed has been found changed
    Completeness:  complete - every stream was closed, and none records a loss

    Streams:
      019ca945-0a00-7707-8707-070707070707  closed
        6 entries, 3 decisions, 15 objects, 6,831 bytes

    Not established by this run:
      - Whether the ledger once held further streams: a whole stream can be taken away without a trace
        in the others.
      - Whether what was recorded is true: that the application told the ledger everything and told it
        right, that calls it never saw did not happen, that the named model ran, and that a stated
        reason was the cause.
    ");
}

#[test]
fn a_truncated_ledger_passes_alone_and_fails_against_its_head() {
    let desk = pinned();
    desk.damage(|segment| {
        let end = segment.entry(3);
        segment.frames.truncate(end + 1);
    });
    assert_eq!(desk.ask(&["verify"]).code, 0);
    insta::assert_snapshot!(desk.ask(&["verify", "--head", "heads.json"]).seen(), @"
    exit 1
    ledger

    Integrity:     broken - the ledger is not what was sealed; see the findings
    Completeness:  unknown - a broken ledger cannot say whether it holds everything

    Streams:
      019ca945-0a00-7707-8707-070707070707  not closed
        4 entries, 3 decisions, 12 objects, 5,440 bytes

    Findings:
      truncated  stream 019ca945-0a00-7707-8707-070707070707, entry 4, 00000000.segment at byte 0
        the remembered head covers 6 entries, the stream holds 4

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
fn a_rewritten_ledger_passes_alone_and_fails_against_its_head() {
    let desk = pinned();
    std::fs::remove_dir_all(desk.ledger()).unwrap();
    let mut events = desk::loan_1234();
    events.swap(0, 1);
    desk::write(&desk.ledger(), events);
    assert_eq!(desk.ask(&["verify"]).code, 0);
    let answer = desk.ask(&["verify", "--json", "--head", "heads.json"]);
    assert_eq!(answer.code, 1);
    assert_eq!(answer.json()["streams"][0]["findings"][0]["verdict"], "rewritten");
}

#[test]
fn a_ledger_of_which_a_whole_stream_is_gone_fails_against_its_head() {
    let desk = pinned();
    std::fs::remove_dir_all(desk::stream(&desk.ledger())).unwrap();
    assert_eq!(desk.ask(&["verify"]).code, 0);
    let answer = desk.ask(&["verify", "--head", "heads.json"]);
    assert_eq!(answer.code, 1);
    assert!(answer.text().contains("the whole stream is missing"), "{}", answer.text());
}

#[test]
fn what_was_appended_after_the_head_is_said_not_to_be_covered_by_it() {
    let desk = pinned();
    desk::write(&desk.ledger(), vec![desk::decision(9).done()]);
    let answer = desk.ask_wide(&["verify", "--head", "heads.json"]);
    assert_eq!(answer.code, 0);
    assert!(answer.text().contains("Whether the newest 3 entries of stream"), "{}", answer.text());
}

#[test]
fn one_head_alone_is_a_head_file_as_well_and_several_files_can_be_given() {
    let desk = pinned();
    let heads = desk.ask(&["head", "--json"]).json();
    desk.file("one.json", heads[0].to_string());
    assert_eq!(desk.ask(&["verify", "--head", "one.json", "--head", "heads.json"]).code, 0);
}

#[test]
fn a_head_file_that_holds_no_head_is_no_verification() {
    let desk = pinned();
    for (name, content) in
        [("empty.json", "[]"), ("else.json", "{}"), ("text.json", "intact"), ("null.json", "")]
    {
        desk.file(name, content);
        let answer = desk.ask(&["verify", "--head", name]);
        assert_eq!((answer.code, answer.text()), (2, ""), "{name}");
        assert!(answer.error().contains("what `testimony head` printed"), "{}", answer.error());
    }
    assert_eq!(desk.ask(&["verify", "--head", "nowhere.json"]).code, 2);
}

#[test]
fn a_broken_ledger_gets_no_head() {
    let desk = Desk::with_a_loan();
    desk::replace(&desk.ledger(), "Lend only above 0.60.", "Lend only above 0.10.");
    let answer = desk.ask(&["head"]);
    assert_eq!((answer.code, answer.text()), (1, ""));
    insta::assert_snapshot!(answer.error(), @"
    error: the ledger is broken; a head of it would vouch for what was never sealed
    `testimony verify` says what is wrong.
    ");
}
