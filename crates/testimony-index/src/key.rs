//! What is looked up: one byte that says what kind of thing, then an id, or the first sixteen bytes of a digest or
//! a hash. A key finds things; whoever relies on them reads them and sees whether they are meant.

use std::ops::RangeInclusive;

use testimony_record::Uuid;
use testimony_record::digest::Digest;

/// How long a key is, in bytes.
pub(crate) const LENGTH: usize = 17;

/// A key. Keys of one kind stand together, ids in their own order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; LENGTH]);

/// The kinds; the numbers stand in files.
#[derive(Clone, Copy)]
enum Kind {
    Object = 1,
    Content = 2,
    Holder = 3,
    Part = 4,
    Decision = 5,
    Inside = 6,
    CausedBy = 7,
    OutcomeOf = 8,
    Subject = 9,
    Trace = 10,
    Intent = 11,
    BegunAbout = 12,
    ErasureOf = 13,
    PutOut = 14,
}

impl Key {
    /// A blob or node, by its digest.
    #[must_use]
    pub fn object(digest: &Digest) -> Self {
        Self::new(Kind::Object, digest.as_bytes())
    }

    /// The blobs with a content, by the plain hash of its bytes ([`Digest::plain`]), whatever their salts.
    #[must_use]
    pub fn content(plain: &Digest) -> Self {
        Self::new(Kind::Content, plain.as_bytes())
    }

    /// The nodes that refer to an object.
    #[must_use]
    pub fn holder(digest: &Digest) -> Self {
        Self::new(Kind::Holder, digest.as_bytes())
    }

    /// The decisions that put a content out, by the plain hash of its bytes: as their decision, output or rationale, or anywhere
    /// inside those.
    #[must_use]
    pub fn put_out(plain: &Digest) -> Self {
        Self::new(Kind::PutOut, plain.as_bytes())
    }

    /// The decisions of which an object is a part, among what they were given and what they put out.
    #[must_use]
    pub fn part(digest: &Digest) -> Self {
        Self::new(Kind::Part, digest.as_bytes())
    }

    /// The decision with an id.
    #[must_use]
    pub fn decision(id: &Uuid) -> Self {
        Self::new(Kind::Decision, id.as_bytes())
    }

    /// The decisions that were made inside one.
    #[must_use]
    pub fn inside(id: &Uuid) -> Self {
        Self::new(Kind::Inside, id.as_bytes())
    }

    /// The decisions that name one as their cause.
    #[must_use]
    pub fn caused_by(id: &Uuid) -> Self {
        Self::new(Kind::CausedBy, id.as_bytes())
    }

    /// The outcomes of a decision.
    #[must_use]
    pub fn outcome_of(id: &Uuid) -> Self {
        Self::new(Kind::OutcomeOf, id.as_bytes())
    }

    /// The decisions about a subject.
    #[must_use]
    pub fn subject(text: &[u8]) -> Self {
        Self::new(Kind::Subject, Digest::plain(text).as_bytes())
    }

    /// The decisions in a trace of the application.
    #[must_use]
    pub fn trace(id: &[u8; 16]) -> Self {
        Self::new(Kind::Trace, id)
    }

    /// The intents with an id.
    #[must_use]
    pub fn intent(id: &Uuid) -> Self {
        Self::new(Kind::Intent, id.as_bytes())
    }

    /// The intents about a subject.
    #[must_use]
    pub fn begun_about(text: &[u8]) -> Self {
        Self::new(Kind::BegunAbout, Digest::plain(text).as_bytes())
    }

    /// The entries that say that an object is erased.
    #[must_use]
    pub fn erasure_of(digest: &Digest) -> Self {
        Self::new(Kind::ErasureOf, digest.as_bytes())
    }

    /// The decisions with ids in a range.
    #[must_use]
    pub fn decisions(ids: &RangeInclusive<Uuid>) -> RangeInclusive<Self> {
        Self::decision(ids.start())..=Self::decision(ids.end())
    }

    /// The intents with ids in a range.
    #[must_use]
    pub fn intents(ids: &RangeInclusive<Uuid>) -> RangeInclusive<Self> {
        Self::intent(ids.start())..=Self::intent(ids.end())
    }

    fn new(kind: Kind, value: &[u8]) -> Self {
        let mut key = [0; LENGTH];
        key[0] = kind as u8;
        for (to, from) in key.iter_mut().skip(1).zip(value) {
            *to = *from;
        }
        Self(key)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_one_kind_stand_together_in_the_order_of_their_ids() {
        let (least, most) = (Uuid::nil(), Uuid::max());
        let all = Key::decisions(&(least..=most));
        assert!(all.contains(&Key::decision(&Uuid::from_u128(7))));
        assert!(!all.contains(&Key::inside(&Uuid::nil())));
        assert!(!all.contains(&Key::part(&Digest::from_bytes([0xff; 32]))));
    }
}
