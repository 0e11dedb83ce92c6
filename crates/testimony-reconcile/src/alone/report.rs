//! What a check of copies by themselves says.

use serde::{Serialize, Serializer};
use testimony_record::Uuid;
use testimony_record::head::Head;
use testimony_record::verify::{Covered, Loss, Signed, Verdict as ChainVerdict};

use crate::difference::Difference;
use crate::report::Verdict;

/// What is wrong: with the chain that the copies form, or with a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// In the verifier's words.
    Chain(ChainVerdict),
    /// In the words of a reconciliation.
    Copy(Verdict),
}

impl Found {
    /// The word, as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chain(verdict) => verdict.as_str(),
            Self::Copy(verdict) => verdict.as_str(),
        }
    }

    /// Whether it means that the copies are not what was exported.
    #[must_use]
    pub const fn breaks(self) -> bool {
        match self {
            Self::Chain(verdict) => verdict.breaks(),
            Self::Copy(verdict) => verdict.differs(),
        }
    }
}

impl Serialize for Found {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// What.
    pub verdict: Found,
    /// The entry, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// In what a copy differs from its own entry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// A sentence for a person.
    pub detail: String,
}

/// The copies of one stream.
#[derive(Debug, Clone, Serialize)]
pub struct CopiesReport {
    /// The stream.
    pub stream: Uuid,
    /// Copies read, every sending counted.
    pub copies: u64,
    /// Entries of which there is a copy.
    pub entries: u64,
    /// Decisions among those in [`CopiesReport::chained`].
    pub decisions: u64,
    /// Entries from 0 on without a hole: what is said of heads and signatures holds for those.
    pub chained: u64,
    /// The largest sequence number.
    pub last: Option<u64>,
    /// Entries before the first copy.
    pub before_the_first: u64,
    /// Entries between copies of which there is none.
    pub missing: u64,
    /// Copies beyond the first of an entry, equal to it.
    pub duplicates: u64,
    /// Copies beyond the first of an entry, different from it.
    pub conflicting: u64,
    /// Copies with content, which cannot be checked.
    pub with_content: u64,
    /// Copies made under a mapping that this build does not know: only the entry was checked.
    pub entry_only: u64,
    /// Copies that carry a head.
    pub with_head: u64,
    /// Whether the last entry is a `close`, or a checkpoint after one.
    pub closed: bool,
    /// Intents that no decision followed.
    pub open_intents: u64,
    /// The head of the entries in [`CopiesReport::chained`].
    pub head: Option<Head>,
    /// The newest of the heads that were given and are heads of this chain.
    pub remembered: Option<Covered>,
    /// Heads that were given and lie behind a hole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heads_out_of_reach: Vec<u64>,
    /// Signed heads on record.
    #[serde(flatten)]
    pub signing: Signed,
    /// Losses that the entries themselves tell of.
    pub losses: Vec<Loss>,
    /// What is wrong, as many as were asked for.
    pub findings: Vec<Wrong>,
    /// All that is wrong.
    pub findings_in_all: u64,
    /// Those of them by which the copies are broken.
    pub breaking: u64,
}

/// What a check of copies says.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AloneReport {
    /// The source.
    pub source: String,
    /// Spans read.
    pub spans: u64,
    /// Those of other programs.
    pub not_ours: u64,
    /// Those that are marked as ours and name no entry.
    pub nameless: u64,
    /// The streams of which there are copies.
    pub streams: Vec<CopiesReport>,
    /// Streams of which a head was given and there is no copy.
    pub missing_streams: Vec<Uuid>,
    /// What is wrong with spans that name no entry, as many as were asked for.
    pub findings: Vec<Wrong>,
    /// What could not be read, at most 100 of them, in words.
    pub unreadable: Vec<String>,
    /// All that could not be read.
    pub unreadable_in_all: u64,
    /// What this check does not say; never empty.
    pub not_established: Vec<OpenQuestion>,
}

