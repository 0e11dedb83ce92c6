//! The signer is the application's code. Whether it fails, panics, signs something else or never answers: decisions are kept,
//! the ledger closes, and the host is told.

mod signing;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use signing::{Stream, Told, Whim, by, key, plain, record, rotated, signed_by};
use testimony_ledger::{
    Checkpoints, Ledger, NotKept, NotSigned, OpenError, Options, Trouble, verify,
};
use testimony_record::tlog::{SignFailed, Signer};

/// A signer that fails as long as it is told to.
fn failing(fails: &Arc<AtomicBool>) -> Arc<dyn Signer> {
    let fails = Arc::clone(fails);
    let whim = move || {
        let away = fails.load(Ordering::Relaxed);
        if away { Err(SignFailed::new("the key service is away")) } else { Ok(()) }
    };
    Arc::new(Whim(key(1), whim))
}

#[test]
fn a_signer_that_fails_is_told_of_once_and_asked_again() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (told, fails) = (Told::default(), Arc::new(AtomicBool::new(true)));
    let ledger = Ledger::open(&path, told.listen(signed_by(failing(&fails)))).unwrap();
    for id in 0..3 {
        record(&ledger, id..id + 1);
        let Err(NotSigned::Signer(why)) = ledger.checkpoint() else { panic!("signed") };
        assert_eq!(&*why, "the key gave no signature: the key service is away");
    }
    assert!(matches!(told.take().as_slice(), [Trouble::NotSigned(NotSigned::Signer(_))]));
    assert_eq!(ledger.health().unsigned, 3);
    fails.store(false, Ordering::Relaxed);
    assert_eq!(ledger.checkpoint().unwrap().size(), 4);
    ledger.close().unwrap();
    assert_eq!(Stream::read(&path, ledger.stream()).judge(ledger.stream()), [4, 6]);
}

#[test]
fn the_timer_asks_a_failing_signer_again() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let calls = AtomicUsize::new(0);
    let third_time = Whim(key(1), move || match calls.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Err(SignFailed::new("not yet")),
        _ => Ok(()),
    });
    let every = Duration::from_millis(1);
    let checkpoints = Checkpoints { every, ..by(Arc::new(third_time)) };
    let options = Options { checkpoints: Some(checkpoints), ..plain() };
    let ledger = Ledger::open(&path, options).unwrap();
    let mut seen = 0;
    while ledger.health().checkpoints == 0 {
        seen = ledger.wait_for_commit(seen, Duration::from_secs(1));
    }
    assert_eq!(ledger.health().unsigned, 2);
}

#[test]
fn a_signer_that_fails_at_close_costs_only_the_signature() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let fails = Arc::new(AtomicBool::new(true));
    let ledger = Ledger::open(&path, signed_by(failing(&fails))).unwrap();
    record(&ledger, 0..3);
    let closed = ledger.close();
    assert!(matches!(closed, Err(NotKept::LastCheckpoint(NotSigned::Signer(_)))), "{closed:?}");
    let report = verify::verify(&path, &[], &mut |_| {}).unwrap();
    assert!(report.intact() && report.complete());
    assert_eq!(report.streams[0].decisions, 3);
}

#[test]
fn a_signer_that_panics_is_an_error_and_no_more() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let panics = Arc::new(AtomicBool::new(true));
    let whim = Arc::clone(&panics);
    let signer = Whim(key(1), move || {
        assert!(!whim.load(Ordering::Relaxed), "the application's own bug");
        Ok(())
    });
    let ledger = Ledger::open(&path, signed_by(Arc::new(signer))).unwrap();
    assert_eq!(ledger.checkpoint(), Err(NotSigned::Panicked));
    panics.store(false, Ordering::Relaxed);
    ledger.checkpoint().unwrap();
    panics.store(true, Ordering::Relaxed);
    assert_eq!(ledger.close(), Err(NotKept::LastCheckpoint(NotSigned::Panicked)));
}

/// Signs with another key than it says.
#[derive(Debug)]
struct Impostor;

