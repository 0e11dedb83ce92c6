//! An index is made once, and again when its segment has changed; what is not as it was sealed, or still being written, has none.

#[path = "../../testimony-forensics/tests/support/mod.rs"]
mod desk;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use desk::{loan_1234, replace, segment, write};
use testimony_index::{Index, Key, NotBuilt};
use testimony_ledger::erase::{Warrant, erase};
use testimony_ledger::read::directory::Directory;
use testimony_ledger::{Ledger, Options as Writing};
use testimony_record::digest::Digest;

/// An index, and how many bytes of segments were read in order to make it.
fn open(ledger: &Path) -> (Index, u64) {
    let mut built = 0;
    let index = Index::open(&[ledger], None, &mut |progress| built = progress.done).unwrap();
    (index, built)
}

/// Lets the segment be as old as if nobody had touched it for an hour.
fn age(ledger: &Path) {
    let file = File::options().append(true).open(segment(ledger)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_hours(1)).unwrap();
}

fn file(ledger: &Path) -> PathBuf {
    let directory = Directory::open(ledger).unwrap();
    directory.twins_path(directory.streams[0]).join("00000000.keys.parquet")
}

fn finds(index: &Index, key: Key) -> bool {
    !index.find(&BTreeSet::from([key])).unwrap().is_empty()
}

#[test]
fn what_was_made_is_used_again_until_the_segment_changes() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    age(dir.path());
    assert_eq!(open(dir.path()).1, fs::metadata(segment(dir.path())).unwrap().len());
    assert_eq!(open(dir.path()).1, 0);
    replace(dir.path(), "letter:77", "letter:78");
    let (index, built) = open(dir.path());
    assert!(built > 0);
    assert_eq!(index.unindexed().len(), 1, "it is not what was sealed, so it is to be read");
    assert!(!finds(&index, Key::subject(b"loan:1234")), "and nothing is looked up in it");
}

#[test]
fn what_is_missing_cut_short_or_no_index_at_all_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    age(dir.path());
    open(dir.path());
    let whole = fs::read(file(dir.path())).unwrap();
    fs::remove_file(file(dir.path())).unwrap();
    for bytes in [&[][..], b"no index", &whole[..whole.len() - 1], &whole[1..]] {
        let (index, built) = open(dir.path());
        assert!(built > 0 && finds(&index, Key::subject(b"loan:1234")));
        fs::write(file(dir.path()), bytes).unwrap();
    }
}

#[test]
fn only_its_owner_can_read_it() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    open(dir.path());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(file(dir.path())).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_was_erased_cannot_be_found_any_more() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    age(dir.path());
    let (index, _) = open(dir.path());
    let found = index.find(&BTreeSet::from([Key::content(&Digest::plain(b"letter:77"))])).unwrap();
    let bytes = fs::read(segment(dir.path())).unwrap();
    let frame =
        testimony_record::frame::parse(&bytes[usize::try_from(found[0].1.offset).unwrap()..]);
    let testimony_record::frame::Frame::Blob { digest, .. } = frame.unwrap().0 else {
        panic!("no blob")
    };
    let warrant = Warrant::new("request 17", "privacy@bank.example").unwrap();
    erase(dir.path(), &Writing::default(), &BTreeSet::from([digest]), &warrant, &mut |_| ())
        .unwrap();
    assert!(!file(dir.path()).exists(), "erasing takes the index away");
    let (index, _) = open(dir.path());
    for key in [Key::subject(b"letter:77"), Key::content(&Digest::plain(b"letter:77"))] {
        assert!(!finds(&index, key));
    }
}

#[test]
fn what_a_writer_appends_to_has_no_index() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path(), Writing::default()).unwrap();
    for event in loan_1234() {
        ledger.record(event).unwrap().wait().unwrap();
    }
    let (index, built) = open(dir.path());
    assert_eq!((index.unindexed().len(), built), (1, 0));
    assert!(!file(dir.path()).exists());
    desk::close(&ledger);
    assert!(finds(&open(dir.path()).0, Key::subject(b"loan:1234")));
}

#[test]
fn where_it_cannot_be_kept_it_is_said() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), loan_1234());
    fs::write(dir.path().join("twins"), "a file in the way").unwrap();
    let refused = Index::open(&[dir.path()], None, &mut |_| {});
    assert!(matches!(refused, Err(NotBuilt::Write { .. })), "{refused:?}");
    let elsewhere = tempfile::tempdir().unwrap();
    let index = Index::open(&[dir.path()], Some(elsewhere.path()), &mut |_| {}).unwrap();
    assert!(finds(&index, Key::subject(b"loan:1234")));
}
