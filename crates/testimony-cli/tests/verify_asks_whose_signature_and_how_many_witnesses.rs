//! `verify --key`, `--policy` and `--head` with a signed note: what someone outside holds decides, and what they cannot tell
//! is said.

mod support;

use std::sync::Arc;

use support::{Answer, Desk, desk};
use testimony_ledger::{Checkpoints, Ledger, Options, Sources};
use testimony_record::tlog::SigningKey;

const NAME: &str = "example.com/loan-desk";
const WITNESSED_AT: u64 = 1_767_139_200;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(NAME, [seed; 32]).unwrap()
}

fn witness() -> SigningKey {
    SigningKey::from_seed("witness.example/w1", [9; 32]).unwrap()
}

#[allow(clippy::unnecessary_wraps, reason = "the signature of a source of randomness")]
fn sevens(buffer: &mut [u8]) -> std::io::Result<()> {
    buffer.fill(7);
    Ok(())
}

fn noon() -> u64 {
    desk::NOON
}

fn options(seed: u8) -> Options {
    let sources = Sources { now_us: noon, random: sevens };
    let checkpoints = Some(Checkpoints::new(Arc::new(key(seed))));
    Options { sources, checkpoints, ..Options::default() }
}

/// A loan's ledger, signed by a key; the verifier keys of two keys lie beside it.
fn signed_by(seed: u8) -> Desk {
    let desk = Desk::empty();
    desk::write_with(&desk.ledger(), desk::loan_1234(), &options(seed));
    desk.file("ours.key", format!("{}\n", key(7).verifier_key()));
    desk.file("other.key", format!("{}\n", key(8).verifier_key()));
    desk
}

/// A policy of our key that asks for the witness.
fn with_policy(desk: &Desk) {
    let (log, witness) = (key(7).verifier_key(), witness().witness_key());
    desk.file("policy", format!("log {log}\nwitness w1 {witness}\nquorum w1\n"));
}

/// Has the witness cosign the newest checkpoint of a session that goes on afterwards for one more decision.
fn cosigned(desk: &Desk) {
    let ledger = Ledger::open(desk.ledger(), options(7)).unwrap();
    let head = ledger.checkpoint().unwrap();
    let line = witness().cosign(&head, WITNESSED_AT);
    let keys = [witness().witness_key()];
    ledger.cosign(head.size(), head.root(), &[line], &keys).unwrap();
    desk::close(&ledger);
}

fn findings(answer: &Answer) -> Vec<(String, u64)> {
    let json = answer.json();
    let found = json["streams"][0]["findings"].as_array().unwrap().iter();
    found
        .map(|finding| {
            (finding["verdict"].as_str().unwrap().to_owned(), finding["seq"].as_u64().unwrap())
        })
        .collect()
}

fn not_established(answer: &Answer) -> String {
    answer.json()["not_established"].to_string()
}

#[test]
fn the_key_that_was_told_settles_whose_signature_it_is() {
    let desk = signed_by(7);
    let alone = desk.ask(&["verify", "--json"]);
    assert_eq!(alone.code, 0);
    assert!(
        not_established(&alone).contains("key_not_given"),
        "nothing inside can say whose key it is"
    );
    for given in ["ours.key", &key(7).verifier_key().to_string()] {
        let held = desk.ask(&["verify", "--json", "--key", given]);
        assert_eq!((held.code, findings(&held)), (0, vec![]), "{given}");
        assert!(
            not_established(&held).contains("after_signature"),
            "its last checkpoint is an entry too"
        );
    }
    let either = desk.ask(&["verify", "--json", "--key", "other.key", "--key", "ours.key"]);
    assert_eq!(either.code, 0);
}

#[test]
fn a_ledger_signed_by_another_key_or_by_none_does_not_pass_for_ours() {
    let substituted = signed_by(8).ask(&["verify", "--json", "--key", "ours.key"]);
    assert_eq!(substituted.code, 1);
    let wrong = |seq| ("signature_wrong".to_owned(), seq);
    assert_eq!(findings(&substituted), [wrong(7), wrong(0)]);
    let unsigned = Desk::with_a_loan();
    unsigned.file("ours.key", format!("{}\n", key(7).verifier_key()));
    let unsigned = unsigned.ask(&["verify", "--json", "--key", "ours.key"]);
    assert_eq!((unsigned.code, findings(&unsigned)), (1, vec![wrong(6)]));
}

