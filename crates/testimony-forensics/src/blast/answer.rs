//! The answer, as a program is told it.

use std::collections::BTreeMap;

use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::digest::Digest;

use super::graph::Edge;
use super::near::Nearness;
use super::origin::How;
use super::unfollowed::Unfollowed;

/// What something went on to reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blast {
    /// What was asked about.
    pub origin: Asked,
    /// The decisions that it reached first, in the order in which they ended.
    pub direct: Vec<Direct>,
    /// The decisions that were fed by those, to any depth: in order of depth, then in the order in which they ended.
    pub downstream: Vec<Downstream>,
    /// What could not be followed, and why. Never empty: other ledgers are always among it.
    pub unfollowed: Vec<Unfollowed>,
    /// How many decisions of which kind are in the answer, without those that are inferred.
    pub counts: Counts,
    /// The same of those that are inferred; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Counts>,
    /// What the decisions of the answer were about, those with most decisions first.
    pub subjects: Vec<Subject>,
    /// What was read again.
    pub checked: Checked,
}

/// What was asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// `content`, `digest`, `decision`, `model`, `config`, `prompt`, `site`.
    pub what: &'static str,
    /// How it was asked for; of a content its plain BLAKE3 hash.
    pub asked: String,
    /// The digests under which this ledger has it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub digests: Vec<Digest>,
    /// How long it is, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The decisions that put it out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub put_out_by: Vec<Uuid>,
}

/// A decision that it reached first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Direct {
    /// Its id.
    pub id: Uuid,
    /// Its call site.
    pub site: String,
    /// When it began, in microseconds since the Unix epoch.
    pub began_us: u64,
    /// Why it is here.
    pub how: How,
    /// The part that held it: its role, and after a colon its name if it has one, as in `context:policy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Where it was given nothing equal, but something near: what was found. Nothing else in the answer is inferred but what
    /// was reached through such decisions alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Inferred>,
}

/// A content that is near to what was asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inferred {
    /// The content's digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// How near it is.
    #[serde(flatten)]
    pub nearness: Nearness,
}

/// A decision that was fed by another one of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Downstream {
    /// Its id.
    pub id: Uuid,
    /// Its call site.
    pub site: String,
    /// When it began, in microseconds since the Unix epoch.
    pub began_us: u64,
    /// The least number of steps from a direct decision.
    pub depth: usize,
    /// The decision that fed it: of several the one that ended first among those that are nearest.
    pub from: Uuid,
    /// By what.
    pub edge: Edge,
    /// The content that one put out and the other was given; where a conversation goes on, the message that it goes on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Whether it was reached only through direct decisions that are inferred.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
}

/// How many decisions of which kind there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Direct ones.
    pub direct: usize,
    /// Downstream ones.
    pub downstream: usize,
    /// By call site.
    pub by_site: BTreeMap<String, usize>,
    /// By the model that was asked for, or else says it answered.
    pub by_model: BTreeMap<String, usize>,
    /// By how they ended.
    pub by_status: BTreeMap<&'static str, usize>,
    /// Later facts about them, by kind: `executed`, `overridden`.
    pub by_outcome: BTreeMap<String, usize>,
    /// Those without any.
    pub without_outcome: usize,
    /// By depth; the direct ones have 0.
    pub by_depth: BTreeMap<usize, usize>,
}

/// What decisions were about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// Its text, cut to a line; in place of one that cannot be read, that it cannot.
    pub subject: String,
    /// How many decisions of the answer are about it, without those that are inferred.
    pub decisions: usize,
    /// How many that are inferred.
    #[serde(skip_serializing_if = "is_zero")]
    pub inferred: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What was read again, and whether it was what was sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// How many decisions of the answer were read again from the ledger, and had their hashes.
    pub sealed: usize,
    /// Those that had not. What is said of them here may be what somebody made of them.
    pub not_sealed: Vec<Uuid>,
}
