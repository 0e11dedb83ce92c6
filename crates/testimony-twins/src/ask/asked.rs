//! What can be asked for: one value in one column.

use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::part::Role;

use super::search::Wanted;
use crate::read::cut;
use crate::table::Table;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The decisions about a subject, such as `loan:1234`.
    Subject(String),
    /// The decision with an id.
    Id(Uuid),
    /// The decisions in a trace of the application.
    Trace([u8; 16]),
    /// The decisions that were made inside one.
    Inside(Uuid),
    /// The decisions that name one as their cause.
    CausedBy(Uuid),
    /// The decisions that were given a content, in their prompt or context, by the digest of its blob or message.
    Given(Digest),
    /// The decisions that gave a content out, as their decision or output.
    Output(Digest),
    /// The outcomes of a decision.
    OutcomesOf(Uuid),
}

impl Asked {
    pub(super) fn wanted(&self) -> Wanted {
        let (table, column, value) = match self {
            Self::Subject(text) => (Table::Decisions, "subjects", cut(text)),
            Self::Id(id) => (Table::Decisions, "id", id.to_string()),
            Self::Trace(trace) => (Table::Decisions, "trace_id", hex::encode(trace)),
            Self::Inside(id) => (Table::Decisions, "parent", id.to_string()),
            Self::CausedBy(id) => (Table::Decisions, "causes", id.to_string()),
            Self::OutcomesOf(id) => (Table::Outcomes, "decision", id.to_string()),
            Self::Given(digest) | Self::Output(digest) => {
                (Table::Parts, "digest", digest.to_string())
            }
        };
        Wanted { table, column, value }
    }

    /// The roles of the parts that a digest is looked for in.
    pub(super) const fn roles(&self) -> &'static [Role] {
        match self {
            Self::Given(_) => &[Role::Prompt, Role::Context],
            Self::Output(_) => &[Role::Decision, Role::Output],
            _ => &[],
        }
    }
}
