//! Media types of blobs: what the bytes are, bound into the blob's digest and written in its frame header.

use std::borrow::Cow;
use std::fmt;

/// A media type such as `text/plain`: 1 to 127 visible ASCII characters, so that it fits a frame header.
///
/// Text blobs are UTF-8; the charset is never written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaType(Cow<'static, str>);

/// The text cannot stand in a frame header as a media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a media type is 1 to 127 visible ASCII characters")]
pub struct NotAMediaType;

impl MediaType {
    /// UTF-8 text.
    pub const TEXT: Self = Self(Cow::Borrowed("text/plain"));
    /// JSON, as it was handed over.
    pub const JSON: Self = Self(Cow::Borrowed("application/json"));
    /// Bytes of which nothing is known.
    pub const BYTES: Self = Self(Cow::Borrowed("application/octet-stream"));

    /// Checks a media type.
    ///
    /// # Errors
    /// When it is empty, longer than 127 bytes, or holds anything but visible ASCII.
    pub fn parse(text: &str) -> Result<Self, NotAMediaType> {
        let visible = text.bytes().all(|b| b.is_ascii_graphic());
        if !visible || text.is_empty() || text.len() > 127 {
            return Err(NotAMediaType);
        }
        Ok(match text {
            "text/plain" => Self::TEXT,
            "application/json" => Self::JSON,
            other => Self(Cow::Owned(other.to_owned())),
        })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
