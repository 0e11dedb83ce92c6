//! A stream that is taken up goes on from the newest checkpoint that this session can check, and is read from its start where
//! there is none; a changed key is vouched for by the one before it, if that is at hand.

mod signing;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use signing::{Stream, decision, key, plain, record, rotated, segment, signed_by, signs};
use testimony_ledger::storage::{Double, Fault};
use testimony_ledger::{Ledger, NotSigned, Options, verify};
use testimony_record::Uuid;
use testimony_record::verify::{Trust, Verdict};

/// Opens the ledger, records a few decisions, and closes it.
fn session(path: &Path, options: Options, ids: std::ops::Range<u128>) -> Uuid {
    let ledger = Ledger::open(path, options).unwrap();
    record(&ledger, ids);
    ledger.close().unwrap();
    ledger.stream()
}

/// Changes a byte of the stream's first segment, which only a reading from the start meets.
fn damage_the_start(path: &Path, stream: Uuid) {
    let path = segment(path, stream, 0);
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(8).position(|window| window == b"prompt 0").unwrap();
    bytes[at] = b'P';
    fs::write(path, bytes).unwrap();
}

#[test]
fn sessions_of_one_key_go_on_from_each_other() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    for ids in [0..10, 10..11, 11..11, 11..40] {
        session(&path, signed_by(key(1)), ids);
    }
    let stream = session(&path, signed_by(key(1)), 40..41);
    // Each session: genesis, decisions, close, checkpoint; each checkpoint covers the `close` before it.
    assert_eq!(Stream::read(&path, stream).judge(stream), [12, 16, 19, 51, 55]);
}

#[test]
fn what_an_own_checkpoint_covers_is_not_read_again() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let stream = session(&path, signed_by(key(1)), 0..20);
    damage_the_start(&path, stream);
    session(&path, signed_by(key(1)), 20..21);
    let ledger = Ledger::open(&path, rotated(key(2), key(1))).unwrap();
    ledger.checkpoint().unwrap();
}

#[test]
fn without_a_checkpoint_of_a_known_key_everything_is_read_again() {
    let scratch = tempfile::tempdir().unwrap();
    for (before, after) in [(plain(), signed_by(key(1))), (signed_by(key(2)), signed_by(key(1)))] {
        for damaged in [false, true] {
            let path = scratch.path().join(Uuid::from_u128(rand()).to_string());
            let stream = session(&path, before.clone(), 0..20);
            if damaged {
                damage_the_start(&path, stream);
            }
            let ledger = Ledger::open(&path, after.clone()).unwrap();
            let signed = ledger.checkpoint();
            assert_eq!(signed.is_ok(), !damaged, "{signed:?}");
            assert_eq!(ledger.close().is_ok(), !damaged);
            if !damaged {
                Stream::read(&path, stream).judge(stream);
            }
        }
    }
}

/// A number that was not used before, for a directory's name.
fn rand() -> u128 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    u128::from(NEXT.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn a_checkpoint_whose_peaks_were_changed_is_no_base() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let stream = session(&path, signed_by(key(1)), 0..2);
    let file = segment(&path, stream, 0);
    let text = fs::read(&file).unwrap();
    // The checkpoint is rewritten as its writer would have written it, with a hash that fits, and other peaks.
    let forged = forge_last_checkpoint(&text);
    fs::write(&file, forged).unwrap();
    let ledger = Ledger::open(&path, signed_by(key(1))).unwrap();
    ledger.checkpoint().unwrap();
    ledger.close().unwrap();
    let read = Stream::read(&path, stream);
    assert_ne!(read.checkpoints()[0].1.peaks, read.checkpoints()[1].1.peaks);
    // What the forger wrote is now an entry like any other, and the tree that was read from the start has it as a leaf.
    assert_eq!(read.judge_notes(stream), [4, 6, 8]);
    let report = verify::verify(&path, &[], &mut |_| {}).unwrap();
    let verdicts: Vec<_> = report.findings().map(|finding| finding.verdict).collect();
    assert_eq!(verdicts, [Verdict::Rewritten]);
}

fn forge_last_checkpoint(segment: &[u8]) -> Vec<u8> {
    use testimony_record::digest::Digest;
    use testimony_record::entry::{Body, Entry};
    use testimony_record::frame::Frame;
    use testimony_record::verify::Walk;
    let (at, bytes) = Walk::new(segment)
        .1
        .filter_map(|(at, frame)| match frame {
            Frame::Entry { bytes, .. } => Some((at, bytes)),
            _ => None,
        })
        .last()
        .unwrap();
    let mut entry = Entry::decode(bytes).unwrap();
    let Body::Checkpoint(checkpoint) = &mut entry.body else { panic!("no checkpoint at the end") };
    checkpoint.peaks[0][0] ^= 1;
    let bytes = entry.encode();
    let mut forged = segment[..at].to_vec();
    Frame::Entry { hash: Digest::of_entry(&bytes), bytes: &bytes }.write(&mut forged);
    forged
}

