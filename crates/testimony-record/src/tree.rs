//! The RFC 6962 Merkle tree over the bytes of a stream's entries: leaf hash, node hash and root, with SHA-256.
//!
//! Source: RFC 6962 section 2.1, as used by C2SP `tlog-tiles`. Proofs over it are checked by [`proof`] and
//! made elsewhere.

pub mod proof;

use sha2::{Digest as _, Sha256};

/// A SHA-256 hash of the tree.
pub type TreeHash = [u8; 32];

/// `SHA-256(0x00 ‖ bytes)`.
#[must_use]
pub fn leaf(bytes: &[u8]) -> TreeHash {
    Sha256::new().chain_update([0x00]).chain_update(bytes).finalize().into()
}

/// `SHA-256(0x01 ‖ left ‖ right)`.
#[must_use]
pub fn node(left: &TreeHash, right: &TreeHash) -> TreeHash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// The right edge of a growing tree: the roots of its complete subtrees, largest first. At most 64 hashes.
///
/// ```
/// use testimony_record::tree::{Frontier, leaf, node};
///
/// let mut tree = Frontier::new();
/// tree.push(b"first");
/// tree.push(b"second");
/// assert_eq!(tree.root(), node(&leaf(b"first"), &leaf(b"second")));
///
/// let mut later = Frontier::from_peaks(2, tree.peaks().to_vec()).unwrap();
/// later.push(b"third");
/// assert_eq!(later.root(), node(&tree.root(), &leaf(b"third")));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<TreeHash>,
}

impl Frontier {
    /// The empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Goes on from the peaks of a tree of `size` leaves, as [`Frontier::peaks`] gave them. `None` where there are not as many
    /// as `size` has ones in binary, or `size` is more than 2^63 − 1.
    #[must_use]
    pub fn from_peaks(size: u64, peaks: Vec<TreeHash>) -> Option<Self> {
        let count = usize::try_from(size.count_ones()).ok()?;
        (peaks.len() == count && i64::try_from(size).is_ok()).then_some(Self { size, peaks })
    }

    /// The roots of the complete subtrees, one for each 1 in the binary number of leaves, largest first.
    #[must_use]
    pub fn peaks(&self) -> &[TreeHash] {
        &self.peaks
    }

    /// Appends a leaf by its bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.push_leaf(leaf(bytes));
    }

    /// Appends a leaf by its hash, which is [`leaf`] of its bytes.
    pub fn push_leaf(&mut self, leaf: TreeHash) {
        let mut hash = leaf;
        // Each trailing one of the old size is a complete subtree that the new leaf completes into a larger one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root; of the empty tree, `SHA-256("")`.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        let folded = self.peaks.iter().rev().copied().reduce(|right, left| node(&left, &right));
        folded.unwrap_or_else(|| Sha256::digest(b"").into())
    }
}
