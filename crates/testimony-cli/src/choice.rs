//! Values of the command line that are one word of a few, where a library has the words and not the parser.

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Takes the word that one of the values is spelled with, and lists all words in help and errors.
pub(crate) fn one_of<T, const N: usize>(
    values: [T; N],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(values.map(word)).try_map(move |given| {
        let value = values.into_iter().find(|value| word(*value) == given);
        value.ok_or("none of these words")
    })
}
