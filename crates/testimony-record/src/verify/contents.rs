//! Objects: each must be what its digest says, and must stand before whatever refers to it.

use std::collections::HashMap;

use super::verdict::Verdict;
use crate::canonical;
use crate::digest::{Digest, Salt};
use crate::media::MediaType;
use crate::node::{Node, ObjectKind, Reference};

/// The objects of one stream so far.
#[derive(Debug, Default)]
pub(super) struct Contents {
    known: HashMap<Digest, ObjectKind>,
}

type Judgement = Result<(), (Verdict, String)>;

impl Contents {
    pub(super) fn blob(
        &mut self,
        digest: Digest,
        salt: &Salt,
        media: &MediaType,
        content: &[u8],
    ) -> Judgement {
        self.known.insert(digest, ObjectKind::Blob);
        if Digest::of_blob(salt, media.as_str(), content) == digest {
            return Ok(());
        }
        Err((Verdict::ContentAltered, format!("blob {digest:.12}… is not what was sealed")))
    }

    pub(super) fn node(&mut self, digest: Digest, bytes: &[u8]) -> Judgement {
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

    pub(super) fn references(&self, mut references: impl Iterator<Item = Reference>) -> Judgement {
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
