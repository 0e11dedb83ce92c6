//! Checkpoints: those of other logs verify and have the roots of their entries, and ours are read back as they were signed.

mod common;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use testimony_record::Uuid;
use testimony_record::entry::Checkpoint;
use testimony_record::tlog::{SignFailed, Signature, SignedHead, Signer, SigningKey, VerifierKey};
use testimony_record::tree::{Frontier, leaf};

const STREAM: Uuid = Uuid::from_u128(0x0198_c1d2_5a7e_7000_8000_0123_4567_89ab);

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, [seed; 32]).unwrap()
}

fn head() -> SignedHead {
    SignedHead::sign(STREAM, 7, &[3; 32], &[&key("loans.example", 1)]).unwrap()
}

#[test]
fn tesseras_checkpoints_verify_and_have_the_roots_of_its_entries() {
    let Some(vkey) = common::shared("tlog/tessera/log.vkey") else { return };
    let key: VerifierKey = vkey.trim_end().parse().unwrap();
    let entries = common::shared("tlog/tessera/entries.txt").unwrap();
    let mut tree = Frontier::new();
    for size in 0..=15 {
        let text = common::shared(&format!("tlog/tessera/checkpoint.{size}")).unwrap();
        let head = SignedHead::parse(&text).unwrap();
        assert_eq!(head.verified_by(&key), Signature::Verified, "checkpoint {size}");
        assert_eq!((head.origin(), head.size()), (key.name(), size));
        assert_eq!(head.stream(), None);
        assert_eq!(*head.root(), tree.root(), "root of {size} entries");
        if let Some(entry) = entries.lines().nth(usize::try_from(size).unwrap()) {
            tree.push(entry.as_bytes());
        }
    }
    println!("tessera: 16 checkpoints verified, 16 roots rebuilt");
}

#[test]
fn tesseras_tile_holds_the_leaves_of_its_entries() {
    let Some(entries) = common::shared("tlog/tessera/entries.txt") else { return };
    let tile = common::shared("tlog/tessera/tile-level0.p15.hex").unwrap();
    let leaves: String = entries.lines().map(|entry| hex::encode(leaf(entry.as_bytes()))).collect();
    assert_eq!(leaves, tile.trim_end());
    println!("tessera: 15 leaves equal to those of its tile");
}

#[test]
fn sunlights_mirror_has_the_root_of_its_300_records() {
    let Some(text) = common::shared("tlog/sunlight/mirror.note") else { return };
    let mut tree = Frontier::new();
    for n in 0..300 {
        tree.push(format!("record {n}").as_bytes());
    }
    assert_eq!(*SignedHead::parse(&text).unwrap().root(), tree.root());
    println!("sunlight: 1 root of 300 records rebuilt");
}

#[test]
fn the_checkpoint_of_the_specification_is_read_and_signed_by_nobody_we_know() {
    let Some(text) = common::shared("tlog/c2sp/checkpoint.note") else { return };
    let head = SignedHead::parse(&text).unwrap();
    assert_eq!((head.origin(), head.size()), ("example.com/behind-the-sofa", 20_852_163));
    let ours = key("example.com/behind-the-sofa", 1).verifier_key();
    assert_eq!(head.verified_by(&ours), Signature::Absent);
    assert_eq!(head.to_string(), text);
    println!("c2sp: 1 checkpoint read");
}

#[test]
fn checkpoints_of_the_go_checksum_database_verify() {
    let Some(text) = common::shared("tlog/go-sumdb/checkpoints.jsonl") else { return };
    let unhex = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    for line in text.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        // The vectors leave the signer's name out, so the key gets another name, and the line its id.
        let public = unhex(&vector["public_key_hex"]).try_into().unwrap();
        let key = VerifierKey::new("sumdb.example", &public).unwrap();
        let id = hex::decode(format!("{:08x}", key.id())).unwrap();
        let signature = BASE64_STANDARD.encode([id, unhex(&vector["signature_hex"])].concat());
        let text = vector["text"].as_str().unwrap();
        let head = SignedHead::parse(&format!("{text}\n— sumdb.example {signature}\n")).unwrap();
        let expected =
            if vector["expect"] == "ok" { Signature::Verified } else { Signature::Wrong };
        assert_eq!(head.verified_by(&key), expected, "{}", vector["source"]);
    }
    assert_eq!(text.lines().count(), 5);
    println!("go-sumdb: 5 checkpoints, 4 verified and 1 refused");
}

