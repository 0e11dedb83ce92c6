//! The checkpointer thread: on each tick, or when asked, asks the recorder where it stands, reads the disk up to there,
//! signs what it found, and hands the entry to the recorder.
//!
//! Once the disk holds something else than was written, this session signs nothing any more. Everything else that fails
//! is tried again at the next tick.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use testimony_record::entry::Checkpoint;
use testimony_record::tlog::SignedHead;

use super::asking::{Ask, Called};
use super::base;
use super::cosign::{Cosignatures, NotCosigned, OnRecord};
use super::keys::Keys;
use super::reread::{Files, Reread};
use super::stand::Stand;
use crate::error::{Altered, NotKept, NotSigned};
use crate::options::Trouble;
use crate::write::receipt::receipt;
use crate::write::shared::{Item, Shared};

pub(crate) struct Checkpointer {
    shared: Arc<Shared>,
    files: Files,
    keys: Keys,
    called: Called,
    every: Duration,
    /// How far the disk has been read; not at all before the first checkpoint.
    reread: Option<Reread>,
    newest: Option<OnRecord>,
    altered: Option<Altered>,
    /// The last try failed, which the host has been told.
    failing: bool,
}

impl Checkpointer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        files: Files,
        keys: Keys,
        called: Called,
        every: Duration,
    ) -> Self {
        let every = every.max(Duration::from_millis(1));
        let (reread, newest, altered) = (None, None, None);
        Self { shared, files, keys, called, every, reread, newest, altered, failing: false }
    }

    /// Runs until the last checkpoint is signed, or nobody is left who could ask.
    pub(crate) fn run(mut self) {
        let mut tick = self.next_tick();
        loop {
            match self.wait_until(tick) {
                Ok(Ask::Cosign(cosignatures, answer)) => {
                    let _ = answer.send(self.cosign(cosignatures));
                    continue;
                }
                Ok(Ask::Last(stand, answer)) => {
                    let _ = answer.send(self.last(stand));
                    return;
                }
                Ok(Ask::Now(answer)) => self.answer(&answer),
                Err(RecvTimeoutError::Timeout) => drop(self.make()),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            tick = self.next_tick();
        }
    }

    fn next_tick(&self) -> Option<Instant> {
        Instant::now().checked_add(self.every)
    }

    fn wait_until(&self, tick: Option<Instant>) -> Result<Ask, RecvTimeoutError> {
        match tick {
            Some(tick) => {
                self.called.asks.recv_timeout(tick.saturating_duration_since(Instant::now()))
            }
            None => self.called.asks.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    fn answer(&mut self, answer: &Sender<Result<SignedHead, NotSigned>>) {
        let made = self.make();
        // Whoever asked may have gone; the checkpoint is on record all the same.
        let _ = answer.send(made);
    }

    fn make(&mut self) -> Result<SignedHead, NotSigned> {
        let made = self.stand().and_then(|stand| self.signed(stand)).and_then(|signed| {
            self.record(signed.checkpoint())?;
            Ok(signed)
        });
        self.tell(made.as_ref().err());
        let signed = made?;
        let head = signed.head.clone();
        self.newest = Some(signed);
        Ok(head)
    }

    fn last(&mut self, stand: Stand) -> Result<Checkpoint, NotSigned> {
        let signed = self.signed(stand);
        self.tell(signed.as_ref().err());
        signed.map(|signed| signed.checkpoint())
    }

    fn cosign(&mut self, cosignatures: Cosignatures) -> Result<SignedHead, NotCosigned> {
        let newest = self.newest.as_ref().ok_or(NotCosigned::NotTheNewest)?;
        let cosigned = newest.cosigned(cosignatures)?;
        self.record(cosigned.checkpoint()).map_err(NotCosigned::NotSigned)?;
        let head = cosigned.head.clone();
        self.newest = Some(cosigned);
        Ok(head)
    }

    /// Where the recorder stands, once that is synced.
    fn stand(&self) -> Result<Stand, NotSigned> {
        let (answer, wait) = channel();
        self.push(Item::Stand(answer))?;
        // A recorder that is poisoned or gone drops the question.
        wait.recv().map_err(|_| NotSigned::Closed)?.map_err(NotSigned::from)
    }

    /// What the disk holds up to `stand`, signed.
    fn signed(&mut self, stand: Stand) -> Result<OnRecord, NotSigned> {
        if let Some(altered) = &self.altered {
            return Err(NotSigned::Altered(altered.clone()));
        }
        let mut reread = match self.reread.take() {
            Some(reread) => reread,
            None => base::find(&self.files, stand.segment, &self.keys)
                .map_err(|error| NotSigned::Unread(error.to_string().into()))?,
        };
        let read = reread.advance(&self.files, stand, &|| self.called.somebody_waits());
        let tree = self.reread.insert(reread).tree().clone();
        read?;
        // The first checkpoint of the session covers the genesis that names its key.
        let vouch = self.newest.is_none();
        let head = self.keys.sign(tree.size(), &tree.root(), vouch)?;
        Ok(OnRecord { head, tree })
    }

    fn record(&self, checkpoint: Checkpoint) -> Result<(), NotSigned> {
        let (promise, receipt) = receipt();
        self.push(Item::Checkpoint(checkpoint, promise))?;
        receipt.wait()?;
        self.shared.counters.checkpoints.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn push(&self, item: Item) -> Result<(), NotSigned> {
        let pushed = self.shared.queue.push(item, 0, true, Duration::MAX);
        pushed.map_err(|_| NotSigned::Closed)
    }

    /// The host hears of an altered disk once, and of other failures once until it works again.
    fn tell(&mut self, error: Option<&NotSigned>) {
        let error =
            error.filter(|error| !matches!(error, NotSigned::Closed | NotSigned::Poisoned(_)));
        let news = match error {
            None => None,
            Some(NotSigned::Altered(altered)) => {
                self.shared.counters.altered.store(true, Ordering::Relaxed);
                let news = self.altered.is_none().then(|| Trouble::Altered(altered.clone()));
                self.altered = Some(altered.clone());
                news
            }
            Some(error) => (!self.failing).then(|| Trouble::NotSigned(error.clone())),
        };
        self.failing = error.is_some();
        self.shared.counters.unsigned.fetch_add(u64::from(self.failing), Ordering::Relaxed);
        if let Some(news) = news {
            self.shared.trouble(&news);
        }
    }
}

impl From<NotKept> for NotSigned {
    fn from(error: NotKept) -> Self {
        match error {
            NotKept::Poisoned(at) => Self::Poisoned(at),
            _ => Self::Closed,
        }
    }
}
