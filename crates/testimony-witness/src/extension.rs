//! The proof that a growing tree extends an older one, kept ready while leaves come in: at most some 190 hashes, however
//! many leaves there are.
//!
//! Source: RFC 6962 section 2.1.2. On the way up from the older tree's last complete subtree, each sibling to the left is
//! one of the older tree's peaks, and each to the right covers a fixed range of leaves that came later. So it is enough to
//! keep the peaks, and one frontier for each such range.

use testimony_record::tree::{Frontier, TreeHash};

/// An older tree, and what came after it.
#[derive(Debug, Clone)]
pub(crate) struct Extension {
    old: Frontier,
    /// The siblings to the right, from the lowest up. All but the last are full, and so single hashes.
    right: Vec<Sibling>,
    /// Level and index of the node whose sibling is looked for next.
    level: u32,
    at: u64,
}

#[derive(Debug, Clone)]
struct Sibling {
    leaves: Frontier,
    capacity: u64,
}

impl Extension {
    /// Nothing has come after it yet.
    pub(crate) fn of(old: Frontier) -> Self {
        let (level, at) = seed(old.size());
        Self { old, right: Vec::new(), level, at }
    }

    pub(crate) fn push_leaf(&mut self, leaf: TreeHash) {
        // Every tree extends the empty one, without proof.
        if self.old.size() == 0 {
            return;
        }
        if self.right.last().is_none_or(|last| last.leaves.size() == last.capacity) {
            self.open_sibling();
        }
        if let Some(last) = self.right.last_mut() {
            last.leaves.push_leaf(leaf);
        }
    }

    /// Climbs to the next node whose sibling is on its right.
    fn open_sibling(&mut self) {
        while self.at % 2 == 1 {
            self.up();
        }
        let capacity = 1 << self.level;
        self.right.push(Sibling { leaves: Frontier::new(), capacity });
        self.up();
    }

    fn up(&mut self) {
        (self.level, self.at) = (self.level + 1, self.at >> 1);
    }

    /// The consistency proof from the older tree to that of all leaves so far.
    pub(crate) fn proof(&self) -> Vec<TreeHash> {
        if self.right.is_empty() {
            return Vec::new();
        }
        let mut left = self.old.peaks().iter().rev();
        let seed_peak = left.next();
        // The root of a complete tree is what the witness has already, so that it need not be told.
        let told = seed_peak.filter(|_| !self.old.size().is_power_of_two());
        let mut proof: Vec<TreeHash> = told.copied().into_iter().collect();
        let mut right = self.right.iter();
        let (_, mut at) = seed(self.old.size());
        while left.len() > 0 || right.len() > 0 {
            let sibling = if at % 2 == 1 {
                left.next().copied()
            } else {
                right.next().map(|sibling| sibling.leaves.root())
            };
            proof.extend(sibling);
            at >>= 1;
        }
        proof
    }
}

/// Level and index of the last complete subtree of a tree: its smallest peak.
fn seed(size: u64) -> (u32, u64) {
    let level = size.trailing_zeros().min(63);
    (level, size.saturating_sub(1) >> level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use testimony_record::tree;
    use testimony_record::tree::proof::verify_consistency;
    use tlog_tiles::{Error, Hash, HashReader, prove_tree, stored_hashes};

    struct Stored(Vec<Hash>);

    impl HashReader for Stored {
        fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
            Ok(indexes.iter().map(|&index| self.0[usize::try_from(index).unwrap()]).collect())
        }
    }

    fn leaf(n: u64) -> TreeHash {
        tree::leaf(&n.to_le_bytes())
    }

    fn tree_of(size: u64) -> Frontier {
        let mut tree = Frontier::new();
        (0..size).for_each(|n| tree.push_leaf(leaf(n)));
        tree
    }

    #[test]
    fn every_proof_up_to_70_leaves_is_the_one_that_tlog_tiles_makes() {
        let mut theirs = Stored(Vec::new());
        for n in 0..70_u64 {
            let hashes = stored_hashes(n, &n.to_le_bytes(), &theirs).unwrap();
            theirs.0.extend(hashes);
        }
        for old in 1..=70 {
            let mut extension = Extension::of(tree_of(old));
            for new in old..=70 {
                let proof: Vec<Hash> = extension.proof().into_iter().map(Hash).collect();
                assert_eq!(proof, prove_tree(new, old, &theirs).unwrap(), "from {old} to {new}");
                extension.push_leaf(leaf(new));
            }
        }
    }

    #[test]
    fn from_the_empty_tree_there_is_nothing_to_prove() {
        let mut extension = Extension::of(Frontier::new());
        extension.push_leaf(leaf(0));
        assert_eq!(extension.proof(), Vec::<TreeHash>::new());
    }

    #[test]
    fn a_proof_over_other_leaves_does_not_verify() {
        let mut extension = Extension::of(tree_of(5));
        (5..9).for_each(|n| extension.push_leaf(leaf(n + 100)));
        let (old, new) = (tree_of(5).root(), tree_of(9).root());
        assert!(!verify_consistency(5, 9, old, new, &extension.proof()));
    }

    proptest! {
        #[test]
        fn every_proof_verifies_and_stays_small(old in 1..400_u64, more in 0..400_u64) {
            let mut extension = Extension::of(tree_of(old));
            (old..old + more).for_each(|n| extension.push_leaf(leaf(n)));
            let (old_root, new_root) = (tree_of(old).root(), tree_of(old + more).root());
            let proof = extension.proof();
            prop_assert!(verify_consistency(old, old + more, old_root, new_root, &proof));
            prop_assert!(extension.right.iter().rev().skip(1).all(|sibling| sibling.leaves.peaks().len() == 1));
        }
    }
}
