//! The objects that an evidence file discloses: each is what its digest says, comes once, before whatever refers to it, and
//! is referred to. A list or message that is disclosed is disclosed with all that it holds.

use std::collections::HashMap;

use bytes::Bytes;

use super::MAX_TOLD_BYTES;
use super::file::BadEvidence;
use crate::canonical;
use crate::digest::Digest;
use crate::frame::Frame;
use crate::media::MediaType;
use crate::node::{Node, ObjectKind, Reference};

/// One disclosed object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// Content.
    Blob {
        /// What the bytes are.
        media: MediaType,
        /// All of them.
        bytes: Bytes,
    },
    /// The blank frame of content that was erased. That it was erased is what the file says; nothing vouches for it.
    Erased {
        /// What it was.
        media: MediaType,
        /// How many bytes it had.
        bytes: u64,
    },
    /// Structure.
    Node(Node),
}

impl Object {
    fn kind(&self) -> ObjectKind {
        match self {
            Self::Blob { .. } | Self::Erased { .. } => ObjectKind::Blob,
            Self::Node(node) => node.kind(),
        }
    }
}

/// The objects so far.
#[derive(Debug, Default)]
pub(super) struct Objects(HashMap<Digest, Known>);

#[derive(Debug)]
struct Known {
    object: Object,
    /// How much there is to tell of it, all that it refers to included.
    told: u64,
    referred: bool,
}

impl Objects {
    /// Takes in a blob or node; `file` is what the frame is borrowed from.
    pub(super) fn take(&mut self, frame: &Frame<'_>, file: &Bytes) -> Result<(), BadEvidence> {
        let (digest, object, told) = match *frame {
            Frame::Blob { digest, ref media, content, .. } if frame.is_sealed() => {
                let (media, bytes) = (media.clone(), file.slice_ref(content));
                (digest, Object::Blob { media, bytes }, content.len() as u64)
            }
            Frame::Blob { digest, ref media, content, .. } if frame.is_blank() => {
                let (media, bytes) = (media.clone(), content.len() as u64);
                (digest, Object::Erased { media, bytes }, 0)
            }
            Frame::Node { digest, bytes } if frame.is_sealed() => {
                let node = canonical::decode(bytes)
                    .map_err(|why| BadEvidence::NotCanonical(digest, why))?;
                let told = self.node(&node)?.saturating_add(bytes.len() as u64);
                (digest, Object::Node(node), told)
            }
            Frame::Blob { digest, .. }
            | Frame::Node { digest, .. }
            | Frame::Entry { hash: digest, .. } => return Err(BadEvidence::Altered(digest)),
        };
        match self.0.insert(digest, Known { object, told, referred: false }) {
            Some(_) => Err(BadEvidence::Form("an object that stands there twice")),
            None => Ok(()),
        }
    }

    /// How much there is to tell of what a node refers to.
    fn node(&mut self, node: &Node) -> Result<u64, BadEvidence> {
        // Further parts are chosen one by one, like those of the entry.
        let whole = node.kind() != ObjectKind::Parts;
        let mut told: u64 = 0;
        for reference in node.references() {
            told = told.saturating_add(self.refer(reference, whole)?);
        }
        Ok(told)
    }

    fn refer(&mut self, to: Reference, must_be_there: bool) -> Result<u64, BadEvidence> {
        match self.0.get_mut(&to.digest) {
            None if !must_be_there => Ok(0),
            Some(known) if known.object.kind() == to.kind => {
                known.referred = true;
                Ok(known.told)
            }
            _ => Err(BadEvidence::Missing(to.digest)),
        }
    }

    /// All of them, once it is known what the entry refers to.
    pub(super) fn finish(
        mut self,
        references: impl Iterator<Item = Reference>,
    ) -> Result<HashMap<Digest, Object>, BadEvidence> {
        let mut told: u64 = 0;
        for reference in references {
            told = told.saturating_add(self.refer(reference, false)?);
        }
        if told > MAX_TOLD_BYTES {
            return Err(BadEvidence::TooMuch);
        }
        let unreferred = self.0.iter().filter(|(_, known)| !known.referred);
        if let Some(digest) = unreferred.map(|(digest, _)| *digest).min() {
            return Err(BadEvidence::Foreign(digest));
        }
        Ok(self.0.into_iter().map(|(digest, known)| (digest, known.object)).collect())
    }
}
