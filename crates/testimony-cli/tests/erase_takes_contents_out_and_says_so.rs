//! `testimony erase`, `hold` and `release`: what is said before, what is gone afterwards, and what is refused.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use support::{Desk, desk};
use testimony_ledger::{Ledger, Options};
use testimony_record::part::Role;

const WHY: [&str; 4] = ["--reason", "request 17", "--by", "privacy@bank.example"];

fn erase(desk: &Desk, what: &[&str]) -> support::Answer {
    desk.ask_wide(&[&["erase"], what, &WHY].concat())
}

/// Hashes and times are of now.
macro_rules! assert_seen {
    ($answer:expr, @$expected:literal) => {
        insta::with_settings!({filters => vec![
            (r"[0-9a-f]{64}", "[hash]"),
            (r"release [0-9a-f]{12}", "release [hash]"),
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z", "[time]"),
        ]}, { assert_snapshot!($answer.seen(), @$expected) });
    };
}

/// Two loans that were decided under one policy.
fn two_loans() -> Desk {
    let policy = "Lend only above 0.60.";
    let loan =
        |n: u8, subject| desk::decision(n).subject(subject).text(Role::Context, "policy", policy);
    Desk::with(vec![
        loan(1, "loan:1234").text(Role::Prompt, "", "May we lend to Jane Roe?").done(),
        loan(2, "loan:5678").text(Role::Prompt, "", "May we lend to John Doe?").done(),
        desk::outcome(1, "overridden").text(Role::Actor, "", "clerk:bea").done(),
    ])
}

