//! Outcomes: later facts about a decision, stated anywhere in the process, long after the decision has ended.

use std::sync::Arc;
use std::time::SystemTime;

use testimony_record::Uuid;
use testimony_record::decision::Outcome;
use testimony_record::label::Label;
use testimony_record::part::Role;
use testimony_record::unsealed::{Event, Unsealed};

use crate::draft::{About, Bounds, Contents, micros};
use crate::hook::Recordable;
use crate::sink::{Ear, Heard, What};

/// An outcome on its way.
#[derive(Debug)]
pub(crate) struct OutcomeDraft {
    decision: Uuid,
    kind: Label,
    at: SystemTime,
    contents: Contents,
}

impl OutcomeDraft {
    pub(crate) fn size(&self) -> usize {
        256 + self.contents.size()
    }

    pub(crate) fn unseal(self) -> Unsealed {
        let Self { decision, kind, at, contents } = self;
        let outcome = Outcome { decision, kind, at_us: micros(at), parts: Vec::new(), more: None };
        Unsealed { event: Event::Outcome(outcome), parts: contents.unseal() }
    }
}

/// An outcome in the making. Nothing is recorded before [`StatedOutcome::submit`].
pub struct StatedOutcome {
    ear: Arc<Ear>,
    draft: OutcomeDraft,
}

impl StatedOutcome {
    pub(crate) fn new(ear: Arc<Ear>, decision: Uuid, kind: &str) -> Self {
        let contents = Contents::new(&ear.pool);
        Self {
            ear,
            draft: OutcomeDraft { decision, kind: kind.into(), at: SystemTime::now(), contents },
        }
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
