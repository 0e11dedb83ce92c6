//! Signed notes and verifier keys of others: read, verified and refused as their authors do.

mod common;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use testimony_record::tlog::{BadKey, Note, Signature, SigningKey, VerifierKey};

/// One case of Go's note package.
#[derive(Deserialize)]
struct Case {
    desc: String,
    note_base64: String,
    known_keys: Vec<String>,
    expect: String,
    #[serde(default)]
    verified: Vec<String>,
    #[serde(default)]
    unverified: Vec<String>,
}

fn key(text: &str) -> VerifierKey {
    text.trim_end().parse().unwrap_or_else(|bad| panic!("{text}: {bad}"))
}

/// The distinct signature lines whose `name+id` satisfies `wanted`, as the cases list them.
fn distinct(note: &Note, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let lines = note.signatures().iter().filter(|line| seen.insert(line.to_string()));
    let names = lines.map(|line| format!("{}+{:08x}", line.name(), line.key_id()));
    names.filter(|name| wanted(name)).collect()
}

/// What Go's words for a case mean here: a key that is listed twice is no error of ours, as nobody lists keys for us.
fn judge(case: &Case) -> &'static str {
    let bytes = BASE64_STANDARD.decode(&case.note_base64).unwrap();
    let Some(note) = String::from_utf8(bytes).ok().and_then(|text| Note::parse(&text).ok()) else {
        return "malformed";
    };
    let keys: Vec<VerifierKey> = case.known_keys.iter().map(|text| key(text)).collect();
    let found: Vec<Signature> = keys.iter().map(|key| note.verified_by(key)).collect();
    if found.contains(&Signature::Wrong) {
        return "invalid signature";
    }
    if !found.contains(&Signature::Verified) {
        return "unverified";
    }
    let known = |name: &str| keys.iter().any(|key| key.to_string().starts_with(name));
    assert_eq!(distinct(&note, known), case.verified, "{}", case.desc);
    assert_eq!(distinct(&note, |name| !known(name)), case.unverified, "{}", case.desc);
    "ok"
}

#[test]
fn gos_notes_are_opened_as_go_opens_them() {
    let Some(text) = common::shared("tlog/go-note/open-cases.jsonl") else { return };
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut ran = 0;
    for case in cases.iter().filter(|case| case.expect != "ambiguous key") {
        assert_eq!(judge(case), case.expect, "{}", case.desc);
        ran += 1;
    }
    assert_eq!((cases.len(), ran), (16, 15));
    println!("go-note: {ran} of 16 cases; the other is about a list of keys, which we do not have");
}

#[test]
fn notes_of_others_verify_with_their_keys_and_come_out_as_they_went_in() {
    let notes = [
        ("go-note/peter.note", "go-note/PeterNeumann.vkey"),
        ("go-note/peter-enoch.note", "go-note/PeterNeumann.vkey"),
        ("go-note/peter-enoch.note", "go-note/EnochRoot.vkey"),
        ("c2sp/signed-note-example.note", "c2sp/signed-note-example.vkey"),
    ];
    for (note_file, key_file) in notes {
        let Some(text) = common::shared(&format!("tlog/{note_file}")) else { return };
        let key = key(&common::shared(&format!("tlog/{key_file}")).unwrap());
        let note = Note::parse(&text).unwrap();
        assert_eq!(note.verified_by(&key), Signature::Verified, "{note_file}");
        assert_eq!(note.to_string(), text);
        let other = Note::parse(&text.replacen("This", "That", 1).replacen("If", "It", 1)).unwrap();
        assert_eq!(other.verified_by(&key), Signature::Wrong, "another text in {note_file}");
    }
    println!("signed notes: {} verified, and refused with another text", notes.len());
}

#[test]
fn a_note_is_split_at_its_last_empty_line() {
    let Some(text) = common::shared("tlog/c2sp/signed-note-poem.note") else { return };
    let note = Note::parse(&text).unwrap();
    assert!(note.text().ends_with("sole:\n\ned è subito sera.\n"));
    assert_eq!(note.signatures()[0].name(), "quasimodo.example/salvatore");
    assert_eq!(note.signatures()[0].key_id(), 0x367b_a04b);
    println!("signed notes: 1 with an empty line in its text");
}

#[test]
fn bad_keys_of_others_are_refused() {
    let Some(text) = common::shared("tlog/go-note/bad-vkeys.txt") else { return };
    let refused: Vec<_> = text.lines().map(str::parse::<VerifierKey>).collect();
    // The 36 bytes of the first are refused for the stray bits of their base64 already.
    assert_eq!(refused, [Err(BadKey::Form), Err(BadKey::Algorithm(0x65))]);
    println!("go-note: 2 keys refused");
}

/// The secret of `PeterNeumann` is published in the documentation of Go's package.
#[test]
fn gos_secret_key_signs_what_go_signed() {
    let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let key: SigningKey = secret.parse().unwrap();
    assert_eq!(key.secret_text(), secret);
    assert_eq!(
        key.verifier_key().to_string(),
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    );
    assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.verifier_key()));
}
