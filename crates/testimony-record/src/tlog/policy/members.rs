//! The logs and the witnesses that a policy names.

use crate::tlog::cosignature::WitnessKey;
use crate::tlog::key::VerifierKey;

/// A log whose checkpoints are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Its key.
    pub key: VerifierKey,
    /// Where it is, as the policy says it; not always UTF-8.
    pub url: Option<Vec<u8>>,
}

/// A witness whose cosignatures count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// What the policy calls it; not always UTF-8.
    pub name: Vec<u8>,
    /// Its key.
    pub key: WitnessKey,
    /// Where it takes heads to be cosigned, as the policy says it; not always UTF-8.
    pub url: Option<Vec<u8>>,
}
