//! The recorder thread: takes what waits, seals it, writes it with one call, syncs as the level asks, answers receipts.
//!
//! After the first failed write or sync it only answers that nothing is kept any more. A panic in the host's own code
//! (a serializer, a mask) loses that one decision, which a `gap` entry then tells of.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use testimony_record::entry::{Body, Close, Durability, Erasure, Link};
use testimony_record::kept::Kept;

use super::appender::Appender;
use super::erasing;
use super::losses::{Loss, Reason, Unsettled};
use super::queue::Wait;
use super::receipt::Promise;
use super::sealer::Sealer;
use super::session::Session;
use super::shared::{Announced, Item, Shared};
use crate::checkpoint::asking::Line;
use crate::checkpoint::stand::Stand;
use crate::error::{NotKept, NotSigned, PoisonedAt};
use crate::options::Trouble;
use crate::storage::Lock;
use crate::submission::Submission;

/// How long the recorder gathers after it has written, before it looks again: callers in that time need not wake it.
const LINGER: Duration = Duration::from_millis(2);

/// How much is sealed before it is written.
const WRITE_BYTES: usize = 1 << 20;

pub(crate) struct Recorder {
    shared: Arc<Shared>,
    appender: Appender,
    sealer: Sealer,
    durability: Durability,
    /// Answers owed once what they are about is as durable as was promised.
    owed: Vec<(Promise, Link)>,
    /// Who waits to hear where the recorder stands.
    asked: Vec<Sender<Result<Stand, NotKept>>>,
    /// Something must be synced with this commit, whatever the level.
    sync_wanted: bool,
    /// To the checkpointer, where there is one.
    line: Option<Line>,
    decisions: u64,
    /// Losses that this session's `gap` entries tell of.
    told: u64,
    unsettled: Unsettled,
    unsynced_since: Option<Instant>,
    poison: Option<PoisonedAt>,
    /// Held as long as this thread may write, so that the stream is free once it has ended.
    _lock: Lock,
}

/// Should this thread ever die, callers are refused at once instead of filling a queue that nobody empties, and what
/// waits there is counted.
struct CloseOnDrop<'a>(&'a Shared);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.queue.close();
        let mut left = Vec::new();
        self.0.queue.take_all(&mut left, Wait::Arrival(None));
        for _ in left.iter().filter(|item| matches!(item, Item::Record(..))) {
            self.0.lose(Reason::Closed);
        }
    }
}

impl Recorder {
    pub(crate) fn new(session: Session, line: Option<Line>, shared: Arc<Shared>) -> Self {
        let options = &shared.options;
        let sealer = Sealer::new(options.remember, options.content_limit(), options.sources.random);
        Self {
            appender: session.appender,
            sealer,
            durability: options.durability,
            shared,
            owed: Vec::new(),
            asked: Vec::new(),
            sync_wanted: false,
            line,
            decisions: 0,
            told: 0,
            unsettled: Unsettled::default(),
            unsynced_since: None,
            poison: None,
            _lock: session.lock,
        }
    }

    /// Runs until the queue is closed and empty; then puts the stream down.
    pub(crate) fn run(mut self) -> Result<(), NotKept> {
        let shared = Arc::clone(&self.shared);
        let _refuse_when_gone = CloseOnDrop(&shared);
        let mut batch = Vec::new();
        let mut wait = Wait::Arrival(None);
        // What this process lost before, it tells first.
        self.commit(&mut batch, false);
        loop {
            let closed = shared.queue.take_all(&mut batch, wait);
            let idle = batch.is_empty();
            self.commit(&mut batch, closed);
            if closed {
                return self.close();
            }
            wait = self.next_look(idle);
        }
    }

    /// After work, look again soon; when idle, sleep until something comes or the sync is due.
    fn next_look(&self, idle: bool) -> Wait {
        let due = self.sync_due();
        if idle {
            Wait::Arrival(due)
        } else {
            let soon = Instant::now() + LINGER;
            Wait::Gather(due.map_or(soon, |due| due.min(soon)))
        }
    }

    fn sync_due(&self) -> Option<Instant> {
        match self.durability {
            Durability::IntervalMs(millis) => {
                Some(self.unsynced_since? + Duration::from_millis(millis))
            }
            Durability::EveryDecision | Durability::Os => None,
        }
    }

