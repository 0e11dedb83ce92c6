//! What an erasure can be refused for is found out before a byte is changed.

mod erasing;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use erasing::{POLICY, SECRET, digests, files, record, warrant, with_content};
use testimony_ledger::erase::{EraseError, erase};
use testimony_ledger::storage::Disk;
use testimony_ledger::{Ledger, NotKept, OpenError, Options};
use testimony_record::digest::Digest;

fn bytes(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files(dir).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn try_erase(path: &Path, digests: &BTreeSet<Digest>) -> Result<(), EraseError> {
    erase(path, &Options::default(), digests, &warrant(), &mut |_| ()).map(|_| ())
}

#[test]
fn where_one_stream_is_in_use_none_is_erased_from() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let live = Ledger::open(&path, Options::default()).unwrap();
    let other = Ledger::open(&path, Options::default()).unwrap();
    let third = Ledger::open(&path, Options::default()).unwrap();
    for (n, ledger) in [&live, &other, &third].into_iter().enumerate() {
        record(ledger, n as u128, &[SECRET, POLICY]);
    }
    other.close().unwrap();
    let secrets = digests(&with_content(&Disk, &path, SECRET));
    live.flush().unwrap();
    let before = bytes(&path);
    let refused = try_erase(&path, &secrets);
    assert!(
        matches!(refused, Err(EraseError::InUse { stream }) if [live.stream(), third.stream()].contains(&stream))
    );
    assert_eq!(bytes(&path), before);
    // Nor through the one of the two live ones: the other's stream is not its own.
    assert!(
        matches!(live.erase(&secrets, &warrant()), Err(EraseError::InUse { stream }) if stream == third.stream())
    );
    assert_eq!(bytes(&path), before);
    third.close().unwrap();
    live.erase(&secrets, &warrant()).unwrap();
    assert_eq!(with_content(&Disk, &path, SECRET), []);
}

#[test]
fn a_digest_that_is_not_here_spoils_the_whole_request() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    record(&ledger, 1, &[SECRET]);
    ledger.close().unwrap();
    let unknown = Digest::plain(b"unknown");
    let mut asked = digests(&with_content(&Disk, &path, SECRET));
    asked.insert(unknown);
    let before = bytes(&path);
    assert!(
        matches!(try_erase(&path, &asked), Err(EraseError::NotHere(digest)) if digest == unknown)
    );
    assert!(matches!(try_erase(&path, &BTreeSet::new()), Err(EraseError::Nothing)));
    assert_eq!(bytes(&path), before);
}

#[test]
fn a_node_is_no_content() {
    use testimony_record::frame::Frame;
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    // So many parts that the rest go into a node.
    let texts: Vec<String> = (0..100).map(|n| format!("part {n}")).collect();
    record(&ledger, 1, &texts.iter().map(String::as_str).collect::<Vec<_>>());
    ledger.close().unwrap();
    let segment = erasing::segments(&Disk, &path).remove(0);
    let node = testimony_record::verify::Walk::new(&segment).1.find_map(|(_, frame)| match frame {
        Frame::Node { digest, .. } => Some(digest),
        _ => None,
    });
    let node = node.unwrap();
    assert!(
        matches!(try_erase(&path, &BTreeSet::from([node])), Err(EraseError::NotHere(digest)) if digest == node)
    );
}

#[test]
fn what_is_no_ledger_or_closed_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let some = BTreeSet::from([Digest::ZERO]);
    assert!(matches!(
        try_erase(&scratch.path().join("none"), &some),
        Err(EraseError::NotALedger(_))
    ));
    fs::write(scratch.path().join("LEDGER"), "testimony 2 ledger\n").unwrap();
    assert!(matches!(try_erase(scratch.path(), &some), Err(EraseError::NotALedger(_))));
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    ledger.close().unwrap();
    assert!(matches!(ledger.erase(&some, &warrant()), Err(EraseError::NotKept(NotKept::Closed))));
}

#[test]
fn a_note_of_an_erasure_that_is_not_ours_keeps_the_stream_from_being_taken_up() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    let note = path.join(ledger.stream().to_string()).join("erasing");
    ledger.close().unwrap();
    fs::write(&note, "testimony 1 erasing\n{\"digests\":[],\"reason\":\"\",\"by\":\"\"}\n")
        .unwrap();
    let refused = Ledger::open(&path, Options::default());
    assert!(
        matches!(refused, Err(OpenError::Io { source, .. }) if source.to_string().contains("is not of format 1"))
    );
    fs::remove_file(&note).unwrap();
    Ledger::open(&path, Options::default()).unwrap().close().unwrap();
}
