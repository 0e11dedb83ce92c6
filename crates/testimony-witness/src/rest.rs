//! How long a witness that fails is left alone, counted in checkpoints: 0, 1, 3, 7 and so on, at most 63.

/// The failures in a row, and how many checkpoints pass without asking.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    failures: u32,
    skip: u32,
}

impl Rest {
    /// Whether to ask with this checkpoint.
    pub(crate) fn is_over(&mut self) -> bool {
        let over = self.skip == 0;
        self.skip = self.skip.saturating_sub(1);
        over
    }

    pub(crate) fn failed(&mut self) {
        self.skip = (1 << self.failures.min(6)) - 1;
        self.failures += 1;
    }

    pub(crate) fn well(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_that_stays_away_is_asked_ever_more_rarely_and_never_given_up() {
        let mut rest = Rest::default();
        let asked = |rest: &mut Rest| {
            let mut asked = Vec::new();
            for checkpoint in 0..260 {
                if rest.is_over() {
                    asked.push(checkpoint);
                    rest.failed();
                }
            }
            asked
        };
        assert_eq!(asked(&mut rest), [0, 1, 3, 7, 15, 31, 63, 127, 191, 255]);
        rest.well();
        assert!(rest.is_over() && rest.is_over());
    }
}
