//! Keys, checkpoints, policies and proofs are read as `tests/vectors/notes.json` says, which a second implementation wrote.

use std::fs;
use std::path::Path;

use serde_json::Value;
use testimony_record::tlog::{Policy, Signature, SignedHead, TlogProof, VerifierKey, WitnessKey};

/// The vectors under a key of the file; an empty list would test nothing.
fn list(key: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/notes.json");
    let file: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let list = file[key].as_array().unwrap().clone();
    assert!(!list.is_empty(), "no {key}");
    list
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap_or_else(|| panic!("{field} in {vector}"))
}

/// The bytes under a field, which stand in `hex` where they are no UTF-8.
fn bytes(vector: &Value, field: &str) -> Vec<u8> {
    match vector.get("hex") {
        Some(hex) => hex::decode(hex.as_str().unwrap()).unwrap(),
        None => text(vector, field).as_bytes().to_vec(),
    }
}

fn is_text(vector: &Value, field: &str, reads: impl Fn(&str) -> bool) -> bool {
    String::from_utf8(bytes(vector, field)).is_ok_and(|text| reads(&text))
}

/// What of these vectors does not hold, so that one run names all of them.
fn assert_all(key: &str, holds: impl Fn(&Value) -> bool) {
    let vectors = list(key);
    let failures: Vec<String> =
        vectors.iter().filter(|vector| !holds(vector)).map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{} do not hold:\n{}", failures.len(), failures.join("\n"));
}

/// Name, id, algorithm, public key and text of a key of either kind.
type Parsed = (String, u32, u8, [u8; 32], String);

fn key(vkey: &str) -> Option<Parsed> {
    let log = vkey.parse::<VerifierKey>().ok().map(|key| {
        let name = key.name().to_owned();
        (name, key.id(), VerifierKey::ALGORITHM, *key.public_key(), key.to_string())
    });
    log.or_else(|| {
        let key: WitnessKey = vkey.parse().ok()?;
        let name = key.name().to_owned();
        Some((name, key.id(), WitnessKey::ALGORITHM, *key.public_key(), key.to_string()))
    })
}

#[test]
fn every_key_is_read_and_written_back_to_the_same_text() {
    assert_all("keys", |vector| {
        let vkey = text(vector, "vkey");
        let Some((name, id, algorithm, public, written)) = key(vkey) else { return false };
        name == text(vector, "key_name")
            && format!("{id:08x}") == text(vector, "id")
            && vector["algorithm"] == algorithm
            && hex::encode(public) == text(vector, "public")
            && written == vkey
    });
}

#[test]
fn what_is_no_key_is_refused() {
    assert_all("no_keys", |vector| !is_text(vector, "vkey", |vkey| key(vkey).is_some()));
}

/// What a checkpoint says of a key of either kind, in the words of the vectors.
fn said(head: &SignedHead, vkey: &str) -> &'static str {
    if let Ok(key) = vkey.parse::<VerifierKey>() {
        return match head.verified_by(&key) {
            Signature::Verified => "valid",
            Signature::Wrong => "wrong",
            Signature::Absent => "none",
        };
    }
    match head.cosigned_by(&vkey.parse::<WitnessKey>().unwrap()) {
        Ok(Some(_)) => "valid",
        Ok(None) => "none",
        Err(_) => "wrong",
    }
}

#[test]
fn every_checkpoint_is_read_and_says_who_signed_it() {
    assert_all("checkpoints", |vector| {
        let Ok(head) = SignedHead::parse(text(vector, "note")) else { return false };
        let signed = vector["signed"].as_array().unwrap();
        head.origin() == text(vector, "origin")
            && head.size().to_string() == text(vector, "size")
            && hex::encode(head.root()) == text(vector, "root")
            && signed.iter().all(|of| said(&head, text(of, "vkey")) == text(of, "signature"))
            && head.to_string() == text(vector, "note")
    });
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    assert_all("no_checkpoints", |vector| {
        !is_text(vector, "note", |note| SignedHead::parse(note).is_ok())
    });
}

/// Whether the cosignatures of a note are enough, where a wrong one makes none.
fn enough(policy: &Policy, note: &str) -> bool {
    let head = SignedHead::parse(note).unwrap();
    let cosigners = policy.cosigners(&head).unwrap_or_default();
    policy.is_met_by(cosigners.iter().map(|witness| &witness.key))
}

#[test]
fn every_policy_is_met_by_those_who_are_enough() {
    assert_all("policies", |vector| {
        let Ok(policy) = Policy::parse(text(vector, "policy").as_bytes()) else { return false };
        let logs: Vec<String> = policy
            .logs()
            .iter()
            .map(|log| format!("{}+{:08x}", log.key.name(), log.key.id()))
            .collect();
        let cosigned = vector["cosigned"].as_array().unwrap();
        vector["logs"] == Value::from(logs)
            && cosigned.iter().all(|by| by["enough"] == enough(&policy, text(by, "note")))
    });
}

#[test]
fn what_is_no_policy_is_refused() {
    assert_all("no_policies", |vector| Policy::parse(&bytes(vector, "policy")).is_err());
}

#[test]
fn every_proof_is_read_and_holds_where_it_should() {
    assert_all("proofs", |vector| {
        let Ok(proof) = TlogProof::parse(text(vector, "proof")) else { return false };
        let log: VerifierKey = text(vector, "vkey").parse().unwrap();
        let record = hex::decode(text(vector, "record")).unwrap();
        let signed = proof.head.verified_by(&log) == Signature::Verified;
        vector["holds"] == (signed && proof.includes(&record))
            && proof.to_string() == text(vector, "proof")
    });
}

#[test]
fn what_is_no_proof_is_refused() {
    assert_all("no_proofs", |vector| {
        !is_text(vector, "proof", |proof| TlogProof::parse(proof).is_ok())
    });
}
