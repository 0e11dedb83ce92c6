//! Why something is erased, held or released, and by whose authority.

use std::collections::BTreeSet;

use testimony_record::digest::Digest;
use testimony_record::entry::{Erasure, Hold, MOST_DIGESTS, Release};
use testimony_record::label::Label;

/// A reason, and whose it is. Both go on record for good, so neither may be empty, or be cut to fit.
///
/// ```
/// use testimony_ledger::erase::Warrant;
///
/// let warrant = Warrant::new("request 17 of the applicant", "privacy@bank.example")?;
/// assert_eq!(warrant.by().as_str(), "privacy@bank.example");
/// assert!(Warrant::new(" ", "privacy@bank.example").is_err());
/// # Ok::<(), testimony_ledger::erase::NoWarrant>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warrant {
    reason: Label,
    by: Label,
}

/// The words cannot stand in the record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoWarrant {
    /// Nothing but white space.
    #[error("the {0} is empty; it goes on record, so that others can judge it")]
    Empty(&'static str),
    /// Longer than a label.
    #[error("the {what} takes {bytes} bytes; a record holds at most {} of them", Label::MAX_BYTES)]
    TooLong {
        /// Which of the two.
        what: &'static str,
        /// Its length.
        bytes: usize,
    },
}

impl Warrant {
    /// Takes a reason and an authority, each at most [`Label::MAX_BYTES`] long. They must not hold what is to be erased:
    /// nothing erases them.
    ///
    /// # Errors
    /// When one of them is empty or too long.
    pub fn new(reason: &str, by: &str) -> Result<Self, NoWarrant> {
        Ok(Self { reason: label("reason", reason)?, by: label("authority", by)? })
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &Label {
        &self.reason
    }

    /// By whose authority.
    #[must_use]
    pub fn by(&self) -> &Label {
        &self.by
    }

    /// What to put on record of an erasure.
    pub(crate) fn erasures(&self, digests: &BTreeSet<Digest>) -> Vec<Erasure> {
        let (reason, by) = (self.reason.clone(), self.by.clone());
        let erasure = |digests| Erasure { digests, reason: reason.clone(), by: by.clone() };
        bundles(digests).map(erasure).collect()
    }

    /// What to put on record of a hold; of everything where no digest is given.
    pub(crate) fn holds(&self, digests: &BTreeSet<Digest>) -> Vec<Hold> {
        let (reason, by) = (self.reason.clone(), self.by.clone());
        let hold = |digests| Hold { digests, reason: reason.clone(), by: by.clone() };
        if digests.is_empty() {
            vec![hold(Vec::new())]
        } else {
            bundles(digests).map(hold).collect()
        }
    }

    pub(crate) fn release(&self, hold: Digest) -> Release {
        Release { hold, reason: self.reason.clone(), by: self.by.clone() }
    }
}

/// One entry names a bounded number of contents.
fn bundles(digests: &BTreeSet<Digest>) -> impl Iterator<Item = Vec<Digest>> {
    let digests: Vec<Digest> = digests.iter().copied().collect();
    let bundles: Vec<Vec<Digest>> = digests.chunks(MOST_DIGESTS).map(<[_]>::to_vec).collect();
    bundles.into_iter()
}

fn label(what: &'static str, text: &str) -> Result<Label, NoWarrant> {
    if text.trim().is_empty() {
        return Err(NoWarrant::Empty(what));
    }
    if text.len() > Label::MAX_BYTES {
        return Err(NoWarrant::TooLong { what, bytes: text.len() });
    }
    Ok(Label::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_word_is_empty_or_cut() {
        let longest = "x".repeat(Label::MAX_BYTES);
        assert_eq!(Warrant::new(&longest, "by").unwrap().reason().as_str(), longest);
        assert_eq!(Warrant::new("", "by"), Err(NoWarrant::Empty("reason")));
        assert_eq!(Warrant::new("why", "\t\n "), Err(NoWarrant::Empty("authority")));
        let long = NoWarrant::TooLong { what: "authority", bytes: 257 };
        assert_eq!(Warrant::new("why", &format!("{longest}x")), Err(long));
    }
}
