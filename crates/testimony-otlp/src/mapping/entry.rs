//! The entry's bytes in pieces that every backend keeps whole. Nothing is escaped or encoded; joining gives the bytes back.
//!
//! No piece is a JSON document by itself: `MLflow` takes a text that is one for the value that it spells, and gives back that.

/// The largest piece, in bytes: Tempo cuts a string at 2,048.
pub const MAX_CHUNK_BYTES: usize = 2000;

/// The least that a short text is cut at, so that the cut can fall behind a character.
const LEAST: usize = 4;

/// Cuts text into pieces of at most [`MAX_CHUNK_BYTES`], between characters. What would fit into one piece is cut before its
/// last character; so an entry is always at least two pieces.
///
/// ```
/// let text = "é".repeat(3000);
/// let pieces: Vec<&str> = testimony_otlp::mapping::chunks(&text).collect();
/// assert_eq!((pieces.len(), pieces.concat()), (3, text));
/// ```
pub fn chunks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let most = MAX_CHUNK_BYTES.min(text.len().saturating_sub(1).max(LEAST));
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at_checked(rest.floor_char_boundary(most))?;
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_join_to_the_text_and_none_is_too_large(text in "(\\PC|[\\x00-\\x7f]){0,4000}") {
            let pieces: Vec<&str> = chunks(&text).collect();
            prop_assert_eq!(pieces.concat(), text.clone());
            prop_assert!(pieces.iter().all(|piece| (1..=MAX_CHUNK_BYTES).contains(&piece.len())));
            // No piece is smaller than it has to be: a character has at most four bytes.
            let most = MAX_CHUNK_BYTES.min(text.len().saturating_sub(1));
            let full = pieces.iter().rev().skip(1).all(|piece| piece.len() + 4 > most);
            prop_assert!(full);
        }

        #[test]
        fn no_piece_of_a_json_document_is_one_itself(text in "\\{\"a\":\"\\PC{0,3000}\"\\}") {
            for piece in chunks(&text) {
                prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(piece).is_err());
            }
        }
    }
}
