//! A session that goes step by step: between two operations the recorder thread stands still, so that the same
//! operations make the same steps on the disk, and the disk can be looked at between them.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use testimony_ledger::erase::Warrant;
use testimony_ledger::storage::{Dice, Double};
use testimony_ledger::{
    Health, Ledger, NotKept, NotSigned, OpenError, Options, Receipt, Submission,
};
use testimony_record::unsealed::Unsealed;

use super::examined::Examined;
use super::world::World;
use super::{ROOT, decision};

/// What a session can be told to do. Further kinds of work on a ledger belong here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Hands over so many decisions at once, without receipts.
    Submit(u32),
    /// Hands over so many decisions at once, with receipts.
    Record(u32),
    /// Hands over a decision whose preparation panics.
    Panic,
    /// Waits for everything.
    Flush,
    /// Erases what one decision was asked, wherever it stands.
    Erase,
    /// Signs the head, where there is a key.
    Checkpoint,
    /// A second writer opens the directory, records a decision, and closes.
    Second,
    /// A second writer opens the directory, or is there already; it records a decision and stays, to close or die with the
    /// first one.
    Beside,
    /// Closes, hands over a decision too late, and opens again.
    Reopen,
}

impl Operation {
    /// A random one.
    pub(crate) fn random(dice: &mut Dice) -> Self {
        if dice.below(12) == 0 { Self::Erase } else { Self::random_of_one_thread(dice) }
    }

    /// A random one of those whose steps are all made by one thread, so always in the same order.
    pub(crate) fn random_of_one_thread(dice: &mut Dice) -> Self {
        let few = |dice: &mut Dice| u32::try_from(1 + dice.below(4)).unwrap();
        match dice.below(16) {
            0..=3 => Self::Submit(few(dice)),
            4..=7 => Self::Record(few(dice)),
            8 => Self::Flush,
            9 => Self::Panic,
            10 => Self::Second,
            11 => Self::Beside,
            12..=14 => Self::Checkpoint,
            _ => Self::Reopen,
        }
    }
}

/// An open ledger whose recorder stands still.
#[derive(Debug)]
pub(crate) struct Session {
    /// Dropping it lets the recorder go on, so it is dropped first.
    gate: Option<Sender<()>>,
    ledger: Ledger,
    disk: Double,
    options: Options,
    handed_over: u64,
    beside: Option<Box<Session>>,
    closed: bool,
}

impl Session {
    /// Opens the ledger.
    pub(crate) fn open(
        disk: &Double,
        options: &Options,
        world: &mut World,
    ) -> Result<Self, OpenError> {
        let storage = Arc::new(disk.clone());
        let ledger = Ledger::open_on(storage, Path::new(ROOT), options.clone())?;
        let (disk, options) = (disk.clone(), options.clone());
        let mut session =
            Self { ledger, disk, options, gate: None, handed_over: 0, beside: None, closed: false };
        session.stop(world);
        Ok(session)
    }

    /// Does one thing. Returns the session that goes on, unless opening again failed.
    pub(crate) fn run(mut self, operation: Operation, world: &mut World) -> Option<Self> {
        match operation {
            Operation::Submit(count) => self.batch(count, false, world),
            Operation::Record(count) => self.batch(count, true, world),
            Operation::Panic => self.panic(world),
            Operation::Flush => self.flush(world),
            Operation::Checkpoint => self.checkpoint(world),
            Operation::Second => self.second(world),
            Operation::Beside => self.beside(world),
            Operation::Erase => self.erase(world),
            Operation::Reopen => return self.reopen(world),
        }
        Some(self)
    }

    /// Whether nothing more will be recorded.
    pub(crate) fn poisoned(&self) -> bool {
        self.ledger.health().poisoned
    }

    /// Opens the ledger once, and closes it: whatever crashes left torn in any stream is then on record.
    pub(crate) fn settle(disk: &Double, options: &Options, world: &mut World, story: &str) {
        let session = Self::open(disk, options, world);
        let session = session.unwrap_or_else(|error| panic!("{story}: {error:?}"));
        session.close(world).unwrap_or_else(|error| panic!("{story}: {error}"));
    }

    /// Closes, and checks that each decision was counted exactly once.
    pub(crate) fn close(mut self, world: &mut World) -> Result<(), NotKept> {
        if let Some(beside) = self.beside.take() {
            let _ = beside.close(world);
        }
        let closed = self.put_down(world);
        let Health { recorded, lost, altered, .. } = self.ledger.health();
        assert_eq!(recorded + lost, self.handed_over, "each decision counts once");
        assert!(!altered, "a false alarm: nobody has altered the disk");
        world.counted_lost += lost;
        closed
    }

