//! The kinds of entries, as a number that fits a record and as the word that stands in the entry.

use serde::Serialize;
use testimony_record::entry::Body;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A decision.
    Decision,
    /// A later fact about one.
    Outcome,
    /// A call that was about to be made.
    Intent,
    /// The beginning of a session.
    Genesis,
    /// A signed head.
    Checkpoint,
    /// Decisions that were lost.
    Gap,
    /// What recovery cut off.
    Recovered,
    /// Contents that were erased.
    Erasure,
    /// Contents that must not be erased.
    Hold,
    /// The end of a hold.
    Release,
    /// The end of a session.
    Close,
    /// Bytes in an entry's place that are none.
    Unreadable,
}

impl Kind {
    const ALL: [Self; 12] = [
        Self::Decision,
        Self::Outcome,
        Self::Intent,
        Self::Genesis,
        Self::Checkpoint,
        Self::Gap,
        Self::Recovered,
        Self::Erasure,
        Self::Hold,
        Self::Release,
        Self::Close,
        Self::Unreadable,
    ];

    pub(crate) fn of(body: &Body) -> Self {
        let word = body.kind();
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).unwrap_or(Self::Unreadable)
    }

    pub(crate) fn from_number(number: u8) -> Self {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number).unwrap_or(Self::Unreadable)
    }

    /// The word that stands in the entry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Outcome => "outcome",
            Self::Intent => "intent",
            Self::Genesis => "genesis",
            Self::Checkpoint => "checkpoint",
            Self::Gap => "gap",
            Self::Recovered => "recovered",
            Self::Erasure => "erasure",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Close => "close",
            Self::Unreadable => "unreadable",
        }
    }
}
