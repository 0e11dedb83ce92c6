//! One event of a timeline, and how entries become events.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::decision::{Intent, Outcome};
use testimony_record::entry::{Body, Entry, Gap};
use testimony_record::label::Label;
use testimony_record::part::Role;
use testimony_record::verify::Place;

use super::Scope;
use crate::casebook::Casebook;
use crate::pass::Seen;
use crate::reader::At;
use crate::summary::Summary;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When, in microseconds since the Unix epoch: when a call began, an outcome happened, or the entry was sealed.
    pub at_us: u64,
    /// Where the entry stands that says so.
    pub place: Place,
    /// Whether its bytes have the hash that stands beside them.
    pub sealed: bool,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum What {
    /// A process took up the stream.
    Began {
        /// The service, where it named itself.
        service: Option<Label>,
        /// The program that writes.
        writer: Label,
    },
    /// A decision.
    Decision(Box<Summary>),
    /// A call was begun.
    Intent {
        /// The id that its decision has or would have had.
        id: Uuid,
        /// The call site.
        site: Label,
        /// Whether the ledger holds the decision. Where not, nothing more is known of the call.
        decided: bool,
    },
    /// A later fact about a decision.
    Outcome {
        /// The decision.
        decision: Uuid,
        /// `approved`, `overridden`.
        kind: Label,
        /// By whom, cut to a line.
        by: Option<String>,
        /// What, cut to a line.
        said: Option<String>,
    },
    /// Decisions were made and not recorded.
    Gap {
        /// How many.
        lost: u64,
        /// When the first was lost, in microseconds since the Unix epoch; the event stands at this time.
        since_us: u64,
        /// Why.
        reason: Label,
    },
    /// A stream was taken up after a crash, and unfinished bytes were cut off.
    Recovered {
        /// How many bytes.
        bytes: u64,
    },
    /// Contents were erased.
    Erasure {
        /// How many.
        contents: usize,
        /// Why.
        reason: Label,
        /// By whose authority.
        by: Label,
    },
    /// Contents must not be erased.
    Hold {
        /// How many; none where it is the whole ledger.
        contents: usize,
        /// Why.
        reason: Label,
        /// By whose authority.
        by: Label,
    },
    /// A hold ended.
    Release {
        /// Why.
        reason: Label,
        /// By whose authority.
        by: Label,
    },
    /// Signed heads, with nothing else between them.
    Checkpoints {
        /// How many.
        count: u64,
        /// When the last of them was sealed, in microseconds since the Unix epoch.
        until_us: u64,
    },
    /// The process put the stream down in good order.
    Closed {
        /// Decisions of the session.
        decisions: u64,
        /// Decisions that it lost.
        lost: Option<u64>,
    },
    /// The writer's clock went backwards before this entry: times around it are not to be relied on.
    ClockSteppedBack {
        /// By how much, in microseconds.
        by_us: u64,
    },
}

/// An event that has not been looked into yet.
struct Noted {
    at_us: u64,
    place: Place,
    sealed: bool,
    what: Kind,
}

enum Kind {
    /// By its number in the index.
    Decision(usize),
    Told(What),
}

pub(super) struct Gather<'a> {
    casebook: &'a Casebook,
    scope: &'a Scope,
    /// The decisions that are meant; all where there is none.
    concerned: Option<HashSet<Uuid>>,
    noted: Vec<Noted>,
    /// When the newest entry of each stream was sealed.
    clocks: HashMap<Uuid, u64>,
}

impl<'a> Gather<'a> {
    pub(super) fn new(
        casebook: &'a Casebook,
        scope: &'a Scope,
        concerned: Option<HashSet<Uuid>>,
    ) -> Self {
        let (noted, clocks) = (Vec::new(), HashMap::new());
        Self { casebook, scope, concerned, noted, clocks }
    }

    pub(super) fn see(&mut self, seen: &Seen) {
        let entry = &seen.stored.entry;
        self.watch_the_clock(entry, seen);
        if let Some((at_us, what)) = self.of_interest(entry, seen) {
            self.note(at_us, what, seen);
        }
    }

    fn note(&mut self, at_us: u64, what: Kind, seen: &Seen) {
        if self.scope.holds(at_us) {
            let place = At::of(&seen.stored).place;
            self.noted.push(Noted { at_us, place, sealed: seen.sealed, what });
        }
    }

    fn watch_the_clock(&mut self, entry: &Entry, seen: &Seen) {
        let before = self.clocks.insert(entry.stream, entry.time_us).unwrap_or_default();
        let by_us = before.saturating_sub(entry.time_us);
        if by_us > 0 {
            self.note(entry.time_us, Kind::Told(What::ClockSteppedBack { by_us }), seen);
        }
    }

    fn concerns(&self, decision: &Uuid) -> bool {
        self.concerned.as_ref().is_none_or(|concerned| concerned.contains(decision))
    }

