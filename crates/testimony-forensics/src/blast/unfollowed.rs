//! What could not be followed. An answer that does not say this would say that nothing else was reached.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use testimony_record::Uuid;

use super::flows::{Case, Way};
use super::objects::Object;
use super::reason::Reason;
use super::scan::Scan;
use crate::casebook::Casebook;

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
    /// Content that decisions of the answer put out and later ones were given. Counts pairs of a content and a decision
    /// that is not in the answer.
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
    pub(super) fn unknown(&self, scan: &Scan, answered: &dyn Fn(Case) -> bool) -> Vec<Unfollowed> {
        let mut unknown = unknown_inputs(scan, answered);
        let altered = scan.altered.iter().filter(|&&case| !answered(case)).count() as u64;
        let counted = [
            (What::Cause, Reason::NotHeld, self.with_strange_causes(answered)),
            (What::Parent, Reason::NotHeld, self.with_strange_parents(answered)),
            (What::Entry, Reason::Altered, altered + scan.broken),
            (What::Segment, Reason::Unreadable, scan.cut_short),
            (What::Lost, Reason::Gap, scan.lost),
            (What::Begun, Reason::NeverDecided, self.never_decided()),
        ];
        let some = counted.into_iter().filter(|(_, _, count)| *count > 0);
        unknown.extend(some.map(|(what, why, count)| Unfollowed::many(what, why, count)));
        unknown
    }

    fn with_strange_causes(&self, answered: &dyn Fn(Case) -> bool) -> u64 {
        let strange = |ids: &[Uuid]| ids.iter().any(|id| self.index.numbers(id).is_empty());
        let cases = self.index.cases().iter().zip(0..);
        cases.filter(|(case, number)| !answered(*number) && strange(&case.causes)).count() as u64
    }

    fn with_strange_parents(&self, answered: &dyn Fn(Case) -> bool) -> u64 {
        let strange = |parent: Uuid| self.index.numbers(&parent).is_empty();
        let cases = self.index.cases().iter().zip(0..);
        let strangers =
            cases.filter(|(case, number)| !answered(*number) && case.parent.is_some_and(strange));
        strangers.count() as u64
    }

    fn never_decided(&self) -> u64 {
        let open = self.intents.ids().filter(|id| self.index.numbers(id).is_empty());
        open.count() as u64
    }
}

/// For each reason, how many decisions may have been given it without the record showing it.
fn unknown_inputs(scan: &Scan, answered: &dyn Fn(Case) -> bool) -> Vec<Unfollowed> {
    let mut unknown: BTreeMap<Reason, BTreeSet<Case>> = BTreeMap::new();
    let mut add = |why: Reason, case: Case| {
        if !answered(case) {
            unknown.entry(why).or_default().insert(case);
        }
    };
    scan.flows.withheld.iter().for_each(|(case, why)| add(why.clone(), *case));
    scan.flows.split.iter().for_each(|&case| add(Reason::Missing, case));
    for (object, state) in scan.objects.unreadable() {
        let Some(why) = Reason::of(state) else { continue };
        for case in given(scan, object) {
            add(why.clone(), case);
        }
    }
    let counts = unknown.into_iter().map(|(why, cases)| (why, cases.len() as u64));
    counts.map(|(why, count)| Unfollowed::many(What::Given, why, count)).collect()
}

fn given(scan: &Scan, object: Object) -> Vec<Case> {
    let holding = scan.objects.holding(object).into_iter();
    holding.flat_map(|holder| scan.flows.of(Way::In, holder)).map(|held| held.case).collect()
}
