//! What the writer remembers of what it has written, so that content is stored once in a segment, and under one digest in a
//! session: a bounded number of contents and of list prefixes. Forgetting costs space, never correctness.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use lru::LruCache;
use testimony_record::digest::{Digest, Salt};

/// Remembered contents and lists.
#[derive(Debug)]
pub(crate) struct Remembered {
    /// From a content's plain hash, bound to its media type, to how it was written.
    blobs: LruCache<Digest, Written>,
    /// Digests of nodes that stand in this segment.
    nodes: LruCache<Digest, ()>,
    /// From the hash of a list's items to the node of this segment that holds exactly them, and its depth in `base` links.
    lists: LruCache<Digest, (Digest, u32)>,
    /// How many segments have been begun.
    segment: u64,
}

/// A content that has been written: under which digest, with which salt, and last in which segment.
#[derive(Debug, Clone, Copy)]
struct Written {
    digest: Digest,
    salt: Salt,
    segment: u64,
}

/// What is remembered of a content.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Known {
    /// It stands in this segment.
    Here(Digest),
    /// It stands in an earlier one, and must be written again: with the same salt, so that it keeps its digest.
    Before(Digest, Salt),
}

impl Remembered {
    pub(crate) fn new(most: usize) -> Self {
        let most = NonZeroUsize::new(most).unwrap_or(NonZeroUsize::MIN);
        let (blobs, nodes, lists) = (LruCache::new(most), LruCache::new(most), LruCache::new(most));
        Self { blobs, nodes, lists, segment: 0 }
    }

    /// What is written from now on stands in another file, which must hold all that its entries refer to.
    pub(crate) fn begin_segment(&mut self) {
        self.segment += 1;
        self.nodes.clear();
        self.lists.clear();
    }

    pub(crate) fn blob(&mut self, content: &Digest, media: &str) -> (Digest, Option<Known>) {
        let key = blob_key(content, media);
        let known = self.blobs.get(&key).map(|written| {
            if written.segment == self.segment {
                Known::Here(written.digest)
            } else {
                Known::Before(written.digest, written.salt)
            }
        });
        (key, known)
    }

    pub(crate) fn remember_blob(&mut self, key: Digest, digest: Digest, salt: Salt) {
        self.blobs.put(key, Written { digest, salt, segment: self.segment });
    }

    /// Content that is erased must not be referred to again: said again, it is stored anew.
    pub(crate) fn forget(&mut self, erased: &BTreeSet<Digest>) {
        let keys: Vec<Digest> = self
            .blobs
            .iter()
            .filter(|(_, blob)| erased.contains(&blob.digest))
            .map(|(key, _)| *key)
            .collect();
        for key in keys {
            self.blobs.pop(&key);
        }
    }

    /// Remembers a node; says whether it is new.
    pub(crate) fn remember_node(&mut self, digest: Digest) -> bool {
        self.nodes.put(digest, ()).is_none()
    }

    pub(crate) fn list(&mut self, prefix: &Digest) -> Option<(Digest, u32)> {
        self.lists.get(prefix).copied()
    }

    pub(crate) fn remember_list(&mut self, prefix: Digest, node: Digest, depth: u32) {
        self.lists.put(prefix, (node, depth));
    }
}

fn blob_key(content: &Digest, media: &str) -> Digest {
    if media == "text/plain" { *content } else { chained(content, media.as_bytes()) }
}

/// The hash of a list that grows: of what was before, and of the next item.
pub(crate) fn chained(before: &Digest, next: &[u8]) -> Digest {
    let mut bytes = Vec::with_capacity(32 + next.len());
    bytes.extend_from_slice(before.as_bytes());
    bytes.extend_from_slice(next);
    Digest::plain(&bytes)
}
