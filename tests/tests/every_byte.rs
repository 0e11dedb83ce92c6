//! Whatever single byte of a ledger is changed, verification says so, and both verifiers say the same.

use std::fs;
use std::path::{Path, PathBuf};

use testimony_ledger::{Ledger, Options, verify};
use testimony_tests::{decision, python};

/// A small ledger of two sessions, the second after a torn end.
fn small_ledger(directory: &Path) {
    for session in 0..2 {
        let ledger = Ledger::open(directory, Options::default()).unwrap();
        for n in 0..3 {
            ledger
                .submit(decision(session * 10 + n, "loan:1", &format!("decided {n} in {session}")))
                .unwrap();
        }
        ledger.close().unwrap();
        if session == 0 {
            let first = segments(directory).pop().unwrap();
            let bytes = fs::read(&first).unwrap();
            fs::write(first, &bytes[..bytes.len() - 20]).unwrap();
        }
    }
}

fn segments(directory: &Path) -> Vec<PathBuf> {
    let streams = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    let files =
        streams.flat_map(|stream| fs::read_dir(stream).unwrap()).map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|end| end == "segment")).collect();
    files.sort();
    files
}

/// 0, 1 or 2, as the command would exit.
fn verdict(directory: &Path) -> u8 {
    match verify::verify(directory, &[], &mut |_| {}) {
        Ok(report) if report.intact() => 0,
        Ok(_) => 1,
        Err(_) => 2,
    }
}

#[test]
fn no_single_byte_can_be_changed_unseen_and_both_verifiers_agree() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    small_ledger(&directory);
    assert_eq!(verdict(&directory), 0, "the ledger is intact before anything is changed");

    let mut ours = Vec::new();
    for file in segments(&directory).into_iter().chain([directory.join("LEDGER")]) {
        let bytes = fs::read(&file).unwrap();
        for at in 0..bytes.len() {
            for flip in [0x01, 0x20] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                fs::write(&file, changed).unwrap();
                let verdict = verdict(&directory);
                assert_ne!(verdict, 0, "{} byte {at} xor {flip:#x} went unseen", file.display());
                ours.push(verdict);
            }
        }
        fs::write(&file, bytes).unwrap();
    }
    println!("{} changes, all of them seen", ours.len());
    if let Some(output) = python("flip_every_byte.py", &[&directory]) {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let theirs: Vec<u8> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(theirs, ours, "the Python verifier disagrees");
    }
}

#[test]
fn a_ledger_cut_at_any_length_is_called_broken_and_recovers_without_alarm() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let ledger = Ledger::open(&directory, Options::default()).unwrap();
    ledger.submit(decision(1, "loan:1", "approve")).unwrap();
    ledger.submit(decision(2, "loan:2", "decline")).unwrap();
    ledger.close().unwrap();
    let file = segments(&directory).remove(0);
    let whole = fs::read(&file).unwrap();
    let ends = entry_ends(&whole);
    for length in 0..whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        // A cut between two entries leaves a shorter stream, which only a remembered head can tell from a whole one.
        assert_eq!(verdict(&directory), u8::from(!ends.contains(&length)), "cut at {length}");
        Ledger::open(&directory, Options::default()).unwrap().close().unwrap();
        assert_eq!(verdict(&directory), 0, "recovered from a cut at {length}");
        fs::remove_file(segments(&directory).pop().unwrap()).unwrap();
    }
}

fn entry_ends(bytes: &[u8]) -> Vec<usize> {
    let (header, mut walk) = testimony_record::verify::Walk::new(bytes);
    let mut ends = vec![header.unwrap().encode().len()];
    while walk.next().is_some() {
        ends.push(walk.ending().clean);
    }
    ends
}
