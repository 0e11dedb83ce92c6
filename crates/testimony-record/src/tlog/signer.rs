//! Signers: whoever holds the secret half of a ledger's key, a file's text or a key service.
//!
//! Where the secret comes from, and whether a file of it is safe, is never this room's concern.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use ed25519_dalek::Signer as _;

use super::base64;
use super::ed25519::PublicKey;
use super::key::VerifierKey;
use super::vkey::{self, BadKey};

/// Signs with one Ed25519 key. An application whose key lies in a key service implements it.
pub trait Signer: fmt::Debug + Send + Sync {
    /// The key's name, such as `loans.example.com`: at most [`SigningKey::MAX_NAME_BYTES`], without spaces and plus signs.
    fn name(&self) -> &str;

    /// The 32 bytes of the public key.
    fn public_key(&self) -> [u8; 32];

    /// Signs `message`, a few hundred bytes, with pure Ed25519 (RFC 8032). A call may take seconds.
    ///
    /// # Errors
    /// When the key cannot be reached or refuses. The caller goes on without a signature and tries again.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignFailed>;
}

/// A [`Signer`] gave no signature, or none that can be used.
#[derive(Debug, thiserror::Error)]
#[error("the key gave no signature")]
pub struct SignFailed(#[source] Box<dyn Error + Send + Sync>);

impl SignFailed {
    /// Wraps the cause: an error, or a sentence.
    #[must_use]
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// An Ed25519 key in memory, made from a seed or from the text that Go's `sumdb/note` gives a secret key:
/// `PRIVATE+KEY+<name>+<id>+<base64>`.
///
/// ```
/// use testimony_record::tlog::SigningKey;
///
/// let key = SigningKey::from_seed("loans.example", [7; 32]).unwrap();
/// let again: SigningKey = key.secret_text().parse().unwrap();
/// assert_eq!(again.verifier_key(), key.verifier_key());
/// ```
pub struct SigningKey {
    name: String,
    secret: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The longest name, in bytes: with a stream's UUID behind it, the verifier key still fits a label.
    pub const MAX_NAME_BYTES: usize = 160;

    /// The key of a seed, which must be 32 bytes that nobody can guess.
    ///
    /// # Errors
    /// [`BadKey::Name`].
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, BadKey> {
        let name = base_name(name)?;
        Ok(Self { name, secret: ed25519_dalek::SigningKey::from_bytes(&seed) })
    }

    /// The public half, under the key's own name.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        VerifierKey::named(self.name.clone(), self.public())
    }

    /// The secret, for a key file that nobody else may read.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let seed = base64::encode(vkey::tagged(VerifierKey::ALGORITHM, self.secret.as_bytes()));
        format!("PRIVATE+KEY+{}+{:08x}+{seed}", self.name, self.verifier_key().id())
    }

    pub(super) fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }

    pub(super) fn public(&self) -> PublicKey {
        PublicKey::from(self.secret.verifying_key())
    }
}

/// A name that leaves room for a stream's UUID.
pub(super) fn base_name(name: &str) -> Result<String, BadKey> {
    let name = vkey::checked_name(name)?;
    (name.len() <= SigningKey::MAX_NAME_BYTES).then_some(name).ok_or(BadKey::Name)
}

impl FromStr for SigningKey {
    type Err = BadKey;

    /// Reads [`SigningKey::secret_text`]; line ends around it are the caller's to take off.
    fn from_str(text: &str) -> Result<Self, BadKey> {
        let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(BadKey::Form)?;
        let mut fields = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (fields.next(), fields.next(), fields.next())
        else {
            return Err(BadKey::Form);
        };
        let bytes = base64::decode(encoded).ok_or(BadKey::Form)?;
        let (&algorithm, seed) = bytes.split_first().ok_or(BadKey::Form)?;
        if algorithm != VerifierKey::ALGORITHM {
            return Err(BadKey::Algorithm(algorithm));
        }
        let key = Self::from_seed(name, seed.try_into().map_err(|_| BadKey::Material)?)?;
        let fits = id == format!("{:08x}", key.verifier_key().id());
        fits.then_some(key).ok_or(BadKey::Id)
    }
}

impl Signer for SigningKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn public_key(&self) -> [u8; 32] {
        self.secret.verifying_key().to_bytes()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignFailed> {
        Ok(self.sign_bytes(message))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.verifier_key()).finish()
    }
}
