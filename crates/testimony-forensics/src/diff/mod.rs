//! What differed between two decisions: what they were configured with, asked, given, and decided, and what came of them.
//! Contents are compared as what they say, not only by digest: the same text may have been sealed under two salts.
//!
//! Two trials of one task are compared by the last decision of each: what that one was asked is all that went before.
//!
//! This room compares and judges nothing: which difference made the difference is for a person to say.

mod conversation;
mod facts;
mod outcomes;
mod pairs;
mod words;

use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::label::Label;
use testimony_record::part::Role;
use testimony_record::verify::Place;

use crate::account::{Account, Part};
use crate::casebook::Casebook;
use crate::content::Content;
use crate::index::Case;
use crate::lookup::NotFound;
use crate::telling::Telling;

pub use conversation::{Conversation, Turn};
pub use facts::FactDiffers;
pub use words::Span;

/// What differed between two decisions, the first of which is called left.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// The first.
    pub left: Side,
    /// The second.
    pub right: Side,
    /// What their entries say differently, and those of their outcomes: model, status, tokens, time, score; in the order of
    /// their names.
    pub facts: Vec<FactDiffers>,
    /// Their parts, compared; those of one role together, in the order of [`Role`].
    pub parts: Vec<Compared>,
}

/// One of two decisions that are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Its id.
    pub id: Uuid,
    /// Where its entry stands.
    pub place: Place,
    /// The hash that stands beside the entry.
    pub hash: Digest,
    /// Whether the entry's bytes have that hash.
    pub sealed: bool,
    /// The call site.
    pub site: Label,
    /// When it began, in microseconds since the Unix epoch.
    pub began_us: u64,
    /// The subject that was asked for, where it was no id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_about: Option<LastAbout>,
}

/// The subject for which its last decision stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastAbout {
    /// What was asked for.
    pub subject: String,
    /// How many decisions are about it.
    pub decisions: usize,
}

/// One part of either or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// What it is to the decision.
    pub role: Role,
    /// What the code calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// For a constraint: whether it held, left and right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<[Option<bool>; 2]>,
    /// How the two differ.
    pub how: How,
}

/// How a part of one decision differs from that of the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum How {
    /// Not at all.
    Same {
        /// The digest of its blob or node, on the left.
        #[serde(skip_serializing_if = "Option::is_none")]
        digest: Option<Digest>,
    },
    /// Only the left decision has it.
    OnlyLeft(Box<Part>),
    /// Only the right one has it.
    OnlyRight(Box<Part>),
    /// Both have text, word by word.
    Text(Vec<Span>),
    /// Both have messages, message by message.
    Messages(Conversation),
    /// Both have it, and at least one of them is neither text nor messages, or cannot be read.
    Other {
        /// The left one.
        left: Content,
        /// The right one.
        right: Content,
    },
}

impl Compared {
    /// Whether it is the same on both sides.
    #[must_use]
    pub fn is_same(&self) -> bool {
        let held_alike = self.held.is_none_or(|[left, right]| left == right);
        matches!(self.how, How::Same { .. }) && held_alike
    }
}

impl Casebook {
    /// What differed between two decisions, given by their ids or the beginnings of them. A subject stands for the last
    /// decision about it, by when it began.
    ///
    /// ```no_run
    /// let casebook = testimony_forensics::Casebook::open("testimony-ledger")?;
    /// let diff = casebook.diff("run:airline-4-0", "run:airline-4-1")?;
    /// println!("{} facts differ", diff.facts.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Casebook::show`]. Contents that cannot be read are no error; they are said to be in their place.
    pub fn diff(&self, left: &str, right: &str) -> Result<Diff, NotFound> {
        let ((left, left_about), (right, right_about)) =
            (self.meant_by(left)?, self.meant_by(right)?);
        let left = self.account(left, &mut Telling::default())?;
        let right = self.account(right, &mut Telling::default())?;
        Ok(Diff {
            facts: facts::compare(&left, &right),
            parts: pairs::compare(&left.parts, &right.parts),
            left: side(&left, left_about),
            right: side(&right, right_about),
        })
    }

    /// An id comes first: nobody can hide a decision behind a subject that is spelt like it.
    fn meant_by(&self, asked: &str) -> Result<(&Case, Option<LastAbout>), NotFound> {
        let unknown = match self.by_id(asked) {
            Ok(case) => return Ok((case, None)),
            Err(unknown) => unknown,
        };
        let about = self.about(asked);
        let last = about.last().and_then(|&number| self.index.case(number)).ok_or(unknown)?;
        Ok((last, Some(LastAbout { subject: asked.to_owned(), decisions: about.len() })))
    }
}

fn side(account: &Account, last_about: Option<LastAbout>) -> Side {
    let Account { id, place, hash, sealed, .. } = *account;
    let (site, began_us) = (account.facts.site.clone(), account.facts.began_us);
    Side { id, place, hash, sealed, site, began_us, last_about }
}
