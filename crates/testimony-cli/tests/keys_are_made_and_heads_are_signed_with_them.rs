//! `key new`, `key show` and `head --note`: from a new key to a note that `verify --head` and `verify --key` go by.

mod support;

use std::sync::Arc;

use support::{Desk, desk};
use testimony_ledger::checkpoint::key_file;
use testimony_ledger::{Checkpoints, Options, Sources};
use testimony_record::tlog::{SignedHead, SigningKey};

#[allow(clippy::unnecessary_wraps, reason = "the signature of a source of randomness")]
fn sevens(buffer: &mut [u8]) -> std::io::Result<()> {
    buffer.fill(7);
    Ok(())
}

fn noon() -> u64 {
    desk::NOON
}

/// The loan's ledger, signed; always the same one for a key.
fn signed(desk: &Desk, key: SigningKey) {
    let sources = Sources { now_us: noon, random: sevens };
    let checkpoints = Some(Checkpoints::new(Arc::new(key)));
    let options = Options { sources, checkpoints, ..Options::default() };
    desk::write_with(&desk.ledger(), desk::loan_1234(), &options);
}

fn fixed_key() -> SigningKey {
    SigningKey::from_seed("example.com/loan-desk", [7; 32]).unwrap()
}

#[test]
fn a_new_key_is_printed_so_that_it_can_be_kept_and_its_private_half_is_not() {
    let desk = Desk::empty();
    let made = desk.ask(&["key", "new", "--name", "example.com/loan-desk", "-o", "desk.key"]);
    assert_eq!(made.code, 0, "{}", made.error());
    let key = key_file::read(desk.path().join("desk.key")).unwrap();
    let first = made.text().lines().next().unwrap();
    assert_eq!(first, key.verifier_key().to_string());
    assert!(!made.seen().contains("PRIVATE"));
    assert!(made.text().contains("TESTIMONY_CHECKPOINT_KEY_FILE=desk.key"));
    let shown = desk.ask(&["key", "show", "desk.key"]);
    assert_eq!((shown.code, shown.text()), (0, format!("{first}\n").as_str()));
    let json = desk.ask(&["key", "show", "desk.key", "--json"]).json();
    assert_eq!(json, serde_json::json!({ "key": first }));
}

#[test]
fn a_key_file_that_is_there_is_not_overwritten() {
    let desk = Desk::empty();
    desk.file("desk.key", "the only copy");
    let refused = desk.ask(&["key", "new", "--name", "example.com/loan-desk", "-o", "desk.key"]);
    insta::assert_snapshot!(refused.seen(), @"
    exit 2
    error: desk.key is there already, and is not overwritten
    Give another name with -o, or move it away.
    ");
    assert_eq!(std::fs::read(desk.path().join("desk.key")).unwrap(), b"the only copy");
    let misnamed = desk.ask(&["key", "new", "--name", "loan desk", "-o", "new.key"]);
    insta::assert_snapshot!(misnamed.seen(), @r#"
    exit 2
    error: "loan desk" is no name for a key; take one like example.com/loan-desk: a key name must be short and without spaces, plus signs and control characters
    "#);
}

#[test]
fn a_key_is_shown_as_it_signs_each_stream() {
    let desk = Desk::with_a_loan();
    let made = desk.ask(&["key", "new", "--name", "example.com/loan-desk", "-o", "desk.key"]);
    assert_eq!(made.code, 0);
    let key = key_file::read(desk.path().join("desk.key")).unwrap().verifier_key();
    let stream = "019ca945-0a00-7707-8707-070707070707";
    let of_stream = key.for_stream(stream.parse().unwrap());
    let shown = desk.ask_wide(&["key", "show", "desk.key", "--streams"]);
    assert_eq!(shown.text(), format!("{key}\n{of_stream}\n"));
    let json = desk.ask(&["key", "show", "desk.key", "--streams", "--json"]).json();
    assert_eq!(json["streams"][0]["stream"], stream);
}

#[cfg(unix)]
#[test]
fn a_key_that_others_could_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::empty();
    desk.file("desk.key", fixed_key().secret_text());
    let path = desk.path().join("desk.key");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    insta::assert_snapshot!(desk.ask(&["key", "show", "desk.key"]).seen(), @"
    exit 2
    error: others can read the key file desk.key (mode 644): chmod 600 desk.key, and if any did, make a new key
    ");
}

#[test]
fn the_head_of_a_signed_ledger_says_by_whom() {
    let desk = Desk::empty();
    signed(&desk, fixed_key());
    insta::assert_snapshot!(desk.ask(&["head"]).seen(), @"
    exit 0
    stream 019ca945-0a00-7707-8707-070707070707
      entries   7
      hash      833697281e05d8f19133a9b3027299bafb52f8141173368e49c9e1bdaca5444e
      root      20b5d9c9b226e4c8bcae77587320dd89e58186bdc31d03d855458dfb9097a423
      sealed    2026-03-01 12:00:00.000Z
      signed    the first 6 entries, by example.com/loan-desk/019ca945-0a00-7707-8707-070707070707

    Keep this where whoever holds the ledger cannot write: `testimony head --note > FILE`. Later,
    `testimony verify --head FILE` shows whether anything up to here was changed.
    ");
}

#[test]
fn a_note_is_what_verify_goes_by() {
    let desk = Desk::empty();
    signed(&desk, fixed_key());
    let note = desk.ask(&["head", "--note"]);
    let head = SignedHead::parse(note.text()).unwrap();
    assert_eq!(head.size(), 6, "the note covers all but the checkpoint that holds it");
    let json = desk.ask(&["head", "--note", "--json"]).json();
    assert_eq!(json, serde_json::json!([note.text()]));
    desk.file("kept.note", &note.out);
    let key = fixed_key().verifier_key().to_string();
    let intact = desk.ask(&["verify", "--head", "kept.note", "--key", &key]);
    assert_eq!(intact.code, 0, "{}", intact.seen());
    // Another history of the same stream, signed with the same key.
    std::fs::remove_dir_all(desk.ledger()).unwrap();
    let sources = Sources { now_us: noon, random: sevens };
    let checkpoints = Some(Checkpoints::new(Arc::new(fixed_key())));
    let options = Options { sources, checkpoints, ..Options::default() };
    desk::write_with(&desk.ledger(), desk::loan_1234().into_iter().rev().collect(), &options);
    let forked = desk.ask(&["verify", "--head", "kept.note"]);
    assert_eq!(forked.code, 1);
    assert!(forked.text().contains("forked"), "{}", forked.seen());
    let other = SigningKey::from_seed("example.com/loan-desk", [8; 32]).unwrap();
    let untrusted = desk.ask(&["verify", "--key", &other.verifier_key().to_string()]);
    assert_eq!(untrusted.code, 1, "{}", untrusted.seen());
}

#[test]
fn a_ledger_that_nobody_signs_has_no_note() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["head", "--note"]).seen(), @"
    exit 2
    error: no stream of the ledger has a signed head
    A service signs heads when it has a key: `testimony key new` makes one. `testimony head --json` prints the unsigned ones.
    ");
}
