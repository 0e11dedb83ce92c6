//! What capture hands on, and to whom.

use testimony_record::unsealed::Unsealed;

use crate::draft::Draft;
use crate::outcome::OutcomeDraft;

/// Takes what was heard. Called on the caller's thread, so it must be quick and must not panic.
pub trait Sink: Send + Sync + 'static {
    /// Takes a decision or an outcome.
    fn submit(&self, heard: Heard);
}

/// A decision or an outcome as it was heard, not yet taken apart.
#[derive(Debug)]
pub struct Heard(pub(crate) What);

#[derive(Debug)]
pub(crate) enum What {
    Decision(Box<Draft>),
    Outcome(Box<OutcomeDraft>),
}

impl Heard {
    /// About how many bytes it holds.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.0 {
            What::Decision(draft) => draft.size(),
            What::Outcome(outcome) => outcome.size(),
        }
    }

    /// Takes it apart into parts and messages. Slow; for the recorder's thread.
    #[must_use]
    pub fn unseal(self) -> Unsealed {
        match self.0 {
            What::Decision(draft) => draft.unseal(),
            What::Outcome(outcome) => outcome.unseal(),
        }
    }
}
