//! Proofs over the tree: that a leaf is in it, and that a smaller tree, or a part of one, is the beginning, or a part, of a
//! larger one. Made elsewhere; checked here.
//!
//! Source: RFC 9162 sections 2.1.3.2 and 2.1.4.2, generalised to the subtrees `[start, end)` of
//! draft-ietf-plants-merkle-tree-certs section 4; a whole tree is the subtree `[0, size)`. Positions and sizes go up to
//! 2^64 − 1. Roots from outside are compared as bytes, so that one of another length than 32 simply is not the root.
//!
//! ```
//! use testimony_record::tree::proof::{verify_consistency, verify_inclusion};
//! use testimony_record::tree::{leaf, node};
//!
//! let (one, two, three) = (leaf(b"one"), leaf(b"two"), leaf(b"three"));
//! let old_root = node(&one, &two);
//! let root = node(&old_root, &three);
//! assert!(verify_inclusion(1, 3, &two, &[one, three], root));
//! assert!(verify_consistency(2, 3, old_root, root, &[three]));
//! ```

use sha2::{Digest as _, Sha256};

use super::{TreeHash, node};

/// A range of leaves that a tree can have a node for: `start` is a multiple of the smallest power of two that is at least
/// `end - start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subtree {
    start: u64,
    end: u64,
}

impl Subtree {
    /// The leaves from `start` up to, and without, `end`; `None` where that is no subtree.
    #[must_use]
    pub fn new(start: u64, end: u64) -> Option<Self> {
        let width = end.checked_sub(start)?;
        // Beyond 2^63 the next power of two is 2^64, of which only 0 is a multiple.
        let aligned = match width.checked_next_power_of_two() {
            Some(power) => start.is_multiple_of(power),
            None => start == 0,
        };
        aligned.then_some(Self { start, end })
    }

    /// Whether `leaf` stands at `index`, counted from the beginning of the whole tree, in the subtree whose root is `root`.
    #[must_use]
    pub fn includes(
        self,
        index: u64,
        leaf: &TreeHash,
        proof: &[TreeHash],
        root: impl AsRef<[u8]>,
    ) -> bool {
        let inside = self.start <= index && index < self.end;
        inside
            && root_from_leaf(index - self.start, self.end - self.start, leaf, proof)
                .is_some_and(|found| found == root.as_ref())
    }

    /// Whether this subtree, whose root is `root`, is part of the tree of `size` leaves whose root is `whole`.
    #[must_use]
    pub fn is_part_of(
        self,
        size: u64,
        root: impl AsRef<[u8]>,
        whole: impl AsRef<[u8]>,
        proof: &[TreeHash],
    ) -> bool {
        let (root, whole) = (root.as_ref(), whole.as_ref());
        if self.end > size {
            return false;
        }
        if self.start == self.end {
            return proof.is_empty() && root == Sha256::digest(b"").as_slice();
        }
        if self.start == 0 && self.end == size {
            return proof.is_empty() && root == whole;
        }
        let Ok(root) = root.try_into() else { return false };
        roots_from_subtree(self, size, root, proof)
            .is_some_and(|(found, all)| found == *root && all == whole)
    }
}

/// Whether `leaf` stands at `index` in the tree of `size` leaves whose root is `root`.
#[must_use]
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &TreeHash,
    proof: &[TreeHash],
    root: impl AsRef<[u8]>,
) -> bool {
    Subtree { start: 0, end: size }.includes(index, leaf, proof, root)
}

/// Whether the tree of `new_size` leaves whose root is `new_root` begins with that of `old_size` leaves, at least 1, whose
/// root is `old_root`.
#[must_use]
pub fn verify_consistency(
    old_size: u64,
    new_size: u64,
    old_root: impl AsRef<[u8]>,
    new_root: impl AsRef<[u8]>,
    proof: &[TreeHash],
) -> bool {
    old_size > 0
        && Subtree { start: 0, end: old_size }.is_part_of(new_size, old_root, new_root, proof)
}

/// RFC 9162 section 2.1.3.2. `None` where the proof has not the length that this place demands.
fn root_from_leaf(index: u64, size: u64, leaf: &TreeHash, proof: &[TreeHash]) -> Option<TreeHash> {
    let (mut at, mut last) = (index, size.checked_sub(1)?);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            hash = node(sibling, &hash);
            // A node at the right edge without a sibling is its own parent.
            let lone = at.trailing_zeros().min(63);
            (at, last) = (at >> lone, last >> lone);
        } else {
            hash = node(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    (last == 0).then_some(hash)
}

/// The two roots to which a consistency proof leads: the subtree's, and that of the whole tree of `size` leaves. RFC 9162
/// section 2.1.4.2, with the subtree's first leaf as a third position.
fn roots_from_subtree(
    subtree: Subtree,
    size: u64,
    root: &TreeHash,
    proof: &[TreeHash],
) -> Option<(TreeHash, TreeHash)> {
    let mut at = Positions { first: subtree.start, last: subtree.end - 1, edge: size - 1 };
    at.climb_to_seed();
    let mut proof = proof.iter();
    let seed = if at.first == at.last { root } else { proof.next()? };
    let (mut part, mut whole) = (*seed, *seed);
    for sibling in proof {
        if at.edge == 0 {
            return None;
        }
        if at.last % 2 == 1 || at.last == at.edge {
            if at.first < at.last {
                part = node(sibling, &part);
            }
            whole = node(sibling, &whole);
            at.up(at.last.trailing_zeros());
        } else {
            whole = node(&whole, sibling);
        }
        at.up(1);
    }
    (at.edge == 0).then_some((part, whole))
}

/// Three leaves, and after each step up the nodes above them: of the subtree the first and the last, of the tree the last.
struct Positions {
    first: u64,
    last: u64,
    edge: u64,
}

impl Positions {
    /// Goes up to the largest complete subtree at the right end of the subtree: its root is where the proof begins.
    fn climb_to_seed(&mut self) {
        let both_end = self.last == self.edge;
        while self.first != self.last && (both_end || self.last % 2 == 1) {
            self.up(1);
        }
    }

    fn up(&mut self, levels: u32) {
        // A shift by all 64 bits is asked for only where the position is 0 already.
        let levels = levels.min(63);
        self.first >>= levels;
        self.last >>= levels;
        self.edge >>= levels;
    }
}
