//! The one rule by which Ed25519 signatures are checked: `ed25519-dalek`'s `verify`, which OpenSSL and Go share. It works
//! without the cofactor and refuses an `S` or `R` that is not canonical.
//!
//! Nothing here makes a signature.

use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

/// A public key that is a point of the curve.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct PublicKey(VerifyingKey);

impl PublicKey {
    pub(super) fn new(bytes: &[u8; 32]) -> Option<Self> {
        VerifyingKey::from_bytes(bytes).ok().map(Self)
    }

    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// False also where `signature` is not 64 bytes.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}

impl From<VerifyingKey> for PublicKey {
    fn from(key: VerifyingKey) -> Self {
        Self(key)
    }
}
