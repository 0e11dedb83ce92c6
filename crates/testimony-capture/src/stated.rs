//! Stating an outcome: parts are added, and nothing is recorded before it is submitted.

use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::part::Role;

use crate::draft::{About, Bounds};
use crate::ear::Ear;
use crate::outcome::OutcomeDraft;
use crate::sink::{Heard, What};
use crate::value::Recordable;

/// An outcome in the making. Nothing is recorded before [`StatedOutcome::submit`].
pub struct StatedOutcome {
    ear: Arc<Ear>,
    draft: OutcomeDraft,
}

impl StatedOutcome {
    pub(crate) fn new(ear: Arc<Ear>, decision: Uuid, kind: &str) -> Self {
        let draft = OutcomeDraft::begin(decision, kind, &ear.pool);
        Self { ear, draft }
    }

    /// Adds who, what, why, or shown what.
    pub fn part<T: Recordable + ?Sized>(
        &mut self,
        role: Role,
        name: Option<&'static str>,
        value: &T,
    ) {
        let settings = &self.ear.settings;
        let bounds = Bounds { bytes: settings.most_bytes, parts: settings.most_parts };
        self.draft.contents.add(About::declared(role, name), value, bounds);
    }

    /// Hands it to the recorder.
    pub fn submit(self) {
        self.ear.sink.submit(Heard(What::Outcome(Box::new(self.draft))));
    }
}

impl std::fmt::Debug for StatedOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StatedOutcome").field("draft", &self.draft).finish_non_exhaustive()
    }
}
