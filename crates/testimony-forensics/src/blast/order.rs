//! What came before what. A decision takes in until it ends, and what it puts out exists when it ends: so a decision can be
//! fed only by one that ended before it did.
//!
//! At equal times the order of the entries decides where both stand in one stream. Across streams nothing is known then,
//! and neither feeds the other by content.

use testimony_record::Uuid;

/// When a decision was made, by the writer's clock, in microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) began: u64,
    /// When it began, where nobody says how long it took.
    pub(super) ended: u64,
    pub(super) stream: Uuid,
    pub(super) seq: u64,
}

impl Span {
    /// Whether it ended before another one did.
    pub(super) fn before(&self, other: &Self) -> bool {
        let tie = self.ended == other.ended && self.stream == other.stream;
        self.ended < other.ended || tie && self.seq < other.seq
    }

    /// Puts decisions into an order in which none stands before one that came before it.
    pub(super) fn key(&self) -> (u64, Uuid, u64) {
        (self.ended, self.stream, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_equal_times_only_one_stream_has_an_order() {
        let span = |ended, stream, seq| {
            let stream = Uuid::from_u128(stream);
            Span { began: 0, ended, stream, seq }
        };
        assert!(span(1, 2, 9).before(&span(2, 1, 0)));
        assert!(span(1, 1, 0).before(&span(1, 1, 1)));
        assert!(!span(1, 1, 1).before(&span(1, 1, 1)));
        let (a, b) = (span(1, 1, 0), span(1, 2, 1));
        assert!(!a.before(&b) && !b.before(&a));
    }
}
