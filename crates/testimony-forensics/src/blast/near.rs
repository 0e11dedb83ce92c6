//! Near matches: a text that was wrapped anew, trimmed, or embedded in a longer one. White space counts for nothing; whatever
//! is reported was compared word for word, never by hash alone. That a model was given a document this way is inferred.

use std::collections::HashMap;

use memchr::memmem::Finder;
use serde::Serialize;
use serde_json::Value;

/// A shorter text is embedded everywhere; a shorter piece of a document could stand anywhere. In bytes, with white space
/// as one space.
const SHORTEST: usize = 48;

/// So many words in a row must be equal where neither text is part of the other.
const SHINGLE: usize = 12;

/// How a content is near to what was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// They have a run of at least 12 words in common.
    Overlapping,
    /// The content is a piece of it.
    Trimmed,
    /// It stands whole in the content.
    Embedded,
    /// They differ in white space only.
    Rewrapped,
}

/// What was compared and found equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Nearness {
    /// How they are near.
    pub likeness: Likeness,
    /// How much of what was looked for stands in the content, in bytes, white space being one space.
    pub bytes: usize,
    /// The same as a share of it, in percent, rounded down.
    pub percent: usize,
}

/// A text, read for being looked for.
#[derive(Debug)]
pub(super) struct Needle<'a> {
    text: &'a str,
    finder: Finder<'a>,
    words: Vec<&'a str>,
}

/// Words with single spaces between them.
pub(super) fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl<'a> Needle<'a> {
    /// Takes a [`normal`] text; none that is so short that it would be near to everything.
    pub(super) fn new(text: &'a str) -> Option<Self> {
        let words = text.split(' ').collect();
        (text.len() >= SHORTEST).then(|| Self { text, finder: Finder::new(text), words })
    }

    /// How near a content is: as it stands, or as the strings of the JSON that it is.
    pub(super) fn find_in(&self, content: &[u8]) -> Option<Nearness> {
        let content = str::from_utf8(content).ok()?;
        let inside = strings(content).and_then(|text| self.compare(&normal(&text)));
        let plain = self.compare(&normal(content));
        plain.into_iter().chain(inside).max_by_key(|near| (near.bytes, near.likeness))
    }

    fn compare(&self, content: &str) -> Option<Nearness> {
        let (likeness, bytes) = if content == self.text {
            (Likeness::Rewrapped, self.text.len())
        } else if self.finder.find(content.as_bytes()).is_some() {
            (Likeness::Embedded, self.text.len())
        } else if content.len() >= SHORTEST && self.text.contains(content) {
            (Likeness::Trimmed, content.len())
        } else {
            let longest = self.longest_run(content);
            (Likeness::Overlapping, Some(longest).filter(|&bytes| bytes >= SHORTEST)?)
        };
        Some(Nearness { likeness, bytes, percent: bytes * 100 / self.text.len() })
    }

    /// The longest run of words that both have, of at least [`SHINGLE`] words, in bytes. Where a shingle comes several times
    /// in what is looked for its first place counts, so that repetitive texts cost no more than others.
    fn longest_run(&self, content: &str) -> usize {
        let words: Vec<&str> = content.split(' ').collect();
        let (mut longest, mut at) = (0, 0);
        let shingles = self.shingles(words.len());
        while let Some(shingle) = words.get(at..at + SHINGLE) {
            let Some(&place) = shingles.get(shingle) else {
                at += 1;
                continue;
            };
            let pairs = words.iter().skip(at).zip(self.words.iter().skip(place));
            let run: Vec<usize> =
                pairs.take_while(|(a, b)| a == b).map(|(word, _)| word.len()).collect();
            longest = longest.max(run.iter().sum::<usize>() + run.len() - 1);
            at += run.len() + 1 - SHINGLE;
        }
        longest
    }

    /// Where each run of words first stands; not worked out for a content that is too short to have one.
    fn shingles(&self, words: usize) -> HashMap<&[&'a str], usize> {
        if words < SHINGLE {
            return HashMap::new();
        }
        let runs = self.words.windows(SHINGLE).enumerate();
        runs.rev().map(|(at, shingle)| (shingle, at)).collect()
    }
}

/// The strings in a JSON document, in order: what an escaped text says.
fn strings(content: &str) -> Option<String> {
    let json = content.trim_start().starts_with(['{', '[', '"']);
    let value: Value = serde_json::from_str(Some(content).filter(|_| json)?).ok()?;
    let mut text = String::new();
    collect(&value, &mut text);
    Some(text)
}

/// `serde_json` reads no document that is nested deeper than 128, so neither does this.
fn collect(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => {
            text.push_str(string);
            text.push(' ');
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, text)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, text)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "Refunds above 500 euros need a second signature. Refunds below that are paid at once, \
        without any question asked of the customer or of the desk.";

    fn near(content: &str) -> Option<(Likeness, usize)> {
        let document = normal(DOCUMENT);
        let found = Needle::new(&document).unwrap().find_in(content.as_bytes());
        found.map(|near| (near.likeness, near.percent))
    }

    #[test]
    fn white_space_counts_for_nothing() {
        let wrapped = format!("\n{}\r\n", DOCUMENT.replace(' ', "\n  "));
        assert_eq!(near(&wrapped), Some((Likeness::Rewrapped, 100)));
    }

    #[test]
    fn a_document_is_found_in_a_longer_text_and_in_the_strings_of_json() {
        let quoted = format!("Given: «{DOCUMENT}» What now?");
        assert_eq!(near(&quoted), Some((Likeness::Embedded, 100)));
        let wrapped = DOCUMENT.replace(". ", ".\n\n");
        let json = serde_json::json!({"hits": [{"text": wrapped, "score": 1}]}).to_string();
        assert_eq!(near(&json), Some((Likeness::Rewrapped, 100)));
    }

    #[test]
    fn a_piece_of_it_is_found_by_itself_and_in_other_company() {
        let (_, second) = DOCUMENT.split_once(". ").unwrap();
        assert_eq!(near(second), Some((Likeness::Trimmed, 65)));
        let quoted = format!("Our rules say: {second} And so on.");
        assert_eq!(near(&quoted), Some((Likeness::Overlapping, 65)));
    }

    #[test]
    fn one_word_that_differs_in_every_dozen_is_no_match() {
        let words = DOCUMENT.split(' ').enumerate();
        let changed = words.map(|(at, word)| if at % 11 == 10 { "other" } else { word });
        assert_eq!(near(&changed.collect::<Vec<_>>().join(" ")), None);
    }

    #[test]
    fn what_is_short_or_no_text_is_near_to_nothing() {
        assert_eq!(near("Refunds above 500 euros"), None);
        assert!(Needle::new("approve").is_none());
        let document = normal(DOCUMENT);
        assert_eq!(Needle::new(&document).unwrap().find_in(b"\xff\xfe"), None);
    }
}
