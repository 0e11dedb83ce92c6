//! Two texts, compared word by word.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// Longer texts are compared line by line: words would cost too much, and nobody reads them so.
const LONGEST_BY_WORDS: usize = 64 << 10;

/// A piece of text that is the same in both, or stands only in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Span {
    /// Both have it.
    Same(String),
    /// Only the left text has it.
    Left(String),
    /// Only the right text has it.
    Right(String),
}

/// The spans in order: all but the right ones make the left text, all but the left ones the right text.
pub(super) fn compare(left: &str, right: &str) -> Vec<Span> {
    let diff = if left.len().max(right.len()) > LONGEST_BY_WORDS {
        TextDiff::from_lines(left, right)
    } else {
        TextDiff::from_words(left, right)
    };
    let mut phrases = Phrases::default();
    for change in diff.iter_all_changes() {
        phrases.add(change.tag(), change.value());
    }
    phrases.finish()
}

/// Words that differ, put together to phrases: white space between them belongs to both, and is no common ground.
#[derive(Default)]
struct Phrases {
    spans: Vec<Span>,
    left: String,
    right: String,
    /// White space since the last word that differs.
    space: String,
}

impl Phrases {
    fn add(&mut self, tag: ChangeTag, text: &str) {
        if tag == ChangeTag::Equal {
            return self.same(text);
        }
        let space = std::mem::take(&mut self.space);
        self.left.push_str(&space);
        self.right.push_str(&space);
        match tag {
            ChangeTag::Delete => self.left.push_str(text),
            _ => self.right.push_str(text),
        }
    }

    fn same(&mut self, text: &str) {
        let differs = !(self.left.is_empty() && self.right.is_empty());
        if differs && text.trim().is_empty() {
            return self.space.push_str(text);
        }
        self.flush();
        match self.spans.last_mut() {
            Some(Span::Same(same)) => same.push_str(text),
            _ => self.spans.push(Span::Same(text.to_owned())),
        }
    }

    fn flush(&mut self) {
        let take = |text: &mut String, span: fn(String) -> Span| {
            Some(std::mem::take(text)).filter(|text| !text.is_empty()).map(span)
        };
        let left = take(&mut self.left, Span::Left);
        let right = take(&mut self.right, Span::Right);
        let space = take(&mut self.space, Span::Same);
        self.spans.extend([left, right, space].into_iter().flatten());
    }

    fn finish(mut self) -> Vec<Span> {
        self.flush();
        self.spans
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_words_that_differ_are_told_apart() {
        let spans = compare("lend up to 500 euros", "lend up to 900 euros");
        let [Span::Same(before), Span::Left(was), Span::Right(is), Span::Same(after)] = &spans[..]
        else {
            panic!("{spans:?}")
        };
        assert_eq!([before, was, is, after], ["lend up to ", "500", "900", " euros"]);
    }

    #[test]
    fn words_that_differ_one_after_another_are_told_as_a_phrase() {
        let spans = compare("I am looking here", "I would like one here");
        let [_, Span::Left(was), Span::Right(is), Span::Same(after)] = &spans[..] else {
            panic!("{spans:?}")
        };
        assert_eq!([was, is, after], ["am looking", "would like one", " here"]);
    }

    fn sides(spans: &[Span]) -> (String, String) {
        let (mut left, mut right) = (String::new(), String::new());
        for span in spans {
            match span {
                Span::Same(text) => {
                    left.push_str(text);
                    right.push_str(text);
                }
                Span::Left(text) => left.push_str(text),
                Span::Right(text) => right.push_str(text),
            }
        }
        (left, right)
    }

    proptest! {
        #[test]
        fn the_spans_make_both_texts_again(left in "[a-c \n\u{e9}]{0,40}", right in "[a-c \n\u{e9}]{0,40}") {
            prop_assert_eq!(sides(&compare(&left, &right)), (left, right));
        }
    }
}
