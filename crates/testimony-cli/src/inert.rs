//! JSON that cannot act on a terminal: what JSON leaves unescaped is escaped here, which every reader of JSON undoes.

use std::fmt::Write as _;

use crate::printable::is_shapeless;

/// Outside its strings JSON has no such character, so all of them can be escaped without looking.
pub(crate) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !(c.is_control() || is_shapeless(c)) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing into a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_json_is_inert_and_means_the_same() {
        let text = "\u{1b}[2J\u{7f}\u{9b}\u{202e}\u{e0041}é\n\t";
        let json = escaped(&serde_json::to_string(text).unwrap());
        assert!(json.chars().all(|c| !c.is_control() && !is_shapeless(c)), "{json}");
        assert!(json.contains("\\u202e") && json.contains("\\udb40\\udc41"));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
