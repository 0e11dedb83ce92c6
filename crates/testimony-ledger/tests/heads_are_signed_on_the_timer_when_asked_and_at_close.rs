//! A head is signed on a timer, busy or idle, when asked, and at close; and others' tools agree with each of them.

mod signing;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use signing::{Stream, by, decision, key, plain, record, segment, signed_by};
use testimony_ledger::storage::{Double, Storage as _};
use testimony_ledger::{Checkpoints, Durability, Ledger, NotSigned, Options, verify};
use testimony_record::entry::Body;

#[test]
fn an_idle_stream_is_signed_again_on_each_tick() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let checkpoints = Checkpoints { every: Duration::from_millis(1), ..by(key(1)) };
    let options = Options { checkpoints: Some(checkpoints), ..plain() };
    let ledger = Ledger::open(&path, options).unwrap();
    let mut seen = 0;
    while ledger.health().checkpoints < 5 {
        seen = ledger.wait_for_commit(seen, Duration::from_secs(1));
    }
    let stream = ledger.stream();
    ledger.close().unwrap();
    let read = Stream::read(&path, stream);
    let sizes = read.judge(stream);
    assert!(sizes.len() >= 6, "five ticks and the close: {sizes:?}");
    assert!(
        sizes.windows(2).all(|pair| pair[0] < pair[1]),
        "each covers the one before: {sizes:?}"
    );
    assert!(read.bodies.iter().all(|body| !matches!(body, Body::Decision(_))));
}

#[test]
fn a_checkpoint_that_is_asked_for_covers_all_that_was_submitted_before() {
    for durability in [Durability::EveryDecision, Durability::IntervalMs(3_600_000), Durability::Os]
    {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("l");
        let ledger = Ledger::open(&path, Options { durability, ..signed_by(key(1)) }).unwrap();
        for id in 0..20 {
            ledger.submit(decision(id)).unwrap();
        }
        let head = ledger.checkpoint().unwrap();
        assert_eq!(head.size(), 21, "a genesis and 20 decisions");
        // A second one, over several segments and the checkpoint.
        record(&ledger, 20..30);
        assert_eq!(ledger.checkpoint().unwrap().size(), 32);
        assert_eq!(ledger.health().checkpoints, 2);
        let stream = ledger.stream();
        ledger.close().unwrap();
        assert_eq!(Stream::read(&path, stream).judge(stream), [21, 32, 34]);
    }
}

#[test]
fn closing_signs_the_close() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, signed_by(key(1))).unwrap();
    record(&ledger, 0..2);
    let stream = ledger.stream();
    drop(ledger);
    let read = Stream::read(&path, stream);
    assert_eq!(read.kinds(), ["genesis", "decision", "decision", "close", "checkpoint"]);
    assert_eq!(read.judge(stream), [4]);
}

#[test]
fn every_size_up_to_130_has_the_root_and_the_peaks_that_it_should() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, signed_by(key(1))).unwrap();
    for size in (1..130).step_by(2) {
        assert_eq!(ledger.checkpoint().unwrap().size(), size);
        ledger.submit(decision(u128::from(size))).unwrap();
    }
    let stream = ledger.stream();
    ledger.close().unwrap();
    assert_eq!(Stream::read(&path, stream).judge(stream).len(), 66);
}

#[test]
fn a_day_of_idle_checkpoints_takes_no_more_than_the_documentation_says() {
    let disk = Double::new();
    let options = Options { segment_bytes: 64 << 20, ..signed_by(key(1)) };
    let ledger = Ledger::open_on(Arc::new(disk.clone()), Path::new("/l"), options).unwrap();
    for _ in 0..1440 {
        ledger.checkpoint().unwrap();
    }
    let bytes = disk.read(&segment(Path::new("/l"), ledger.stream(), 0)).unwrap().len();
    println!("1,440 checkpoints take {bytes} bytes");
    assert!(bytes < 1_500_000, "{bytes}");
}

#[test]
fn two_processes_have_origins_of_their_own() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledgers = [1, 2].map(|_| Ledger::open(&path, signed_by(key(1))).unwrap());
    let origins = ledgers.each_ref().map(|ledger| ledger.checkpoint().unwrap().origin().to_owned());
    assert_ne!(origins[0], origins[1]);
    for ledger in &ledgers {
        ledger.close().unwrap();
        assert_eq!(Stream::read(&path, ledger.stream()).judge(ledger.stream()), [1, 3]);
    }
}

#[test]
fn without_a_key_nothing_is_signed_and_the_record_says_so() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, plain()).unwrap();
    assert_eq!(ledger.checkpoint(), Err(NotSigned::NoKey));
    ledger.close().unwrap();
    let read = Stream::read(&path, ledger.stream());
    assert_eq!(read.kinds(), ["genesis", "close"]);
    assert!(matches!(&read.bodies[0], Body::Genesis(genesis) if genesis.key.is_none()));
    assert!(verify::verify(&path, &[], &mut |_| {}).unwrap().intact());
}

#[test]
fn a_closed_ledger_signs_nothing_more() {
    let scratch = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(scratch.path().join("l"), signed_by(key(1))).unwrap();
    ledger.close().unwrap();
    assert_eq!(ledger.checkpoint(), Err(NotSigned::Closed));
}
