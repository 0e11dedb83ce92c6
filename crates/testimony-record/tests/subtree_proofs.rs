//! Proofs for every subtree of every tree up to 40 leaves, made by the recursive definition of
//! draft-ietf-plants-merkle-tree-certs section 4.4, are accepted, and for no other subtree with the same root.

use testimony_record::tree::proof::Subtree;
use testimony_record::tree::{Frontier, TreeHash, leaf};

const MOST: u64 = 40;

/// The root over the leaves from `start` to `end`.
fn root(start: u64, end: u64) -> TreeHash {
    let mut tree = Frontier::new();
    for n in start..end {
        tree.push(&n.to_le_bytes());
    }
    tree.root()
}

/// The largest power of two that is smaller than `size`, at least 2.
fn split(size: u64) -> u64 {
    size.next_power_of_two() / 2
}

/// The proof for `[start, end)` in the leaves from `from` to `to`; `known` where the checker has that subtree's root.
fn prove(start: u64, end: u64, from: u64, to: u64, known: bool) -> Vec<TreeHash> {
    if (start, end) == (from, to) {
        return if known { vec![] } else { vec![root(from, to)] };
    }
    let middle = from + split(to - from);
    let (mut proof, sibling) = if end <= middle {
        (prove(start, end, from, middle, known), root(middle, to))
    } else if middle <= start {
        (prove(start, end, middle, to, known), root(from, middle))
    } else {
        (prove(middle, end, middle, to, false), root(from, middle))
    };
    proof.push(sibling);
    proof
}

fn subtrees(size: u64) -> impl Iterator<Item = (u64, u64, Subtree)> {
    let ranges = (0..size).flat_map(move |start| (start + 1..=size).map(move |end| (start, end)));
    ranges.filter_map(|(start, end)| Some((start, end, Subtree::new(start, end)?)))
}

#[test]
fn every_subtree_is_shown_to_be_part_of_every_tree() {
    let mut proofs = 0;
    for size in 1..=MOST {
        let whole = root(0, size);
        for (start, end, subtree) in subtrees(size) {
            let (part, mut proof) = (root(start, end), prove(start, end, 0, size, true));
            assert!(subtree.is_part_of(size, part, whole, &proof), "[{start}, {end}) of {size}");
            assert!(!subtree.is_part_of(size, [0; 32], whole, &proof), "another subtree");
            assert!(!subtree.is_part_of(size, part, [0; 32], &proof), "another tree");
            proof.push(whole);
            assert!(!subtree.is_part_of(size, part, whole, &proof), "a hash more");
            proofs += 1;
        }
    }
    println!("subtrees: {proofs} proofs of trees up to {MOST} leaves");
}

#[test]
fn a_subtrees_root_is_taken_for_no_other_subtrees() {
    let size = 21;
    let whole = root(0, size);
    for (start, end, subtree) in subtrees(size) {
        let (part, proof) = (root(start, end), prove(start, end, 0, size, true));
        for (from, to, other) in subtrees(size) {
            let accepted = other.is_part_of(size, part, whole, &proof);
            assert_eq!(accepted, other == subtree, "[{start}, {end}) as [{from}, {to})");
        }
    }
}

#[test]
fn a_leaf_is_shown_to_be_in_its_subtree_at_its_place_only() {
    for (start, end, subtree) in subtrees(24) {
        let hash = root(start, end);
        for index in start..end {
            let leaf = leaf(&index.to_le_bytes());
            // A leaf is a subtree of one, and its proof the same.
            let proof = prove(index, index + 1, start, end, true);
            for place in 0..=24 {
                let accepted = subtree.includes(place, &leaf, &proof, hash);
                assert_eq!(accepted, place == index, "{index} of [{start}, {end}) at {place}");
            }
        }
    }
}
