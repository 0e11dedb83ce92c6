//! Times as people read them. All in UTC, so that two people who look at the same ledger see the same.

use jiff::{SignedDuration, Timestamp};

/// The day of a moment: `2026-03-01`; for moments that no calendar has, the number itself.
#[must_use]
pub fn day(us: u64) -> String {
    format(us, "%Y-%m-%d")
}

/// A moment in microseconds since the Unix epoch: `2026-03-01 12:00:02Z`.
#[must_use]
pub fn seconds(us: u64) -> String {
    format(us, "%Y-%m-%d %H:%M:%SZ")
}

/// The same to the millisecond: `2026-03-01 12:00:02.250Z`.
#[must_use]
pub fn millis(us: u64) -> String {
    format(us, "%Y-%m-%d %H:%M:%S%.3fZ")
}

fn format(us: u64, format: &str) -> String {
    let at = i64::try_from(us).ok().and_then(|us| Timestamp::from_microsecond(us).ok());
    at.map_or_else(|| format!("{us} µs"), |at| at.strftime(format).to_string())
}

/// A length of time in microseconds: `1.25 s`, `2h 3m`.
#[must_use]
pub fn duration(us: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
    let float = us as f64;
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{} ms", three_digits(float / 1e3)),
        1_000_000..60_000_000 => format!("{} s", three_digits(float / 1e6)),
        _ => {
            let seconds = i64::try_from(us / 1_000_000).unwrap_or(i64::MAX);
            format!("{:#}", SignedDuration::from_secs(seconds))
        }
    }
}

fn three_digits(number: f64) -> String {
    let decimals = match number {
        ..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    format!("{number:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-01 12:00:00 UTC.
    const NOON: u64 = 1_772_366_400_000_000;

    #[test]
    fn times_and_durations_read_well() {
        assert_eq!(seconds(NOON), "2026-03-01 12:00:00Z");
        assert_eq!(millis(NOON + 250_000), "2026-03-01 12:00:00.250Z");
        assert_eq!(seconds(u64::MAX), "18446744073709551615 µs");
        let durations = [7, 1_500, 1_250_000, 45_600_000, 7_380_000_000].map(duration);
        assert_eq!(durations, ["7 µs", "1.50 ms", "1.25 s", "45.6 s", "2h 3m"]);
    }
}