    /// What closing answers counts the first time: later there is nothing left to do.
    fn put_down(&mut self, world: &mut World) -> Result<(), NotKept> {
        self.gate = None;
        let first = !std::mem::replace(&mut self.closed, true);
        let closed = self.ledger.close();
        if first && closed.is_ok() && self.options.checkpoints.is_some() {
            world.closed_and_signed(self.ledger.stream());
        }
        closed
    }

    fn batch(&mut self, count: u32, receipts: bool, world: &mut World) {
        let mut owed = Vec::new();
        let (begun, has_begun) = channel();
        for _ in 0..count {
            let id = world.new_id();
            let submission = Signals(decision(id), begun.clone());
            self.handed_over += 1;
            if receipts {
                owed.extend(self.ledger.record(submission).map(|receipt| (id, receipt)));
            } else {
                let _ = self.ledger.submit(submission);
            }
        }
        drop(begun);
        self.gate = None;
        // Ends once the last one has been taken: the batch is then with the recorder.
        while has_begun.recv().is_ok() {}
        self.stop(world);
        for (id, receipt) in owed {
            match receipt.wait() {
                Ok(kept) => world.acknowledged(id, kept),
                Err(_) => world.refused += 1,
            }
        }
    }

    fn panic(&mut self, world: &mut World) {
        world.new_id();
        self.handed_over += 1;
        let receipt = self.ledger.record(Panics);
        self.gate = None;
        if receipt.and_then(Receipt::wait).is_err() {
            world.refused += 1;
        }
        self.stop(world);
    }

    fn flush(&mut self, world: &mut World) {
        self.gate = None;
        let _ = self.ledger.flush();
        self.stop(world);
    }

    /// Content that is gone for good must be found nowhere afterwards.
    fn erase(&mut self, world: &mut World) {
        self.gate = None;
        let _ = self.ledger.flush();
        // A dead process sees nothing any more; the test still does.
        let look = || Examined::of(&self.disk.after_process_death()).a_decision(&world.erased);
        let decision = (!self.poisoned()).then(look).flatten();
        if let Some((id, digest)) = decision {
            let warrant = Warrant::new("a request", "a test").unwrap();
            if self.ledger.erase(&[digest].into(), &warrant).is_ok() {
                world.erased.insert(id);
            }
        }
        self.stop(world);
    }

    fn checkpoint(&mut self, world: &mut World) {
        self.gate = None;
        match self.ledger.checkpoint() {
            Ok(head) => world.signed(head),
            Err(NotSigned::Altered(altered)) => panic!("a false alarm: {altered}"),
            Err(NotSigned::NoKey) => assert!(self.options.checkpoints.is_none()),
            Err(_) => world.unsigned += 1,
        }
        self.stop(world);
    }

    /// It goes on while the first one stands still.
    fn beside(&mut self, world: &mut World) {
        let open = || Self::open(&self.disk, &self.options, world).ok().map(Box::new);
        let beside = self.beside.take().or_else(open);
        let beside = beside.and_then(|beside| beside.run(Operation::Record(1), world));
        self.beside = beside.map(Box::new);
    }

    fn second(&self, world: &mut World) {
        if let Ok(second) = Self::open(&self.disk, &self.options, world) {
            assert_ne!(second.ledger.stream(), self.ledger.stream(), "two writers in one stream");
            if let Some(second) = second.run(Operation::Record(1), world) {
                let _ = second.close(world);
            }
        }
    }

    fn reopen(mut self, world: &mut World) -> Option<Self> {
        let (disk, options) = (self.disk.clone(), self.options.clone());
        let _ = self.put_down(world);
        self.handed_over += 1;
        assert!(self.ledger.submit(decision(world.new_id())).is_err(), "a closed ledger took one");
        world.refused += 1;
        let _ = self.close(world);
        Self::open(&disk, &options, world).ok()
    }

    /// Hands over a decision whose preparation does not end before the gate opens. Once it has begun, everything
    /// handed over before has been committed.
    fn stop(&mut self, world: &mut World) {
        let (begun, has_begun) = channel();
        let (gate, opens) = channel();
        self.handed_over += 1;
        let stops = Stops(decision(world.new_id()), begun, opens);
        // A poisoned recorder drops it, and then stands still anyway.
        let _ = self.ledger.submit(stops);
        let _ = has_begun.recv();
        self.gate = Some(gate);
    }
}

#[derive(Debug)]
struct Signals(Unsealed, Sender<()>);

impl Submission for Signals {
    fn size(&self) -> usize {
        1
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        self.0
    }
}

#[derive(Debug)]
struct Stops(Unsealed, Sender<()>, Receiver<()>);

impl Submission for Stops {
    fn size(&self) -> usize {
        1
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        let _ = self.1.send(());
        let _ = self.2.recv();
        self.0
    }
}

#[derive(Debug)]
struct Panics;

impl Submission for Panics {
    fn size(&self) -> usize {
        1
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        // Without the message that `panic!` would print for each of thousands.
        std::panic::resume_unwind(Box::new(()))
    }
}
