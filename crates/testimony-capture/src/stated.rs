//! Stating an outcome: parts are added, and nothing is recorded before it is submitted or recorded.

use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::part::Role;

use crate::draft::About;
use crate::ear::Ear;
use crate::outcome::OutcomeDraft;
use crate::receipt::Receipt;
use crate::sink::{Heard, What};
use crate::value::Recordable;

/// An outcome in the making, begun by [`Recorder::outcome`](crate::Recorder::outcome). Nothing is recorded before
/// [`StatedOutcome::record`] or [`StatedOutcome::submit`].
#[must_use = "an outcome is recorded by `.record()` or `.submit()`"]
pub struct StatedOutcome {
    ear: Arc<Ear>,
    draft: OutcomeDraft,
}

impl StatedOutcome {
    pub(crate) fn new(ear: Arc<Ear>, decision: Uuid, kind: &str) -> Self {
        let draft = OutcomeDraft::begin(decision, kind, &ear.pool);
        Self { ear, draft }
    }

    /// Who acted: `officer:7`.
    pub fn by<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.with(Role::Actor, value)
    }

    /// What was decided instead.
    pub fn decided<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.with(Role::Decision, value)
    }

    /// Why.
    pub fn why<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.with(Role::Rationale, value)
    }

    /// What whoever acted had been shown.
    pub fn shown<T: Recordable + ?Sized>(self, value: &T) -> Self {
        self.with(Role::Context, value)
    }

    fn with<T: Recordable + ?Sized>(mut self, role: Role, value: &T) -> Self {
        self.part(role, None, value);
        self
    }

    /// Adds who, what, why, or shown what.
    pub fn part<T: Recordable + ?Sized>(
        &mut self,
        role: Role,
        name: Option<&'static str>,
        value: &T,
    ) {
        self.draft.contents.add(About::declared(role, name), value, self.ear.bounds());
    }

    /// Hands it to the recorder; the receipt says when it is durable.
    pub fn record(self) -> Receipt {
        self.ear.record(Heard(What::Outcome(Box::new(self.draft))))
    }

    /// Hands it to the recorder and goes on.
    pub fn submit(self) {
        self.ear.submit(Heard(What::Outcome(Box::new(self.draft))));
    }
}

impl std::fmt::Debug for StatedOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StatedOutcome").field("draft", &self.draft).finish_non_exhaustive()
    }
}
