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
    let mut spans: Vec<Span> = Vec::new();
    let diff = if left.len().max(right.len()) > LONGEST_BY_WORDS {
        TextDiff::from_lines(left, right)
    } else {
        TextDiff::from_words(left, right)
    };
    for change in diff.iter_all_changes() {
        let text = change.value();
        match (change.tag(), spans.last_mut()) {
            (ChangeTag::Equal, Some(Span::Same(same)))
            | (ChangeTag::Delete, Some(Span::Left(same)))
            | (ChangeTag::Insert, Some(Span::Right(same))) => same.push_str(text),
            (ChangeTag::Equal, _) => spans.push(Span::Same(text.to_owned())),
            (ChangeTag::Delete, _) => spans.push(Span::Left(text.to_owned())),
            (ChangeTag::Insert, _) => spans.push(Span::Right(text.to_owned())),
        }
    }
    spans
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
