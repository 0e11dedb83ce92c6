//! What the benchmarks share: rounds of two things in turn, and the ratio of their medians.
//!
//! Figures are ratios of two things measured in one run; absolute times are printed to be looked at, not quoted.
//!
//! Questions to a ledger of many decisions, beside `grep`, `jq` and `DuckDB`: `benches/questions/run --decisions 1000000`.

use std::time::{Duration, Instant};

/// Times of one contender, a round each.
#[derive(Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Runs one round.
    pub fn round(&mut self, run: impl FnOnce()) {
        let started = Instant::now();
        run();
        self.0.push(started.elapsed());
    }

    /// Adds a round that was measured elsewhere.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The median, smallest and largest time for each of `per_round` things, in nanoseconds.
    #[must_use]
    pub fn per_thing(&self, per_round: u32) -> (f64, f64, f64) {
        let mut nanos: Vec<f64> =
            self.0.iter().map(|time| time.as_secs_f64() * 1e9 / f64::from(per_round)).collect();
        nanos.sort_by(f64::total_cmp);
        let at = |index: usize| nanos.get(index).copied().unwrap_or(f64::NAN);
        (at(nanos.len() / 2), at(0), at(nanos.len().saturating_sub(1)))
    }
}

/// Prints a row of a contender, and returns its median.
#[must_use]
pub fn row(name: &str, times: &Times, per_round: u32) -> f64 {
    let (median, least, most) = times.per_thing(per_round);
    println!("{name:<44} {median:>9.0} ns   ({least:.0} to {most:.0})");
    median
}