/// A thing that a reader might assume, and that copies by themselves do not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OpenQuestion {
    /// What came before the first copy.
    BeforeTheFirst {
        /// The stream.
        stream: Uuid,
        /// Entries.
        entries: u64,
    },
    /// Heads and signatures behind a hole, or where the beginning is missing.
    BehindAHole {
        /// The stream.
        stream: Uuid,
        /// Entries from 0 on that could be checked.
        chained: u64,
    },
    /// A head that was given lies behind a hole.
    HeadOutOfReach {
        /// The stream.
        stream: Uuid,
        /// The entries that it covers.
        size: u64,
    },
    /// No head that was given, and no witness, vouches for the copies.
    NoHead(Uuid),
    /// The heads are signed by the key that the stream names itself.
    KeyNotGiven(Uuid),
    /// Entries after the newest signed head.
    AfterSignature {
        /// The stream.
        stream: Uuid,
        /// How many.
        entries: u64,
    },
    /// The copies end without a `close`.
    NotClosed(Uuid),
    /// Content in copies was not checked.
    ContentInCopies {
        /// Copies.
        copies: u64,
    },
    /// Copies under a mapping that this build does not know.
    UnknownMapping {
        /// Copies.
        copies: u64,
    },
    /// Parts of the source could not be read.
    Unreadable {
        /// How many.
        parts: u64,
    },
    /// The contents that the entries commit to.
    Contents,
    /// What was never exported, or whole streams.
    NeverExported,
    /// The limits of any record.
    Truthfulness,
}

impl Wrong {
    pub(super) fn new(verdict: Verdict, seq: Option<u64>, detail: String) -> Self {
        Self { verdict: Found::Copy(verdict), seq, differences: Vec::new(), detail }
    }

    pub(super) fn chain(verdict: ChainVerdict, seq: u64, detail: String) -> Self {
        Self { verdict: Found::Chain(verdict), seq: Some(seq), differences: Vec::new(), detail }
    }
}

impl CopiesReport {
    pub(super) fn new(stream: Uuid) -> Self {
        Self {
            stream,
            copies: 0,
            entries: 0,
            decisions: 0,
            chained: 0,
            last: None,
            before_the_first: 0,
            missing: 0,
            duplicates: 0,
            conflicting: 0,
            with_content: 0,
            entry_only: 0,
            with_head: 0,
            closed: false,
            open_intents: 0,
            head: None,
            remembered: None,
            heads_out_of_reach: Vec::new(),
            signing: Signed::default(),
            losses: Vec::new(),
            findings: Vec::new(),
            findings_in_all: 0,
            breaking: 0,
        }
    }

    pub(super) fn find(&mut self, wrong: Wrong, keep: usize) {
        self.findings_in_all += 1;
        self.breaking += u64::from(wrong.verdict.breaks());
        if self.findings.len() < keep {
            self.findings.push(wrong);
        }
    }
}

impl AloneReport {
    /// Whether nothing was found by which the copies are not what was exported.
    #[must_use]
    pub fn intact(&self) -> bool {
        self.nameless == 0
            && self.missing_streams.is_empty()
            && self.streams.iter().all(|stream| stream.breaking == 0)
    }

    /// Whether there was anything to check, and everything that was given could be held against it.
    #[must_use]
    pub fn could_check(&self) -> bool {
        let usable = |stream: &CopiesReport| {
            stream.signing.unusable_heads.is_empty() && stream.heads_out_of_reach.is_empty()
        };
        !self.streams.is_empty() && self.streams.iter().all(usable)
    }

    /// Whether the copies go from each stream's first entry to its `close` without a hole, and tell of no loss.
    #[must_use]
    pub fn complete(&self) -> bool {
        let whole = |stream: &CopiesReport| {
            stream.closed && stream.losses.is_empty() && stream.chained == stream.entries
        };
        self.intact() && !self.streams.is_empty() && self.streams.iter().all(whole)
    }
}
