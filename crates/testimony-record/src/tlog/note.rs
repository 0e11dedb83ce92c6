//! [Signed notes](https://c2sp.org/signed-note): a text and the signature lines under it.
//!
//! What the text says is not this file's concern. The form is checked by `signed_note`, which the log operators use too.

use std::fmt;

use super::base64;
use super::key::VerifierKey;
use crate::entry::Checkpoint;

/// A text that ends in a newline, and 1 to 100 signature lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// One signature line: `— <name> <base64(key id ‖ signature)>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    name: String,
    key_id: u32,
    signature: Vec<u8>,
}

/// What a note's signature lines say of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// There are lines in the key's name and id, and each verifies.
    Verified,
    /// No line is in the key's name and id.
    Absent,
    /// A line in the key's name and id does not verify: the whole note is to be refused.
    Wrong,
}

/// A text is not what it was taken for: a note, or a note of the kind asked for, in its only spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadNote(pub(super) &'static str);

/// A note would grow beyond what an entry can hold, [`Checkpoint::MAX_NOTE_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a note with these signatures would be longer than {} bytes", Checkpoint::MAX_NOTE_BYTES)]
pub struct NoteTooLong;

impl Note {
    /// Reads a note of at most 1,000,000 bytes. The text ends at the last empty line.
    ///
    /// # Errors
    /// When it is no signed note.
    pub fn parse(note: &str) -> Result<Self, BadNote> {
        const NO_NOTE: BadNote = BadNote("not a signed note");
        signed_note::Note::from_bytes(note.as_bytes()).map_err(|_| NO_NOTE)?;
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NO_NOTE)?;
        let signatures =
            lines.split_terminator('\n').map(SignatureLine::parse).collect::<Option<_>>();
        Ok(Self { text: format!("{text}\n"), signatures: signatures.ok_or(NO_NOTE)? })
    }

    pub(super) fn new(text: String, signatures: Vec<SignatureLine>) -> Self {
        Self { text, signatures }
    }

    /// The signed text, with its last newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines in their order.
    #[must_use]
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// What the signature lines say of a key.
    #[must_use]
    pub fn verified_by(&self, key: &VerifierKey) -> Signature {
        let mut found = Signature::Absent;
        for line in self.lines_of(key.name(), key.id()) {
            if !key.verifies(self.text.as_bytes(), line.signature()) {
                return Signature::Wrong;
            }
            found = Signature::Verified;
        }
        found
    }

    pub(super) fn lines_of<'a>(
        &'a self,
        name: &'a str,
        id: u32,
    ) -> impl Iterator<Item = &'a SignatureLine> {
        self.signatures.iter().filter(move |line| line.name() == name && line.key_id() == id)
    }

    /// The same note with further signature lines at its end; a line that it has already is not added.
    ///
    /// # Errors
    /// When the note would be longer than [`Checkpoint::MAX_NOTE_BYTES`] or have more than 100 signature lines.
    pub fn with_signatures(
        mut self,
        lines: impl IntoIterator<Item = SignatureLine>,
    ) -> Result<Self, NoteTooLong> {
        for line in lines {
            if !self.signatures.contains(&line) {
                self.signatures.push(line);
            }
        }
        let text = self.to_string();
        let fits = text.len() <= Checkpoint::MAX_NOTE_BYTES && Self::parse(&text).is_ok();
        fits.then_some(self).ok_or(NoteTooLong)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl SignatureLine {
    /// `name` must be the name of a key.
    pub(super) fn of_key(name: &str, key_id: u32, signature: Vec<u8>) -> Self {
        Self { name: name.to_owned(), key_id, signature }
    }

    /// Reads a line without its newline.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let line = signed_note::Signature::from_bytes(line.as_bytes()).ok()?;
        let plain = !line.name().contains(|c| c < ' ');
        plain.then(|| Self::of_key(line.name(), line.id(), line.signature().to_vec()))
    }

    /// The name of the key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key.
    #[must_use]
    pub fn key_id(&self) -> u32 {
        self.key_id
    }

    /// What follows the key id: for Ed25519, the 64 bytes of the signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

impl fmt::Display for SignatureLine {
    /// The line without its newline.
    #[expect(
        clippy::big_endian_bytes,
        reason = "signed-note and tlog-cosignature write numbers so"
    )]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id.to_be_bytes(), self.signature.as_slice()].concat();
        write!(f, "— {} {}", self.name, base64::encode(bytes))
    }
}
