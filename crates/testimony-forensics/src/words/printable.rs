//! The one way from a ledger to a terminal. What models and their users wrote can hold characters that clear a screen,
//! rename a window, turn text around or hide it. Here they become visible: `\u{202e}`.
//!
//! Escaped is every control character, every format character and every other one that has no shape of its own; letters,
//! marks, symbols and emoji stay as they are. JSON for programs has the text itself.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What may stay besides visible characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: the text is to stay on its line.
    Nothing,
    /// `\n` and `\t`.
    LinesAndTabs,
}

/// The text with everything escaped that could drive or deceive a terminal.
#[must_use]
pub fn printable(text: &str, keep: Keep) -> Cow<'_, str> {
    if !text.chars().any(|c| acts(c, keep)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 32);
    for c in text.chars() {
        if acts(c, keep) { escape(c, &mut out) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// Bytes that are not all UTF-8: what is text as text, every other byte as `\xff`.
#[must_use]
pub fn printable_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(&printable(chunk.valid(), Keep::LinesAndTabs));
        for byte in chunk.invalid() {
            // Writing into a String cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

fn acts(c: char, keep: Keep) -> bool {
    match c {
        '\n' | '\t' => keep == Keep::Nothing,
        ' '..='~' => false,
        c => c.is_control() || is_shapeless(c),
    }
}

fn escape(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        // Writing into a String cannot fail.
        c => drop(write!(out, "\\u{{{:x}}}", u32::from(c))),
    }
}

/// Unicode's format characters (Cf), line and paragraph separators, and the other characters that are drawn as nothing
/// (`Default_Ignorable_Code_Point`), but for the two selectors between text and emoji style.
#[must_use]
pub fn is_shapeless(c: char) -> bool {
    matches!(u32::from(c),
        0x00ad | 0x034f | 0x061c | 0x06dd | 0x070f | 0x08e2 | 0x115f..=0x1160 | 0x17b4..=0x17b5
        | 0x0600..=0x0605 | 0x0890..=0x0891 | 0x180b..=0x180f | 0x200b..=0x200f | 0x2028..=0x202e
        | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0d | 0xfeff | 0xffa0 | 0xfff0..=0xfffb
        | 0x110bd | 0x110cd | 0x13430..=0x1343f | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a
        | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_or_deceives_a_terminal_becomes_visible() {
        let hostile = "\u{1b}[2J\u{9b}1m\u{7f}\0\r\u{202e}\u{2066}\u{200f}\u{61c}\u{200b}\u{feff}\u{e0041}\u{2028}";
        let expected = r"\u{1b}[2J\u{9b}1m\u{7f}\u{0}\r\u{202e}\u{2066}\u{200f}\u{61c}\u{200b}\u{feff}\u{e0041}\u{2028}";
        assert_eq!(printable(hostile, Keep::LinesAndTabs), expected);
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        let text = "Ünïcödé, 日本語, עברית, العربية, e\u{301}, ❤\u{fe0f} 🦀\n\tindented";
        assert!(matches!(printable(text, Keep::LinesAndTabs), Cow::Borrowed(same) if same == text));
        assert_eq!(printable("a\n\tb", Keep::Nothing), r"a\n\tb");
    }

    #[test]
    fn nothing_but_lines_and_tabs_survives_of_the_control_characters() {
        let all: String = (0..=u32::from(char::MAX)).filter_map(char::from_u32).collect();
        let shown = printable(&all, Keep::LinesAndTabs);
        assert!(shown.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
        assert!(
            !shown.chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        );
        assert!(!printable(&all, Keep::Nothing).contains(['\n', '\t']));
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_bytes() {
        assert_eq!(printable_bytes(b"a\xffb\xc3\xa9\x1b"), "a\\xffbé\\u{1b}");
    }
}
