//! What can happen at a step, and what of the step then has effect.

use std::io;

/// What happens at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The step fails and has no effect.
    Fails,
    /// The step fails, and yet what it should have written is there.
    FailsButLanded,
    /// The step fails half-way: half of what it should have written is there.
    Tears,
    /// The process dies before the step: from here on nothing that it does has effect.
    DiesBefore,
    /// The process dies after the step, before it learns of its success.
    DiesAfter,
    /// The process dies in the middle of the step.
    DiesHalfway,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Fails,
        Self::FailsButLanded,
        Self::Tears,
        Self::DiesBefore,
        Self::DiesAfter,
        Self::DiesHalfway,
    ];

    /// Whether the process is gone after it.
    #[must_use]
    pub fn dies(self) -> bool {
        matches!(self, Self::DiesBefore | Self::DiesAfter | Self::DiesHalfway)
    }
}

/// How much of a step has effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    Nothing,
    Half,
    Whole,
}

/// A step that is being made: how much of it has effect, and what its caller is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step(pub(super) Option<Fault>);

impl Step {
    pub(super) fn effect(self) -> Effect {
        match self.0 {
            Some(Fault::Fails | Fault::DiesBefore) => Effect::Nothing,
            Some(Fault::Tears | Fault::DiesHalfway) => Effect::Half,
            None | Some(Fault::FailsButLanded | Fault::DiesAfter) => Effect::Whole,
        }
    }

    /// How many of `bytes` have effect.
    pub(super) fn share(self, bytes: usize) -> usize {
        match self.effect() {
            Effect::Nothing => 0,
            Effect::Half => bytes / 2,
            Effect::Whole => bytes,
        }
    }

    pub(super) fn answer(self) -> io::Result<()> {
        self.0.map_or(Ok(()), |_| Err(io::Error::other("injected fault")))
    }
}
