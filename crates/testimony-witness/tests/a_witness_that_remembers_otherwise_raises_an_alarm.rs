//! What witnesses are for: a ledger that was cut or rewritten after they saw it.

mod support;

use std::path::Path;

use support::{Double, PATIENCE, closed, log_key, open, record, signing};
use testimony_ledger::{Ledger, Sources};
use testimony_record::Uuid;
use testimony_record::tlog::SigningKey;
use testimony_witness::{Options, Trouble, Witnesses, ask_once};

fn ask(path: &Path, stream: Uuid, double: &Double) -> Result<u64, Trouble> {
    let asked = ask_once(path, stream, &[double.endpoint()], PATIENCE).unwrap();
    asked.answers.into_iter().next().unwrap().cosigned
}

/// A ledger whose stream has the same id each time it is made.
fn same_stream(path: &Path, decisions: u128) -> Uuid {
    let sources = Sources {
        now_us: || 1_700_000_000_000_000,
        random: |bytes| {
            bytes.fill(1);
            Ok(())
        },
    };
    let ledger = Ledger::open(path, testimony_ledger::Options { sources, ..signing() }).unwrap();
    record(&ledger, decisions);
    ledger.close().unwrap();
    ledger.stream()
}

#[test]
fn a_ledger_that_was_cut_is_shorter_than_what_the_witness_remembers() {
    let dir = tempfile::tempdir().unwrap();
    let double = Double::honest(1);
    let (long, short) = (dir.path().join("long"), dir.path().join("short"));
    let stream = same_stream(&long, 20);
    ask(&long, stream, &double).unwrap();
    assert_eq!(same_stream(&short, 10), stream);
    let trouble = ask(&short, stream, &double).unwrap_err();
    assert!(matches!(trouble, Trouble::Ahead { theirs: 22, ours: 12 }), "{trouble:?}");
    assert!(trouble.is_alarm());
}

#[test]
fn a_ledger_that_was_rewritten_finds_no_witness_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let double = Double::honest(1);
    let (honest, rewritten) = (dir.path().join("honest"), dir.path().join("rewritten"));
    let stream = same_stream(&honest, 10);
    ask(&honest, stream, &double).unwrap();
    // The same stream id and key; the decisions before entry 12 are others from the close of the first on.
    assert_eq!(same_stream(&rewritten, 20), stream);
    let trouble = ask(&rewritten, stream, &double).unwrap_err();
    assert!(matches!(trouble, Trouble::OtherHistory { size: 12, .. }), "{trouble:?}");
    assert!(trouble.is_alarm());
}

#[test]
fn a_live_ledger_that_was_restored_from_an_old_copy_is_found_out_by_its_first_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let double = Double::honest(1);
    let (long, short) = (dir.path().join("long"), dir.path().join("short"));
    let stream = same_stream(&long, 40);
    ask(&long, stream, &double).unwrap();
    same_stream(&short, 10);
    let ledger = open(&short);
    let witnesses = Witnesses::start(&ledger, &[double.endpoint()], &Options::default()).unwrap();
    record(&ledger, 3);
    assert!(witnesses.finish(PATIENCE).is_err());
    let trouble = witnesses.standings()[0].trouble.clone().unwrap();
    assert!(matches!(*trouble, Trouble::Ahead { theirs: 42, .. }), "{trouble:?}");
    // Recording goes on all the same.
    record(&ledger, 1);
    ledger.close().unwrap();
}

#[test]
fn entries_that_were_changed_on_disk_are_never_proved() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let double = Double::honest(1);
    let stream = closed(&path, 10);
    ask(&path, stream, &double).unwrap();
    // A second session, and then one byte of an entry that it wrote.
    let ledger = open(&path);
    record(&ledger, 30);
    ledger.close().unwrap();
    let directory = testimony_ledger::read::directory::Directory::open(&path).unwrap();
    let segments = directory.segments(stream).unwrap();
    let file = directory.segment_path(stream, segments[segments.len() - 3]);
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.windows(7).rposition(|window| window == b"witness").unwrap();
    bytes[at] = b'W';
    std::fs::write(&file, bytes).unwrap();
    let trouble = ask(&path, stream, &double).unwrap_err();
    assert!(matches!(trouble, Trouble::NotOnDisk { .. }) && trouble.is_alarm(), "{trouble:?}");
    // The question what the witness remembers was sent, and no proof.
    assert_eq!(double.asked().len(), 2);
}

#[test]
fn a_key_that_the_witness_does_not_know_is_no_alarm() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let other = SigningKey::from_seed(log_key().verifier_key().name(), [8; 32]).unwrap();
    let checkpoints = Some(testimony_ledger::Checkpoints::new(std::sync::Arc::new(other)));
    let ledger =
        Ledger::open(&path, testimony_ledger::Options { checkpoints, ..signing() }).unwrap();
    ledger.close().unwrap();
    let trouble = ask(&path, ledger.stream(), &Double::honest(1)).unwrap_err();
    assert!(matches!(trouble, Trouble::UnknownKey { .. }) && !trouble.is_alarm(), "{trouble:?}");
}
