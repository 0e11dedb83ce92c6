//! C2SP proofs: they carry an entry's place to someone who has no ledger, in one spelling, and vouch for nothing else.

mod common;

use proptest::prelude::*;
use testimony_record::Uuid;
use testimony_record::tlog::{BadProof, Signature, SignedHead, SigningKey, TlogProof, VerifierKey};
use testimony_record::tree::{Frontier, TreeHash, leaf, node};

const ENTRIES: [&[u8]; 4] = [b"genesis", b"decision", b"outcome", b"close"];

fn key() -> SigningKey {
    SigningKey::from_seed("loans.example", [1; 32]).unwrap()
}

fn verifier() -> VerifierKey {
    key().verifier_key().for_stream(Uuid::nil())
}

/// A proof for the entry at index 1 of four.
fn proof(extra: Option<&[u8]>) -> TlogProof {
    let mut tree = Frontier::new();
    for entry in ENTRIES {
        tree.push(entry);
    }
    let head = SignedHead::sign(Uuid::nil(), 4, &tree.root(), &[&key()]).unwrap();
    let right = node(&leaf(ENTRIES[2]), &leaf(ENTRIES[3]));
    TlogProof {
        extra: extra.map(<[u8]>::to_vec),
        index: 1,
        hashes: vec![leaf(ENTRIES[0]), right],
        head,
    }
}

#[test]
fn a_proof_shows_its_entry_at_its_place_and_no_other() {
    let read = TlogProof::parse(&proof(Some(b"more")).to_string()).unwrap();
    assert_eq!(read, proof(Some(b"more")));
    assert!(read.includes(b"decision"));
    assert!(!read.includes(b"outcome"));
    assert!(!TlogProof { index: 0, ..read.clone() }.includes(b"decision"));
    assert!(!TlogProof { hashes: vec![], ..read.clone() }.includes(b"decision"));
    assert_eq!(read.head.verified_by(&verifier()), Signature::Verified);
}

#[test]
fn a_proof_is_the_text_of_the_specification() {
    let proof = TlogProof { hashes: vec![[0; 32]], ..proof(Some(b"\x00\x01")) };
    let text = proof.to_string();
    let (lines, note) = text.split_once("\n\n").unwrap();
    assert_eq!(
        lines,
        "c2sp.org/tlog-proof@v1\nextra AAE=\nindex 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    );
    assert_eq!(note, proof.head.to_string());
    let bare = TlogProof { extra: None, hashes: vec![], ..proof };
    assert!(bare.to_string().starts_with("c2sp.org/tlog-proof@v1\nindex 1\n\nloans.example/"));
    assert_eq!(TlogProof::parse(&bare.to_string()), Ok(bare));
}

/// Its signatures are shortened with `[...]`.
#[test]
fn the_example_of_the_specification_is_refused() {
    let Some(text) = common::shared("tlog/c2sp/proof.tlog-proof") else { return };
    assert!(matches!(TlogProof::parse(&text), Err(BadProof::Checkpoint(_))));
    println!("c2sp: 1 proof refused");
}

#[test]
fn other_spellings_of_a_proof_are_refused() {
    let good = proof(Some(b"more")).to_string();
    for (from, to, what) in [
        ("proof@v1", "proof@v2", "another version"),
        ("c2sp", "\nc2sp", "an empty line before"),
        ("extra bW9yZQ==\n", "extra \n", "empty extra data"),
        ("extra bW9yZQ==\n", "extra bW9yZQ\n", "extra data without padding"),
        ("extra bW9yZQ==\n", "extra bW9yZR==\n", "stray bits behind the extra data"),
        ("extra bW9yZQ==\n", "extra bW9yZQ==\nextra bW9yZQ==\n", "extra data twice"),
        ("index 1\n", "", "no index"),
        ("index 1\n", "index 01\n", "a leading zero"),
        ("index 1\n", "index 1\nindex 1\n", "two indexes"),
        ("index 1\n", "index 1 \n", "a space behind"),
        ("index 1\n", "index 1\n\n", "an empty line among the hashes"),
        ("\n\n", "\n", "no empty line"),
    ] {
        assert!(good.contains(from), "{what}");
        assert!(TlogProof::parse(&good.replacen(from, to, 1)).is_err(), "{what}");
    }
    let many = |count| TlogProof { hashes: vec![[0; 32]; count], ..proof(None) }.to_string();
    assert!(TlogProof::parse(&many(64)).is_ok());
    assert!(TlogProof::parse(&many(65)).is_err(), "more hashes than any tree needs");
}

/// Whether a damaged proof still shows the entry under a head that our key signed.
fn judge(damaged: &[u8]) -> Option<TlogProof> {
    let proof = TlogProof::parse(str::from_utf8(damaged).ok()?).ok()?;
    let signed = proof.head.verified_by(&verifier()) == Signature::Verified;
    (signed && proof.includes(ENTRIES[1])).then_some(proof)
}

#[test]
fn one_flipped_bit_is_refused_but_in_the_extra_data_which_nothing_vouches_for() {
    let good = proof(Some(b"more"));
    let text = good.to_string();
    let extra = text.find("extra ").unwrap()..text.find("index ").unwrap();
    let (mut refused, mut free) = (0, 0);
    for bit in 0..text.len() * 8 {
        let mut damaged = text.clone().into_bytes();
        damaged[bit / 8] ^= 1 << (bit % 8);
        if let Some(read) = judge(&damaged) {
            assert!(extra.contains(&(bit / 8)), "bit {bit}");
            assert_eq!(TlogProof { extra: good.extra.clone(), ..read }, good);
            free += 1;
        } else {
            refused += 1;
        }
    }
    println!(
        "proof of {} bytes: {refused} flipped bits refused, {free} in its extra data",
        text.len()
    );
    assert!(free > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_proof_is_read_back_as_it_was_written(
        extra in prop::option::of(prop::collection::vec(any::<u8>(), 1..50)),
        index in any::<u64>(),
        hashes in prop::collection::vec(any::<TreeHash>(), 0..=64),
    ) {
        let proof = TlogProof { extra, index, hashes, ..proof(None) };
        prop_assert_eq!(TlogProof::parse(&proof.to_string()), Ok(proof));
    }

    #[test]
    fn no_text_makes_the_reader_panic(rest in "[\\na-z =0-9]{0,120}") {
        let _refused = TlogProof::parse(&format!("c2sp.org/tlog-proof@v1\n{rest}"));
    }
}
