//! What happened in what order: decisions, calls that were begun, outcomes, losses, erasures and checkpoints, around a moment or
//! for a subject. Times are those that the application and the writer's clock gave; where that clock stepped back, it is marked.

mod event;

use std::collections::HashSet;
use std::ops::RangeInclusive;

use serde::Serialize;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_record::Uuid;

use crate::casebook::Casebook;
use crate::lookup::NotFound;
use crate::pass::Doubts;

pub use event::{Event, What};

/// What of a ledger a timeline shows. The default is all of it, with checkpoints folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Only from the first to the last of these moments, in microseconds since the Unix epoch.
    pub between_us: Option<RangeInclusive<u64>>,
    /// Only decisions about this subject and what concerns them; beside them what concerns all: losses, steps of the clock.
    pub subject: Option<String>,
    /// Every checkpoint by itself, and the begin of calls that became decisions.
    pub all: bool,
}

/// Events in order of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// The events, the earliest first; where times are equal, in the ledger's own order.
    pub events: Vec<Event>,
    /// What could not be taken at its word.
    pub doubts: Doubts,
}

impl Scope {
    /// As far before a moment as after it, in microseconds.
    #[must_use]
    pub fn around(at_us: u64, within_us: u64) -> RangeInclusive<u64> {
        at_us.saturating_sub(within_us)..=at_us.saturating_add(within_us)
    }

    fn holds(&self, at_us: u64) -> bool {
        self.between_us.as_ref().is_none_or(|between| between.contains(&at_us))
    }
}

impl Casebook {
    /// What happened, in order. Costs one pass over the ledger.
    ///
    /// ```no_run
    /// use testimony_forensics::{Casebook, timeline::Scope};
    ///
    /// let casebook = Casebook::open("testimony-ledger")?;
    /// let at = casebook.began("0198c1d2-5a72")?;
    /// let scope = Scope { between_us: Some(Scope::around(at, 60_000_000)), ..Scope::default() };
    /// println!("{} events within a minute", casebook.timeline(&scope)?.events.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When a file cannot be read. What is damaged is passed over and counted.
    pub fn timeline(&self, scope: &Scope) -> Result<Timeline, CouldNotRead> {
        let concerned = scope.subject.as_deref().map(|subject| self.concerned_by(subject));
        self.timeline_of(scope, concerned)
    }

    /// Where decisions are given, only what concerns them, and losses meanwhile.
    pub(crate) fn timeline_of(
        &self,
        scope: &Scope,
        concerned: Option<HashSet<Uuid>>,
    ) -> Result<Timeline, CouldNotRead> {
        let mut gather = event::Gather::new(self, scope, concerned);
        let doubts = self.pass(&mut |seen| gather.see(seen))?;
        let events = gather.finish();
        Ok(Timeline { events, doubts })
    }

    /// When a decision began, in microseconds since the Unix epoch, by its id or the beginning of it.
    ///
    /// # Errors
    /// When no decision or more than one is meant.
    pub fn began(&self, id: &str) -> Result<u64, NotFound> {
        Ok(self.by_id(id)?.began_us)
    }

    /// The ids of the decisions and of the calls begun about a subject.
    fn concerned_by(&self, subject: &str) -> HashSet<Uuid> {
        let decided = self.about(subject).into_iter().filter_map(|number| self.index.case(number));
        let decided = decided.map(|case| case.id);
        decided.chain(self.begun_about(subject)).collect()
    }
}
