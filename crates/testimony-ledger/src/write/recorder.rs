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

use testimony_record::entry::{Body, Close, Durability, Gap, Link};
use testimony_record::label::Label;

use super::appender::Appender;
use super::receipt::{Kept, Promise};
use super::sealer::Sealer;
use super::shared::{Item, Shared};
use crate::checkpoint::asking::Line;
use crate::checkpoint::stand::Stand;
use crate::error::{NotKept, NotSigned, PoisonedAt};
use crate::options::Trouble;
use crate::storage::Lock;
use crate::submission::Submission;

/// How long the recorder gathers after it has written, before it looks again: callers in that time need not wake it.
const LINGER: Duration = Duration::from_millis(2);

const QUEUE_FULL: &str = "the queue was full";

/// How much is sealed before it is written.
const WRITE_BYTES: usize = 1 << 20;

pub(crate) struct Recorder {
    pub(crate) shared: Arc<Shared>,
    pub(crate) appender: Appender,
    pub(crate) sealer: Sealer,
    pub(crate) durability: Durability,
    /// Answers owed once what they are about is durable.
    pub(crate) owed: Vec<(Promise, Link)>,
    /// Who waits to hear where the recorder stands.
    pub(crate) asked: Vec<Sender<Result<Stand, NotKept>>>,
    /// Something must be synced with this commit, whatever the level.
    pub(crate) sync_wanted: bool,
    /// To the checkpointer, where there is one.
    pub(crate) line: Option<Line>,
    pub(crate) decisions: u64,
    pub(crate) unsynced_since: Option<Instant>,
    pub(crate) poison: Option<PoisonedAt>,
    /// Held as long as this thread may write, so that the stream is free once it has ended.
    pub(crate) _lock: Lock,
}

/// Should this thread ever die, callers are refused at once instead of filling a queue that nobody empties.
struct CloseOnDrop<'a>(&'a Shared);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.queue.close();
    }
}

impl Recorder {
    /// Runs until the queue is closed and empty; then puts the stream down.
    pub(crate) fn run(mut self) -> Result<(), NotKept> {
        let shared = Arc::clone(&self.shared);
        let _refuse_when_gone = CloseOnDrop(&shared);
        let mut batch = Vec::new();
        let mut deadline = None;
        loop {
            let closed = shared.queue.take_all(&mut batch, deadline);
            let idle = batch.is_empty();
            self.commit(&mut batch, closed);
            if closed {
                return self.close();
            }
            deadline = self.next_look(idle);
        }
    }

    /// After work, look again soon; when idle, sleep until something comes or the sync is due.
    fn next_look(&self, idle: bool) -> Option<Instant> {
        let due = self.sync_due();
        if idle {
            due
        } else {
            Some(due.map_or(Instant::now() + LINGER, |due| due.min(Instant::now() + LINGER)))
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
        let written = batch.drain(..).try_for_each(|item| self.item(item));
        self.tell(QUEUE_FULL);
        let result = written.and_then(|()| self.write()).and_then(|()| self.sync_if_due(last));
        match result {
            // Everything that is owed an answer is written, and synced unless the level says otherwise.
            Ok(()) => self.pay(),
            Err(error) => self.poison(&error),
        }
    }

    fn item(&mut self, item: Item) -> io::Result<()> {
        if let Some(poison) = &self.poison {
            let refusal = NotKept::Poisoned(poison.clone());
            self.refuse(item, refusal);
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
        }
    }

    fn flush(&mut self, promise: Promise) {
        self.tell(QUEUE_FULL);
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
            self.shared.lose();
            if let Some(promise) = promise {
                promise.answer(Err(NotKept::Panicked));
            }
            self.tell("the host's code panicked while a decision was prepared");
            return Ok(());
        };
        let body = self.sealer.seal(unsealed, &mut self.appender.buffer)?;
        self.decisions += u64::from(matches!(body, Body::Decision(_)));
        let link = self.appender.entry(body);
        self.shared.counters.recorded.fetch_add(1, Ordering::Relaxed);
        self.owed.extend(promise.map(|promise| (promise, link)));
        if self.appender.buffer.len() >= WRITE_BYTES { self.write() } else { Ok(()) }
    }

    /// Puts losses on record that no entry tells of yet.
    fn tell(&mut self, reason: &'static str) {
        if self.poison.is_none()
            && let Some((lost, since_us)) = self.shared.counters.take_untold()
        {
            self.appender.entry(Body::Gap(Gap { lost, since_us, reason: Label::new(reason) }));
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
        if self.appender.segment_is_full() {
            self.appender.roll()?;
            self.sealer.begin_segment();
        }
        Ok(())
    }

    fn sync_if_due(&mut self, last: bool) -> io::Result<()> {
        let wanted = match self.durability {
            Durability::EveryDecision => true,
            Durability::IntervalMs(_) => {
                !self.owed.is_empty() || self.sync_due().is_some_and(|due| due <= Instant::now())
            }
            Durability::Os => false,
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
    fn poison(&mut self, error: &io::Error) {
        let poison = PoisonedAt(error.to_string().into());
        for (promise, _) in self.owed.drain(..) {
            promise.answer(Err(NotKept::Poisoned(poison.clone())));
        }
        for asked in self.asked.drain(..) {
            let _ = asked.send(Err(NotKept::Poisoned(poison.clone())));
        }
        self.shared.counters.poisoned.store(true, Ordering::Relaxed);
        self.shared.trouble(&Trouble::Poisoned(error.to_string()));
        self.poison = Some(poison);
        self.shared.counters.ring();
    }

    fn refuse(&self, item: Item, refusal: NotKept) {
        let promise = match item {
            Item::Flush(promise) | Item::Checkpoint(_, promise) => Some(promise),
            Item::Stand(answer) => {
                let _ = answer.send(Err(refusal));
                return;
            }
            Item::Record(_, promise) => {
                self.shared.lose();
                promise
            }
        };
        if let Some(promise) = promise {
            promise.answer(Err(refusal));
        }
    }

    fn close(mut self) -> Result<(), NotKept> {
        if self.poison.is_none() {
            let lost = Some(self.shared.counters.lost()).filter(|&lost| lost > 0);
            self.appender.entry(Body::Close(Close { decisions: self.decisions, lost }));
            if let Err(error) = self.appender.write().and_then(|()| self.appender.sync()) {
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
}
