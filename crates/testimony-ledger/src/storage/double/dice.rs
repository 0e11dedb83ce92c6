//! A small seeded generator, so that what a test chose can be chosen again.

/// `SplitMix64`, with its published constants. Not for salts or keys.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Two of the same seed give the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`; 0 where that is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).checked_rem(bound).unwrap_or(0)
    }

    /// An index below `bound`; 0 where that is 0.
    pub fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).unwrap_or(0)
    }

    /// Heads or tails.
    pub fn heads(&mut self) -> bool {
        self.below(2) == 0
    }
}
