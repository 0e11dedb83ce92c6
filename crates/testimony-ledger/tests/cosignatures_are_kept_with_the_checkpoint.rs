//! What witnesses say of a head goes on record with that head, if it is true of it and no newer head is on record.

mod signing;

use signing::{Stream, key, plain, record, signed_by};
use testimony_ledger::checkpoint::NotCosigned;
use testimony_ledger::{Ledger, NotSigned};
use testimony_record::tlog::{SignedHead, SigningKey};

fn witness(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, [seed; 32]).unwrap()
}

#[test]
fn the_same_head_comes_again_with_the_lines_of_its_witnesses() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, signed_by(key(1))).unwrap();
    record(&ledger, 0..3);
    let head = ledger.checkpoint().unwrap();
    let (near, far) = (witness("near.example", 8), witness("witness.far.example", 9));
    for (witness, time) in [(&near, 7), (&far, 8)] {
        let line = witness.cosign(&head, time);
        let key = [witness.witness_key()];
        ledger.cosign(head.size(), head.root(), &[line], &key).unwrap();
    }
    ledger.close().unwrap();
    let read = Stream::read(&path, ledger.stream());
    assert_eq!(read.judge(ledger.stream()), [4, 4, 4, 8]);
    let twice = SignedHead::parse(&read.checkpoints()[2].1.note).unwrap();
    assert_eq!(twice.cosigned_by(&near.witness_key()), Ok(Some(7)));
    assert_eq!(twice.cosigned_by(&far.witness_key()), Ok(Some(8)));
    assert_eq!(read.checkpoints()[0].1.note, head.to_string());
}

#[test]
fn a_line_that_is_not_true_of_the_head_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, signed_by(key(1))).unwrap();
    let old = ledger.checkpoint().unwrap();
    let head = ledger.checkpoint().unwrap();
    let (near, far) = (witness("near.example", 8), witness("witness.far.example", 9));
    let known = [near.witness_key()];
    let cosign = |head: &SignedHead, line| ledger.cosign(head.size(), head.root(), &[line], &known);
    let wrong = |name: &str| Err(NotCosigned::Wrong(name.to_owned()));
    assert_eq!(cosign(&head, near.cosign(&old, 7)), wrong("near.example"));
    assert_eq!(cosign(&head, far.cosign(&head, 7)), wrong("witness.far.example"));
    assert_eq!(cosign(&old, near.cosign(&old, 7)), Err(NotCosigned::NotTheNewest));
    assert_eq!(
        ledger.cosign(head.size(), old.root(), &[near.cosign(&head, 7)], &known),
        Err(NotCosigned::NotTheNewest)
    );
    cosign(&head, near.cosign(&head, 7)).unwrap();
    ledger.close().unwrap();
    assert_eq!(Stream::read(&path, ledger.stream()).judge(ledger.stream()), [1, 2, 2, 5]);
}

#[test]
fn a_note_that_would_not_fit_an_entry_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(scratch.path().join("l"), signed_by(key(1))).unwrap();
    let head = ledger.checkpoint().unwrap();
    let near = witness("near.example", 8);
    let lines: Vec<_> = (0..200).map(|time| near.cosign(&head, time)).collect();
    let cosigned = ledger.cosign(head.size(), head.root(), &lines, &[near.witness_key()]);
    assert_eq!(cosigned, Err(NotCosigned::TooLong));
}

#[test]
fn where_nothing_was_signed_nothing_can_be_cosigned() {
    let scratch = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(scratch.path().join("l"), signed_by(key(1))).unwrap();
    assert_eq!(ledger.cosign(1, &[0; 32], &[], &[]), Err(NotCosigned::NotTheNewest));
    let without = Ledger::open(scratch.path().join("m"), plain()).unwrap();
    let no_key = Err(NotCosigned::NotSigned(NotSigned::NoKey));
    assert_eq!(without.cosign(1, &[0; 32], &[], &[]), no_key);
}
