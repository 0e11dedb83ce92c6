//! Cosignatures: those of other witnesses verify, and none counts for another head, time or witness.

mod common;

use proptest::prelude::*;
use testimony_record::Uuid;
use testimony_record::tlog::{
    Note, Signature, SignedHead, SigningKey, VerifierKey, WitnessKey, WrongCosignature,
};

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, [seed; 32]).unwrap()
}

fn head(size: u64) -> SignedHead {
    SignedHead::sign(Uuid::nil(), size, &[3; 32], &[&key("loans.example", 1)]).unwrap()
}

#[test]
fn sunlights_witnesses_cosigned_when_they_say() {
    for (name, id) in
        [("witness", 0xb8a2_cf20_u32), ("mirror", 0x3fb1_48ef), ("witness2", 0x2e55_b896)]
    {
        let Some(note) = common::shared(&format!("tlog/sunlight/{name}.note")) else { return };
        let vkey = common::shared(&format!("tlog/sunlight/{name}.vkey")).unwrap();
        let witness: WitnessKey = vkey.trim_end().parse().unwrap();
        assert_eq!((witness.id(), witness.to_string()), (id, vkey.trim_end().to_owned()));
        let head = SignedHead::parse(&note).unwrap();
        assert_eq!(head.size(), 300);
        assert_eq!(head.cosigned_by(&witness), Ok(Some(1_767_139_200)), "{name}");
        let other = SignedHead::parse(&note.replacen("\n300\n", "\n301\n", 1)).unwrap();
        let wrong = WrongCosignature { witness: witness.name().to_owned() };
        assert_eq!(other.cosigned_by(&witness), Err(wrong), "another size under {name}");
    }
    println!("sunlight: 3 cosignatures verified, and refused under another size");
}

/// `log.note` carries a signature of a type that we do not know, 0x05.
#[test]
fn a_signature_of_an_unknown_type_is_kept_and_believed_by_nobody() {
    let Some(text) = common::shared("tlog/sunlight/log.note") else { return };
    let head = SignedHead::parse(&text).unwrap();
    assert_eq!(head.to_string(), text);
    let public = key("rome2026h1.example.org", 1).verifier_key();
    assert_eq!(head.verified_by(&public), Signature::Absent);
    println!("sunlight: 1 signature of an unknown type ignored");
}

#[test]
fn the_cosignature_of_the_specification_is_read_and_does_not_verify() {
    let Some(text) = common::shared("tlog/c2sp/cosignature.note") else { return };
    let note = Note::parse(&text).unwrap();
    let line = &note.signatures()[1];
    assert_eq!((line.name(), line.key_id()), ("witness.example.com/w1", 0x8d66_cf3f));
    assert_eq!(line.signature().len(), 8 + 64);
    assert_eq!(line.signature()[..8], [0, 0, 0, 0, 0x64, 0x18, 0x50, 0xcb], "1679315147");
    let nobody = key("witness.example.com/w1", 1).witness_key();
    assert_eq!(SignedHead::parse(&text).unwrap().cosigned_by(&nobody), Ok(None));
    println!("c2sp: 1 cosignature read, whose key is not published");
}

/// The specification prints the bytes that the witness of `cosignature.note` signed.
#[test]
fn what_a_witness_signs_is_what_the_specification_prints() {
    let Some(message) = common::shared("tlog/c2sp/cosignature.signed-message.txt") else { return };
    let head = common::shared("tlog/c2sp/cosignature.note").unwrap();
    let head = SignedHead::parse(&head).unwrap();
    let witness = key("witness.example", 9);
    let line = witness.cosign(&head, 1_679_315_147);
    let plain = VerifierKey::new("witness.example", witness.witness_key().public_key()).unwrap();
    assert!(plain.verifies(message.as_bytes(), &line.signature()[8..]));
    println!("c2sp: 1 signed message equal");
}

#[test]
fn a_cosignature_counts_for_its_head_its_witness_and_its_time_only() {
    let witness = key("witness.example", 9);
    let line = witness.cosign(&head(7), 1_700_000_000);
    let cosigned = head(7).with_signatures([line.clone()]).unwrap();
    assert_eq!(cosigned.cosigned_by(&witness.witness_key()), Ok(Some(1_700_000_000)));
    assert_eq!(head(7).cosigned_by(&witness.witness_key()), Ok(None));
    assert_eq!(cosigned.cosigned_by(&key("witness.example", 8).witness_key()), Ok(None));
    assert_eq!(cosigned.cosigned_by(&key("other.example", 9).witness_key()), Ok(None));

    let moved = head(8).with_signatures([line]).unwrap();
    assert!(moved.cosigned_by(&witness.witness_key()).is_err());
}

#[test]
fn of_several_times_the_earliest_counts_and_one_wrong_line_spoils_the_rest() {
    let witness = key("witness.example", 9);
    let lines = [30, 10, 20].map(|time_s| witness.cosign(&head(7), time_s));
    let cosigned = head(7).with_signatures(lines).unwrap();
    assert_eq!(cosigned.cosigned_by(&witness.witness_key()), Ok(Some(10)));
    let spoiled = cosigned.with_signatures([witness.cosign(&head(8), 5)]).unwrap();
    assert!(spoiled.cosigned_by(&witness.witness_key()).is_err());
}

#[test]
fn a_time_beyond_63_bits_is_refused_though_its_signature_verifies() {
    let witness = key("witness.example", 9);
    for (time_s, good) in [(i64::MAX.unsigned_abs(), true), (1 << 63, false), (u64::MAX, false)] {
        let cosigned = head(7).with_signatures([witness.cosign(&head(7), time_s)]).unwrap();
        let expected = good.then_some(Some(time_s));
        assert_eq!(cosigned.cosigned_by(&witness.witness_key()).ok(), expected);
    }
}

#[test]
fn a_ledgers_key_is_no_witnesss_key() {
    let key = key("witness.example", 9);
    assert!(key.verifier_key().to_string().parse::<WitnessKey>().is_err());
    assert!(key.witness_key().to_string().parse::<VerifierKey>().is_err());
    assert_ne!(key.verifier_key().id(), key.witness_key().id());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_time_of_63_bits_is_read_back(time_s in 0..=i64::MAX.unsigned_abs()) {
        let witness = key("witness.example", 9);
        let cosigned = head(7).with_signatures([witness.cosign(&head(7), time_s)]).unwrap();
        prop_assert_eq!(cosigned.cosigned_by(&witness.witness_key()), Ok(Some(time_s)));
    }
}
