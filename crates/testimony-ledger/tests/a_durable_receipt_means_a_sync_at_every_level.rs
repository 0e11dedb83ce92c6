//! A durable receipt is answered after a sync whatever the ledger's level, and with the reason where there can be none.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use testimony_ledger::storage::{Double, Fault};
use testimony_ledger::{Durability, Ledger, NotKept, Options, Receipt, Sources, Submission};
use testimony_record::Uuid;
use testimony_record::decision::Outcome;
use testimony_record::part::{Origin, Role};
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};

fn outcome(text: impl Into<String>) -> Unsealed {
    let decision = Uuid::from_u128(1);
    let outcome =
        Outcome { decision, kind: "executed".into(), at_us: 1, parts: Vec::new(), more: None };
    let content = UnsealedContent::Blob(UnsealedBlob::text(text));
    let parts = vec![UnsealedPart::new(Role::Actor, Origin::Declared, content)];
    Unsealed { event: Event::Outcome(outcome), parts }
}

fn open(disk: &Double, options: Options) -> Ledger {
    Ledger::open_on(Arc::new(disk.clone()), Path::new("/ledger"), options).unwrap()
}

/// Keeps the recorder busy until it is let go, so that what comes meanwhile is one batch.
struct Busy(Sender<()>, Receiver<()>);

impl Submission for Busy {
    fn size(&self) -> usize {
        1
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        self.0.send(()).unwrap();
        self.1.recv().unwrap();
        outcome("busy")
    }
}

/// Hands over everything in one batch, and returns the receipts.
fn in_one_batch(ledger: &Ledger, texts: Vec<String>) -> Vec<Receipt> {
    let ((begun, has_begun), (let_go, go)) = (channel(), channel());
    ledger.submit(Busy(begun, go)).unwrap();
    has_begun.recv().unwrap();
    let receipts =
        texts.into_iter().map(|text| ledger.record_durable(outcome(text)).unwrap()).collect();
    let_go.send(()).unwrap();
    receipts
}

#[test]
fn a_level_that_never_syncs_does_so_for_whom_it_was_promised() {
    for durability in [Durability::Os, Durability::IntervalMs(3_600_000), Durability::EveryDecision]
    {
        let disk = Double::new();
        let ledger = open(&disk, Options { durability, ..Options::default() });
        let before = disk.steps();
        assert!(ledger.record_durable(outcome("a")).unwrap().wait().unwrap().durable);
        assert_eq!(disk.steps() - before, 2, "{durability:?}: one append, one sync");
    }
}

#[test]
fn one_sync_serves_all_that_wait() {
    let disk = Double::new();
    let ledger = open(&disk, Options { durability: Durability::Os, ..Options::default() });
    let before = disk.steps();
    let texts = (0..100).map(|n| n.to_string()).collect();
    for receipt in in_one_batch(&ledger, texts) {
        assert!(receipt.wait().unwrap().durable);
    }
    assert_eq!(disk.steps() - before, 3, "an append for the one before, an append, a sync");
}

#[test]
fn everyone_behind_a_failed_write_is_told_why() {
    let disk = Double::new();
    let ledger = open(&disk, Options { durability: Durability::Os, ..Options::default() });
    let texts = vec!["first".to_owned(), "x".repeat(2 << 20), "last".to_owned()];
    // The one before is written first; a large one is written before the last is looked at.
    disk.fail_at(disk.steps() + 1, Fault::Tears);
    for receipt in in_one_batch(&ledger, texts) {
        assert!(matches!(receipt.wait(), Err(NotKept::Poisoned(_))));
        assert!(ledger.health().poisoned);
    }
}

#[test]
fn without_randomness_for_a_salt_nothing_is_kept_and_the_caller_is_told_why() {
    static DRY: AtomicBool = AtomicBool::new(false);
    fn random(bytes: &mut [u8]) -> std::io::Result<()> {
        bytes.fill(7);
        if DRY.load(Ordering::Relaxed) { Err(std::io::Error::other("no entropy")) } else { Ok(()) }
    }
    let sources = Sources { random, ..Sources::default() };
    let ledger = open(&Double::new(), Options { sources, ..Options::default() });
    DRY.store(true, Ordering::Relaxed);
    let Err(NotKept::Poisoned(at)) = ledger.record_durable(outcome("a")).unwrap().wait() else {
        panic!("kept without a salt")
    };
    assert_eq!(at.to_string(), "no entropy");
}
