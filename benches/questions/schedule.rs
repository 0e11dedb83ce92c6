//! Who decides when: the runs of a round side by side, a call of each in turn, with what is planted in between.

use std::collections::VecDeque;

use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::decision::Status;

use crate::case::Case;
use crate::conversation::Turn;
use crate::numbers::{Begun, Numbers, one_of};
use crate::outcome::Fact;
use crate::planted::{self, Plant, Planted};
use crate::runs::{Recorded, Run};

const MINUTE_US: u64 = 60_000_000;

/// Something to be put on record.
#[derive(Debug)]
pub(crate) enum Event {
    Decision(Box<Case>),
    Outcome(Fact),
}

impl Event {
    /// When it is known.
    pub(crate) fn moment_us(&self) -> u64 {
        match self {
            Self::Decision(case) => case.began_us + case.took_us,
            Self::Outcome(fact) => fact.at_us,
        }
    }
}

/// What there is to ask about, and how many decisions have it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Asked {
    decisions: u64,
    /// A run of the second half, and its last decision.
    subject: String,
    subject_decisions: u64,
    id: Uuid,
    trace_id: String,
    text: &'static str,
    text_decisions: u64,
    given_the_document: u64,
    fed_by_those: u64,
    masked: u64,
    /// The first that was given the document.
    planted_subject: String,
    planted_id: Uuid,
}

/// A run under way.
#[derive(Debug)]
struct Live {
    run: Run,
    number: u64,
    at: usize,
    last: Option<Begun>,
    /// The decision inside which all its calls are made.
    around: Option<Begun>,
}

/// All events in order, as long as there are decisions to be made.
#[derive(Debug)]
pub(crate) struct Schedule<'a> {
    recorded: &'a [Recorded],
    planted: &'a Planted,
    numbers: Numbers,
    wanted: u64,
    round: u64,
    begun: u64,
    planned: u64,
    made: u64,
    planted_so_far: usize,
    live: Vec<Live>,
    next: VecDeque<Event>,
    asked: Asked,
}

impl<'a> Schedule<'a> {
    pub(crate) fn new(recorded: &'a [Recorded], planted: &'a Planted, wanted: u64) -> Self {
        Self {
            recorded,
            planted,
            numbers: Numbers::new(wanted),
            wanted,
            round: 0,
            begun: 0,
            planned: 0,
            made: 0,
            planted_so_far: 0,
            live: Vec::new(),
            next: VecDeque::new(),
            asked: Asked::default(),
        }
    }

    /// To be called at the end.
    pub(crate) fn asked(self) -> Asked {
        Asked {
            decisions: self.made,
            text: planted::RARE,
            text_decisions: planted::WITH_RARE,
            given_the_document: planted::GIVEN,
            fed_by_those: planted::FED,
            masked: planted::MASKED,
            planted_subject: Plant::Given(0).subject(),
            ..self.asked
        }
    }

    fn begin(&mut self) -> (u64, Begun) {
        let number = self.begun;
        self.begun += 1;
        (number, self.numbers.begun(number))
    }

    fn plan(&mut self, case: Case) {
        self.planned += 1;
        self.next.push_back(Event::Decision(Box::new(case)));
        if let Some(plant) = self.planted.due(self.planned, self.planted_so_far) {
            self.planted_so_far += 1;
            let (number, begun) = self.begin();
            if plant == Plant::Given(0) {
                self.asked.planted_id = begun.id;
            }
            self.plan(plant.case(begun, number));
        }
    }

    /// A call of each run that goes on.
    fn step(&mut self) {
        if self.live.is_empty() {
            self.begin_round();
        }
        for mut live in std::mem::take(&mut self.live) {
            match live.run.turns.get(live.at).cloned() {
                Some(turn) => {
                    self.call(&mut live, turn);
                    self.live.push(live);
                }
                None => self.end(&live),
            }
        }
    }

    fn begin_round(&mut self) {
        let (round, recorded) = (self.round, self.recorded);
        self.round += 1;
        let first = round * recorded.len() as u64;
        for (number, run) in (first..).zip(recorded) {
            let run = run.again(round);
            let around = one_of(number, 10).then(|| self.begin().1);
            self.live.push(Live { run, number, at: 0, last: None, around });
        }
        if self.asked.subject.is_empty() && self.planned >= self.wanted / 2 {
            self.asked.subject =
                self.live.first().map_or_else(String::new, |live| live.run.subject.clone());
        }
    }

    fn call(&mut self, live: &mut Live, turn: Turn) {
        let (number, begun) = self.begin();
        let acts = turn.answered().is_some_and(|answered| answered.tool().is_some());
        let mut case = Case::new(begun, live.number, &live.run.subject, turn);
        case.site = if acts { "airline::agent::act" } else { "airline::agent::reply" };
        case.status = if one_of(number, 200) { Status::Refused } else { Status::Ok };
        case.parent = live.around.map(|around| around.id);
        case.cause = live.last.replace(begun).map(|last| last.id);
        live.at += 1;
        self.plan(case);
    }

    /// The decision around a run ends with it; then its outcomes are known.
    fn end(&mut self, live: &Live) {
        let (Some(last), Some(turn)) = (live.last, live.run.turns.last()) else { return };
        if let Some(mut around) = live.around {
            around.takes_us = last.ends_us() - around.at_us;
            let mut case = Case::new(around, live.number, &live.run.subject, turn.clone());
            case.site = "airline::desk::handle";
            self.plan(case);
        }
        let later = last.ends_us() + MINUTE_US;
        let reward = Fact::scored(last.id, later, &live.run.reward);
        self.next.push_back(Event::Outcome(reward));
        if one_of(live.number, 25) {
            let overridden = Fact::overridden(last.id, later + MINUTE_US, self.round - 1);
            self.next.push_back(Event::Outcome(overridden));
        }
    }

    fn note(&mut self, case: &Case) {
        self.made += 1;
        if case.subject == self.asked.subject {
            self.asked.subject_decisions += 1;
            self.asked.id = case.id;
            self.asked.trace_id = format!("{:032x}", case.trace_id);
        }
    }
}

impl Iterator for Schedule<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while self.next.is_empty() {
            self.step();
        }
        let event = self.next.pop_front()?;
        if let Event::Decision(case) = &event {
            if self.made == self.wanted {
                self.next.clear();
                return None;
            }
            self.note(case);
        }
        Some(event)
    }
}
