//! The witnesses of a live ledger as its owner holds them: start, look, finish. The work is done on a thread of their own.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use testimony_ledger::Ledger;
use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_ledger::read::trail::Trail;

use crate::attendant::Attendant;
use crate::endpoint::Endpoint;
use crate::options::Options;
use crate::signal::Order;
use crate::standing::{Shared, Standing};

/// Why witnesses cannot be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotStarted {
    /// There is nothing to follow.
    #[error("cannot follow the ledger")]
    Ledger(#[from] CouldNotRead),
    /// The system gives no thread.
    #[error("cannot start the witnesses' thread")]
    Thread(#[source] io::Error),
}

/// Not every witness has cosigned the last checkpoint that it was to be shown. The next session's first checkpoint makes
/// up for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the end of the ledger is not cosigned by {}", .missing.join(", "))]
pub struct NotWitnessed {
    /// The names of the keys of those that have not.
    pub missing: Vec<String>,
}

/// Shows each new checkpoint of a live ledger to witnesses, and puts their cosignatures on record.
///
/// Dropping it lets the witnesses go without a last word.
pub struct Witnesses {
    shared: Arc<Shared>,
}

impl Witnesses {
    /// Starts a thread that follows the ledger, which must have been opened with a key that signs checkpoints. Recording
    /// never waits for it. It holds a few kilobytes for each witness, however long the ledger grows.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the system gives no thread.
    pub fn start(
        ledger: &Arc<Ledger>,
        witnesses: &[Endpoint],
        options: &Options,
    ) -> Result<Self, NotStarted> {
        // Opening began a segment file; what this process signs stands in that one or in a later one.
        let segments = Directory::open(ledger.path())?.segments(ledger.stream())?;
        let last = segments.last().copied().unwrap_or_default();
        let scout = Trail::from_segment(ledger.path(), ledger.stream(), last);
        let shared = Arc::new(Shared::new(witnesses.iter().map(Standing::of).collect()));
        let attendant =
            Attendant::new(Arc::clone(ledger), scout, witnesses, options, Arc::clone(&shared));
        let thread = thread::Builder::new().name("testimony-witnesses".to_owned());
        let ended = EndOnDrop(Arc::clone(&shared));
        let run = move || {
            let _ended = ended;
            attendant.run();
        };
        thread.spawn(run).map_err(NotStarted::Thread)?;
        Ok(Self { shared })
    }

    /// How it stands with each witness, in their order.
    #[must_use]
    pub fn standings(&self) -> Vec<Standing> {
        self.shared.standings().clone()
    }

    /// Asks for one more checkpoint, shows it to every witness, and ends; waits at most so long for all of that. Call it
    /// before the ledger is closed, because a cosignature can be put on record only as long as it is open. What is
    /// recorded afterwards is shown to the witnesses by the next session, or by `testimony witness`.
    ///
    /// # Errors
    /// When a witness has not cosigned that checkpoint by then.
    pub fn finish(&self, deadline: Duration) -> Result<(), NotWitnessed> {
        let now = Instant::now();
        let deadline = now.checked_add(deadline).unwrap_or(now + Duration::from_hours(24));
        self.shared.signal.give(Order::Finish);
        let ended = self.shared.signal.wait_ended(deadline);
        let standings = self.shared.standings();
        let missing = standings.iter().filter(|standing| !ended || standing.trouble.is_some());
        let missing: Vec<String> =
            missing.map(|standing| standing.witness.name().to_owned()).collect();
        if missing.is_empty() { Ok(()) } else { Err(NotWitnessed { missing }) }
    }
}

impl Drop for Witnesses {
    fn drop(&mut self) {
        self.shared.signal.give(Order::Leave);
    }
}

impl fmt::Debug for Witnesses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witnesses").field("standings", &self.standings()).finish()
    }
}

/// However the thread ends, whoever waits for it learns so.
struct EndOnDrop(Arc<Shared>);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.signal.ended();
    }
}
