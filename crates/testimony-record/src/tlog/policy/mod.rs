//! [C2SP policies](https://c2sp.org/tlog-policy): whose checkpoints are accepted, and how many of which witnesses must have
//! cosigned one.
//!
//! A policy is read as octets, by lines; nothing in it is fetched, and its URLs are opaque here.

mod fault;
mod members;
mod quorum;
mod reader;

use self::quorum::{Needed, Quorum};
use self::reader::Reader;
use super::checkpoint::SignedHead;
use super::cosignature::{WitnessKey, WrongCosignature};

pub use self::fault::{BadPolicy, PolicyFault};
pub use self::members::{Log, Witness};

/// The logs, the witnesses and the quorum of a policy file.
///
/// ```
/// use testimony_record::tlog::{Policy, SigningKey};
///
/// let witness = SigningKey::from_seed("witness.example", [1; 32]).unwrap().witness_key();
/// let policy = Policy::parse(format!("witness w {witness}\nquorum w\n").as_bytes()).unwrap();
/// assert!(policy.needs_witnesses());
/// assert!(policy.is_met_by([&witness]));
/// assert!(!policy.is_met_by([]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    quorum: Quorum,
}

impl Policy {
    /// Reads a policy of at most 256 logs, 256 witnesses and 256 groups. Keys of logs must be plain Ed25519 (0x01), those of
    /// witnesses timestamped Ed25519 (0x04).
    ///
    /// # Errors
    /// At the first line that breaks a rule of the specification.
    pub fn parse(policy: &[u8]) -> Result<Self, BadPolicy> {
        let (logs, witnesses, quorum) = Reader::read(policy)?;
        Ok(Self { logs, witnesses, quorum })
    }

    /// The logs, in the order of their lines.
    #[must_use]
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses, in the order of their lines.
    #[must_use]
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether the quorum is another than `none`.
    #[must_use]
    pub fn needs_witnesses(&self) -> bool {
        self.quorum.needed != Needed::Nobody
    }

    /// The witnesses that cosigned a head.
    ///
    /// # Errors
    /// When a line in the name and key id of one of them does not verify.
    pub fn cosigners(&self, head: &SignedHead) -> Result<Vec<&Witness>, WrongCosignature> {
        let cosigned = self
            .witnesses
            .iter()
            .map(|witness| Ok(head.cosigned_by(&witness.key)?.map(|_time_s| witness)));
        cosigned.filter_map(Result::transpose).collect()
    }

    /// Whether these witnesses are enough; always, where the quorum is `none`.
    #[must_use]
    pub fn is_met_by<'a>(&self, cosigners: impl IntoIterator<Item = &'a WitnessKey>) -> bool {
        let keys: Vec<&WitnessKey> = cosigners.into_iter().collect();
        let cosigned = |witness: &Witness| keys.contains(&&witness.key);
        self.quorum.is_met(|number| self.witnesses.get(number).is_some_and(cosigned))
    }
}
