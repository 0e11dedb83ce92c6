//! Checkpoints: the head of a stream as a signed note that anyone can keep.
//!
//! Whether the head is true is not this file's concern, only whether it is well formed and who signed it.

use std::fmt;

use uuid::Uuid;

use super::key::{self, VerifierKey};
use super::note::{BadNote, Note, NoteTooLong, Signature, SignatureLine};
use super::signer::{self, SignFailed, Signer};
use super::{base64, decimal};
use crate::tree::TreeHash;

/// A [C2SP checkpoint](https://c2sp.org/tlog-checkpoint) without extension lines: origin, size, root, and who signed them.
///
/// That of a stream has the origin `<name>/<stream>`. One of another log has another, and no [`SignedHead::stream`].
///
/// ```
/// use testimony_record::Uuid;
/// use testimony_record::tlog::{SignedHead, Signature, SigningKey};
///
/// let key = SigningKey::from_seed("loans.example", [7; 32]).unwrap();
/// let stream = Uuid::from_u128(1);
/// let head = SignedHead::sign(stream, 3, &[9; 32], &[&key]).unwrap();
/// assert!(head.to_string().starts_with("loans.example/00000000-0000-0000-0000-000000000001\n3\nCQkJ"));
///
/// let key = key.verifier_key().for_stream(stream);
/// assert_eq!(head.verified_by(&key), Signature::Verified);
/// let larger = SignedHead::parse(&head.to_string().replace("\n3\n", "\n4\n")).unwrap();
/// assert_eq!(larger.verified_by(&key), Signature::Wrong);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    note: Note,
    origin: String,
    size: u64,
    root: TreeHash,
}

impl SignedHead {
    /// Reads the text of a note. Its signatures are not checked yet; see [`SignedHead::verified_by`].
    ///
    /// # Errors
    /// When it is no signed note, or its text is not three lines of an origin, a size and a root in their only spelling.
    pub fn parse(note: &str) -> Result<Self, BadNote> {
        let note = Note::parse(note)?;
        let lines: Vec<&str> = note.text().split_terminator('\n').collect();
        let &[origin, size, root] = lines.as_slice() else {
            return Err(BadNote("not the three lines of a checkpoint"));
        };
        if origin.is_empty() {
            return Err(BadNote("a checkpoint without an origin"));
        }
        let size = decimal::parse(size).ok_or(BadNote("a checkpoint whose size is no number"))?;
        let root =
            base64::hash(root).ok_or(BadNote("a checkpoint whose root is no SHA-256 hash"))?;
        Ok(Self { origin: origin.to_owned(), size, root, note })
    }

    /// Signs the head of a stream. The first signer is the session's, and its name is the origin's; each further one, such
    /// as the key before it, signs under its own name for the stream.
    ///
    /// # Errors
    /// When there is no signer, or one has no usable name or key, fails, or gives a signature that does not verify.
    pub fn sign(
        stream: Uuid,
        size: u64,
        root: &TreeHash,
        signers: &[&dyn Signer],
    ) -> Result<Self, SignFailed> {
        let first = signers.first().ok_or_else(|| SignFailed::new("no key was given"))?;
        let origin = key::origin(first.name(), stream);
        let text = format!("{origin}\n{size}\n{}\n", base64::encode(root));
        let lines = signers.iter().map(|signer| signature(*signer, stream, &text));
        let note = Note::new(text.clone(), lines.collect::<Result<_, _>>()?);
        Ok(Self { note, origin, size, root: *root })
    }

    /// The first line: which log this is a head of.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The stream, where the last component of the origin is a UUID in its only spelling.
    #[must_use]
    pub fn stream(&self) -> Option<Uuid> {
        let (_, last) = self.origin.rsplit_once('/')?;
        let stream: Uuid = last.parse().ok()?;
        (stream.to_string() == last).then_some(stream)
    }

    /// How many entries the head covers, 0 for an empty tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The RFC 6962 root over those entries.
    #[must_use]
    pub fn root(&self) -> &TreeHash {
        &self.root
    }

    /// The note: the signed text and the signature lines. Its `Display` is the text to keep.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// What the signature lines say of a key. The key's name counts: see [`VerifierKey::for_stream`].
    #[must_use]
    pub fn verified_by(&self, key: &VerifierKey) -> Signature {
        self.note.verified_by(key)
    }

    /// The same head with further signature lines, such as the cosignatures of witnesses.
    ///
    /// # Errors
    /// When the note would not fit into an entry any more; see [`Note::with_signatures`].
    pub fn with_signatures(
        self,
        lines: impl IntoIterator<Item = SignatureLine>,
    ) -> Result<Self, NoteTooLong> {
        Ok(Self { note: self.note.with_signatures(lines)?, ..self })
    }
}

impl fmt::Display for SignedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

/// A signature line that verifies: a key service that errs must not put a wrong one on record.
fn signature(signer: &dyn Signer, stream: Uuid, text: &str) -> Result<SignatureLine, SignFailed> {
    let name = signer::base_name(signer.name()).map_err(SignFailed::new)?;
    let key = VerifierKey::new(&name, &signer.public_key()).map_err(SignFailed::new)?;
    let key = key.for_stream(stream);
    let signature = signer.sign(text.as_bytes())?;
    if !key.verifies(text.as_bytes(), &signature) {
        return Err(SignFailed::new("its signature does not verify"));
    }
    Ok(SignatureLine::of_key(key.name(), key.id(), signature.to_vec()))
}
