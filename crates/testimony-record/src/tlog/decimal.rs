//! Sizes and indexes as C2SP writes them: ASCII decimal, no sign, no leading zero, up to 2^64 − 1.

pub(super) fn parse(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
