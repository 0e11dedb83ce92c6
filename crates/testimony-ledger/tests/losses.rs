//! Whatever is lost is counted once, and put on record as soon as something can be written.

mod support;

use std::path::Path;
use std::sync::{Arc, Mutex};

use support::examined::Examined;
use support::{ROOT, decision, options};
use testimony_ledger::storage::{Double, Fault};
use testimony_ledger::{Durability, Ledger, NotKept, Options, Submission, Trouble};
use testimony_record::unsealed::Unsealed;
use testimony_record::verify::Loss;

fn open(disk: &Double, options: &Options) -> Ledger {
    Ledger::open_on(Arc::new(disk.clone()), Path::new(ROOT), options.clone()).unwrap()
}

fn plain() -> Options {
    options(Durability::EveryDecision, 1 << 20)
}

/// The losses on record: how many, and why.
fn told(disk: &Double) -> Vec<(u64, String)> {
    let report = Examined::of(disk).report;
    assert!(report.intact(), "{:?}", report.findings().collect::<Vec<_>>());
    let losses = report.streams.into_iter().flat_map(|stream| stream.losses);
    let gaps = losses.filter_map(|loss| match loss {
        Loss::Gap { lost, reason, .. } => Some((lost, reason)),
        Loss::Recovered { .. } => None,
    });
    gaps.collect()
}

#[test]
fn what_a_poisoned_ledger_lost_is_told_when_the_same_process_opens_it_again() {
    let disk = Double::new();
    let ledger = open(&disk, &plain());
    disk.fail_at(disk.steps(), Fault::Fails);
    for id in 0..3 {
        let answer = ledger.record(decision(id)).unwrap().wait();
        assert!(matches!(answer, Err(NotKept::Poisoned(_))), "{answer:?}");
    }
    drop(ledger);
    assert_eq!(told(&disk), [], "nothing can be written by a poisoned ledger");
    open(&disk, &plain()).close().unwrap();
    let doubtful = "a write or sync failed; some may be on record all the same";
    let poisoned = "they came after a write or sync had failed";
    assert_eq!(told(&disk), [(2, poisoned.to_owned()), (1, doubtful.to_owned())]);
}

#[test]
fn what_comes_after_the_close_is_told_by_the_next_ledger_even_while_it_is_open() {
    let disk = Double::new();
    let first = open(&disk, &plain());
    first.close().unwrap();
    assert_eq!(first.submit(decision(1)), Err(NotKept::Closed));
    let second = open(&disk, &plain());
    assert_eq!(first.submit(decision(2)), Err(NotKept::Closed));
    assert_eq!((first.health().lost, second.health().lost), (2, 0));
    second.close().unwrap();
    let sum: u64 = told(&disk).iter().map(|(lost, _)| lost).sum();
    assert_eq!(sum, 2);
}

#[test]
fn a_gap_whose_own_write_failed_is_told_again() {
    let disk = Double::new();
    let first = open(&disk, &plain());
    first.close().unwrap();
    assert_eq!(first.submit(decision(1)), Err(NotKept::Closed));
    let steps = disk.steps();
    drop(open(&disk.clone(), &plain()));
    let opening = disk.steps() - steps;
    assert_eq!(first.submit(decision(2)), Err(NotKept::Closed));
    for step in 0..opening {
        disk.fail_at(disk.steps() + step, Fault::Fails);
        let _ = Ledger::open_on(Arc::new(disk.clone()), Path::new(ROOT), plain());
        disk.heal();
    }
    open(&disk, &plain()).close().unwrap();
    let sum: u64 = told(&disk).iter().map(|(lost, _)| lost).sum();
    assert!(sum >= 2, "{:?}", told(&disk));
}

#[test]
fn two_processes_keep_accounts_of_their_own() {
    let disk = Double::new();
    let first = open(&disk, &plain());
    first.close().unwrap();
    assert_eq!(first.submit(decision(1)), Err(NotKept::Closed));
    let elsewhere = disk.after_process_death();
    open(&elsewhere, &plain()).close().unwrap();
    assert_eq!(told(&elsewhere), []);
}

#[test]
fn a_callback_that_panics_neither_ends_the_recorder_nor_reaches_a_caller() {
    let disk = Double::new();
    let calls = Arc::new(Mutex::new(0));
    let called = Arc::clone(&calls);
    let on_trouble = move |_: &Trouble| {
        *called.lock().unwrap() += 1;
        std::panic::resume_unwind(Box::new(()));
    };
    let options = Options { on_trouble: Some(Arc::new(on_trouble)), ..plain() };
    let ledger = open(&disk, &options);
    disk.fail_at(disk.steps(), Fault::Fails);
    for id in 0..2 {
        let answer = ledger.record(decision(id)).unwrap().wait();
        assert!(matches!(answer, Err(NotKept::Poisoned(_))), "{answer:?}");
    }
    assert!(matches!(ledger.close(), Err(NotKept::Poisoned(_))));
    assert_eq!(ledger.submit(decision(3)), Err(NotKept::Closed));
    assert_eq!(*calls.lock().unwrap(), 2, "poisoned once, losing once");
    assert_eq!(ledger.health().lost, 3);
}

#[test]
fn all_that_waited_behind_a_failure_is_refused_and_counted() {
    struct Waits(std::sync::mpsc::Receiver<()>);
    impl Submission for Waits {
        fn size(&self) -> usize {
            1
        }
        fn unseal(self: Box<Self>) -> Unsealed {
            let _ = self.0.recv();
            decision(0)
        }
    }
    // Salts are drawn for a whole batch of blobs at once; without them nothing can be sealed.
    let mut options = plain();
    options.sources.random = |_| Err(std::io::Error::other("no randomness"));
    let disk = Double::new();
    open(&disk, &plain()).close().unwrap();
    let ledger = open(&disk, &options);
    let (go, may_go) = std::sync::mpsc::channel();
    ledger.submit(Waits(may_go)).unwrap();
    let receipts: Vec<_> = (1..5).map(|id| ledger.record(decision(id)).unwrap()).collect();
    go.send(()).unwrap();
    for receipt in receipts {
        assert!(matches!(receipt.wait(), Err(NotKept::Poisoned(_))));
    }
    assert_eq!((ledger.health().recorded, ledger.health().lost), (0, 5));
}

#[test]
fn a_ledger_dropped_by_a_panicking_thread_writes_what_waits_and_closes() {
    let disk = Double::new();
    let ledger = open(&disk, &plain());
    ledger.submit(decision(1)).unwrap();
    let thread = std::thread::spawn(move || {
        let _ledger = ledger;
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(thread.join().is_err());
    let examined = Examined::of(&disk);
    assert!(examined.report.complete() && examined.decided(1));
}
