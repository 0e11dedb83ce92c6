//! What readers have derived from a segment goes with the contents that are erased from it, and nothing else does.

mod erasing;

use std::fs;
use std::path::{Path, PathBuf};

use erasing::{POLICY, SECRET, digests, files_with, record, warrant, with_content};
use testimony_ledger::read::directory::Directory;
use testimony_ledger::storage::Disk;
use testimony_ledger::{Ledger, Options, verify};
use testimony_record::Uuid;

/// A ledger of several segments, the second of which has the secret, and derived files that repeat it.
fn derived_from(path: &Path) -> (Ledger, Uuid) {
    let one_each = Options { segment_bytes: 1, ..Options::default() };
    let ledger = Ledger::open(path, one_each).unwrap();
    record(&ledger, 1, &[SECRET]);
    record(&ledger, 2, &[POLICY]);
    record(&ledger, 3, &[POLICY]);
    let stream = ledger.stream();
    for name in ["00000001.parts.parquet", "00000001.parts.parquet.a1.unfinished", "00000002.x"] {
        derive(path, stream, name);
    }
    (ledger, stream)
}

fn derive(ledger: &Path, stream: Uuid, name: &str) {
    let dir = Directory::open(ledger).unwrap().twins_path(stream);
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join(name), SECRET).unwrap();
}

fn names(ledger: &Path, stream: Uuid) -> Vec<String> {
    let dir = Directory::open(ledger).unwrap().twins_path(stream);
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_service_that_erases_takes_away_what_was_derived_from_the_segments_concerned() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (ledger, stream) = derived_from(&path);
    ledger.erase(&digests(&with_content(&Disk, &path, SECRET)), &warrant()).unwrap();
    ledger.close().unwrap();
    assert_eq!(names(&path, stream), ["00000002.x"], "of another segment");
}

#[test]
fn no_byte_of_it_is_left_below_the_ledger_when_nobody_writes_it() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (ledger, stream) = derived_from(&path);
    ledger.close().unwrap();
    fs::remove_file(Directory::open(&path).unwrap().twins_path(stream).join("00000002.x")).unwrap();
    assert_eq!(
        files_with(&path, SECRET.as_bytes()).len(),
        3,
        "the segment and what was derived from it"
    );
    let erased = testimony_ledger::erase::erase(
        &path,
        &Options::default(),
        &digests(&with_content(&Disk, &path, SECRET)),
        &warrant(),
        &mut |_| (),
    );
    assert_eq!(erased.unwrap().streams.len(), 1);
    assert_eq!(files_with(&path, SECRET.as_bytes()), [] as [PathBuf; 0]);
}

#[test]
fn an_erasure_that_was_broken_off_takes_it_away_when_it_is_finished() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (ledger, stream) = derived_from(&path);
    let digests = digests(&with_content(&Disk, &path, SECRET));
    ledger.erase(&digests, &warrant()).unwrap();
    ledger.close().unwrap();
    // As if the process had died after the last overwrite and before it took anything away.
    derive(&path, stream, "00000001.parts.parquet");
    let (reason, by) = (warrant().reason().clone(), warrant().by().clone());
    let digests = digests.into_iter().collect();
    let erasure = testimony_record::entry::Erasure { digests, reason, by };
    let body = testimony_record::canonical::encode(&erasure);
    let note = [b"testimony 1 erasing\n".as_slice(), &body, b"\n"].concat();
    fs::write(path.join(stream.to_string()).join("erasing"), note).unwrap();
    Ledger::open(&path, Options::default()).unwrap().close().unwrap();
    assert_eq!(names(&path, stream), ["00000002.x"]);
}

#[test]
fn a_directory_of_derived_files_is_no_part_of_the_record_and_a_file_of_its_name_is_strange() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (ledger, _) = derived_from(&path);
    ledger.close().unwrap();
    let unknown = || Directory::open(&path).unwrap().unknown;
    assert_eq!(unknown(), [] as [String; 0]);
    assert!(verify::verify(&path, &[], &mut |_| ()).unwrap().intact());
    fs::remove_dir_all(path.join("twins")).unwrap();
    fs::write(path.join("twins"), "").unwrap();
    assert_eq!(unknown(), ["twins"]);
}
