//! What a whole segment says that no single look-up would find: what is lacking, lost, or leads out of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use testimony_record::Uuid;
use testimony_record::part::Why;

/// A segment that names more ids elsewhere than this says only that it does.
const MOST_OPEN: usize = 4096;

/// What one segment says as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many decisions it holds.
    pub decisions: u64,
    /// Whether every frame is what was sealed, every object that is referred to is there, and the file ends with an entry.
    /// Where not, the segment itself is to be read.
    pub whole: bool,
    /// How many decisions its gaps say were lost.
    pub lost: u64,
    /// For each reason how many decisions lack something that they were given.
    pub absent: BTreeMap<Why, u64>,
    /// For each note how many decisions were given something that is not kept as it was.
    pub noted: BTreeMap<String, u64>,
    /// What leads out of the segment.
    pub open: Open,
}

/// Ids that entries of a segment name and that no decision in it has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// For each decision the causes that it names.
    pub causes: Vec<(Uuid, Vec<Uuid>)>,
    /// Decisions, and those inside which they were made.
    pub parents: Vec<(Uuid, Uuid)>,
    /// The ids of intents.
    pub intents: Vec<Uuid>,
    /// Whether there are more than are told here. Then the segment itself is to be read.
    pub too_many: bool,
}

impl Open {
    /// Leaves out what `is_here` knows, and everything where too much is left.
    pub(crate) fn settle(&mut self, is_here: &dyn Fn(&Uuid) -> bool) {
        for (_, causes) in &mut self.causes {
            causes.retain(|id| !is_here(id));
        }
        self.causes.retain(|(_, causes)| !causes.is_empty());
        self.parents.retain(|(_, parent)| !is_here(parent));
        self.intents.retain(|id| !is_here(id));
        self.intents.sort_unstable();
        self.intents.dedup();
        let causes: usize = self.causes.iter().map(|(_, causes)| causes.len()).sum();
        if causes + self.parents.len() + self.intents.len() > MOST_OPEN {
            *self = Self { too_many: true, ..Self::default() };
        }
    }
}

impl Summary {
    /// Whether nothing of the segment has to be read that the index does not lead to.
    pub(crate) fn can_stand_for_the_segment(&self) -> bool {
        self.whole && !self.open.too_many
    }
}
