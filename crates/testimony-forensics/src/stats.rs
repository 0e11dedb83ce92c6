//! Figures over all decisions, by what a person wants them split by. Percentiles are exact: the durations are kept and sorted,
//! eight bytes a decision while the question is being answered.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Status};
use testimony_record::entry::Body;
use testimony_record::label::Label;

use crate::casebook::Casebook;
use crate::pass::{Doubts, Seen};
use crate::words::moment;

/// What decisions are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum By {
    /// The call site.
    Site,
    /// The model that was asked for, or else the one that says it answered.
    Model,
    /// The day on which it began, in UTC.
    Day,
    /// `gen_ai.operation.name`.
    Operation,
    /// How it ended.
    Status,
}

/// Figures over a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// What the groups are.
    pub by: By,
    /// One for each group, in order of their names.
    pub groups: Vec<Figures>,
    /// Over all decisions; its name is empty.
    pub total: Figures,
    /// Outcomes of decisions that this ledger does not hold; in no figure.
    pub strays: u64,
    /// What could not be taken at its word.
    pub doubts: Doubts,
}

/// The figures of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// The site, model, day, operation or status; empty where the decisions name none.
    pub name: String,
    /// How many decisions.
    pub decisions: u64,
    /// How many of them failed: an error, a deadline that passed, a panic.
    pub failed: u64,
    /// How many the model or a guard declined.
    pub refused: u64,
    /// How many the caller stopped waiting for.
    pub cancelled: u64,
    /// How many broke at least one rule.
    pub violating: u64,
    /// How many rules were broken in all.
    pub violated: u64,
    /// How long they took; absent where none says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    /// Input tokens, over the decisions that say.
    pub input_tokens: u64,
    /// Output tokens, over the decisions that say.
    pub output_tokens: u64,
    /// Later facts about them, by kind: `approved`, `overridden`.
    pub outcomes: BTreeMap<String, u64>,
}

/// Durations in microseconds, exact; percentiles by nearest rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// How many decisions say how long they took.
    pub of: u64,
    /// Half took no longer.
    pub p50_us: u64,
    /// 95 of 100 took no longer.
    pub p95_us: u64,
    /// The longest.
    pub max_us: u64,
}

#[derive(Default)]
struct Group {
    figures: Figures,
    took: Vec<u64>,
}

impl Casebook {
    /// Counts, rates, durations, tokens and outcomes of all decisions, by group. Costs one pass over the ledger.
    ///
    /// ```no_run
    /// use testimony_forensics::{Casebook, By};
    ///
    /// for model in Casebook::open("testimony-ledger")?.stats(By::Model)?.groups {
    ///     println!("{}: {} of {} failed", model.name, model.failed, model.decisions);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When a file cannot be read. What is damaged is passed over and counted.
    pub fn stats(&self, by: By) -> Result<Stats, CouldNotRead> {
        let mut tally = Tally {
            casebook: self,
            by,
            groups: BTreeMap::new(),
            of: HashMap::new(),
            outcomes: vec![],
        };
        let doubts = self.pass(&mut |seen| tally.see(seen))?;
        Ok(tally.finish(doubts))
    }
}

struct Tally<'a> {
    casebook: &'a Casebook,
    by: By,
    groups: BTreeMap<String, Group>,
    /// The group of each decision: an outcome may stand in a stream that is read before its decision's.
    of: HashMap<Uuid, String>,
    outcomes: Vec<(Uuid, Label)>,
}