impl Signer for Impostor {
    fn name(&self) -> &'static str {
        "example.com/loan-desk"
    }

    fn public_key(&self) -> [u8; 32] {
        key(1).public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignFailed> {
        key(2).sign(message)
    }
}

#[test]
fn a_signature_that_does_not_verify_is_not_put_on_record() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let ledger = Ledger::open(&path, signed_by(Arc::new(Impostor))).unwrap();
    assert!(matches!(ledger.checkpoint(), Err(NotSigned::Signer(_))));
    ledger.close().unwrap_err();
    assert!(Stream::read(&path, ledger.stream()).checkpoints().is_empty());
}

#[test]
fn a_signer_that_never_answers_holds_up_neither_decisions_nor_the_close() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("l");
    let (called, is_called) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let called = Mutex::new((called, may_go_on));
    let signer = Whim(key(1), move || {
        let (called, may_go_on) = &*called.lock().unwrap();
        called.send(()).unwrap();
        let _ = may_go_on.recv();
        Ok(())
    });
    let checkpoints = Checkpoints {
        every: Duration::from_millis(1),
        patience: Duration::from_millis(1),
        ..by(Arc::new(signer))
    };
    let told = Told::default();
    let options = told.listen(Options { checkpoints: Some(checkpoints), ..plain() });
    let ledger = Ledger::open(&path, options).unwrap();
    is_called.recv().unwrap();
    record(&ledger, 0..10);
    let slow = NotSigned::Slow(Duration::from_millis(1));
    assert_eq!(ledger.close(), Err(NotKept::LastCheckpoint(slow.clone())));
    assert_eq!(told.take(), [Trouble::NotSigned(slow)]);
    assert_eq!(ledger.checkpoint(), Err(NotSigned::Closed));
    // The stream is free, although the signer still has not answered; and when it does, nothing is written any more.
    let again = Ledger::open(&path, plain()).unwrap();
    assert_eq!(again.stream(), ledger.stream());
    go_on.send(()).unwrap();
    again.close().unwrap();
    let report = verify::verify(&path, &[], &mut |_| {}).unwrap();
    assert!(report.intact() && report.complete());
    assert_eq!(report.streams[0].decisions, 10);
}

#[test]
fn without_the_retiring_keys_signature_a_new_key_does_not_sign_either() {
    let scratch = tempfile::tempdir().unwrap();
    let fails = Arc::new(AtomicBool::new(true));
    let retiring = failing(&fails);
    let ledger = Ledger::open(scratch.path().join("l"), rotated(key(2), retiring)).unwrap();
    assert!(matches!(ledger.checkpoint(), Err(NotSigned::Signer(_))));
    fails.store(false, Ordering::Relaxed);
    assert_eq!(ledger.checkpoint().unwrap().note().signatures().len(), 2);
    fails.store(true, Ordering::Relaxed);
    assert_eq!(ledger.checkpoint().unwrap().note().signatures().len(), 1);
}

/// A key that fits no note.
#[derive(Debug)]
struct Unfit(String, [u8; 32]);

impl Signer for Unfit {
    fn name(&self) -> &str {
        &self.0
    }

    fn public_key(&self) -> [u8; 32] {
        self.1
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignFailed> {
        Err(SignFailed::new("it is never asked"))
    }
}

#[test]
fn a_key_that_fits_no_note_is_refused_before_anything_is_written() {
    let scratch = tempfile::tempdir().unwrap();
    let good = key(1).public_key();
    let no_point = [2; 32];
    for (name, public) in [
        ("", good),
        ("loan desk", good),
        ("loan+desk", good),
        (&"x".repeat(161), good),
        ("ok", no_point),
    ] {
        let path = scratch.path().join("l");
        let opened = Ledger::open(&path, signed_by(Arc::new(Unfit(name.to_owned(), public))));
        assert!(matches!(opened, Err(OpenError::Key(_))), "{name}: {opened:?}");
        let ledger = Ledger::open(&path, plain()).unwrap();
        ledger.close().unwrap();
    }
    let longest = signed_by(Arc::new(Unfit("x".repeat(160), good)));
    Ledger::open(scratch.path().join("longest"), longest).unwrap();
}
