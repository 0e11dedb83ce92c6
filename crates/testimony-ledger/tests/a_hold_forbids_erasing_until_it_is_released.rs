//! A hold of some contents, or of everything, forbids erasing in the whole ledger until it is released, whichever stream
//! each of them stands in.

mod erasing;

use std::collections::BTreeSet;

use erasing::{POLICY, SECRET, assert_gone, assert_intact, digests, record, warrant, with_content};
use testimony_ledger::erase::{EraseError, HoldError, Scope, Warrant, erase, holds};
use testimony_ledger::storage::Disk;
use testimony_ledger::{Ledger, NotKept, Options};
use testimony_record::digest::Digest;

fn litigation() -> Warrant {
    Warrant::new("case 4 C 12/26", "counsel@bank.example").unwrap()
}

#[test]
fn held_content_is_erased_only_after_its_release() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    record(&ledger, 1, &[SECRET, POLICY]);
    let secrets = with_content(&Disk, &path, SECRET);
    let policy = digests(&with_content(&Disk, &path, POLICY));
    let kept = ledger.hold(&Scope::Contents(digests(&secrets)), &litigation()).unwrap();
    let (entry, durable) = (kept[0].link, kept[0].durable);
    assert!(kept.len() == 1 && durable);

    match ledger.erase(&digests(&secrets), &warrant()) {
        Err(EraseError::Held(hold)) => {
            assert_eq!(
                (hold.stream, hold.seq, hold.hash),
                (ledger.stream(), entry.seq, entry.hash)
            );
            let expected = format!(
                "the hold of entry {} of stream {} (case 4 C 12/26; by counsel@bank.example)",
                entry.seq,
                ledger.stream()
            );
            assert_eq!(hold.to_string(), expected);
        }
        other => panic!("{other:?}"),
    }
    assert!(!with_content(&Disk, &path, SECRET).is_empty(), "nothing was changed");
    ledger.erase(&policy, &warrant()).expect("what is not held can be erased");

    ledger.release(&entry.hash, &litigation()).unwrap();
    assert_eq!(holds(&path).unwrap(), []);
    ledger.erase(&digests(&secrets), &warrant()).unwrap();
    ledger.close().unwrap();
    assert_gone(&path, &secrets);
    assert_intact(&path, "held, released, erased");
}

#[test]
fn a_hold_counts_in_every_stream_and_of_everything_for_every_content() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let first = Ledger::open(&path, Options::default()).unwrap();
    let second = Ledger::open(&path, Options::default()).unwrap();
    record(&first, 1, &[SECRET]);
    let kept = second.hold(&Scope::Everything, &litigation()).unwrap();
    record(&first, 2, &[POLICY]);
    for content in [SECRET, POLICY] {
        let these = digests(&with_content(&Disk, &path, content));
        assert!(matches!(first.erase(&these, &warrant()), Err(EraseError::Held(_))), "{content}");
    }
    // Released by the one that did not place it.
    first.release(&kept[0].link.hash, &litigation()).unwrap();
    first.close().unwrap();
    second.close().unwrap();
    let secrets = with_content(&Disk, &path, SECRET);
    erase(&path, &Options::default(), &digests(&secrets), &warrant(), &mut |_| ()).unwrap();
    assert_gone(&path, &secrets);
}

#[test]
fn of_two_holds_each_must_be_released() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    record(&ledger, 1, &[SECRET]);
    let these = digests(&with_content(&Disk, &path, SECRET));
    let first = ledger.hold(&Scope::Contents(these.clone()), &litigation()).unwrap();
    let second = ledger.hold(&Scope::Everything, &litigation()).unwrap();
    assert_eq!(holds(&path).unwrap().len(), 2);
    ledger.release(&second[0].link.hash, &litigation()).unwrap();
    assert!(
        matches!(ledger.erase(&these, &warrant()), Err(EraseError::Held(hold)) if hold.hash == first[0].link.hash)
    );
    ledger.release(&first[0].link.hash, &litigation()).unwrap();
    ledger.erase(&these, &warrant()).unwrap();
}

#[test]
fn what_is_not_there_can_be_neither_held_nor_released() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    record(&ledger, 1, &[SECRET]);
    let secrets = digests(&with_content(&Disk, &path, SECRET));
    let unknown = Digest::plain(b"unknown");
    let hold = |digests: BTreeSet<Digest>| ledger.hold(&Scope::Contents(digests), &litigation());
    assert!(matches!(hold(BTreeSet::new()), Err(HoldError::Nothing)));
    assert!(
        matches!(hold(BTreeSet::from([unknown])), Err(HoldError::NotHere(digest)) if digest == unknown)
    );
    let release = |hash: &Digest| ledger.release(hash, &litigation());
    assert!(matches!(release(&unknown), Err(HoldError::NoSuchHold(hash)) if hash == unknown));

    let kept = hold(secrets.clone()).unwrap();
    release(&kept[0].link.hash).unwrap();
    assert!(matches!(release(&kept[0].link.hash), Err(HoldError::NoSuchHold(_))), "released once");
    ledger.erase(&secrets, &warrant()).unwrap();
    assert!(matches!(hold(secrets), Err(HoldError::NotHere(_))), "erased content cannot be kept");

    ledger.close().unwrap();
    let closed = ledger.hold(&Scope::Everything, &litigation());
    assert!(matches!(closed, Err(HoldError::NotKept(NotKept::Closed))));
}
