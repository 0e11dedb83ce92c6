//! Decisions that were lost and that no entry tells of yet.
//!
//! A process keeps one account for each directory. Whichever of its ledgers can write there next puts the losses on record, also
//! those of one that has been poisoned or closed since. What nobody wrote before the process ended is lost with it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use testimony_record::entry::Gap;
use testimony_record::label::Label;

/// Why decisions were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    QueueFull,
    Panicked,
    Closed,
    Poisoned,
    /// They were sealed, and the write or sync that was to keep them failed.
    Doubtful,
}

impl Reason {
    fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "the queue was full",
            Self::Panicked => "the host's code panicked while a decision was prepared",
            Self::Closed => "they came after the ledger was closed",
            Self::Poisoned => "they came after a write or sync had failed",
            Self::Doubtful => "a write or sync failed; some may be on record all the same",
        }
    }
}

/// Losses for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) reason: Reason,
    pub(crate) lost: u64,
    /// When the first one was lost.
    pub(crate) since_us: u64,
}

impl Loss {
    pub(crate) fn gap(self) -> Gap {
        let Self { reason, lost, since_us } = self;
        Gap { lost, since_us, reason: Label::new(reason.as_str()) }
    }
}

/// Losses that no entry tells of yet.
#[derive(Debug, Default)]
pub(crate) struct Losses(Mutex<BTreeMap<Reason, Loss>>);

impl Losses {
    /// The account of this process for a directory.
    pub(crate) fn of(place: PathBuf) -> Arc<Self> {
        static ACCOUNTS: Mutex<BTreeMap<PathBuf, Arc<Losses>>> = Mutex::new(BTreeMap::new());
        let mut accounts = ACCOUNTS.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.retain(|_, account| Arc::strong_count(account) > 1 || !account.all().is_empty());
        Arc::clone(accounts.entry(place).or_default())
    }

    /// Adds a loss; says whether it is the first that no entry tells of.
    pub(crate) fn add(&self, loss: Loss) -> bool {
        let mut all = self.all();
        let first = all.is_empty();
        let sum = all.entry(loss.reason).or_insert(Loss { lost: 0, ..loss });
        sum.lost += loss.lost;
        sum.since_us = sum.since_us.min(loss.since_us);
        first
    }

    /// Hands out all losses, to be told.
    pub(crate) fn take(&self) -> impl Iterator<Item = Loss> + use<> {
        std::mem::take(&mut *self.all()).into_values()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Reason, Loss>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What has been sealed and is not yet kept as the level demands: should the next write or sync fail, all of it is lost.
#[derive(Debug, Default)]
pub(crate) struct Unsettled {
    pub(crate) records: u64,
    pub(crate) since_us: u64,
    /// Losses in `gap` entries among it. Should they have landed all the same, they are told twice: better than never.
    pub(crate) told: Vec<Loss>,
}

impl Unsettled {
    pub(crate) fn record(&mut self, now_us: fn() -> u64) {
        if self.records == 0 {
            self.since_us = now_us();
        }
        self.records += 1;
    }

    pub(crate) fn settle(&mut self) {
        self.records = 0;
        self.told.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loss(reason: Reason, lost: u64, since_us: u64) -> Loss {
        Loss { reason, lost, since_us }
    }

    #[test]
    fn losses_add_up_by_reason_and_are_handed_out_once() {
        let losses = Losses::default();
        assert!(losses.add(loss(Reason::Closed, 1, 9)));
        assert!(!losses.add(loss(Reason::QueueFull, 2, 5)));
        assert!(!losses.add(loss(Reason::Closed, 3, 7)));
        let told: Vec<_> = losses.take().collect();
        assert_eq!(told, [loss(Reason::QueueFull, 2, 5), loss(Reason::Closed, 4, 7)]);
        assert_eq!(losses.take().count(), 0);
    }

    #[test]
    fn an_account_outlives_its_ledgers_only_while_it_holds_losses() {
        let (full, empty) = (PathBuf::from("losses/full"), PathBuf::from("losses/empty"));
        Losses::of(full.clone()).add(loss(Reason::Closed, 1, 1));
        let before = Arc::downgrade(&Losses::of(empty.clone()));
        assert_eq!(Losses::of(full).take().count(), 1);
        Losses::of(empty);
        assert!(before.upgrade().is_none());
    }
}
