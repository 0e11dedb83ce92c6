//! Verdicts: the words in which the verifier says what is wrong. They are stable; scripts branch on them.

use std::fmt;

use serde::Serialize;
use uuid::Uuid;

/// What is wrong at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// An entry's bytes are not those that were sealed.
    Edited,
    /// All entries are there, in another order.
    Reordered,
    /// An entry stands there twice.
    Duplicated,
    /// An entry that is not part of the chain.
    Inserted,
    /// Entries are missing between others.
    Removed,
    /// Two different entries follow the same one, or the stream's key has signed a head of another history.
    Forked,
    /// The stream is shorter than a head that someone remembers.
    Truncated,
    /// The stream is not the one that a remembered head belongs to.
    Rewritten,
    /// The file ends in the middle of a record, and no recovery has put that on record.
    TornTail,
    /// Bytes in the middle of a file are no record at all.
    Damaged,
    /// Something of another stream lies here.
    Foreign,
    /// An entry refers to content that is not there.
    ContentMissing,
    /// Content is not what was sealed.
    ContentAltered,
    /// A signature is not what it claims to be, or not by a key that is trusted.
    SignatureWrong,
    /// No checkpoint has been cosigned by as many witnesses as the policy asks for.
    NotWitnessed,
    /// The writer's clock went backwards. This alone breaks nothing.
    ClockSteppedBack,
    /// Content that an entry calls erased is still there, wholly or in part. This alone breaks nothing.
    ErasureUnfinished,
}

impl Verdict {
    /// Whether the ledger's integrity is broken by it.
    #[must_use]
    pub const fn breaks(self) -> bool {
        !matches!(self, Self::ClockSteppedBack | Self::ErasureUnfinished)
    }

    /// The word, as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Reordered => "reordered",
            Self::Duplicated => "duplicated",
            Self::Inserted => "inserted",
            Self::Removed => "removed",
            Self::Forked => "forked",
            Self::Truncated => "truncated",
            Self::Rewritten => "rewritten",
            Self::TornTail => "torn_tail",
            Self::Damaged => "damaged",
            Self::Foreign => "foreign",
            Self::ContentMissing => "content_missing",
            Self::ContentAltered => "content_altered",
            Self::SignatureWrong => "signature_wrong",
            Self::NotWitnessed => "not_witnessed",
            Self::ClockSteppedBack => "clock_stepped_back",
            Self::ErasureUnfinished => "erasure_unfinished",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where in a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The stream.
    pub stream: Uuid,
    /// The number of the segment file.
    pub segment: u64,
    /// Bytes from the start of that file.
    pub offset: u64,
    /// The sequence number of the entry concerned, or of the next one where it is not an entry.
    pub seq: u64,
}

/// One thing that is wrong, where, and in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub verdict: Verdict,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// A sentence for a person.
    pub detail: String,
}
