//! Objects by their digest, wherever a reader has found them: whoever can give an object's frame can give what it says.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use testimony_record::canonical;
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::frame::{self, Frame};
use testimony_record::media::MediaType;
use testimony_record::node::{List, MAX_BASE_DEPTH, Message, Node};
use testimony_record::part::Part;

/// Content, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// What the bytes are.
    pub media: MediaType,
    /// The bytes.
    pub bytes: Bytes,
}

/// Why an object could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoObject {
    /// It is not in the ledger.
    #[error("{0} is not in the ledger")]
    Missing(Digest),
    /// Its frame is blank: salt and content have been overwritten. An `erasure` entry of the stream says why, or else it
    /// was tampered with.
    #[error("{0} has been erased")]
    Erased(Digest),
    /// It is there, and is not what was sealed.
    #[error("{0} is not what was sealed; run `verify`")]
    Altered(Digest),
    /// The system refused.
    #[error("cannot read {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Very long lists are chains of nodes as well, on top of their bases.
const LONGEST_CHAIN: usize = 1024;

/// Finds objects. Whatever it gives has been checked against its digest.
pub trait Objects {
    /// Reads an object's frame, byte for byte as it lies in its file and unjudged.
    ///
    /// # Errors
    /// When it is not there, or its file cannot be read.
    fn frame_bytes(&self, digest: &Digest) -> Result<Bytes, NoObject>;

    /// Reads a blob.
    ///
    /// # Errors
    /// When it is not there, has been erased, or is not what was sealed.
    fn blob(&self, digest: &Digest) -> Result<Blob, NoObject> {
        let bytes = self.frame_bytes(digest)?;
        match frame::parse(&bytes) {
            Ok((frame @ Frame::Blob { .. }, _)) if frame.is_sealed() => {
                let Frame::Blob { media, content, .. } = frame else {
                    return Err(NoObject::Altered(*digest));
                };
                Ok(Blob { media, bytes: bytes.slice_ref(content) })
            }
            Ok((frame, _)) if frame.is_blank() => Err(NoObject::Erased(*digest)),
            _ => Err(NoObject::Altered(*digest)),
        }
    }

    /// Reads a node.
    ///
    /// # Errors
    /// When it is not there, or not what was sealed.
    fn node(&self, digest: &Digest) -> Result<Node, NoObject> {
        let bytes = self.frame_bytes(digest)?;
        match frame::parse(&bytes) {
            Ok((Frame::Node { bytes, .. }, _)) if Digest::of_node(bytes) == *digest => {
                canonical::decode(bytes).map_err(|_| NoObject::Altered(*digest))
            }
            _ => Err(NoObject::Altered(*digest)),
        }
    }

    /// The digests of a list's messages, those of its bases included.
    ///
    /// # Errors
    /// When a list is not there, not what was sealed, or rests on more bases than a writer makes.
    fn list(&self, digest: &Digest) -> Result<Vec<Digest>, NoObject> {
        let mut lists = Vec::new();
        let mut next = Some(*digest);
        while let Some(digest) = next {
            let Node::List(list) = self.node(&digest)? else {
                return Err(NoObject::Altered(digest));
            };
            if lists.len() > MAX_BASE_DEPTH as usize + LONGEST_CHAIN {
                return Err(NoObject::Altered(digest));
            }
            next = list.base;
            lists.push(list);
        }
        Ok(lists.into_iter().rev().flat_map(|List { items, .. }| items).collect())
    }

    /// Reads a message.
    ///
    /// # Errors
    /// When it is not there, or not what was sealed.
    fn message(&self, digest: &Digest) -> Result<Message, NoObject> {
        match self.node(digest)? {
            Node::Message(message) => Ok(message),
            _ => Err(NoObject::Altered(*digest)),
        }
    }

    /// All parts of an entry, those of its parts node included.
    ///
    /// # Errors
    /// When the parts node is not there, or not what was sealed.
    fn parts(&self, body: &Body) -> Result<Vec<Part>, NoObject> {
        let (parts, more) = body.parts();
        let mut parts = parts.to_vec();
        if let Some(digest) = more {
            let Node::Parts(rest) = self.node(&digest)? else {
                return Err(NoObject::Altered(digest));
            };
            parts.extend(rest);
        }
        Ok(parts)
    }
}

/// The objects of one segment file, as far as it has been read: all that its entries refer to. About 80 bytes each.
#[derive(Debug, Clone, Default)]
pub struct SegmentObjects {
    file: PathBuf,
    places: HashMap<Digest, (u64, usize)>,
}

impl SegmentObjects {
    /// Forgets everything, and begins another file.
    pub(crate) fn begin(&mut self, file: PathBuf) {
        *self = Self { file, places: HashMap::new() };
    }

    pub(crate) fn note(&mut self, digest: Digest, offset: u64, length: usize) {
        self.places.insert(digest, (offset, length));
    }
}

impl Objects for SegmentObjects {
    fn frame_bytes(&self, digest: &Digest) -> Result<Bytes, NoObject> {
        let &(offset, length) = self.places.get(digest).ok_or(NoObject::Missing(*digest))?;
        let io = |source| NoObject::Io { path: self.file.clone(), source };
        read_exact(&self.file, offset, length).map_err(io)
    }
}

pub(super) fn read_exact(path: &Path, offset: u64, length: usize) -> io::Result<Bytes> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes.into())
}
