//! The day of a moment, in UTC.

use jiff::Timestamp;

/// `2026-03-01`; for moments that no calendar has, the number itself.
pub(crate) fn of(us: u64) -> String {
    let at = i64::try_from(us).ok().and_then(|us| Timestamp::from_microsecond(us).ok());
    at.map_or_else(|| format!("{us} µs"), |at| at.strftime("%Y-%m-%d").to_string())
}
