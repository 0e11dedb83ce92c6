//! Why something could not be followed, in words that stay the same.

use std::fmt;

use serde::{Serialize, Serializer};
use testimony_record::part::{Content, Part, Why};

use super::objects::State;
use super::unspecific::Unspecific;

/// Why something could not be followed.
///
/// In JSON the word that [`Display`](fmt::Display) writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// It was not captured.
    NotCaptured,
    /// It was too large to be kept.
    TooLarge,
    /// There were too many.
    TooMany,
    /// The application could not write it out.
    Unreadable,
    /// What was kept is not what was there; the record says so: masked, truncated.
    Noted(String),
    /// Its content is erased: only equal digests were followed, not equal content under other ones.
    Erased,
    /// It is not what was sealed.
    Altered,
    /// It is not in the files.
    Missing,
    /// See [`Unspecific`].
    Unspecific(Unspecific),
    /// It would have flowed backwards in time.
    Backwards,
    /// This ledger does not hold it.
    NotHeld,
    /// The record says that it is lost.
    Gap,
    /// No decision followed.
    NeverDecided,
    /// It was not given.
    NotGiven,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotCaptured => "not_captured",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::Unreadable => "unreadable",
            Self::Noted(note) => return write!(f, "noted: {note}"),
            Self::Erased => "erased",
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Unspecific(Unspecific::Short) => "short",
            Self::Unspecific(Unspecific::FromElsewhere) => "from_elsewhere",
            Self::Unspecific(Unspecific::SeveralSources) => "several_sources",
            Self::Backwards => "backwards",
            Self::NotHeld => "not_held",
            Self::Gap => "gap",
            Self::NeverDecided => "never_decided",
            Self::NotGiven => "not_given",
        })
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Why> for Reason {
    fn from(why: Why) -> Self {
        match why {
            Why::NotCaptured => Self::NotCaptured,
            Why::TooLarge => Self::TooLarge,
            Why::TooMany => Self::TooMany,
            Why::Unreadable => Self::Unreadable,
        }
    }
}

impl Reason {
    /// Why a part does not show all that was there.
    pub(super) fn of_part(part: &Part) -> Option<Self> {
        match (&part.content, &part.note) {
            (Content::Absent(absent), _) => Some(absent.why.into()),
            (_, Some(note)) => Some(Self::Noted(note.to_string())),
            _ => None,
        }
    }

    pub(super) fn of(state: State) -> Option<Self> {
        match state {
            State::Sealed => None,
            State::Blank => Some(Self::Erased),
            State::Altered => Some(Self::Altered),
            State::Missing => Some(Self::Missing),
        }
    }
}
