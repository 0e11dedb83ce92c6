//! What could not be followed. An answer that does not say this would say that nothing else was reached.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;
use testimony_record::Uuid;

use super::elsewhere::{Answered, Elsewhere};
use super::flows::{Case, Way};
use super::objects::Object;
use super::reason::Reason;
use super::scan::Scan;
use crate::casebook::Casebook;
use crate::index;

/// Something at which the answer ends without knowing that anything ends there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfollowed {
    /// What.
    pub what: What,
    /// Why not.
    pub why: Reason,
    /// The decision concerned, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Of that decision: the part, or the id that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// How many, where it is not one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

/// What could not be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum What {
    /// Something that a decision of the answer put out: whoever was given it is not known.
    PutOut,
    /// What decisions that are not in the answer were given: it may have been this. Counts decisions.
    Given,
    /// Contents that decisions of the answer put out and that were not followed: decisions that were given them may be missing
    /// from the answer. Counts contents.
    ContentEdge,
    /// A decision that another names as its cause.
    Cause,
    /// The decision inside which another was made.
    Parent,
    /// An entry of the ledger.
    Entry,
    /// The rest of a segment file.
    Segment,
    /// Decisions that were lost before they were recorded.
    Lost,
    /// Calls that were begun, and whose decisions are not on record.
    Begun,
    /// What this ledger does not hold.
    OtherLedgers,
}

impl Unfollowed {
    pub(super) fn of(id: Uuid, what: What, part: Option<String>, why: Reason) -> Self {
        Self { what, why, id: Some(id), part, count: None }
    }

    pub(super) fn many(what: What, why: Reason, count: u64) -> Self {
        Self { what, why, id: None, part: None, count: Some(count) }
    }

    pub(super) fn other_ledgers() -> Self {
        let (what, why) = (What::OtherLedgers, Reason::NotGiven);
        Self { what, why, id: None, part: None, count: None }
    }
}

impl Casebook {
    /// What cannot be known of the decisions that are not in the answer.
    pub(super) fn unknown(&self, scan: &Scan, answered: &Answered<'_>) -> Vec<Unfollowed> {
        let Answered { cases, elsewhere } = answered;
        let mut unknown = self.unknown_inputs(scan, answered);
        let altered = scan.altered.iter().filter(|case| !cases.contains(case)).count() as u64;
        let counted = [
            (What::Cause, Reason::NotHeld, self.with_strange_causes(answered)),
            (What::Parent, Reason::NotHeld, self.with_strange_parents(answered)),
            (What::Entry, Reason::Altered, altered + scan.broken),
            (What::Segment, Reason::Unreadable, scan.cut_short),
            (What::Lost, Reason::Gap, scan.lost.saturating_add(elsewhere.lost)),
            (What::Begun, Reason::NeverDecided, self.never_decided() + elsewhere.begun),
        ];
        let some = counted.into_iter().filter(|(_, _, count)| *count > 0);
        unknown.extend(some.map(|(what, why, count)| Unfollowed::many(what, why, count)));
        unknown
    }

    fn with_strange_causes(&self, answered: &Answered<'_>) -> u64 {
        let strange = |case: &index::Case| case.causes.iter().any(|id| self.is_strange(id));
        self.read_and(answered, &strange) + self.unanswered(&answered.elsewhere.causes, answered)
    }

    fn with_strange_parents(&self, answered: &Answered<'_>) -> u64 {
        let strange = |case: &index::Case| case.parent.is_some_and(|id| self.is_strange(&id));
        self.read_and(answered, &strange) + self.unanswered(&answered.elsewhere.parents, answered)
    }

    fn is_strange(&self, id: &Uuid) -> bool {
        self.index.numbers(id).is_empty()
    }

    /// How many decisions are like that which are not in the answer, and whose segments were read.
    fn read_and(&self, answered: &Answered<'_>, like_that: &dyn Fn(&index::Case) -> bool) -> u64 {
        let all = self.index.cases().iter().zip(0..);
        let others = all.filter(|(case, number)| {
            let place = &case.at.place;
            !answered.cases.contains(number)
                && !answered.elsewhere.counts(place.stream, place.segment)
        });
        others.filter(|(case, _)| like_that(case)).count() as u64
    }

    /// How many of some decisions are not in the answer.
    fn unanswered(&self, ids: &HashSet<Uuid>, answered: &Answered<'_>) -> u64 {
        let is_answered = |id: &&Uuid| {
            let numbers = self.index.numbers(id).iter();
            numbers.filter_map(|&n| Case::try_from(n).ok()).any(|n| answered.cases.contains(&n))
        };
        ids.iter().filter(|id| !is_answered(id)).count() as u64
    }

    fn never_decided(&self) -> u64 {
        let open = self.intents.ids().filter(|id| self.is_strange(id));
        open.count() as u64
    }

    /// For each reason, how many decisions may have been given it without the record showing it.
    fn unknown_inputs(&self, scan: &Scan, answered: &Answered<'_>) -> Vec<Unfollowed> {
        let Answered { cases, elsewhere } = answered;
        let mut unknown: BTreeMap<Reason, BTreeSet<Case>> = BTreeMap::new();
        for (why, case) in lacking(scan) {
            unknown.entry(why).or_default().insert(case);
        }
        let mut counts = elsewhere.given.clone();
        for (why, lacking) in unknown {
            let count = counts.entry(why).or_default();
            for case in lacking {
                match (self.is_counted(case, elsewhere), cases.contains(&case)) {
                    (true, true) => *count = count.saturating_sub(1),
                    (false, false) => *count += 1,
                    _ => {}
                }
            }
        }
        let some = counts.into_iter().filter(|(_, count)| *count > 0);
        some.map(|(why, count)| Unfollowed::many(What::Given, why, count)).collect()
    }

    fn is_counted(&self, case: Case, elsewhere: &Elsewhere) -> bool {
        let place = self.index.case(case as usize).map(|case| case.at.place);
        place.is_some_and(|place| elsewhere.counts(place.stream, place.segment))
    }
}

/// Decisions that lack something that they were given, as far as a scan has seen.
fn lacking(scan: &Scan) -> Vec<(Reason, Case)> {
    let withheld = scan.flows.withheld.iter().map(|(case, why)| (why.clone(), *case));
    let split = scan.flows.split.iter().map(|&case| (Reason::Missing, case));
    let unreadable = scan.objects.unreadable().flat_map(|(object, state)| {
        let cases = Reason::of(state).map(|why| (why, given(scan, object)));
        cases
            .into_iter()
            .flat_map(|(why, cases)| cases.into_iter().map(move |case| (why.clone(), case)))
    });
    withheld.chain(split).chain(unreadable).collect()
}

fn given(scan: &Scan, object: Object) -> Vec<Case> {
    let holding = scan.objects.holding(object).into_iter();
    holding.flat_map(|holder| scan.flows.of(Way::In, holder)).map(|held| held.case).collect()
}