    fn commit(&mut self, batch: &mut Vec<Item>, last: bool) {
        for item in batch.drain(..) {
            // Whatever follows a failure is refused, and told why.
            if let Err(error) = self.item(item) {
                self.poison(&error);
            }
        }
        self.tell();
        match self.write().and_then(|()| self.sync_if_due(last)) {
            // Everything that is owed an answer is written, and synced unless nobody was promised that.
            Ok(()) => self.pay(),
            Err(error) => drop(self.poison(&error)),
        }
    }

    fn item(&mut self, item: Item) -> io::Result<()> {
        if let Some(poison) = self.poison.clone() {
            self.refuse(item, NotKept::Poisoned(poison));
            return Ok(());
        }
        match item {
            Item::Flush(promise) => {
                self.flush(promise);
                Ok(())
            }
            Item::Record(submission, promise) => self.record(submission, promise),
            Item::Stand(answer) => {
                self.asked.push(answer);
                self.sync_wanted = true;
                Ok(())
            }
            Item::Checkpoint(checkpoint, promise) => {
                let link = self.appender.entry(Body::Checkpoint(checkpoint));
                self.owed.push((promise, link));
                self.sync_wanted = true;
                Ok(())
            }
            Item::Note(body, promise) => {
                let link = self.appender.entry(body);
                self.owed.push((promise, link));
                Ok(())
            }
            Item::Erase(erasures, answer) => {
                let announced = self.announce(&erasures)?;
                // Whoever asked may have gone; then the next session finishes it.
                let _ = answer.send(announced);
                Ok(())
            }
            Item::Failed(error) => Err(error),
        }
    }

    /// Says what will be erased, in a new segment. Overwriting is long work and is not done on this thread: decisions go on.
    fn announce(&mut self, erasures: &[Erasure]) -> io::Result<Announced> {
        self.sealer.forget(&erasing::digests(erasures));
        erasing::note(&self.appender, erasures)?;
        self.roll()?;
        let entries = erasing::announce(&mut self.appender, erasures)?;
        self.unsynced_since = None;
        Ok(Announced { entries, below: self.appender.segment() })
    }

    fn flush(&mut self, promise: Promise) {
        self.tell();
        if let Some(link) = self.appender.newest() {
            self.owed.push((promise, link));
        }
    }

    fn record(
        &mut self,
        submission: Box<dyn Submission>,
        promise: Option<Promise>,
    ) -> io::Result<()> {
        let Ok(unsealed) = catch_unwind(AssertUnwindSafe(|| submission.unseal())) else {
            self.shared.lose(Reason::Panicked);
            answer(promise, NotKept::Panicked);
            return Ok(());
        };
        self.unsettled.record(self.shared.options.sources.now_us);
        self.shared.counters.recorded.fetch_add(1, Ordering::Relaxed);
        let body = match self.sealer.seal(unsealed, &mut self.appender.buffer) {
            Ok(body) => body,
            Err(error) => {
                answer(promise, NotKept::Poisoned(self.poison(&error)));
                return Ok(());
            }
        };
        self.decisions += u64::from(matches!(body, Body::Decision(_)));
        let link = self.appender.entry(body);
        self.owed.extend(promise.map(|promise| (promise, link)));
        if self.appender.buffer.len() >= WRITE_BYTES { self.write() } else { Ok(()) }
    }

    /// Puts losses on record that no entry tells of yet.
    fn tell(&mut self) {
        if self.poison.is_some() {
            return;
        }
        for loss in self.shared.losses.take() {
            self.appender.entry(Body::Gap(loss.gap()));
            self.told += loss.lost;
            self.unsettled.told.push(loss);
        }
    }

    fn write(&mut self) -> io::Result<()> {
        if self.poison.is_some() {
            return Ok(());
        }
        self.appender.write()?;
        if self.appender.dirty() {
            self.unsynced_since.get_or_insert_with(Instant::now);
        }
        if self.appender.segment_is_full() { self.roll() } else { Ok(()) }
    }

    fn roll(&mut self) -> io::Result<()> {
        self.appender.roll()?;
        self.sealer.begin_segment();
        Ok(())
    }

    fn sync_if_due(&mut self, last: bool) -> io::Result<()> {
        let wanted = match self.durability {
            Durability::EveryDecision => true,
            Durability::IntervalMs(_) => {
                !self.owed.is_empty() || self.sync_due().is_some_and(|due| due <= Instant::now())
            }
            Durability::Os => self.owed.iter().any(|(promise, _)| promise.is_of_a_sync()),
        };
        if self.poison.is_none() && (wanted || last || self.sync_wanted) {
            self.appender.sync()?;
            self.sync_wanted = false;
            self.unsynced_since = None;
        }
        Ok(())
    }

