//! Outcomes: later facts about a decision, stated anywhere in the process, long after the decision has ended.

use std::sync::Arc;
use std::time::SystemTime;

use testimony_record::Uuid;
use testimony_record::decision::Outcome;
use testimony_record::label::Label;
use testimony_record::unsealed::{Event, Unsealed};

use crate::draft::{Contents, micros};
use crate::pool::Pool;

/// An outcome on its way.
#[derive(Debug)]
pub(crate) struct OutcomeDraft {
    decision: Uuid,
    kind: Label,
    at: SystemTime,
    pub(crate) contents: Contents,
}

impl OutcomeDraft {
    pub(crate) fn begin(decision: Uuid, kind: &str, pool: &Arc<Pool>) -> Self {
        Self { decision, kind: kind.into(), at: SystemTime::now(), contents: Contents::new(pool) }
    }

    pub(crate) fn size(&self) -> usize {
        256 + self.contents.size()
    }

    pub(crate) fn unseal(self) -> Unsealed {
        let Self { decision, kind, at, contents } = self;
        let outcome = Outcome { decision, kind, at_us: micros(at), parts: Vec::new(), more: None };
        Unsealed { event: Event::Outcome(outcome), parts: contents.unseal() }
    }
}
