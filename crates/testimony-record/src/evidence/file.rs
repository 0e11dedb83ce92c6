//! Reading an evidence file: a C2SP proof whose extra data are frames. Whatever is read belongs together; whether to believe
//! it is [`super::check`]'s question.

use std::collections::HashMap;

use bytes::Bytes;

use super::objects::{Object, Objects};
use super::{FIRST_LINE, MAX_FILE_BYTES};
use crate::canonical::NotCanonical;
use crate::digest::Digest;
use crate::entry::Entry;
use crate::frame::{self, Frame, FrameError};
use crate::node::{List, Message, Node};
use crate::part::Part;
use crate::tlog::{BadProof, SignedHead, TlogProof};

/// An entry, the proof that it is in a log, and what was disclosed of its contents.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Without its extra data.
    proof: TlogProof,
    entry: Entry,
    hash: Digest,
    bytes: Bytes,
    objects: HashMap<Digest, Object>,
}

/// Why a text is no evidence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadEvidence {
    /// More than [`MAX_FILE_BYTES`].
    #[error("longer than {MAX_FILE_BYTES} bytes")]
    TooLarge,
    /// More than [`super::MAX_TOLD_BYTES`] when told.
    #[error(
        "its contents refer to each other so often that they come to more than {} bytes",
        super::MAX_TOLD_BYTES
    )]
    TooMuch,
    /// It is no C2SP proof.
    #[error("not evidence")]
    Proof(#[source] BadProof),
    /// It proves something, and does not say what in our form.
    #[error("a proof that carries no entry of a testimony ledger")]
    NoEntry,
    /// What it carries are no frames.
    #[error("what the proof carries cannot be read")]
    Frame(#[source] FrameError),
    /// The frames are in no order that a writer makes.
    #[error("what the proof carries is not in order: {0}")]
    Form(&'static str),
    /// The bytes of the entry or of an object have another hash than stands beside them.
    #[error("the bytes under {0} are not those that were sealed under it")]
    Altered(Digest),
    /// The entry or a node has its hash, and is none of this format.
    #[error("what stands under {0} is not of this format")]
    NotCanonical(Digest, #[source] NotCanonical),
    /// A disclosed list or message lacks what it refers to, or something refers to an object of another kind.
    #[error("{0} is referred to, and is not there or is something else")]
    Missing(Digest),
    /// An object to which nothing refers: it is no content of this entry.
    #[error("{0} is no content of this entry")]
    Foreign(Digest),
}

impl BadEvidence {
    /// Whether this was evidence and is contradicted by its own bytes, rather than something else or cut short.
    #[must_use]
    pub fn contradicts_itself(&self) -> bool {
        matches!(
            self,
            Self::Altered(_) | Self::NotCanonical(..) | Self::Missing(_) | Self::Foreign(_)
        )
    }
}

impl Evidence {
    /// Reads an evidence file. Takes about three times its size in memory.
    ///
    /// # Errors
    /// When it is none, or holds what does not belong together.
    pub fn parse(text: &str) -> Result<Self, BadEvidence> {
        if text.len() > MAX_FILE_BYTES {
            return Err(BadEvidence::TooLarge);
        }
        let mut proof = TlogProof::parse(text).map_err(BadEvidence::Proof)?;
        let extra = Bytes::from(proof.extra.take().ok_or(BadEvidence::NoEntry)?);
        let mut frames = extra.strip_prefix(FIRST_LINE.as_bytes()).ok_or(BadEvidence::NoEntry)?;
        let mut objects = Objects::default();
        let (hash, bytes) = loop {
            let (frame, length) = frame::parse(frames).map_err(BadEvidence::Frame)?;
            frames = frames.get(length..).unwrap_or_default();
            match frame {
                Frame::Entry { hash, bytes } => break (hash, bytes),
                object => objects.take(&object, &extra)?,
            }
        };
        if !frames.is_empty() {
            return Err(BadEvidence::Form("something after the entry"));
        }
        if Digest::of_entry(bytes) != hash {
            return Err(BadEvidence::Altered(hash));
        }
        let entry = Entry::decode(bytes).map_err(|why| BadEvidence::NotCanonical(hash, why))?;
        let objects = objects.finish(entry.body.references())?;
        Ok(Self { proof, entry, hash, bytes: extra.slice_ref(bytes), objects })
    }

    /// What was recorded.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The entry's hash.
    #[must_use]
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// The checkpoint that is said to cover it.
    #[must_use]
    pub fn head(&self) -> &SignedHead {
        &self.proof.head
    }

    /// The place in the log at which it is said to stand.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.proof.index
    }

    /// Whether the entry's bytes stand at that place in the tree of the checkpoint.
    #[must_use]
    pub fn is_included(&self) -> bool {
        self.proof.includes(&self.bytes)
    }

    /// A disclosed object; `None` where it was withheld.
    #[must_use]
    pub fn object(&self, digest: &Digest) -> Option<&Object> {
        self.objects.get(digest)
    }

    /// Every part of the entry, and the digest of the node that holds further ones where that was withheld.
    #[must_use]
    pub fn parts(&self) -> (Vec<&Part>, Option<Digest>) {
        let (parts, more) = self.entry.body.parts();
        let mut all: Vec<&Part> = parts.iter().collect();
        match more.map(|more| (more, self.object(&more))) {
            Some((_, Some(Object::Node(Node::Parts(further))))) => all.extend(further),
            Some((more, _)) => return (all, Some(more)),
            None => {}
        }
        (all, None)
    }

    /// The messages of a disclosed list, those of its bases first; `None` where it was withheld.
    #[must_use]
    pub fn messages(&self, list: &Digest) -> Option<Vec<(Digest, &Message)>> {
        let mut lists: Vec<&List> = Vec::new();
        let mut next = Some(*list);
        while let Some(digest) = next {
            let Some(Object::Node(Node::List(list))) = self.object(&digest) else { return None };
            lists.push(list);
            next = list.base;
        }
        let digests = lists.iter().rev().flat_map(|list| &list.items);
        let message = |digest: &Digest| match self.object(digest) {
            Some(Object::Node(Node::Message(message))) => Some((*digest, message)),
            _ => None,
        };
        digests.map(message).collect()
    }
}