#[test]
fn a_signed_head_is_read_back_as_it_was_signed() {
    let head = head();
    let read = SignedHead::parse(&head.to_string()).unwrap();
    assert_eq!(read, head);
    assert_eq!(read.origin(), format!("loans.example/{STREAM}"));
    assert_eq!((read.stream(), read.size(), read.root()), (Some(STREAM), 7, &[3; 32]));
}

#[test]
fn a_key_verifies_its_own_streams_head_and_no_others() {
    let head = head();
    let ours = key("loans.example", 1).verifier_key();
    assert_eq!(head.verified_by(&ours.for_stream(STREAM)), Signature::Verified);
    assert_eq!(head.verified_by(&ours), Signature::Absent, "its name without the stream");
    assert_eq!(head.verified_by(&ours.for_stream(Uuid::nil())), Signature::Absent);
    let other = key("loans.example", 2).verifier_key();
    assert_eq!(head.verified_by(&other.for_stream(STREAM)), Signature::Absent);
}

#[test]
fn a_line_that_does_not_verify_makes_the_head_wrong_even_beside_one_that_does() {
    let moved = SignedHead::sign(STREAM, 8, &[3; 32], &[&key("loans.example", 1)]).unwrap();
    let head = head().with_signatures(moved.note().signatures().to_vec()).unwrap();
    let ours = key("loans.example", 1).verifier_key();
    assert_eq!(head.verified_by(&ours.for_stream(STREAM)), Signature::Wrong);
}

#[test]
fn the_key_before_it_vouches_for_a_new_one_under_its_own_name() {
    let (new, old) = (key("loans.example", 2), key("old.example", 1));
    let head = SignedHead::sign(STREAM, 7, &[3; 32], &[&new, &old]).unwrap();
    assert_eq!(head.origin(), format!("loans.example/{STREAM}"));
    for key in [&new, &old] {
        let key = key.verifier_key().for_stream(STREAM);
        assert_eq!(head.verified_by(&key), Signature::Verified, "{key}");
    }
}

#[test]
fn a_key_vouches_for_a_session_key_of_its_name_and_bytes_only() {
    let given = key("loans.example", 1).verifier_key();
    let session = given.for_stream(STREAM);
    assert!(given.vouches_for(&session, STREAM), "named for all streams");
    assert!(session.vouches_for(&session, STREAM), "named for this one");
    assert!(!given.vouches_for(&session, Uuid::nil()), "another stream");
    assert!(!given.for_stream(Uuid::nil()).vouches_for(&session, STREAM));
    assert!(!given.vouches_for(&given, STREAM), "a session key without a stream in its name");
    let other = key("loans.example", 2).verifier_key();
    assert!(!other.vouches_for(&session, STREAM), "another key");
    let renamed = key("example", 1).verifier_key();
    assert!(!renamed.vouches_for(&session, STREAM), "another name");
}

#[test]
fn other_spellings_of_a_checkpoint_are_refused() {
    let good = head().to_string();
    let root = BASE64_STANDARD.encode([3; 32]);
    let damages = [
        ("\n7\n", "\n07\n", "a leading zero"),
        ("\n7\n", "\n+7\n", "a sign"),
        ("\n7\n", "\n 7\n", "a space"),
        ("\n7\n", "\n18446744073709551616\n", "more than 64 bits"),
        ("\n7\n", "\n\n", "no size"),
        ("\n7\n", "\n7\r\n", "a carriage return"),
        (&format!("loans.example/{STREAM}\n"), "\n", "an empty origin"),
        (&format!("loans.example/{STREAM}\n"), "", "no origin"),
        (&format!("{root}\n"), &format!("{root}\nextension\n"), "an extension line"),
        (&format!("{root}\n"), &format!("{root}\n\n\n"), "an empty extension line"),
        (&root, root.trim_end_matches('='), "no padding"),
        (&root, &root.replace("M=", "N="), "stray bits behind the root"),
        (&root, &BASE64_STANDARD.encode([3; 31]), "a root of 31 bytes"),
        ("\n— ", "\n- ", "a hyphen for the dash"),
    ];
    for (from, to, what) in damages {
        assert!(good.contains(from), "{what}");
        assert!(SignedHead::parse(&good.replacen(from, to, 1)).is_err(), "{what}");
    }
    assert!(SignedHead::parse(&format!("{good}\n")).is_err(), "an empty line behind");
    assert!(SignedHead::parse(&format!("{good}x")).is_err(), "a byte behind");
}

