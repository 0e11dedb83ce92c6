//! What is known of the decisions that a scan has not seen, where it has seen only some: what they lack, in numbers.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use testimony_record::Uuid;

use super::flows::Case;
use super::reason::Reason;

/// The numbers for all segments that were not read from end to end. Nothing, where everything was read.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere {
    /// Their streams and numbers.
    pub(crate) segments: BTreeSet<(Uuid, u64)>,
    /// For each reason how many of their decisions lack something that they were given.
    pub(crate) given: BTreeMap<Reason, u64>,
    /// How many decisions their gaps say were lost.
    pub(crate) lost: u64,
    /// Decisions that name causes that no ledger here holds.
    pub(crate) causes: HashSet<Uuid>,
    /// Decisions whose parents no ledger here holds.
    pub(crate) parents: HashSet<Uuid>,
    /// How many calls were begun and never decided.
    pub(crate) begun: u64,
}

/// What the answer holds, and what nobody has looked at.
pub(super) struct Answered<'a> {
    pub(super) cases: &'a HashSet<Case>,
    pub(super) elsewhere: &'a Elsewhere,
}

impl Elsewhere {
    /// Whether a decision is among those that are known here in numbers.
    pub(super) fn counts(&self, stream: Uuid, segment: u64) -> bool {
        self.segments.contains(&(stream, segment))
    }
}
