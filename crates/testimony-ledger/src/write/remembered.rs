//! What the writer remembers of what it has written, so that content is stored once: a bounded number of contents and
//! of list prefixes. Forgetting costs space, never correctness.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use lru::LruCache;
use testimony_record::digest::Digest;

/// Remembered contents and lists.
#[derive(Debug)]
pub(crate) struct Remembered {
    /// From a content's plain hash, bound to its media type, to its salted digest.
    blobs: LruCache<Digest, Digest>,
    /// Digests of nodes that have been written.
    nodes: LruCache<Digest, ()>,
    /// From the hash of a list's items to the node that holds exactly them, and its depth in `base` links.
    lists: LruCache<Digest, (Digest, u32)>,
}

impl Remembered {
    pub(crate) fn new(most: usize) -> Self {
        let most = NonZeroUsize::new(most).unwrap_or(NonZeroUsize::MIN);
        Self { blobs: LruCache::new(most), nodes: LruCache::new(most), lists: LruCache::new(most) }
    }

    pub(crate) fn blob(&mut self, content: &Digest, media: &str) -> (Digest, Option<Digest>) {
        let key = blob_key(content, media);
        (key, self.blobs.get(&key).copied())
    }

    pub(crate) fn remember_blob(&mut self, key: Digest, digest: Digest) {
        self.blobs.put(key, digest);
    }

    /// Content that is erased must not be referred to again: said again, it is stored anew.
    pub(crate) fn forget(&mut self, erased: &BTreeSet<Digest>) {
        let keys: Vec<Digest> = self
            .blobs
            .iter()
            .filter(|(_, blob)| erased.contains(blob))
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
