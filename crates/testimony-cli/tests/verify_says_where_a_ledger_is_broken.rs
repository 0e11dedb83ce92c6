//! `verify` on ledgers that somebody changed: exit code 1, with verdict, stream, entry, file and byte.

mod support;

use support::{Answer, Desk, Segment, desk};
use testimony_record::digest::Digest;

fn damaged(change: impl FnOnce(&mut Segment)) -> Answer {
    let desk = Desk::with_a_loan();
    desk.damage(change);
    desk.ask(&["verify", "--json"])
}

fn verdicts(answer: &Answer) -> Vec<(String, u64)> {
    assert_eq!(answer.code, 1);
    assert_eq!(answer.json()["integrity"], "broken");
    assert_eq!(answer.json()["completeness"], "unknown");
    let streams = answer.json()["streams"].as_array().unwrap().clone();
    let findings = streams.iter().flat_map(|stream| stream["findings"].as_array().unwrap().clone());
    findings
        .map(|found| {
            (found["verdict"].as_str().unwrap().to_owned(), found["seq"].as_u64().unwrap())
        })
        .collect()
}

fn one(verdict: &str, seq: u64) -> Vec<(String, u64)> {
    vec![(verdict.to_owned(), seq)]
}

#[test]
fn an_edited_entry_is_found_and_told_in_words() {
    let desk = Desk::with_a_loan();
    desk::replace(&desk.ledger(), r#""took_us":1250000"#, r#""took_us":1250001"#);
    insta::assert_snapshot!(desk.ask(&["verify"]).seen(), @"
    exit 1
    ledger

    Integrity:     broken - the ledger is not what was sealed; see the findings
    Completeness:  unknown - a broken ledger cannot say whether it holds everything

    Streams:
      019ca945-0a00-7707-8707-070707070707  closed
        6 entries, 3 decisions, 15 objects, 6,831 bytes

    Findings:
      edited  stream 019ca945-0a00-7707-8707-070707070707, entry 1, 00000000.segment at byte 1023
        the bytes of entry 1 are not those that were sealed

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
fn an_edited_content_is_found_and_told_in_words() {
    let desk = Desk::with_a_loan();
    desk::replace(&desk.ledger(), "Lend only above 0.60.", "Lend only above 0.10.");
    insta::assert_snapshot!(desk.ask(&["verify"]).seen(), @"
    exit 1
    ledger

    Integrity:     broken - the ledger is not what was sealed; see the findings
    Completeness:  unknown - a broken ledger cannot say whether it holds everything

    Streams:
      019ca945-0a00-7707-8707-070707070707  closed
        6 entries, 3 decisions, 15 objects, 6,831 bytes

    Findings:
      content_altered  stream 019ca945-0a00-7707-8707-070707070707, entry 2, 00000000.segment at byte 2126
        blob 5d7789f48893… is not what was sealed

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
fn a_removed_entry_is_found() {
    let answer = damaged(|segment| {
        segment.frames.remove(segment.entry(2));
    });
    assert_eq!(verdicts(&answer), one("removed", 2));
}

#[test]
fn swapped_entries_are_found() {
    let answer = damaged(|segment| {
        let entry = segment.frames.remove(segment.entry(3));
        segment.frames.insert(segment.entry(4) + 1, entry);
    });
    assert_eq!(verdicts(&answer), one("reordered", 3));
}

#[test]
fn an_inserted_entry_is_found_although_its_own_hash_fits() {
    let answer = damaged(|segment| {
        let forged = segment.forge(2, |entry| {
            (entry.time_us, entry.prev) = (entry.time_us + 1, Digest::plain(b"elsewhere"));
        });
        segment.frames.insert(segment.entry(3) + 1, forged);
    });
    assert_eq!(verdicts(&answer), one("inserted", 2));
}

#[test]
fn an_entry_rewritten_with_a_fitting_hash_breaks_the_link_after_it() {
    let answer = damaged(|segment| {
        let at = segment.entry(2);
        segment.frames[at] = segment.forge(2, |entry| entry.time_us += 1);
    });
    let verdicts = verdicts(&answer);
    assert!(verdicts.contains(&("edited".to_owned(), 3)), "{verdicts:?}");
}

#[test]
fn a_missing_content_is_found() {
    let answer = damaged(|segment| {
        segment.frames.remove(segment.entry(2) - 1);
    });
    assert_eq!(verdicts(&answer), one("content_missing", 2));
}

#[test]
fn a_file_joined_to_another_ledgers_is_found() {
    let other = Desk::empty();
    desk::write_another(&other.ledger(), vec![desk::decision(9).done()]);
    let desk = Desk::with_a_loan();
    let path = desk::segment(&desk.ledger());
    let joined = [&path, &desk::segment(&other.ledger())].map(|path| std::fs::read(path).unwrap());
    std::fs::write(&path, joined.concat()).unwrap();
    assert_eq!(verdicts(&desk.ask(&["verify", "--json"]))[0].0, "damaged");
}

#[test]
fn a_stream_under_another_streams_name_is_found() {
    let other = Desk::empty();
    desk::write_another(&other.ledger(), vec![desk::decision(9).done()]);
    let desk = Desk::with_a_loan();
    std::fs::copy(desk::segment(&other.ledger()), desk::segment(&desk.ledger())).unwrap();
    let verdicts = verdicts(&desk.ask(&["verify", "--json"]));
    assert!(verdicts.iter().all(|(verdict, _)| verdict == "foreign"), "{verdicts:?}");
}

#[test]
fn an_unfinished_end_that_no_recovery_named_is_found() {
    let answer = damaged(|segment| {
        let last = segment.frames.last_mut().unwrap();
        last.truncate(last.len() - 5);
    });
    assert_eq!(verdicts(&answer)[0].0, "torn_tail");
}

#[test]
fn a_deleted_segment_file_is_found() {
    let desk = Desk::with_a_loan();
    desk::write(&desk.ledger(), vec![desk::decision(9).done()]);
    std::fs::remove_file(desk::segment(&desk.ledger())).unwrap();
    assert_eq!(verdicts(&desk.ask(&["verify", "--json"]))[0].0, "removed");
}
