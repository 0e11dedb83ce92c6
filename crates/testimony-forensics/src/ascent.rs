//! What led to a decision, upwards: its parent and causes, theirs, and so on to those that have none.

use std::collections::{HashSet, VecDeque};

use serde::Serialize;
use testimony_record::Uuid;

use crate::account::Link;
use crate::casebook::Casebook;
use crate::index::Case;

/// An ascent names no more than so many: by then it is a history of its own.
const MOST: usize = 1000;

/// The decisions above the immediate ones, the nearest first; each once, whichever way leads to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ascent {
    /// Each with how it is reached.
    pub steps: Vec<Step>,
    /// Whether there are more.
    pub is_cut: bool,
}

/// One decision above another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// How many steps it is from the decision that is asked about; 2 is the parent of a cause, for instance.
    pub depth: usize,
    /// How it is above the decision below it.
    pub how: Upwards,
    /// The decision below it.
    pub of: Uuid,
    /// The decision.
    #[serde(flatten)]
    pub link: Link,
}

/// How one decision is above another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Upwards {
    /// The other was made inside it.
    Parent,
    /// The other names it as a cause.
    Cause,
}

impl Ascent {
    /// Whether nothing is above the immediate decisions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

impl Casebook {
    /// Whatever is in `told` is not told again, and not climbed beyond. Decisions that name each other in a ring are
    /// visited once.
    pub(crate) fn ascent(&self, case: &Case, told: &HashSet<Uuid>) -> Ascent {
        let mut known = HashSet::from([case.id]);
        let mut open = VecDeque::from([(case.id, 0)]);
        let mut ascent = Ascent::default();
        while let Some((of, depth)) = open.pop_front() {
            for (how, id) in self.above(&of) {
                if told.contains(&id) || !known.insert(id) {
                    continue;
                }
                // The first step stands in the decision's bearings.
                if depth > 0 {
                    if ascent.steps.len() == MOST {
                        ascent.is_cut = true;
                        return ascent;
                    }
                    ascent.steps.push(Step { depth: depth + 1, how, of, link: self.link(&id) });
                }
                open.push_back((id, depth + 1));
            }
        }
        ascent
    }

    fn above(&self, id: &Uuid) -> Vec<(Upwards, Uuid)> {
        let Some(case) = self.index.with_id(id).next() else { return vec![] };
        let parent = case.parent.into_iter().map(|id| (Upwards::Parent, id));
        parent.chain(case.causes.iter().map(|&id| (Upwards::Cause, id))).collect()
    }
}
