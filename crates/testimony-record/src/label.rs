//! Short strings that stand in an entry itself: model names, call sites, tool names. Never content.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// A string of at most [`Label::MAX_BYTES`] bytes of UTF-8.
///
/// A longer one is cut at a character boundary and ends in `…`, so that an entry stays small whatever it is handed.
///
/// ```
/// use testimony_record::label::Label;
///
/// assert_eq!(Label::new("gpt-4o").as_str(), "gpt-4o");
/// assert!(Label::new("x".repeat(1000)).as_str().ends_with('…'));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Label(Cow<'static, str>);

impl Label {
    /// The longest label, in bytes.
    pub const MAX_BYTES: usize = 256;

    /// Takes a string, cutting it where it is too long.
    #[must_use]
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        if text.len() <= Self::MAX_BYTES {
            return Self(text);
        }
        let end = text.floor_char_boundary(Self::MAX_BYTES - '…'.len_utf8());
        Self(Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl From<String> for Label {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > Self::MAX_BYTES {
            return Err(serde::de::Error::custom("label longer than 256 bytes"));
        }
        Ok(Self(Cow::Owned(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_label_is_cut_at_a_character_boundary() {
        let label = Label::new("é".repeat(400));
        assert!(label.as_str().len() <= Label::MAX_BYTES);
        assert!(label.as_str().starts_with("éé") && label.as_str().ends_with("é…"));
    }
}
