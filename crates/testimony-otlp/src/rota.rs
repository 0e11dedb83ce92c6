//! Which streams this process exports: its own before all others, and what dead processes left behind.
//!
//! A lock for each destination and stream says whose turn it is, so that no two living processes send the same entry. Streams
//! that others left are put down again as soon as everything in them has been delivered.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_record::Uuid;

use crate::causes::with_causes;
use crate::desk::Desk;
use crate::destination::{End, ends};
use crate::lease::{Lease, Reading};

/// How often it looks for streams that nobody exports.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Round {
    /// All streams in the hands of this process have been delivered as far as they go.
    CaughtUp,
    /// There is more to do at once.
    More,
    /// Something stands in the way, and may go away by itself.
    Waiting,
    /// The exporter has to end.
    OutOfTime,
}

pub(crate) struct Rota {
    ledger: PathBuf,
    /// The stream that this process writes.
    own: Option<Uuid>,
    /// Its own first.
    leases: Vec<Lease>,
    /// Where the streams ended that were delivered and put down.
    done: BTreeMap<Uuid, End>,
    /// The streams that have been begun anew, where all are to be.
    anew: Option<BTreeSet<Uuid>>,
    looked: Option<Instant>,
}

impl Rota {
    pub(crate) fn new(ledger: PathBuf, own: Option<Uuid>, anew: bool) -> Self {
        let anew = anew.then(BTreeSet::new);
        Self { ledger, own, leases: Vec::new(), done: BTreeMap::new(), anew, looked: None }
    }

    /// Whether a round may find something although nothing was committed by this process.
    pub(crate) fn is_due(&self) -> bool {
        self.own.is_none() || self.looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY)
    }

    /// Has the next round look at every stream again, also at those that were put down.
    pub(crate) fn look_again(&mut self) {
        self.looked = None;
    }

    /// Delivers what has come since the last round.
    pub(crate) fn round(&mut self, desk: &mut Desk) -> Round {
        match self.try_round(desk) {
            Ok(round) => round,
            Err(error) => {
                desk.shared.note(with_causes(&error));
                Round::Waiting
            }
        }
    }

    fn try_round(&mut self, desk: &mut Desk) -> Result<Round, CouldNotRead> {
        let directory = Directory::open(&self.ledger)?;
        self.take_own(desk);
        let looks = self.looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY);
        // Its own stream is never put down, and a ledger may have very many others.
        let has_others = self.leases.iter().any(|lease| self.own != Some(lease.stream()));
        let ends = if looks || has_others { ends(&directory)? } else { BTreeMap::new() };
        if looks {
            self.look(&directory, &ends, desk);
            self.looked = Some(Instant::now());
        }
        let mut all = if self.misses_own() { Round::Waiting } else { Round::CaughtUp };
        let mut at = 0;
        while let Some(lease) = self.leases.get_mut(at) {
            let stream = lease.stream();
            let is_own = self.own == Some(stream);
            let reading = lease.read(&directory, is_own, desk);
            match reading {
                // One stream that cannot be read holds up no other.
                Err(error) => {
                    desk.shared.note(with_causes(&error));
                    all = Round::Waiting;
                }
                Ok(Reading::OutOfTime) => {
                    // What was under way is not known to have arrived, so nothing is gone on with.
                    self.leases.clear();
                    return Ok(Round::OutOfTime);
                }
                Ok(Reading::More) => all = Round::More,
                Ok(Reading::CaughtUp) if self.stays(stream, &directory) => {}
                Ok(Reading::CaughtUp) => {
                    drop(self.leases.remove(at));
                    self.done.extend(ends.get(&stream).map(|&end| (stream, end)));
                    continue;
                }
            }
            at += 1;
        }
        Ok(all)
    }

    /// Its own stream, and where it has none, those that are being written.
    fn stays(&self, stream: Uuid, directory: &Directory) -> bool {
        self.own.map_or_else(|| directory.live(stream), |own| own == stream)
    }

    fn misses_own(&self) -> bool {
        self.own.is_some_and(|own| !self.holds(own))
    }

    fn holds(&self, stream: Uuid) -> bool {
        self.leases.iter().any(|lease| lease.stream() == stream)
    }

    /// Another process may have taken it for one that was left behind, and puts it down soon.
    fn take_own(&mut self, desk: &mut Desk) {
        if let Some(own) = self.own.filter(|&own| !self.holds(own))
            && !self.take(own, desk)
        {
            desk.shared.note(format!("another process exports stream {own}"));
        }
    }

    fn look(&mut self, directory: &Directory, ends: &BTreeMap<Uuid, End>, desk: &mut Desk) {
        let mut elsewhere = 0;
        for &stream in &directory.streams {
            let is_done =
                self.done.get(&stream).is_some_and(|done| ends.get(&stream) == Some(done));
            let has_its_own = self.own.is_some() && directory.live(stream);
            if is_done || has_its_own || self.holds(stream) {
                continue;
            }
            if !self.take(stream, desk) {
                elsewhere += 1;
            }
        }
        desk.shared.counters.held_elsewhere(elsewhere);
    }

    /// Says whether the stream is now in the hands of this process.
    fn take(&mut self, stream: Uuid, desk: &mut Desk) -> bool {
        let anew = self.anew.as_ref().is_some_and(|begun| !begun.contains(&stream));
        match Lease::take(&self.ledger, stream, anew, desk) {
            Ok(Some(lease)) => {
                if let Some(begun) = &mut self.anew {
                    begun.insert(stream);
                }
                let at = if self.own == Some(stream) { 0 } else { self.leases.len() };
                self.leases.insert(at, lease);
                true
            }
            Ok(None) => false,
            Err(error) => {
                desk.shared.note(with_causes(&error));
                false
            }
        }
    }
}
