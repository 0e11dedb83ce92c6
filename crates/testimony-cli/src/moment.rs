//! Times as people write them on a command line. All in UTC, so that two people who look at the same ledger see the same.

pub(crate) use testimony_forensics::words::moment::{duration, millis, seconds};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan as _};

/// The first moment that is meant, in microseconds since the Unix epoch.
pub(crate) fn since(text: &str) -> Result<u64, String> {
    read(text, Timestamp::now()).map(|(first, _)| first)
}

/// The last moment that is meant.
pub(crate) fn until(text: &str) -> Result<u64, String> {
    read(text, Timestamp::now()).map(|(_, last)| last)
}

/// This moment, in microseconds since the Unix epoch.
pub(crate) fn now() -> u64 {
    micros(Timestamp::now())
}

/// How long, in microseconds.
pub(crate) fn length(text: &str) -> Result<u64, String> {
    let span: Option<SignedDuration> = text.parse().ok();
    let micros = span.and_then(|span| u64::try_from(span.as_micros()).ok());
    micros.ok_or_else(|| "not a length of time: give 90s, 10m or 2h".to_owned())
}

fn read(text: &str, now: Timestamp) -> Result<(u64, u64), String> {
    if let Some(at) = moment(text) {
        return Ok((micros(at), micros(at)));
    }
    if let Some((first, last)) = day(text) {
        return Ok((micros(first), micros(last)));
    }
    let at = ago(text, now).ok_or("not a time: give 2026-03-01, 2026-03-01T12:00:00Z or 2h")?;
    Ok((micros(at), micros(at)))
}

/// Something with a time of day.
fn moment(text: &str) -> Option<Timestamp> {
    if !text.contains(':') {
        return None;
    }
    let in_utc = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    text.parse().ok().or_else(|| in_utc().map(|zoned| zoned.timestamp()))
}

fn day(text: &str) -> Option<(Timestamp, Timestamp)> {
    let date: Date = text.parse().ok()?;
    let first = date.to_zoned(TimeZone::UTC).ok()?;
    let last = first.checked_add(1.day()).ok()?.checked_sub(1.microsecond()).ok()?;
    Some((first.timestamp(), last.timestamp()))
}

fn ago(text: &str, now: Timestamp) -> Option<Timestamp> {
    let span: Span = text.parse().ok()?;
    Some(now.to_zoned(TimeZone::UTC).checked_sub(span.abs()).ok()?.timestamp())
}

fn micros(at: Timestamp) -> u64 {
    u64::try_from(at.as_microsecond()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-01 12:00:00 UTC.
    const NOON: u64 = 1_772_366_400_000_000;
    const HOUR: u64 = 3_600_000_000;

    fn meant(text: &str) -> (u64, u64) {
        read(text, "2026-03-01T12:00:00Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn a_time_is_a_moment_with_or_without_a_zone() {
        for text in [
            "2026-03-01T12:00:00Z",
            "2026-03-01T13:00:00+01:00",
            "2026-03-01 12:00",
            "2026-03-01T12:00:00",
        ] {
            assert_eq!(meant(text), (NOON, NOON), "{text}");
        }
    }

    #[test]
    fn a_date_is_the_whole_day() {
        assert_eq!(meant("2026-03-01"), (NOON - 12 * HOUR, NOON + 12 * HOUR - 1));
    }

    #[test]
    fn a_span_is_so_long_ago() {
        for (text, hours) in
            [("2h", 2), ("120m", 2), ("1d", 24), ("2 hours ago", 2), ("PT2H", 2), ("1w", 168)]
        {
            assert_eq!(meant(text).0, NOON - hours * HOUR, "{text}");
        }
    }

    #[test]
    fn a_length_is_so_many_microseconds() {
        assert_eq!(
            ["90s", "10m", "2h"].map(|text| length(text).unwrap() / 1_000_000),
            [90, 600, 7200]
        );
        for text in ["", "-2h", "soon", "1 fortnight"] {
            assert!(length(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "yesterday", "2026-13-01", "12:00", "7", "\u{1b}"] {
            assert!(read(text, Timestamp::UNIX_EPOCH).is_err(), "{text:?}");
        }
    }
}
