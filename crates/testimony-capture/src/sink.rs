//! What capture hands on, and to whom.

use testimony_record::unsealed::Unsealed;

use crate::draft::Draft;
use crate::intent::IntentDraft;
use crate::outcome::OutcomeDraft;
use crate::receipt::Receipt;

/// Takes what was heard. Called on the caller's thread, so it must be quick and must not panic.
pub trait Sink: Send + Sync + 'static {
    /// Takes something, and owes nobody an answer.
    fn submit(&self, heard: Heard);

    /// Takes something that must be durable. It must not wait for that itself; the receipt is answered only when it is so.
    fn record(&self, heard: Heard) -> Receipt;
}

/// A decision, an intent or an outcome as it was heard, not yet taken apart.
#[derive(Debug)]
pub struct Heard(pub(crate) What);

#[derive(Debug)]
pub(crate) enum What {
    Decision(Box<Draft>),
    Intent(Box<IntentDraft>),
    Outcome(Box<OutcomeDraft>),
}

impl Heard {
    /// About how many bytes it holds.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.0 {
            What::Decision(draft) => draft.size(),
            What::Intent(intent) => intent.size(),
            What::Outcome(outcome) => outcome.size(),
        }
    }

    /// Takes it apart into parts and messages. Slow; for the recorder's thread.
    #[must_use]
    pub fn unseal(self) -> Unsealed {
        match self.0 {
            What::Decision(draft) => draft.unseal(),
            What::Intent(intent) => intent.unseal(),
            What::Outcome(outcome) => outcome.unseal(),
        }
    }
}
