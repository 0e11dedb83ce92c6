//! Proofs that `tlog_tiles` makes are accepted for every place in every tree up to 64 leaves, and with any bit changed, for
//! another place or another size they are not.

use testimony_record::tree::proof::{Subtree, verify_consistency, verify_inclusion};
use testimony_record::tree::{TreeHash, leaf};
use tlog_tiles::{Error, Hash, HashReader, prove_record, prove_tree, stored_hashes, tree_hash};

const MOST: u64 = 64;

struct Log(Vec<Hash>);

impl HashReader for Log {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        Ok(indexes.iter().map(|&index| self.0[usize::try_from(index).unwrap()]).collect())
    }
}

impl Log {
    fn new() -> Self {
        let mut log = Self(Vec::new());
        for n in 0..MOST {
            let hashes = stored_hashes(n, &n.to_le_bytes(), &log).unwrap();
            log.0.extend(hashes);
        }
        log
    }

    fn root(&self, size: u64) -> TreeHash {
        tree_hash(size, self).unwrap().0
    }

    fn inclusion(&self, size: u64, index: u64) -> Vec<TreeHash> {
        prove_record(size, index, self).unwrap().iter().map(|hash| hash.0).collect()
    }

    fn consistency(&self, size: u64, old: u64) -> Vec<TreeHash> {
        prove_tree(size, old, self).unwrap().iter().map(|hash| hash.0).collect()
    }
}

fn entry(index: u64) -> TreeHash {
    leaf(&index.to_le_bytes())
}

/// Every list of hashes that differs from `hashes` in one bit.
fn flips(hashes: &[TreeHash]) -> impl Iterator<Item = Vec<TreeHash>> {
    (0..hashes.len() * 256).map(|bit| {
        let mut damaged = hashes.to_vec();
        damaged[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
        damaged
    })
}

#[test]
fn every_inclusion_proof_is_accepted_for_its_place_only() {
    let (log, mut proofs) = (Log::new(), 0);
    for size in 1..=MOST {
        let root = log.root(size);
        for index in 0..size {
            let proof = log.inclusion(size, index);
            for place in 0..=size {
                let accepted = verify_inclusion(place, size, &entry(index), &proof, root);
                assert_eq!(accepted, place == index, "proof for {index} of {size} at {place}");
            }
            proofs += 1;
        }
    }
    println!("inclusion: {proofs} proofs of trees up to {MOST} leaves");
}

#[test]
fn every_consistency_proof_is_accepted_for_its_sizes_only() {
    let (log, mut proofs) = (Log::new(), 0);
    for size in 1..=MOST {
        for old in 1..=size {
            let proof = log.consistency(size, old);
            let (root, old_root) = (log.root(size), log.root(old));
            assert!(verify_consistency(old, size, old_root, root, &proof), "{old} of {size}");
            for wrong in (0..=size + 1).filter(|wrong| *wrong != old) {
                let wrong_root = if wrong > MOST { [0; 32] } else { log.root(wrong) };
                assert!(
                    !verify_consistency(wrong, size, wrong_root, root, &proof),
                    "the proof for {old} of {size} taken for {wrong}"
                );
            }
            proofs += 1;
        }
    }
    println!("consistency: {proofs} proofs of trees up to {MOST} leaves");
}

#[test]
fn an_inclusion_proof_with_any_bit_flipped_is_refused() {
    let (log, size, index) = (Log::new(), 37, 21);
    let (proof, root) = (log.inclusion(size, index), log.root(size));
    let mut refused = 0;
    for damaged in flips(&proof) {
        assert!(!verify_inclusion(index, size, &entry(index), &damaged, root));
        refused += 1;
    }
    for damaged in flips(&[entry(index)]) {
        assert!(!verify_inclusion(index, size, &damaged[0], &proof, root));
        refused += 1;
    }
    for damaged in flips(&[root]) {
        assert!(!verify_inclusion(index, size, &entry(index), &proof, damaged[0]));
        refused += 1;
    }
    println!("inclusion: {refused} flipped bits refused");
}

#[test]
fn a_consistency_proof_with_any_bit_flipped_is_refused() {
    let (log, size, old) = (Log::new(), 37, 22);
    let (proof, root, old_root) = (log.consistency(size, old), log.root(size), log.root(old));
    let mut refused = 0;
    for damaged in flips(&proof) {
        assert!(!verify_consistency(old, size, old_root, root, &damaged));
        refused += 1;
    }
    for damaged in flips(&[old_root, root]) {
        assert!(!verify_consistency(old, size, damaged[0], damaged[1], &proof));
        refused += 1;
    }
    println!("consistency: {refused} flipped bits refused");
}

#[test]
fn a_proof_with_a_hash_more_or_less_is_refused() {
    let (log, size) = (Log::new(), 37);
    let root = log.root(size);
    for n in 1..size {
        let inclusion = log.inclusion(size, n);
        let consistency = log.consistency(size, n);
        let longer = |proof: &[TreeHash]| [proof, [root].as_slice()].concat();
        assert!(!verify_inclusion(n, size, &entry(n), &longer(&inclusion), root));
        assert!(!verify_inclusion(n, size, &entry(n), &inclusion[1..], root));
        assert!(!verify_consistency(n, size, log.root(n), root, &longer(&consistency)));
        assert!(!verify_consistency(n, size, log.root(n), root, &consistency[1..]));
    }
}

#[test]
fn a_range_that_no_tree_has_a_node_for_is_no_subtree() {
    let good =
        [(0, 0), (0, 1), (5, 6), (4, 8), (8, 13), (0, u64::MAX), (1 << 63, u64::MAX), (9, 9)];
    for (start, end) in good {
        assert!(Subtree::new(start, end).is_some(), "[{start}, {end})");
    }
    let bad = [(1, 0), (1, 3), (4, 9), (6, 9), (1, 15), (1, u64::MAX), (1 << 62, u64::MAX)];
    for (start, end) in bad {
        assert!(Subtree::new(start, end).is_none(), "[{start}, {end})");
    }
}

/// Positions near 2^64 must not overflow; there is no tree of that size, so nothing is accepted either.
#[test]
fn the_largest_positions_are_refused_and_not_panicked_at() {
    let hash = [7; 32];
    for length in [0, 1, 63, 64, 65, 200] {
        let proof = vec![hash; length];
        for index in [0, 1, 1 << 63, u64::MAX - 1, u64::MAX] {
            for size in [0, 1, 1 << 63, u64::MAX - 1, u64::MAX] {
                let trivial = (index, size, length) == (0, 1, 0);
                assert_eq!(verify_inclusion(index, size, &hash, &proof, hash), trivial);
                let same = index == size && index > 0 && length == 0;
                assert_eq!(verify_consistency(index, size, hash, hash, &proof), same);
            }
        }
    }
}
