//! Inclusion and consistency proofs, checked against the public vectors of transparency-dev/merkle.

mod common;

use base64::Engine as _;
use serde_json::Value;
use testimony_record::tree::TreeHash;
use testimony_record::tree::proof::{Subtree, verify_consistency, verify_inclusion};

fn vectors(name: &str) -> Option<Vec<Value>> {
    let text = common::shared(&format!("merkle/{name}"))?;
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn number(vector: &Value, field: &str) -> u64 {
    vector[field].as_u64().unwrap_or_else(|| panic!("{field} of {vector}"))
}

fn bytes(value: &Value) -> Vec<u8> {
    base64::prelude::BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap()
}

/// `None` where a hash of the proof has not 32 bytes: such a proof has no type here, and is refused by that.
fn proof(vector: &Value) -> Option<Vec<TreeHash>> {
    let hashes = vector["proof"].as_array().into_iter().flatten();
    hashes.map(|hash| bytes(hash).try_into().ok()).collect()
}

/// Judges every vector of a file; `accepts` says whether ours takes it.
fn run(name: &str, expected: (usize, usize), accepts: impl Fn(&Value) -> Option<bool>) {
    let Some(vectors) = vectors(name) else { return };
    let mut counts = (0, 0);
    for vector in &vectors {
        let good = !vector["wantErr"].as_bool().unwrap();
        assert_eq!(
            accepts(vector).unwrap_or(false),
            good,
            "{}: {}",
            vector["file"],
            vector["desc"]
        );
        *(if good { &mut counts.0 } else { &mut counts.1 }) += 1;
    }
    assert_eq!(counts, expected, "good and bad vectors of {name}");
    println!("{name}: {} vectors, {} accepted and {} refused", vectors.len(), counts.0, counts.1);
}

fn leaf(vector: &Value) -> Option<TreeHash> {
    bytes(&vector["leafHash"]).try_into().ok()
}

#[test]
fn inclusion_proofs_are_judged_as_the_vectors_say() {
    run("inclusion.jsonl", (6, 92), |v| {
        let (index, size) = (number(v, "leafIdx"), number(v, "treeSize"));
        Some(verify_inclusion(index, size, &leaf(v)?, &proof(v)?, bytes(&v["root"])))
    });
}

#[test]
fn inclusion_proofs_in_a_subtree_are_judged_as_the_vectors_say() {
    run("subtree-inclusion.jsonl", (12, 192), |v| {
        let subtree = Subtree::new(number(v, "start"), number(v, "end"))?;
        Some(subtree.includes(number(v, "leafIdx"), &leaf(v)?, &proof(v)?, bytes(&v["root"])))
    });
}

#[test]
fn consistency_proofs_are_judged_as_the_vectors_say() {
    run("consistency.jsonl", (6, 92), |v| {
        let (old, new) = (number(v, "size1"), number(v, "size2"));
        let (old_root, new_root) = (bytes(&v["root1"]), bytes(&v["root2"]));
        Some(verify_consistency(old, new, old_root, new_root, &proof(v)?))
    });
}

#[test]
fn subtree_consistency_proofs_are_judged_as_the_vectors_say() {
    run("subtree-consistency.jsonl", (12, 106), |v| {
        let subtree = Subtree::new(number(v, "start"), number(v, "end"))?;
        let (root, whole) = (bytes(&v["root1"]), bytes(&v["root2"]));
        Some(subtree.is_part_of(number(v, "size"), root, whole, &proof(v)?))
    });
}
