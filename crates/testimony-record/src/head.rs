//! Heads: what someone outside remembers of a stream, so that a shortened or rewritten one cannot pass for it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::digest::Digest;
use crate::tree::TreeHash;

/// The state of a stream after its first `size` entries.
///
/// Whoever keeps a head elsewhere can later prove that the ledger was only appended to since. Today it is unsigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The stream.
    pub stream: Uuid,
    /// How many entries it covers; at least 1.
    pub size: u64,
    /// The hash of entry `size - 1`.
    pub hash: Digest,
    /// The RFC 6962 root over those entries.
    #[serde(with = "hex::serde")]
    pub root: TreeHash,
    /// When entry `size - 1` was sealed, in microseconds since the Unix epoch.
    pub time_us: u64,
}
