//! Base64 as C2SP writes it: RFC 4648 section 4, padded, and in no other spelling.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::tree::TreeHash;

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Refuses missing padding, stray bits behind the last byte, and every character outside the alphabet.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(super) fn hash(text: &str) -> Option<TreeHash> {
    decode(text)?.try_into().ok()
}
