//! Which Ed25519 edge cases our keys accept: the rule that OpenSSL, Go and `ed25519-dalek`'s `verify` share.

mod common;

use serde_json::Value;
use testimony_record::tlog::VerifierKey;

fn unhex(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn accepts(vector: &Value) -> bool {
    let key = unhex(&vector["key"]).try_into().unwrap();
    let message = vector["msg"].as_str().unwrap().as_bytes();
    VerifierKey::new("log.example", &key)
        .is_ok_and(|key| key.verifies(message, &unhex(&vector["sig"])))
}

fn is_common(vector: &Value) -> bool {
    let mut flags = vector["flags"].as_array().into_iter().flatten();
    !flags.any(|flag| flag == "non_canonical_R" || flag == "low_order_residue")
}

#[test]
fn exactly_the_208_signatures_of_the_common_rule_verify() {
    let Some(text) = common::shared("ed25519/ed25519vectors.json") else { return };
    let vectors: Vec<Value> = serde_json::from_str(&text).unwrap();
    for vector in &vectors {
        assert_eq!(accepts(vector), is_common(vector), "vector {}", vector["number"]);
    }
    let accepted = vectors.iter().filter(|vector| accepts(vector)).count();
    assert_eq!((vectors.len(), accepted), (914, 208));
    println!("ed25519: {} vectors, {accepted} accepted", vectors.len());
}

#[test]
fn a_signature_of_another_length_than_64_bytes_does_not_verify() {
    let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let key: VerifierKey = text.parse().unwrap();
    for length in [0, 1, 63, 65, 128] {
        assert!(!key.verifies(b"", &vec![0; length]), "{length} bytes");
    }
}
