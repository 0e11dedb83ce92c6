//! The entry's bytes in pieces that every backend keeps whole. Nothing is escaped or encoded; joining gives the bytes back.

/// The largest piece, in bytes: Tempo cuts a string at 2,048.
pub const MAX_CHUNK_BYTES: usize = 2000;

/// Cuts text into pieces of at most [`MAX_CHUNK_BYTES`], between characters.
///
/// ```
/// let text = "é".repeat(3000);
/// let pieces: Vec<&str> = testimony_otlp::mapping::chunks(&text).collect();
/// assert_eq!((pieces.len(), pieces.concat()), (3, text));
/// ```
pub fn chunks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at_checked(rest.floor_char_boundary(MAX_CHUNK_BYTES))?;
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
            let full = pieces.iter().rev().skip(1).all(|piece| piece.len() > MAX_CHUNK_BYTES - 4);
            prop_assert!(full);
        }
    }
}