#[test]
fn what_is_signed_is_told_to_a_person() {
    let desk = signed_by(7);
    insta::assert_snapshot!(desk.ask(&["verify", "--key", "ours.key"]).seen(), @"
    exit 0
    ledger

    Integrity:     intact - nothing that was sealed has been found changed
    Completeness:  complete - every stream was closed, and none records a loss

    Streams:
      019ca945-0a00-7707-8707-070707070707  closed
        7 entries, 3 decisions, 15 objects, 7,638 bytes, 1 checkpoint, signed over its first 6

    Not established by this run:
      - Whether stream 019ca945-0a00-7707-8707-070707070707 is the one that was written. No head that
        was given lies within it and no witness vouches for it, so whoever holds the files and the key
        could have rewritten all of it. Keep what `testimony head --json` prints where they cannot
        write, and give it with --head.
      - Whether the newest 1 entry of stream 019ca945-0a00-7707-8707-070707070707, over 0 µs, was
        written by the holder of the key: no checkpoint covers it yet.
      - Whether the ledger once held further streams: a whole stream can be taken away without a trace
        in the others.
      - Whether what was recorded is true: that the application told the ledger everything and told it
        right, that calls it never saw did not happen, that the named model ran, and that a stated
        reason was the cause.
    ");
}

#[test]
fn a_policy_is_met_by_a_witness_and_by_nobody_else() {
    let desk = signed_by(7);
    with_policy(&desk);
    let before = desk.ask(&["verify", "--json", "--policy", "policy"]);
    assert_eq!((before.code, findings(&before)), (1, vec![("not_witnessed".to_owned(), 7)]));
    cosigned(&desk);
    let after = desk.ask(&["verify", "--json", "--policy", "policy"]);
    assert_eq!((after.code, findings(&after)), (0, vec![]));
    assert!(after.json()["streams"][0]["witnessed"]["size"].as_u64().unwrap() > 7);
    assert!(
        not_established(&after).contains("after_head"),
        "what came after the witness is a window"
    );
}

#[test]
fn a_signed_head_that_was_kept_shows_a_cut_end_and_a_second_history() {
    let desk = signed_by(7);
    let note = desk.ask(&["head", "--note"]);
    desk.file("kept.note", note.text());
    assert_eq!(desk.ask(&["verify", "--head", "kept.note"]).code, 0);
    let whole = std::fs::read(desk::segment(&desk.ledger())).unwrap();
    desk.damage(|segment| {
        let end = segment.entry(3);
        segment.frames.truncate(end + 1);
    });
    let cut = desk.ask(&["verify", "--json", "--head", "kept.note"]);
    assert_eq!((cut.code, findings(&cut)), (1, vec![("truncated".to_owned(), 4)]));
    std::fs::write(desk::segment(&desk.ledger()), whole).unwrap();

    // The holder of the key seals another history under the same stream.
    let mut events = desk::loan_1234();
    events.swap(0, 1);
    std::fs::remove_dir_all(desk.ledger()).unwrap();
    desk::write_with(&desk.ledger(), events, &options(7));
    assert_eq!(desk.ask(&["verify", "--key", "ours.key"]).code, 0, "alone it passes");
    let forked = desk.ask(&["verify", "--json", "--key", "ours.key", "--head", "kept.note"]);
    assert_eq!((forked.code, findings(&forked)), (1, vec![("forked".to_owned(), 6)]));
}

#[test]
fn a_head_with_a_wrong_signature_is_no_verification() {
    let desk = signed_by(7);
    let note = desk.ask(&["head", "--note"]).text().to_owned();
    let (text, signature) = note.rsplit_once(' ').unwrap();
    let other = if signature.ends_with("AA==\n") { "BA==\n" } else { "AA==\n" };
    let forged = format!("{text} {}{other}", &signature[..signature.len() - other.len()]);
    desk.file("forged.note", &forged);
    let answer = desk.ask(&["verify", "--head", "forged.note"]);
    assert_eq!(answer.code, 2, "{}", answer.seen());
}

#[test]
fn what_is_no_key_no_policy_and_no_note_is_said_and_nothing_is_verified() {
    let desk = signed_by(7);
    desk.file("empty", "");
    desk.file("secret", format!("{}\n", key(7).secret_text()));
    desk.file("half.policy", "quorum nobody\n");
    desk.file("half.note", "example.com/loan-desk\n3\n");
    for arguments in [
        ["--key", "nowhere"],
        ["--key", "empty"],
        ["--key", "secret"],
        ["--policy", "half.policy"],
        ["--policy", "nowhere"],
        ["--head", "half.note"],
        ["--head", "empty"],
    ] {
        let answer = desk.ask(&[&["verify"], &arguments[..]].concat());
        assert_eq!((answer.code, answer.text()), (2, ""), "{arguments:?}");
        assert!(
            answer.error().lines().count() > 1,
            "{arguments:?} gets advice: {}",
            answer.error()
        );
        assert!(!answer.error().contains("PRIVATE"), "a secret is not repeated");
    }
}