#[test]
fn a_stream_is_named_by_a_uuid_in_its_only_spelling() {
    let good = head().to_string();
    for (stream, what) in [
        (STREAM.to_string().to_uppercase(), "upper case"),
        (STREAM.simple().to_string(), "no hyphens"),
        (format!("{STREAM}/"), "a slash behind"),
    ] {
        let head = SignedHead::parse(&good.replace(&STREAM.to_string(), &stream)).unwrap();
        assert_eq!(head.stream(), None, "{what}");
    }
}

/// A key service whose faults are set.
#[derive(Debug)]
struct Service {
    name: &'static str,
    public_key: [u8; 32],
    signature: Option<[u8; 64]>,
}

impl Signer for Service {
    fn name(&self) -> &str {
        self.name
    }

    fn public_key(&self) -> [u8; 32] {
        self.public_key
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignFailed> {
        self.signature.ok_or_else(|| SignFailed::new("no answer"))
    }
}

#[test]
fn a_signer_that_errs_puts_nothing_on_record() {
    let public_key = key("loans.example", 1).public_key();
    let good = Service { name: "loans.example", public_key, signature: None };
    let long: &'static str = "a".repeat(161).leak();
    let cases = [
        (Service { ..good }, "no answer"),
        (Service { signature: Some([0; 64]), ..good }, "its signature does not verify"),
        (Service { name: "loans example", ..good }, BadName::TEXT),
        (Service { name: "loans+example", ..good }, BadName::TEXT),
        (Service { name: "", ..good }, BadName::TEXT),
        (Service { name: long, ..good }, BadName::TEXT),
        (Service { public_key: [2; 32], ..good }, "not an Ed25519 key"),
    ];
    for (service, cause) in cases {
        let failed = SignedHead::sign(STREAM, 1, &[0; 32], &[&service]).unwrap_err();
        let source = std::error::Error::source(&failed).unwrap().to_string();
        assert_eq!(source, cause, "{service:?}");
    }
    assert!(SignedHead::sign(STREAM, 1, &[0; 32], &[]).is_err(), "no signer");
}

struct BadName;

impl BadName {
    const TEXT: &'static str =
        "a key name must be short and without spaces, plus signs and control characters";
}

#[test]
fn further_signatures_are_added_once_and_only_as_far_as_an_entry_can_hold_them() {
    let witness = key("witness.example", 9);
    let head = head();
    let line = witness.cosign(&head, 1_700_000_000);
    let once = head.clone().with_signatures([line.clone()]).unwrap();
    assert_eq!(once.note().signatures().len(), 2);
    assert_eq!(once.clone().with_signatures([line]).unwrap(), once);
    assert_eq!(SignedHead::parse(&once.to_string()).unwrap(), once);

    let long = key(&"w".repeat(160), 9);
    let lines: Vec<_> = (0..60).map(|time| long.cosign(&head, time)).collect();
    let longest =
        (1..60).rev().find_map(|n| head.clone().with_signatures(lines[..n].to_vec()).ok());
    let length = longest.unwrap().to_string().len();
    assert!(length <= Checkpoint::MAX_NOTE_BYTES && length > Checkpoint::MAX_NOTE_BYTES - 300);
    assert!(head.clone().with_signatures(lines).is_err());

    let short = key("w", 9);
    let lines: Vec<_> = (0..100).map(|time| short.cosign(&head, time)).collect();
    assert!(head.clone().with_signatures(lines[1..].to_vec()).is_ok(), "100 signature lines");
    assert!(head.with_signatures(lines).is_err(), "one more than a reader takes");
}
