//! The Merkle tree over a stream's entries, in memory: some 64 bytes for each entry. Inclusion proofs are made from it.

use testimony_record::tree::{self, TreeHash};
use tlog_tiles::{Error, Hash, HashReader, prove_record, stored_hashes_for_record_hash, tree_hash};

/// The hashes of all complete subtrees, in the order of `tlog_tiles`.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    size: u64,
    hashes: Vec<Hash>,
}

impl HashReader for Leaves {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let hash = |&index: &u64| self.hashes.get(usize::try_from(index).ok()?).copied();
        indexes.iter().map(hash).collect::<Option<_>>().ok_or(Error::IndexesNotInTree)
    }
}

impl Leaves {
    pub(super) fn push(&mut self, entry: &[u8]) -> Result<(), Error> {
        let leaf = Hash(tree::leaf(entry));
        let hashes = stored_hashes_for_record_hash(self.size, leaf, self)?;
        self.hashes.extend(hashes);
        self.size += 1;
        Ok(())
    }

    /// The root over the first `size` entries.
    pub(super) fn root(&self, size: u64) -> Result<TreeHash, Error> {
        Ok(tree_hash(size, self)?.0)
    }

    /// From the sibling of entry `index` up to the root over the first `size` entries.
    pub(super) fn inclusion(&self, size: u64, index: u64) -> Result<Vec<TreeHash>, Error> {
        Ok(prove_record(size, index, self)?.into_iter().map(|hash| hash.0).collect())
    }
}
