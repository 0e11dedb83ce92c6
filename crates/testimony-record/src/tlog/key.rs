//! Verifier keys: the public half of the key that signs a ledger's checkpoints.
//!
//! Whether a key is to be trusted is never decided here; only whether one key speaks for another.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::ed25519::PublicKey;
use super::vkey::{self, BadKey, Vkey};

/// An Ed25519 verifier key of a [signed note](https://c2sp.org/signed-note): algorithm 0x01, a name and 32 bytes.
///
/// Its text, `<name>+<id>+<base64>`, is what an auditor is given and what a `genesis` names.
///
/// ```
/// use testimony_record::tlog::VerifierKey;
///
/// let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
/// let key: VerifierKey = text.parse().unwrap();
/// assert_eq!(key.name(), "example.com/foo");
/// assert_eq!(key.to_string(), text);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: PublicKey,
    id: u32,
}

impl VerifierKey {
    /// The signature type of [signed-note](https://c2sp.org/signed-note) for plain Ed25519.
    pub const ALGORITHM: u8 = 0x01;

    /// A key under a name.
    ///
    /// # Errors
    /// [`BadKey::Name`] for a name that no note could carry, [`BadKey::Material`] for bytes that are no point of the curve.
    pub fn new(name: &str, public_key: &[u8; 32]) -> Result<Self, BadKey> {
        let public = PublicKey::new(public_key).ok_or(BadKey::Material)?;
        Ok(Self::named(vkey::checked_name(name)?, public))
    }

    pub(super) fn named(name: String, public: PublicKey) -> Self {
        let id = vkey::id(&name, Self::ALGORITHM, public.as_bytes());
        Self { name, public, id }
    }

    /// The name, which stands in signature lines.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key id, which stands in signature lines.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The 32 bytes of the public key.
    #[must_use]
    pub fn public_key(&self) -> &[u8; 32] {
        self.public.as_bytes()
    }

    /// The same key as it signs one stream: under the name `<name>/<stream>`, which is that stream's origin.
    #[must_use]
    pub fn for_stream(&self, stream: Uuid) -> Self {
        Self::named(origin(&self.name, stream), self.public)
    }

    /// Whether this key, named `<name>` or `<name>/<stream>`, is the `session` key of a stream, which is always named
    /// `<name>/<stream>`.
    #[must_use]
    pub fn vouches_for(&self, session: &Self, stream: Uuid) -> bool {
        let base = session.name.strip_suffix(&format!("/{stream}"));
        let named_for_it = base.is_some_and(|base| self.name == base || self.name == session.name);
        named_for_it && self.public == session.public
    }

    /// Whether `signature` is one of this key over `message`, by the rule of `FORMAT.md` section 6.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verifies(message, signature)
    }
}

/// `<name>/<stream>`.
pub(super) fn origin(name: &str, stream: Uuid) -> String {
    format!("{name}/{stream}")
}

impl FromStr for VerifierKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let vkey = Vkey::parse(text)?;
        Self::new(&vkey.name, &vkey.ed25519(Self::ALGORITHM)?)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        vkey::write(f, &self.name, Self::ALGORITHM, self.public.as_bytes())
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