/// What an auditor finds who was given the key of `seed` alone.
fn against(path: &Path, seed: u8) -> Vec<Verdict> {
    let trust = Trust { keys: vec![key(seed).verifier_key()], ..Trust::default() };
    let report = verify::verify_with(path, &trust, &mut |_| {}).unwrap();
    report.findings().map(|finding| finding.verdict).collect()
}

#[test]
fn a_new_key_is_vouched_for_by_the_retiring_one_in_the_first_checkpoint_that_covers_its_genesis() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    session(&path, signed_by(key(1)), 0..1);
    let ledger = Ledger::open(&path, rotated(key(2), key(1))).unwrap();
    let stream = ledger.stream();
    let first = ledger.checkpoint().unwrap();
    let second = ledger.checkpoint().unwrap();
    ledger.close().unwrap();
    assert!(first.size() > 4, "the second genesis is entry 4");
    assert!(signs(2, stream, &first.to_string()) && signs(1, stream, &first.to_string()));
    assert!(signs(2, stream, &second.to_string()) && !signs(1, stream, &second.to_string()));
    Stream::read(&path, stream).judge(stream);
    assert_eq!(against(&path, 1), []);
}

#[test]
fn a_new_key_without_the_one_before_it_is_on_record_and_nobody_vouches_for_it() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    session(&path, signed_by(key(1)), 0..1);
    let stream = session(&path, signed_by(key(2)), 1..2);
    let read = Stream::read(&path, stream);
    read.judge(stream);
    let notes = read.checkpoints();
    assert!(signs(1, stream, &notes[0].1.note) && !signs(2, stream, &notes[0].1.note));
    assert!(signs(2, stream, &notes[1].1.note) && !signs(1, stream, &notes[1].1.note));
    assert_eq!(against(&path, 1), [Verdict::SignatureWrong]);
}

#[test]
fn a_retiring_key_that_is_the_key_itself_signs_once() {
    let scratch = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(scratch.path().join("l"), rotated(key(1), key(1))).unwrap();
    assert_eq!(ledger.checkpoint().unwrap().note().signatures().len(), 1);
}

/// Records and signs until something fails.
fn work(disk: &Double) {
    let Ok(ledger) = Ledger::open_on(Arc::new(disk.clone()), Path::new("/l"), signed_by(key(1)))
    else {
        return;
    };
    for id in 0..6 {
        let _ = ledger.record(decision(id)).and_then(testimony_ledger::Receipt::wait);
        if id % 2 == 1 {
            let _ = ledger.checkpoint();
        }
    }
    let _ = ledger.close();
}

#[test]
fn whatever_step_failed_the_next_session_signs_what_is_left() {
    let whole = Double::new();
    work(&whole);
    for step in 0..whole.steps() {
        for fault in [Fault::Fails, Fault::FailsButLanded, Fault::Tears] {
            let disk = Double::new();
            disk.fail_at(step, fault);
            work(&disk);
            for left in [disk.after_power_loss(), disk.after_process_death()] {
                let story = format!("step {step} {fault:?}");
                let storage = Arc::new(left.clone());
                let open = |key| Ledger::open_on(storage.clone(), Path::new("/l"), signed_by(key));
                // A key that has no base here reads it all; the usual one goes on from its base.
                for seed in [9, 1] {
                    let ledger = open(key(seed)).unwrap();
                    ledger.checkpoint().unwrap_or_else(|error| panic!("{story}: {error}"));
                    ledger.close().unwrap();
                }
                let stream = open(key(1)).unwrap().stream();
                let scratch = tempfile::tempdir().unwrap();
                left.copy_to(Path::new("/l"), scratch.path()).unwrap();
                Stream::read(scratch.path(), stream).judge(stream);
            }
        }
    }
    println!("{} steps, each failing in 3 ways, each seen after 2 kinds of death", whole.steps());
}

#[test]
fn a_poisoned_ledger_signs_nothing() {
    let disk = Double::new();
    let ledger =
        Ledger::open_on(Arc::new(disk.clone()), Path::new("/l"), signed_by(key(1))).unwrap();
    disk.fail_at(disk.steps(), Fault::Fails);
    ledger.record(decision(1)).unwrap().wait().unwrap_err();
    assert!(matches!(ledger.checkpoint(), Err(NotSigned::Poisoned(_))));
    assert!(ledger.close().is_err());
    let scratch = tempfile::tempdir().unwrap();
    disk.copy_to(Path::new("/l"), scratch.path()).unwrap();
    assert_eq!(Stream::read(scratch.path(), ledger.stream()).kinds(), ["genesis"]);
}
