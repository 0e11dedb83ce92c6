//! What a verification says as a whole: integrity, completeness, and what it did *not* establish.

use serde::Serialize;
use uuid::Uuid;

use super::verdict::Finding;
use crate::head::Head;

/// The result for a whole ledger.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// One for each stream, in order of their ids.
    pub streams: Vec<StreamReport>,
    /// What this run does not say; never empty.
    pub not_established: Vec<NotEstablished>,
}

/// The result for one stream.
#[derive(Debug, Clone, Serialize)]
pub struct StreamReport {
    /// The stream.
    pub stream: Uuid,
    /// The head of what was read; absent where no entry was.
    pub head: Option<Head>,
    /// Entries read.
    pub entries: u64,
    /// Decisions among them.
    pub decisions: u64,
    /// Blobs and nodes read.
    pub objects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Whether the last entry is a `close`, or a checkpoint after one.
    pub closed: bool,
    /// Whether a process holds the stream open now; its unfinished tail was then not judged.
    pub live: bool,
    /// Bytes at the end that a writer is still writing, and that were not judged.
    pub in_flight: u64,
    /// Blobs whose erasure is on record, and that are gone.
    pub erased: u64,
    /// Intents that no decision followed: calls that were begun and of which nothing more is known.
    pub open_intents: u64,
    /// The newest of the heads that were given and are heads of this stream.
    pub remembered: Option<Covered>,
    /// Signed heads on record.
    #[serde(flatten)]
    pub signing: Signed,
    /// Losses that the ledger itself puts on record.
    pub losses: Vec<Loss>,
    /// What is wrong, in the order of the files.
    pub findings: Vec<Finding>,
}

/// What the checkpoints of a stream come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// Good checkpoints on record.
    pub checkpoints: u64,
    /// The newest one that a trusted key has signed; where no key was given, that the session's own key has.
    pub signed: Option<Covered>,
    /// The newest of those that the policy's quorum has cosigned.
    pub witnessed: Option<Covered>,
    /// Heads that were given, that are signed in the name of the stream's key, and whose signature is wrong: they could not
    /// be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unusable_heads: Vec<u64>,
}

/// How far a checkpoint reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// How many entries it covers.
    pub size: u64,
    /// When the last of them was sealed, in microseconds since the Unix epoch.
    pub time_us: u64,
}

impl Covered {
    pub(super) fn larger(self, other: Self) -> Self {
        if other.size > self.size { other } else { self }
    }
}

/// A loss that is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Decisions that never reached the ledger.
    Gap {
        /// The entry that says so.
        seq: u64,
        /// How many.
        lost: u64,
        /// Why.
        reason: String,
    },
    /// Unfinished bytes that recovery cut off.
    Recovered {
        /// The entry that says so.
        seq: u64,
        /// How many bytes.
        bytes: u64,
    },
}

/// A thing that a reader might assume, and that this run did not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEstablished {
    /// No head that was given lies within this stream, so all of it could have been rewritten.
    NoHead(Uuid),
    /// Entries after the remembered head could have been rewritten or cut.
    AfterHead {
        /// The stream.
        stream: Uuid,
        /// How many entries follow the head.
        entries: u64,
        /// From the head's entry to the newest one, in microseconds of the writer's clock.
        microseconds: u64,
    },
    /// The stream's checkpoints are signed by the key that it names itself; no key was given to hold that against.
    KeyNotGiven(Uuid),
    /// Entries after the newest checkpoint that counts are not signed.
    AfterSignature {
        /// The stream.
        stream: Uuid,
        /// How many.
        entries: u64,
        /// From the last signed entry to the newest one, in microseconds of the writer's clock.
        microseconds: u64,
    },
    /// A head was given whose signature, in the name of the stream's key, is wrong.
    UnusableHead {
        /// The stream.
        stream: Uuid,
        /// How many entries it claims to cover.
        size: u64,
    },
    /// The stream has no `close`: it may be in use, have crashed, or have lost its end.
    NotClosed(Uuid),
    /// A process is writing; bytes after the last whole record were not judged.
    InFlight {
        /// The stream.
        stream: Uuid,
        /// How many bytes.
        bytes: u64,
    },
    /// Whether a whole stream was removed from the directory.
    MissingStreams,
    /// Files in the directory that are no part of the format.
    UnknownFile(String),
    /// The limits of any ledger: whether the application told it the truth, whether calls it never saw happened,
    /// whether the named model ran, and whether a stated reason was the cause.
    Truthfulness,
}

impl StreamReport {
    /// Of a stream of which nothing has been read.
    pub(super) fn empty(stream: Uuid) -> Self {
        Self {
            stream,
            head: None,
            entries: 0,
            decisions: 0,
            objects: 0,
            bytes: 0,
            closed: false,
            live: false,
            in_flight: 0,
            erased: 0,
            open_intents: 0,
            remembered: None,
            signing: Signed::default(),
            losses: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// The entries after the first `covered.size`, and the time between the last of those and the newest.
    #[must_use]
    pub fn since(&self, covered: &Covered) -> (u64, u64) {
        self.head.as_ref().map_or((0, 0), |head| {
            let entries = head.size.saturating_sub(covered.size);
            (entries, head.time_us.saturating_sub(covered.time_us))
        })
    }
}

impl Report {
    /// Whether every head that was given could be used. Where one could not, there is no verdict to rely on.
    #[must_use]
    pub fn could_check(&self) -> bool {
        self.streams.iter().all(|stream| stream.signing.unusable_heads.is_empty())
    }

    /// Every finding of every stream.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.streams.iter().flat_map(|stream| &stream.findings)
    }

    /// Whether nothing that was sealed has been found changed.
    #[must_use]
    pub fn intact(&self) -> bool {
        !self.findings().any(|finding| finding.verdict.breaks())
    }

    /// How many decisions the ledger itself says it lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.streams.iter().flat_map(|stream| &stream.losses).map(Loss::decisions).sum()
    }

    /// Whether the ledger says that it holds every decision that was handed to it, to the end of each stream. An empty
    /// or a broken ledger says nothing of the kind.
    #[must_use]
    pub fn complete(&self) -> bool {
        let whole = |stream: &StreamReport| stream.closed && stream.losses.is_empty();
        self.intact() && !self.streams.is_empty() && self.streams.iter().all(whole)
    }
}

impl Loss {
    fn decisions(&self) -> u64 {
        match self {
            Self::Gap { lost, .. } => *lost,
            Self::Recovered { .. } => 0,
        }
    }
}