    fn of_interest(&self, entry: &Entry, seen: &Seen) -> Option<(u64, Kind)> {
        match &entry.body {
            Body::Decision(decision) if self.concerns(&decision.id) => {
                let number = self.casebook.index.number_at(&decision.id, &seen.stored.hash)?;
                Some((decision.began_us, Kind::Decision(number)))
            }
            Body::Intent(intent) if self.concerns(&intent.id) => {
                self.intent(intent).map(|what| (intent.began_us, Kind::Told(what)))
            }
            Body::Outcome(outcome) if self.concerns(&outcome.decision) => {
                Some((outcome.at_us, Kind::Told(self.outcome(outcome))))
            }
            body => self.of_the_stream(body, entry.time_us),
        }
    }

    fn intent(&self, intent: &Intent) -> Option<What> {
        let decided = self.casebook.index.with_id(&intent.id).next().is_some();
        let what = || What::Intent { id: intent.id, site: intent.site.clone(), decided };
        (self.scope.all || !decided).then(what)
    }

    fn outcome(&self, outcome: &Outcome) -> What {
        What::Outcome {
            decision: outcome.decision,
            kind: outcome.kind.clone(),
            by: self.casebook.excerpt(&outcome.parts, Role::Actor),
            said: self.casebook.excerpt(&outcome.parts, Role::Decision),
        }
    }

    /// What concerns every decision of a stream; of a subject's timeline only losses are a part.
    fn of_the_stream(&self, body: &Body, time_us: u64) -> Option<(u64, Kind)> {
        let (at_us, what) = match body {
            Body::Gap(gap) => (gap.since_us, gap_of(gap)),
            Body::Recovered(recovered) => {
                let bytes = recovered.cuts.iter().map(|cut| cut.bytes).sum();
                (time_us, What::Recovered { bytes })
            }
            _ if self.concerned.is_some() => return None,
            body => (time_us, housekeeping(body, time_us)?),
        };
        Some((at_us, Kind::Told(what)))
    }

    /// Looks into what was noted, in order.
    pub(super) fn finish(mut self) -> Vec<Event> {
        let mut noted = std::mem::take(&mut self.noted);
        noted.sort_by_key(|noted| (noted.at_us, noted.place.stream, noted.place.seq));
        if self.concerned.is_some() && self.scope.between_us.is_none() {
            within_the_story(&mut noted);
        }
        let mut events: Vec<Event> = Vec::with_capacity(noted.len());
        for Noted { at_us, place, sealed, what } in noted {
            let what = match what {
                Kind::Told(what) => what,
                Kind::Decision(number) => match self.casebook.index.case(number) {
                    Some(case) => What::Decision(Box::new(self.casebook.summary(case))),
                    None => continue,
                },
            };
            if self.scope.all || !folded(&mut events, &what, at_us, sealed) {
                events.push(Event { at_us, place, sealed, what });
            }
        }
        events
    }
}

/// A loss long before or after a subject's own events says nothing about it.
fn within_the_story(noted: &mut Vec<Noted>) {
    let own = |noted: &&Noted| {
        !matches!(
            noted.what,
            Kind::Told(What::Gap { .. } | What::Recovered { .. } | What::ClockSteppedBack { .. })
        )
    };
    let times: Vec<u64> = noted.iter().filter(own).map(|noted| noted.at_us).collect();
    let (first, last) = (times.first().copied(), times.last().copied());
    noted.retain(|noted| Some(noted.at_us) >= first && Some(noted.at_us) <= last);
}

/// Whether a checkpoint goes into the one before it.
fn folded(events: &mut [Event], what: &What, at_us: u64, sealed: bool) -> bool {
    let Some(last) = events.last_mut().filter(|last| last.sealed && sealed) else { return false };
    match (&mut last.what, what) {
        (What::Checkpoints { count, until_us }, What::Checkpoints { .. }) => {
            (*count, *until_us) = (*count + 1, at_us);
            true
        }
        _ => false,
    }
}

fn gap_of(gap: &Gap) -> What {
    What::Gap { lost: gap.lost, since_us: gap.since_us, reason: gap.reason.clone() }
}

fn housekeeping(body: &Body, time_us: u64) -> Option<What> {
    Some(match body {
        Body::Genesis(genesis) => {
            What::Began { service: genesis.service.clone(), writer: genesis.writer.clone() }
        }
        Body::Checkpoint(_) => What::Checkpoints { count: 1, until_us: time_us },
        Body::Erasure(erasure) => What::Erasure {
            contents: erasure.digests.len(),
            reason: erasure.reason.clone(),
            by: erasure.by.clone(),
        },
        Body::Hold(hold) => What::Hold {
            contents: hold.digests.len(),
            reason: hold.reason.clone(),
            by: hold.by.clone(),
        },
        Body::Release(release) => {
            What::Release { reason: release.reason.clone(), by: release.by.clone() }
        }
        Body::Close(close) => What::Closed { decisions: close.decisions, lost: close.lost },
        _ => return None,
    })
}