impl Tally<'_> {
    fn see(&mut self, seen: &Seen) {
        match &seen.stored.entry.body {
            Body::Decision(decision) => self.decision(decision, seen),
            Body::Outcome(outcome) => self.outcomes.push((outcome.decision, outcome.kind.clone())),
            _ => {}
        }
    }

    fn decision(&mut self, decision: &Decision, seen: &Seen) {
        let name = name(decision, self.by);
        let broken = self.broken_rules(decision, seen);
        self.groups.entry(name.clone()).or_default().add(decision, broken);
        self.of.insert(decision.id, name);
    }

    /// As the index has them: it has also read the parts that did not fit into the entry.
    fn broken_rules(&self, decision: &Decision, seen: &Seen) -> u64 {
        let index = &self.casebook.index;
        let number = index.number_at(&decision.id, &seen.stored.hash);
        number.and_then(|number| index.case(number)).map_or(0, |case| case.violated as u64)
    }

    fn finish(mut self, doubts: Doubts) -> Stats {
        let mut strays = 0;
        for (decision, kind) in std::mem::take(&mut self.outcomes) {
            let group = self.of.get(&decision).and_then(|name| self.groups.get_mut(name));
            match group {
                Some(group) => *group.figures.outcomes.entry(kind.to_string()).or_default() += 1,
                None => strays += 1,
            }
        }
        let mut all = Group::default();
        let mut groups = Vec::with_capacity(self.groups.len());
        for (name, group) in self.groups {
            all.take_in(&group);
            groups.push(Figures { name, ..group.finish() });
        }
        Stats { by: self.by, groups, total: all.finish(), strays, doubts }
    }
}

fn name(decision: &Decision, by: By) -> String {
    let answered = || decision.response.as_ref()?.model.as_ref();
    let label = match by {
        By::Site => Some(&decision.site),
        By::Model => decision.model.as_ref().or_else(answered),
        By::Operation => decision.operation.as_ref(),
        By::Day => return moment::day(decision.began_us),
        By::Status => return decision.status.as_str().to_owned(),
    };
    label.map_or(String::new(), ToString::to_string)
}

impl Group {
    fn add(&mut self, decision: &Decision, broken: u64) {
        let figures = &mut self.figures;
        figures.decisions += 1;
        match decision.status {
            Status::Error | Status::TimedOut | Status::Panicked => figures.failed += 1,
            Status::Refused => figures.refused += 1,
            Status::Cancelled => figures.cancelled += 1,
            Status::Ok => {}
        }
        figures.violating += u64::from(broken > 0);
        figures.violated += broken;
        let usage = decision.usage.unwrap_or_default();
        figures.input_tokens = figures.input_tokens.saturating_add(usage.input.unwrap_or(0));
        figures.output_tokens = figures.output_tokens.saturating_add(usage.output.unwrap_or(0));
        self.took.extend(decision.took_us);
    }

    fn take_in(&mut self, other: &Self) {
        let (all, one) = (&mut self.figures, &other.figures);
        all.decisions += one.decisions;
        all.failed += one.failed;
        all.refused += one.refused;
        all.cancelled += one.cancelled;
        all.violating += one.violating;
        all.violated += one.violated;
        all.input_tokens = all.input_tokens.saturating_add(one.input_tokens);
        all.output_tokens = all.output_tokens.saturating_add(one.output_tokens);
        for (kind, count) in &one.outcomes {
            *all.outcomes.entry(kind.clone()).or_default() += count;
        }
        self.took.extend(&other.took);
    }

    fn finish(mut self) -> Figures {
        self.took.sort_unstable();
        Figures { latency: latency(&self.took), ..self.figures }
    }
}

/// Of durations in ascending order.
fn latency(took: &[u64]) -> Option<Latency> {
    let rank = |percent: usize| took.get((took.len() * percent).div_ceil(100).saturating_sub(1));
    Some(Latency {
        of: took.len() as u64,
        p50_us: *rank(50)?,
        p95_us: *rank(95)?,
        max_us: *took.last()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let hundred: Vec<u64> = (1..=100).collect();
        let told = latency(&hundred).unwrap();
        assert_eq!((told.of, told.p50_us, told.p95_us, told.max_us), (100, 50, 95, 100));
        let told = latency(&[7]).unwrap();
        assert_eq!((told.p50_us, told.p95_us, told.max_us), (7, 7, 7));
        assert_eq!(latency(&[]), None);
    }
}
