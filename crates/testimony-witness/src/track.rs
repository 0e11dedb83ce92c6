//! From the head that a witness cosigned last to the newest one: reads the entries between them, once, and keeps the proof.

use std::path::Path;

use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_ledger::read::trail::{Trail, first_seq};
use testimony_record::Uuid;
use testimony_record::tlog::SignedHead;
use testimony_record::tree::{self, Frontier, TreeHash};

use crate::extension::Extension;
use crate::recorded;
use crate::trouble::Trouble;

/// What one witness knows of a stream, and how far the stream has been read beyond it.
#[derive(Debug)]
pub(crate) struct Track {
    trail: Trail,
    /// All entries read so far.
    tree: Frontier,
    /// The same entries, seen from the head that the witness cosigned.
    since: Extension,
    old_size: u64,
}

impl Track {
    /// The witness has cosigned the first `size` entries. Reads back to the newest checkpoint of at most that size.
    pub(crate) fn at(ledger: &Path, stream: Uuid, size: u64) -> Result<Self, Trouble> {
        let base = recorded::newest(ledger, stream, size)?;
        let tree = base.map(|base| base.tree).unwrap_or_default();
        let segment = segment_of(ledger, stream, tree.size())?;
        let trail = Trail::from_segment(ledger, stream, segment);
        let mut track = Self { trail, since: Extension::of(tree.clone()), tree, old_size: 0 };
        track.read_to(size)?;
        track.cosigned();
        Ok(track)
    }

    /// The size that the witness cosigned last.
    pub(crate) fn old_size(&self) -> u64 {
        self.old_size
    }

    /// Reads on to a head, and proves that it extends what the witness cosigned.
    pub(crate) fn proof_to(&mut self, head: &SignedHead) -> Result<Vec<TreeHash>, Trouble> {
        self.read_to(head.size())?;
        if self.tree.root() != *head.root() {
            return Err(Trouble::NotOnDisk { size: head.size() });
        }
        Ok(self.since.proof())
    }

    /// The witness has cosigned all that was read.
    pub(crate) fn cosigned(&mut self) {
        self.since = Extension::of(self.tree.clone());
        self.old_size = self.tree.size();
    }

    fn read_to(&mut self, size: u64) -> Result<(), Trouble> {
        let (tree, since) = (&mut self.tree, &mut self.since);
        self.trail.advance(size, &mut |seq, bytes| {
            // Before the base lie entries that it covers; a hole shows as a tree that stays too small.
            if seq == tree.size() {
                let leaf = tree::leaf(bytes);
                tree.push_leaf(leaf);
                since.push_leaf(leaf);
            }
        })?;
        if self.tree.size() == size { Ok(()) } else { Err(Trouble::NotOnDisk { size }) }
    }
}

/// The last segment that begins with entry `seq` or an earlier one.
fn segment_of(ledger: &Path, stream: Uuid, seq: u64) -> Result<u64, CouldNotRead> {
    let directory = Directory::open(ledger)?;
    for index in directory.segments(stream)?.into_iter().rev() {
        if first_seq(&directory, stream, index)?.is_some_and(|first| first <= seq) {
            return Ok(index);
        }
    }
    Ok(0)
}