    fn pay(&mut self) {
        let (stream, durable) = (self.appender.stream(), !self.appender.dirty());
        if durable || self.durability == Durability::Os {
            self.unsettled.settle();
        }
        for (promise, link) in self.owed.drain(..) {
            promise.answer(Ok(Kept { stream, link, durable }));
        }
        if let Some(stand) = self.appender.stand() {
            for asked in self.asked.drain(..) {
                let _ = asked.send(Ok(stand));
            }
        }
        self.shared.counters.ring();
    }

    /// Nobody knows what the disk holds now. Nothing that waits for an answer may be called kept, ever.
    fn poison(&mut self, error: &io::Error) -> PoisonedAt {
        let poison = PoisonedAt::new(error.to_string());
        self.poison = Some(poison.clone());
        // Whoever is told can then read it in the counters too.
        self.shared.counters.poisoned.store(true, Ordering::Relaxed);
        self.shared.trouble(&Trouble::Poisoned(error.to_string()));
        self.lose_unsettled();
        for (promise, _) in self.owed.drain(..) {
            promise.answer(Err(NotKept::Poisoned(poison.clone())));
        }
        for asked in self.asked.drain(..) {
            let _ = asked.send(Err(NotKept::Poisoned(poison.clone())));
        }
        self.shared.counters.ring();
        poison
    }

    /// What was sealed and is not known to be kept counts as lost, and what was told of losses is to be told again.
    fn lose_unsettled(&mut self) {
        let Unsettled { records: lost, since_us, told } = std::mem::take(&mut self.unsettled);
        for loss in told {
            self.shared.losses.add(loss);
        }
        if lost > 0 {
            self.shared.counters.recorded.fetch_sub(lost, Ordering::Relaxed);
            self.shared.lose_all(Loss { reason: Reason::Doubtful, lost, since_us });
        }
    }

    fn refuse(&self, item: Item, refusal: NotKept) {
        let promise = match item {
            Item::Flush(promise) | Item::Note(_, promise) | Item::Checkpoint(_, promise) => {
                Some(promise)
            }
            Item::Stand(answer) => {
                let _ = answer.send(Err(refusal));
                return;
            }
            Item::Erase(..) | Item::Failed(_) => None,
            Item::Record(_, promise) => {
                self.shared.lose(Reason::Poisoned);
                promise
            }
        };
        answer(promise, refusal);
    }

    fn close(mut self) -> Result<(), NotKept> {
        if self.poison.is_none() {
            if let Err(error) = self.put_down() {
                self.poison(&error);
            }
            self.shared.counters.ring();
        }
        let last = self.last_checkpoint();
        self.poison.map_or(last, |poison| Err(NotKept::Poisoned(poison)))
    }

    /// A checkpoint that covers the `close`, behind it and in the same segment. The stream is not free before.
    fn last_checkpoint(&mut self) -> Result<(), NotKept> {
        let (Some(line), Some(stand)) = (self.line.take(), self.appender.stand()) else {
            return Ok(());
        };
        let Some(checkpoints) = self.shared.options.checkpoints.as_ref() else { return Ok(()) };
        if self.poison.is_some() {
            line.hang_up();
            return Ok(());
        }
        let checkpoint = line.last(stand, checkpoints.patience).map_err(|unsigned| {
            if let NotSigned::Slow(_) = unsigned {
                self.shared.trouble(&Trouble::NotSigned(unsigned.clone()));
            }
            NotKept::LastCheckpoint(unsigned)
        })?;
        self.appender.entry(Body::Checkpoint(checkpoint));
        if let Err(error) = self.appender.write().and_then(|()| self.appender.sync()) {
            self.poison(&error);
        }
        self.shared.counters.ring();
        Ok(())
    }

    /// A `close` is written only once all before it is durable: a stream that has one is taken to be whole.
    fn put_down(&mut self) -> io::Result<()> {
        self.tell();
        self.appender.write()?;
        self.appender.sync()?;
        let lost = Some(self.told).filter(|&lost| lost > 0);
        self.appender.entry(Body::Close(Close { decisions: self.decisions, lost }));
        self.appender.write()?;
        self.appender.sync()
    }
}

fn answer(promise: Option<Promise>, refusal: NotKept) {
    if let Some(promise) = promise {
        promise.answer(Err(refusal));
    }
}
