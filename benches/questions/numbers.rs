//! What follows from a decision's number: its id, when it began, how long it took.

use testimony_record::Uuid;

/// 2026-03-01 12:00:00 UTC.
pub(crate) const START_US: u64 = 1_772_366_400_000_000;
const NINETY_DAYS_US: u64 = 90 * 24 * 3600 * 1_000_000;

/// Decisions are numbered in the order in which they begin, evenly over ninety days.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers {
    apart_us: u64,
}

impl Numbers {
    pub(crate) fn new(decisions: u64) -> Self {
        Self { apart_us: (NINETY_DAYS_US / decisions.max(1)).max(1) }
    }

    /// What is known of a decision when it begins.
    pub(crate) fn begun(self, number: u64) -> Begun {
        let at_us = START_US + number * self.apart_us;
        // Between 0.3 and 4.3 seconds.
        let takes_us = 300_000 + mixed(number) % 4_000_000;
        Begun { id: id(at_us / 1000, number), at_us, takes_us }
    }
}

/// A decision that has begun.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    pub(crate) id: Uuid,
    pub(crate) at_us: u64,
    pub(crate) takes_us: u64,
}

impl Begun {
    pub(crate) fn ends_us(self) -> u64 {
        self.at_us + self.takes_us
    }
}

/// A `UUIDv7` of its moment, with what its number comes to in place of randomness.
fn id(millis: u64, number: u64) -> Uuid {
    let (a, b) = (mixed(number) & 0xfff, mixed(!number) >> 2);
    let high = u128::from(millis) << 80 | 0x7 << 76 | u128::from(a) << 64;
    Uuid::from_u128(high | 0x2 << 62 | u128::from(b))
}

/// One of `of`, as good as by chance.
pub(crate) fn one_of(number: u64, of: u64) -> bool {
    mixed(number ^ 0x5eed).is_multiple_of(of)
}

/// Spreads numbers over all of 64 bits, each to another: the finalizer of `SplitMix64`.
pub(crate) fn mixed(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
