//! The right edge of a tree against `tlog_tiles`: the same peaks and roots, and a tree taken up from its peaks goes on as
//! if it had never been put down.

use testimony_record::tree::{Frontier, TreeHash, leaf};
use tlog_tiles::{Error, Hash, HashReader, stored_hash_index, stored_hashes, tree_hash};

#[derive(Default)]
struct Stored(Vec<Hash>);

impl Stored {
    fn of(size: u64) -> Self {
        let mut stored = Self::default();
        for n in 0..size {
            let hashes = stored_hashes(n, n.to_string().as_bytes(), &stored).unwrap();
            stored.0.extend(hashes);
        }
        stored
    }
}

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        Ok(indexes.iter().map(|&index| self.0[usize::try_from(index).unwrap()]).collect())
    }
}

/// The peaks of a tree as `tlog_tiles` stores them, largest first.
fn peaks(size: u64, stored: &Stored) -> Vec<TreeHash> {
    let levels = (0..64_u8).rev().filter(|level| size >> level & 1 == 1);
    let indexes = levels.map(|level| stored_hash_index(level, (size >> level) - 1));
    let hashes = stored.read_hashes(&indexes.collect::<Vec<_>>()).unwrap();
    hashes.iter().map(|hash| hash.0).collect()
}

fn ours(size: u64) -> Frontier {
    let mut tree = Frontier::new();
    (0..size).for_each(|n| tree.push(n.to_string().as_bytes()));
    tree
}

#[test]
fn peaks_and_roots_are_those_of_tlog_tiles() {
    let stored = Stored::of(300);
    for size in 0..=300 {
        let tree = ours(size);
        assert_eq!(tree.peaks(), peaks(size, &stored), "peaks of {size}");
        assert_eq!(tree.root(), tree_hash(size, &stored).unwrap().0, "root of {size}");
    }
    println!("frontier: 301 sizes against tlog_tiles");
}

#[test]
fn a_tree_goes_on_from_its_peaks_alone() {
    for size in 0..=130 {
        let whole = ours(size);
        let mut resumed = Frontier::from_peaks(size, whole.peaks().to_vec()).unwrap();
        assert_eq!(resumed, whole);
        for n in size..size + 9 {
            resumed.push_leaf(leaf(n.to_string().as_bytes()));
        }
        assert_eq!(resumed, ours(size + 9), "from {size}");
    }
}

#[test]
fn a_number_of_peaks_that_no_such_tree_has_is_refused() {
    for (size, count) in
        [(0, 1), (1, 0), (1, 2), (7, 2), (7, 4), (8, 3), (u64::MAX, 64), (1 << 63, 1)]
    {
        assert_eq!(
            Frontier::from_peaks(size, vec![[1; 32]; count]),
            None,
            "{count} peaks of {size}"
        );
    }
    assert!(Frontier::from_peaks((1 << 63) - 1, vec![[1; 32]; 63]).is_some());
}
