//! The text of a [signed-note](https://c2sp.org/signed-note) verifier key, whatever its algorithm: name, key id, material.
//!
//! What a key of some algorithm can do stands in [`super::key`] and [`super::cosignature`].

use std::fmt;

use super::base64;

/// Why a text or a name is no key of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadKey {
    /// The text is not of the form `<name>+<id>+<base64>`, with `PRIVATE+KEY+` before it where the key is a secret one.
    #[error("not the text of a key")]
    Form,
    /// The name is empty, too long, or has a space, a plus or a control character.
    #[error("a key name must be short and without spaces, plus signs and control characters")]
    Name,
    /// The id does not belong to this name and key.
    #[error("the key id does not belong to this name and key")]
    Id,
    /// A key for another use, or of an algorithm that is not supported.
    #[error("keys of type {0:#04x} are not supported here")]
    Algorithm(u8),
    /// The bytes are no Ed25519 key.
    #[error("not an Ed25519 key")]
    Material,
}

/// A verifier key of any algorithm, whose id fits.
pub(super) struct Vkey {
    pub(super) name: String,
    pub(super) algorithm: u8,
    pub(super) material: Vec<u8>,
}

impl Vkey {
    /// Reads the only spelling of a key.
    pub(super) fn parse(text: &str) -> Result<Self, BadKey> {
        let mut fields = text.split('+');
        let (Some(name), Some(id)) = (fields.next(), fields.next()) else {
            return Err(BadKey::Form);
        };
        // The alphabet of base64 has a plus of its own.
        let encoded = text.get(name.len() + id.len() + 2..).ok_or(BadKey::Form)?;
        let bytes = base64::decode(encoded).ok_or(BadKey::Form)?;
        let (&algorithm, material) = bytes.split_first().ok_or(BadKey::Form)?;
        let name = checked_name(name)?;
        if id != format!("{:08x}", signed_note::key_id(&name, &bytes)) {
            return Err(BadKey::Id);
        }
        Ok(Self { name, algorithm, material: material.to_vec() })
    }

    /// The material of an Ed25519 key that is used as `algorithm` says.
    pub(super) fn ed25519(&self, algorithm: u8) -> Result<[u8; 32], BadKey> {
        if self.algorithm != algorithm {
            return Err(BadKey::Algorithm(self.algorithm));
        }
        self.material.as_slice().try_into().map_err(|_| BadKey::Material)
    }
}

pub(super) fn checked_name(name: &str) -> Result<String, BadKey> {
    let plain = !name.contains(char::is_control) && signed_note::is_key_name_valid(name);
    plain.then(|| name.to_owned()).ok_or(BadKey::Name)
}

/// `SHA-256(name ‖ "\n" ‖ algorithm ‖ material)[..4]`.
pub(super) fn id(name: &str, algorithm: u8, material: &[u8; 32]) -> u32 {
    signed_note::key_id(name, &tagged(algorithm, material))
}

/// Writes `<name>+<id>+<base64(algorithm ‖ material)>`.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    algorithm: u8,
    material: &[u8; 32],
) -> fmt::Result {
    let encoded = base64::encode(tagged(algorithm, material));
    write!(f, "{name}+{:08x}+{encoded}", id(name, algorithm, material))
}

pub(super) fn tagged(algorithm: u8, material: &[u8; 32]) -> [u8; 33] {
    let mut bytes = [algorithm; 33];
    bytes.iter_mut().skip(1).zip(material).for_each(|(to, from)| *to = *from);
    bytes
}
