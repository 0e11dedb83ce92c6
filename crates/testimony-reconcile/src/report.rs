//! What a reconciliation says, of each source and as a whole, and what it did *not* establish.

use std::collections::BTreeMap;

use serde::Serialize;
use testimony_record::Uuid;

use crate::copy::{Copy, about};
use crate::difference::Difference;
use crate::heads::Heads;
use crate::kind::Kind;
use crate::span::Span;

/// What is wrong with one entry's copies. The words are stable; scripts branch on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// The ledger has the entry, the source has no copy of it.
    MissingThere,
    /// The source has a copy of an entry that the ledger does not have.
    MissingHere,
    /// The copy is not what the entry has to look like.
    Altered,
    /// The backend has cut content; the entry is whole. This alone is no difference.
    Truncated,
    /// Two copies of the entry differ.
    Conflicting,
    /// The span is marked as ours, and names no entry.
    Damaged,
    /// A signed head in a copy is not one of the ledger's: the ledger was rewritten or cut after it was signed.
    Rewritten,
    /// The entries of the ledger are no chain.
    LedgerBroken,
}

impl Verdict {
    /// The word, as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingThere => "missing_there",
            Self::MissingHere => "missing_here",
            Self::Altered => "altered",
            Self::Truncated => "truncated",
            Self::Conflicting => "conflicting",
            Self::Damaged => "damaged",
            Self::Rewritten => "rewritten",
            Self::LedgerBroken => "ledger_broken",
        }
    }

    /// Whether ledger and source say different things.
    #[must_use]
    pub const fn differs(self) -> bool {
        !matches!(self, Self::Truncated)
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub verdict: Verdict,
    /// The stream, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<Uuid>,
    /// The entry's place in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// What the entry is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The decision that it is or is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The trace of the copy, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The span of the copy, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// In what the copy differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// A sentence for a person.
    pub detail: String,
}

/// Entries of one kind, by what became of their copies. Each entry counts once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// In the ledger, in the time that was asked for.
    pub entries: u64,
    /// All copies say what the ledger says.
    pub same: u64,
    /// Content was cut by the backend; else the same.
    pub truncated: u64,
    /// A copy says something else.
    pub altered: u64,
    /// No copy.
    pub missing_there: u64,
    /// No copy, and the exporter says that it has set the entry aside, and why.
    pub set_aside: u64,
    /// No copy yet: the exporter says that it has not come so far.
    pub not_yet_exported: u64,
    /// Written under a mapping that this build does not know: only the entry itself was compared, and is the same.
    pub entry_only: u64,
}

/// What was found in one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SourceReport {
    /// Its name.
    pub source: String,
    /// Spans read.
    pub spans: u64,
    /// Those of other programs, which were passed over.
    pub not_ours: u64,
    /// Copies of entries, every sending counted.
    pub copies: u64,
    /// Copies beyond the first of an entry, equal to it.
    pub duplicates: u64,
    /// Copies beyond the first of an entry, different from it.
    pub conflicting: u64,
    /// Copies of entries that the ledger does not have.
    pub missing_here: u64,
    /// Spans that are marked as ours and name no entry.
    pub damaged: u64,
    /// Entries by kind.
    pub kinds: BTreeMap<Kind, Counts>,
    /// Copies whose content is the ledger's.
    pub content_same: u64,
    /// Copies of decisions and outcomes without content.
    pub content_absent: u64,
    /// Copies with content that was erased from the ledger since.
    pub content_erased: u64,
    /// Attributes that were cut, how many bytes are left, and how often.
    pub cuts: Vec<Cut>,
    /// Heads.
    pub heads: Heads,
    /// In what the ledger contradicts signed heads that were exported.
    pub contradicting: Vec<String>,
    /// Names of attributes that collectors or backends have added, at most 32; they were not compared.
    pub added_on_the_way: Vec<String>,
    /// What could not be read, at most 100 of them, in words.
    pub unreadable: Vec<String>,
    /// All that could not be read.
    pub unreadable_in_all: u64,
    /// The differences, as many as were asked for.
    pub findings: Vec<Finding>,
    /// All of them.
    pub differing: u64,
    /// Copies whose content was cut, and that are else the same, as many as were asked for.
    pub truncated: Vec<Finding>,
}