fn files_with(dir: &Path, needle: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files_with(&path, needle));
        } else if fs::read(&path).unwrap().windows(needle.len()).any(|at| at == needle.as_bytes()) {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_subject_is_erased_and_what_others_need_is_kept() {
    let desk = two_loans();
    assert_seen!(erase(&desk, &["--subject", "loan:1234"]), @"
    exit 0
    1 decision is concerned.
    To be erased: 3 contents, 42 bytes.
      1d0c1003c3b6  24 bytes of text/plain
      80d872a21394  9 bytes of text/plain
      f1e5e0a83a2e  9 bytes of text/plain
    Kept: 1 content that other decisions refer to as well (--shared takes them too).
      5d7789f48893  21 bytes of text/plain, shared with 1 other decision
    Erased from stream 019ca945-0a00-7707-8707-070707070707: 3 frames, 42 bytes of content.
      on record in entry 6, [hash]
    Backups, snapshots and exported copies may still hold it.
    ");
    for gone in ["Jane Roe", "loan:1234", "clerk:bea"] {
        assert_eq!(files_with(&desk.ledger(), gone), [] as [PathBuf; 0], "{gone}");
    }
    assert_eq!(files_with(&desk.ledger(), "Lend only above").len(), 1);
    let verified = desk.ask(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.seen());
    assert_seen!(desk.ask_wide(&["show", "0198c1d2-5a71"]), @"
    exit 0
    decision 0198c1d2-5a71-7000-8000-0123456789ab
      status      ok
      site        loan_desk::underwrite
      began       [time], took 1.25 s
      operation   chat
      provider    openai
      model       gpt-4o
      sealed      [time]
      entry       1 of stream 019ca945-0a00-7707-8707-070707070707, 00000000.segment at byte 883
      hash        [hash]

      subject  (declared, 80d872a21394)
        (erased [time] by entry 6 of stream 019ca945-0a00-7707-8707-070707070707: request 17; by privacy@bank.example)

      context policy  (declared, 5d7789f48893)
        Lend only above 0.60.

      prompt  (declared, 1d0c1003c3b6)
        (erased [time] by entry 6 of stream 019ca945-0a00-7707-8707-070707070707: request 17; by privacy@bank.example)

      outcomes
        overridden  [time]  entry intact
        actor      (erased [time] by entry 6 of stream 019ca945-0a00-7707-8707-070707070707: request 17; by privacy@bank.example)
    ");
    assert_eq!(desk.ask(&["why", "loan:1234"]).code, 2);
    assert_eq!(desk.ask(&["why", "loan:5678"]).code, 0);
    let again = desk.ask_wide(&["erase", "--id", "0198c1d2-5a71", "--dry-run"]);
    assert_seen!(again, @"
    exit 0
    1 decision is concerned.
    To be erased: 0 contents, 0 bytes.
    Kept: 1 content that other decisions refer to as well (--shared takes them too).
      5d7789f48893  21 bytes of text/plain, shared with 1 other decision
    3 contents have been erased before.
    Nothing is left to erase. (--dry-run)
    ");
}

#[test]
fn a_dry_run_says_what_would_go_and_changes_nothing() {
    let desk = two_loans();
    let segment = desk::segment(&desk.ledger());
    let before = fs::read(&segment).unwrap();
    let answer = desk.ask_wide(&["erase", "--id", "0198c1d2-5a71", "--dry-run", "--shared"]);
    assert_seen!(answer, @"
    exit 0
    1 decision is concerned.
    To be erased: 4 contents, 63 bytes.
      1d0c1003c3b6  24 bytes of text/plain
      5d7789f48893  21 bytes of text/plain, shared with 1 other decision
      80d872a21394  9 bytes of text/plain
      f1e5e0a83a2e  9 bytes of text/plain
    Nothing was erased. (--dry-run)
    ");
    assert_eq!(fs::read(&segment).unwrap(), before);
    assert_eq!(fs::read_dir(segment.parent().unwrap()).unwrap().count(), 2, "no new session");
}

#[test]
fn a_digest_names_one_content_and_json_tells_all() {
    let desk = two_loans();
    let account = desk.ask(&["show", "0198c1d2-5a71", "--json"]).json();
    let policy = account["parts"].as_array().unwrap().iter().find(|part| part["name"] == "policy");
    let digest = policy.unwrap()["digest"].as_str().unwrap();
    let answer = erase(&desk, &["--digest", digest, "--json"]).json();
    assert_eq!(answer["plan"]["contents"][0]["digest"], digest);
    assert_eq!(answer["erased"][0]["digests"][0], digest);
    assert_eq!(answer["erased"][0]["frames"], 1);
    let entry = answer["erased"][0]["entries"][0]["seq"].as_u64().unwrap();
    let account = desk.ask(&["show", "0198c1d2-5a72", "--json"]).json();
    let told = &account["parts"].as_array().unwrap()[1]["content"]["erased"];
    assert_eq!((told["seq"].as_u64(), told["reason"].as_str()), (Some(entry), Some("request 17")));
    let again = erase(&desk, &["--digest", digest, "--json"]).json();
    assert_eq!((again["erased"].is_null(), again["plan"]["already"].as_u64()), (true, Some(1)));
}

#[test]
fn a_hold_forbids_and_a_release_allows() {
    let desk = two_loans();
    let hold = ["hold", "--subject", "loan:1234", "--reason", "case 4", "--by", "counsel"];
    assert_seen!(desk.ask_wide(&hold), @"
    exit 0
    Held: 4 contents.
    On record in entry 6 of stream 019ca945-0a00-7707-8707-070707070707.
    `testimony release [hash]` ends it.
    ");
    assert_seen!(desk.ask_wide(&["hold", "--list"]), @"
    exit 0
    4 contents held
      case 4; by counsel
      since [time], entry 6 of stream 019ca945-0a00-7707-8707-070707070707
      [hash]
    ");
    let refused = erase(&desk, &["--subject", "loan:1234"]);
    assert_eq!(refused.code, 2);
    assert_snapshot!(refused.error(), @"
    error: the hold of entry 6 of stream 019ca945-0a00-7707-8707-070707070707 (case 4; by counsel) forbids it
    Nothing was erased. `testimony hold --list` lists what is held; `testimony release` ends a hold.
    ");
    assert_eq!(erase(&desk, &["--subject", "loan:5678"]).code, 0, "not held");

    let holds = desk.ask(&["hold", "--list", "--json"]).json();
    let hash = holds[0]["hash"].as_str().unwrap().to_owned();
    let release =
        |hash: &str| desk.ask_wide(&["release", hash, "--reason", "settled", "--by", "counsel"]);
    assert_eq!(release("").code, 2);
    assert_snapshot!(release("zzzz").error(), @r#"
    error: no hold in force has a hash that begins with "zzzz"
    `testimony hold --list` lists what is held.
    "#);
    assert_seen!(release(&hash[..12]), @"
    exit 0
    Released.
    It was the hold of entry 6 of stream 019ca945-0a00-7707-8707-070707070707 (case 4; by counsel).
    On record in entry 12 of stream 019ca945-0a00-7707-8707-070707070707.
    ");
    assert_eq!(desk.ask(&["hold", "--list"]).text(), "Nothing is held.\n");
    assert_eq!(erase(&desk, &["--subject", "loan:1234"]).code, 0);
    assert_eq!(files_with(&desk.ledger(), "Jane Roe"), [] as [PathBuf; 0]);
    assert_eq!(desk.ask(&["verify"]).code, 0);
}

#[test]
fn everything_can_be_held_while_a_service_writes() {
    let desk = two_loans();
    let live = Ledger::open(desk.ledger(), Options::default()).unwrap();
    let held = desk.ask_wide(&["hold", "--all", "--reason", "audit", "--by", "auditor", "--json"]);
    assert_eq!(held.code, 0, "{}", held.seen());
    let refused = erase(&desk, &["--subject", "loan:1234"]);
    assert!(refused.error().contains("(audit; by auditor) forbids it"), "{}", refused.error());
    let hash = held.json()[0]["hash"].as_str().unwrap().to_owned();
    let released = desk.ask(&["release", &hash, "--reason", "over", "--by", "auditor"]);
    assert_eq!(released.code, 0, "{}", released.seen());
    // The service's own stream holds it; nothing is done behind its back.
    let refused = erase(&desk, &["--subject", "loan:1234"]);
    assert_eq!(refused.code, 2);
    assert!(!files_with(&desk.ledger(), "Jane Roe").is_empty());
    assert_snapshot!(refused.error(), @"
    error: stream 019ca945-0a00-7707-8707-070707070707 has that content, and another process is writing it
    Nothing was erased. Stop the service that writes it, or erase through its own API, `Ledger::erase`.
    ");
    desk::close(&live);
    assert_eq!(erase(&desk, &["--subject", "loan:1234"]).code, 0);
}

#[test]
fn what_cannot_be_meant_is_refused_with_advice() {
    let desk = two_loans();
    let upper = "A".repeat(64);
    let unknown = "a".repeat(64);
    let long = "x".repeat(257);
    let by = ["--by", "privacy"];
    let cases: [&[&str]; 8] = [
        &["--digest", &upper, "--reason", "r"],
        &["--digest", &unknown, "--reason", "r"],
        &["--subject", "loan:1243", "--reason", "r"],
        &["--id", "ffff", "--reason", "r"],
        &["--id", "0198", "--reason", ""],
        &["--id", "0198", "--reason", &long],
        &["--id", "0198c1d2-5a71", "--subject", "loan:1234", "--reason", "r"],
        &["--reason", "r"],
    ];
    let before = fs::read(desk::segment(&desk.ledger())).unwrap();
    let answers = cases.map(|case| {
        let answer = desk.ask_wide(&[&["erase"], case, &by].concat());
        assert_eq!((answer.code, answer.text()), (2, ""), "{case:?}");
        let lines = answer
            .error()
            .lines()
            .filter(|line| line.starts_with("error") || line.starts_with('`'));
        lines.collect::<Vec<_>>().join("\n")
    });
    assert_snapshot!(answers.join("\n"), @r#"
    error: invalid value 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' for '--digest <DIGEST>': not lower-case hexadecimal of the expected length
    error: no content here has the digest aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    `testimony show ID --json` has the digest of each content.
    error: "loan:1243" is no subject here, no trace, nor the beginning of a decision's id, and no outcome or decision says it; similar subjects: "loan:1234"
    `testimony log` lists the decisions with their ids and subjects.
    error: no decision here has an id that is or begins with "ffff"
    `testimony log` lists the decisions with their ids.
    error: the reason is empty; it goes on record, so that others can judge it
    error: the reason takes 257 bytes; a record holds at most 256 of them
    error: the argument '--id <ID>' cannot be used with '--subject <SUBJECT>'
    error: the following required arguments were not provided:
    "#);
    assert_eq!(fs::read(desk::segment(&desk.ledger())).unwrap(), before);
    let nowhere = Desk::empty();
    for args in [["hold", "--all"], ["release", "ab"]] {
        let answer = nowhere.ask(&[&args[..], &WHY].concat());
        assert_eq!(answer.code, 2);
        assert!(!nowhere.ledger().exists(), "no ledger is made by mistake");
    }
}
