//! Cosignatures: the word of a witness that it saw a head, and when, and that it extends every head it saw before.
//!
//! Which witnesses are enough is [`super::policy`]'s concern.

use std::fmt;
use std::str::FromStr;

use super::checkpoint::SignedHead;
use super::ed25519::PublicKey;
use super::note::SignatureLine;
use super::signer::SigningKey;
use super::vkey::{self, BadKey, Vkey};

/// The key of a witness that gives timestamped Ed25519 cosignatures,
/// [`cosignature/v1`](https://c2sp.org/tlog-cosignature): algorithm 0x04, a name and 32 bytes.
///
/// Keys of the ML-DSA-44 kind (0x06) are not supported.
///
/// ```
/// use testimony_record::Uuid;
/// use testimony_record::tlog::{SignedHead, SigningKey, WitnessKey};
///
/// let ledger = SigningKey::from_seed("loans.example", [7; 32]).unwrap();
/// let witness = SigningKey::from_seed("witness.example", [8; 32]).unwrap();
/// let head = SignedHead::sign(Uuid::nil(), 3, &[9; 32], &[&ledger]).unwrap();
/// let line = witness.cosign(&head, 1_800_000_000);
/// let head = head.with_signatures([line]).unwrap();
///
/// let witness: WitnessKey = witness.witness_key().to_string().parse().unwrap();
/// assert_eq!(head.cosigned_by(&witness), Ok(Some(1_800_000_000)));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    public: PublicKey,
    id: u32,
}

/// A line in the name and key id of a witness does not verify: the whole note is to be refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a cosignature in the name of {witness} does not verify")]
pub struct WrongCosignature {
    /// The name of the witness's key.
    pub witness: String,
}

impl WitnessKey {
    /// The signature type of [signed-note](https://c2sp.org/signed-note) for timestamped Ed25519.
    pub const ALGORITHM: u8 = 0x04;

    /// A key under a name.
    ///
    /// # Errors
    /// [`BadKey::Name`] for a name that no note could carry, [`BadKey::Material`] for bytes that are no point of the curve.
    pub fn new(name: &str, public_key: &[u8; 32]) -> Result<Self, BadKey> {
        let public = PublicKey::new(public_key).ok_or(BadKey::Material)?;
        Ok(Self::named(vkey::checked_name(name)?, public))
    }

    fn named(name: String, public: PublicKey) -> Self {
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

    /// The time of one line over `head`, in seconds since the Unix epoch, where the line is this witness's and verifies.
    #[expect(
        clippy::big_endian_bytes,
        reason = "signed-note and tlog-cosignature write numbers so"
    )]
    fn time_of(&self, head: &SignedHead, line: &SignatureLine) -> Option<u64> {
        let (time, signature) = line.signature().split_first_chunk()?;
        let time_s = i64::from_be_bytes(*time).try_into().ok()?;
        let message = message(head, time_s);
        self.public.verifies(message.as_bytes(), signature).then_some(time_s)
    }
}

impl SignedHead {
    /// When a witness cosigned this head, in seconds since the Unix epoch by the witness's clock; of several times the
    /// earliest. `None` where it did not.
    ///
    /// # Errors
    /// When a line in the witness's name and key id does not verify.
    pub fn cosigned_by(&self, witness: &WitnessKey) -> Result<Option<u64>, WrongCosignature> {
        let mut earliest: Option<u64> = None;
        for line in self.note().lines_of(&witness.name, witness.id) {
            let time = witness
                .time_of(self, line)
                .ok_or_else(|| WrongCosignature { witness: witness.name.clone() })?;
            earliest = Some(earliest.map_or(time, |known| known.min(time)));
        }
        Ok(earliest)
    }
}

impl SigningKey {
    /// The public half as a witness's. One key must not be both a ledger's and a witness's.
    #[must_use]
    pub fn witness_key(&self) -> WitnessKey {
        WitnessKey::named(self.verifier_key().name().to_owned(), self.public())
    }

    /// Cosigns a head as a witness does, at a time in seconds since the Unix epoch, at most 2^63 − 1. Whether the head
    /// extends those before it is the caller's to check first.
    #[must_use]
    #[expect(
        clippy::big_endian_bytes,
        reason = "signed-note and tlog-cosignature write numbers so"
    )]
    pub fn cosign(&self, head: &SignedHead, time_s: u64) -> SignatureLine {
        let signature = self.sign_bytes(message(head, time_s).as_bytes());
        let stamped = [&time_s.to_be_bytes(), signature.as_slice()].concat();
        let key = self.witness_key();
        SignatureLine::of_key(&key.name, key.id, stamped)
    }
}

/// The bytes that a `cosignature/v1` signs.
fn message(head: &SignedHead, time_s: u64) -> String {
    format!("cosignature/v1\ntime {time_s}\n{}", head.note().text())
}

impl FromStr for WitnessKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let vkey = Vkey::parse(text)?;
        Self::new(&vkey.name, &vkey.ed25519(Self::ALGORITHM)?)
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        vkey::write(f, &self.name, Self::ALGORITHM, self.public.as_bytes())
    }
}

impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