/// Where a backend has cut an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// The attribute.
    pub attribute: String,
    /// What is left, in bytes.
    pub bytes: usize,
    /// In how many copies.
    pub copies: u64,
}

/// What a reader might assume, and this run did not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotEstablished {
    /// Content in copies was not there to compare, or only in part.
    Content {
        /// The source.
        source: String,
        /// Decisions and outcomes without content in their copies.
        without: u64,
    },
    /// Copies hold content that was erased from the ledger.
    ErasedContent {
        /// The source.
        source: String,
        /// In so many copies.
        copies: u64,
    },
    /// Attributes of a mapping that this build does not know.
    UnknownMapping {
        /// The source.
        source: String,
        /// Entries.
        entries: u64,
    },
    /// Parts of the source could not be read.
    Unreadable {
        /// The source.
        source: String,
        /// How many.
        parts: u64,
    },
    /// No signed head was found, so the copies bind the ledger only by their entries.
    NoHeads {
        /// The source.
        source: String,
    },
    /// Signatures were checked only against the keys that the ledger names itself.
    KeyNotGiven,
    /// Entries outside the time that was asked for.
    OtherTimes,
    /// Whether the contents in the ledger are what was sealed.
    LedgerContents,
    /// Whether whoever can write the ledger can also write the backend.
    Independence,
    /// The limits of any record.
    Truthfulness,
}

/// What a reconciliation says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Streams of the ledger.
    pub streams: u64,
    /// Entries in the time that was asked for.
    pub entries: u64,
    /// What is wrong with the ledger's own chain.
    pub ledger: Vec<Finding>,
    /// Each source, in the order in which they were given.
    pub sources: Vec<SourceReport>,
    /// What this run does not say; never empty.
    pub not_established: Vec<NotEstablished>,
}

impl Finding {
    pub(crate) fn new(verdict: Verdict) -> Self {
        Self {
            verdict,
            stream: None,
            seq: None,
            kind: None,
            id: None,
            trace_id: None,
            span_id: None,
            differences: Vec::new(),
            detail: String::new(),
        }
    }

    pub(crate) fn of_span(verdict: Verdict, span: &Span) -> Self {
        let trace_id = Some(hex::encode(span.trace_id));
        Self { trace_id, span_id: Some(hex::encode(span.span_id)), ..Self::new(verdict) }
    }

    pub(crate) fn of_copy(verdict: Verdict, copy: &Copy, kind: Option<Kind>) -> Self {
        let body = copy.entry.as_ref().ok().map(|sealed| &sealed.entry.body);
        let (stream, seq) = (Some(copy.stream), Some(copy.seq));
        let kind = kind.or_else(|| body.map(Kind::of));
        Self { stream, seq, kind, id: body.and_then(about), ..Self::of_span(verdict, &copy.span) }
    }
}

impl SourceReport {
    /// Entries of all kinds.
    #[must_use]
    pub fn totals(&self) -> Counts {
        self.kinds.values().fold(Counts::default(), |all, one| Counts {
            entries: all.entries + one.entries,
            same: all.same + one.same,
            truncated: all.truncated + one.truncated,
            altered: all.altered + one.altered,
            missing_there: all.missing_there + one.missing_there,
            set_aside: all.set_aside + one.set_aside,
            not_yet_exported: all.not_yet_exported + one.not_yet_exported,
            entry_only: all.entry_only + one.entry_only,
        })
    }
}

impl Report {
    /// Whether ledger and sources say the same, as far as they could be compared.
    #[must_use]
    pub fn same(&self) -> bool {
        self.ledger.is_empty() && self.sources.iter().all(|source| source.differing == 0)
    }

    /// Whether every copy that was found could be compared as a whole.
    #[must_use]
    pub fn could_compare(&self) -> bool {
        self.sources.iter().all(|source| source.totals().entry_only == 0)
    }
}
