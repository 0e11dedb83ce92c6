//! Objects: each must be what its digest says, and must stand in the same segment as whatever refers to it, and before.

use std::collections::HashMap;

use super::verdict::Verdict;
use crate::canonical;
use crate::digest::Digest;
use crate::frame::Frame;
use crate::node::{Node, ObjectKind, Reference};

/// The objects of one segment so far.
#[derive(Debug, Default)]
pub(super) struct Contents {
    known: HashMap<Digest, ObjectKind>,
}

/// What is wrong with an object, and in words.
pub(super) type Fault = (Verdict, String);

/// A blob frame that does not hold what its digest says. Whether that is a fault depends on what was erased.
#[derive(Debug, Clone)]
pub(super) enum Doubt {
    /// Its salt and content have been overwritten.
    Blank(Digest),
    /// It holds something else.
    Altered(Digest),
    /// Not a frame but what recovery cut: it no longer has its hash, and these blobs in it have been overwritten.
    Cut(Vec<Digest>),
}

impl Contents {
    pub(super) fn blob(&mut self, frame: &Frame<'_>, digest: Digest) -> Option<Doubt> {
        self.known.insert(digest, ObjectKind::Blob);
        match () {
            () if frame.is_sealed() => None,
            () if frame.is_blank() => Some(Doubt::Blank(digest)),
            () => Some(Doubt::Altered(digest)),
        }
    }

    pub(super) fn node(&mut self, digest: Digest, bytes: &[u8]) -> Result<(), Fault> {
        let altered =
            Err((Verdict::ContentAltered, format!("node {digest:.12}… is not what was sealed")));
        let Ok(node) = canonical::decode::<Node>(bytes) else {
            return altered;
        };
        self.known.insert(digest, node.kind());
        if Digest::of_node(bytes) != digest {
            return altered;
        }
        self.references(node.references())
    }

    pub(super) fn references(
        &self,
        mut references: impl Iterator<Item = Reference>,
    ) -> Result<(), Fault> {
        let broken =
            references.find(|reference| self.known.get(&reference.digest) != Some(&reference.kind));
        match broken {
            None => Ok(()),
            Some(Reference { digest, kind }) => Err((
                Verdict::ContentMissing,
                format!("refers to {kind:?} {digest:.12}…, which does not stand before it"),
            )),
        }
    }
}
