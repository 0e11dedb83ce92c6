//! Whatever single byte of a ledger is changed, verification says so, and both verifiers say the same.

use std::fs;
use std::path::Path;

use testimony_ledger::{Ledger, Options};
use testimony_tests::{decision, python, segments, verdict};

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
