//! What a writer does when something goes wrong, and what it promises when nothing does.

mod support;

use std::path::Path;
use std::sync::Arc;

use support::{ROOT, decision};
use testimony_ledger::storage::{Double, Fault};
use testimony_ledger::{Durability, Ledger, NotKept, Options, verify};
use testimony_record::unsealed::Unsealed;

/// Every decision its own sync, and a new segment every few of them, so that rolling is among the steps.
fn options() -> Options {
    Options { durability: Durability::EveryDecision, segment_bytes: 2000, ..Options::default() }
}

#[test]
fn after_a_failed_sync_nothing_more_is_acknowledged_and_the_host_is_told() {
    let disk = Double::new();
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let on_trouble =
        move |trouble: &testimony_ledger::Trouble| listener.lock().unwrap().push(trouble.clone());
    let options = Options { on_trouble: Some(Arc::new(on_trouble)), ..options() };
    let ledger = Ledger::open_on(Arc::new(disk.clone()), Path::new(ROOT), options).unwrap();
    // The next two steps are the append and the sync of the next decision.
    disk.fail_at(disk.steps() + 1, Fault::Fails);
    for id in 0..3 {
        let answer = ledger.record(decision(id)).unwrap().wait();
        assert!(matches!(answer, Err(NotKept::Poisoned(_))), "{answer:?}");
    }
    assert!(ledger.health().poisoned);
    assert_eq!(ledger.health().lost, 3, "the one that failed, and those that came after it");
    assert!(matches!(ledger.close(), Err(NotKept::Poisoned(_))));
    assert_eq!(told.lock().unwrap().len(), 2, "poisoned once, losing once");
}

#[test]
fn a_second_writer_gets_a_stream_of_its_own_and_a_later_one_takes_up_a_free_one() {
    let scratch = tempfile::tempdir().unwrap();
    let first = Ledger::open(scratch.path().join("l"), Options::default()).unwrap();
    let second = Ledger::open(scratch.path().join("l"), Options::default()).unwrap();
    assert_ne!(first.stream(), second.stream());
    second.close().unwrap();
    let third = Ledger::open(scratch.path().join("l"), Options::default()).unwrap();
    assert_eq!(third.stream(), second.stream());
}

#[test]
fn a_panic_while_a_decision_is_prepared_is_a_gap_on_record() {
    struct Panics;
    impl testimony_ledger::Submission for Panics {
        fn size(&self) -> usize {
            1
        }
        fn unseal(self: Box<Self>) -> Unsealed {
            panic!("the host's own bug")
        }
    }
    let scratch = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(scratch.path().join("l"), Options::default()).unwrap();
    assert_eq!(ledger.record(Panics).unwrap().wait(), Err(NotKept::Panicked));
    ledger.record(decision(1)).unwrap().wait().unwrap();
    ledger.close().unwrap();
    let report = verify::verify(scratch.path().join("l"), &[], &mut |_| {}).unwrap();
    assert!(report.intact() && !report.complete());
    assert_eq!(report.lost(), 1);
}

#[test]
fn a_recovery_that_was_itself_torn_by_a_crash_raises_no_alarm() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("l");
    let ledger = Ledger::open(&directory, options()).unwrap();
    let stream = directory.join(ledger.stream().to_string());
    ledger.record(decision(1)).unwrap().wait().unwrap();
    ledger.close().unwrap();
    let segment = |index: u32| stream.join(format!("{index:08}.segment"));
    let whole = std::fs::read(segment(0)).unwrap();
    std::fs::write(segment(0), &whole[..whole.len() - 9]).unwrap();
    // The next session's `recovered` entry is whole in length, but a byte of it never landed, nor anything behind it.
    Ledger::open(&directory, options()).unwrap().close().unwrap();
    let mut torn = std::fs::read(segment(1)).unwrap();
    let at = torn.windows(11).position(|window| window == b"\"recovered\"").unwrap();
    let end = at + torn[at..].iter().position(|&byte| byte == b'\n').unwrap() + 1;
    torn[at] = 0;
    torn.truncate(end);
    std::fs::write(segment(1), torn).unwrap();
    Ledger::open(&directory, options()).unwrap().close().unwrap();
    let report = verify::verify(&directory, &[], &mut |_| {}).unwrap();
    assert!(report.intact(), "{:?}", report.findings().collect::<Vec<_>>());
}

#[test]
fn a_reader_that_asks_whether_a_stream_is_live_does_not_make_a_writer_begin_another() {
    use testimony_ledger::read::directory::Directory;
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, Options::default()).unwrap();
    let stream = ledger.stream();
    ledger.close().unwrap();
    let directory = Directory::open(&path).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = directory.live(stream);
            }
        });
        for _ in 0..100 {
            Ledger::open(&path, Options::default()).unwrap().close().unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(Directory::open(&path).unwrap().streams, [stream]);
}

#[test]
fn what_a_full_queue_loses_is_a_gap_on_record() {
    struct Waits(std::sync::mpsc::Sender<()>, std::sync::mpsc::Receiver<()>);
    impl testimony_ledger::Submission for Waits {
        fn size(&self) -> usize {
            1
        }
        fn unseal(self: Box<Self>) -> Unsealed {
            self.0.send(()).unwrap();
            self.1.recv().unwrap();
            decision(1)
        }
    }
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let options =
        Options { queue_bytes: 1, wait_when_full: std::time::Duration::ZERO, ..options() };
    let ledger = Ledger::open(&path, options).unwrap();
    let (begun, has_begun) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel();
    ledger.submit(Waits(begun, may_go_on)).unwrap();
    has_begun.recv().unwrap();
    // The recorder is busy: one decision finds the queue empty, and three find it full.
    ledger.submit(decision(2)).unwrap();
    for id in 3..6 {
        assert_eq!(ledger.submit(decision(id)), Err(NotKept::Full));
    }
    assert_eq!(ledger.health().lost, 3);
    go_on.send(()).unwrap();
    ledger.close().unwrap();
    let report = verify::verify(&path, &[], &mut |_| {}).unwrap();
    assert!(report.intact() && !report.complete());
    assert_eq!((report.streams[0].decisions, report.lost()), (2, 3));
}

#[test]
fn a_receipt_says_durable_only_of_what_was_synced() {
    for (durability, durable) in [
        (Durability::EveryDecision, true),
        (Durability::IntervalMs(3_600_000), true),
        (Durability::Os, false),
    ] {
        let disk = Double::new();
        let options = Options { durability, ..Options::default() };
        let ledger = Ledger::open_on(Arc::new(disk.clone()), Path::new(ROOT), options).unwrap();
        let kept = ledger.record(decision(1)).unwrap().wait().unwrap();
        assert_eq!(kept.durable, durable, "{durability:?}");
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_a_ledger() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let stream = Ledger::open(&path, Options::default()).unwrap().stream();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&path.join("LEDGER"))), (0o700, 0o600));
    let stream = path.join(stream.to_string());
    assert_eq!((mode(&stream), mode(&stream.join("00000000.segment"))), (0o700, 0o600));
    assert_eq!(mode(&stream.join("lock")), 0o600);
}
