//! Reading what a ledger says: entries in order, and objects by their digest, also while another process writes.
//!
//! An archive remembers where each object lies (about 80 bytes each) and how far it has read. It does not judge; that
//! is [`verify`](crate::verify). Bytes that are no whole record are passed over.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::frame::Frame;
use testimony_record::node::{Message, Node};
use testimony_record::part::Part;
use testimony_record::verify::Walk;

use super::directory::{CouldNotRead, Directory};
use super::objects::{Objects, read_exact};

pub use super::objects::{Blob, NoObject};

/// An entry as it stands in the ledger.
#[derive(Debug, Clone)]
pub struct Stored {
    /// What it says.
    pub entry: Entry,
    /// Its hash.
    pub hash: Digest,
    /// Its exact bytes.
    pub bytes: Bytes,
    /// The segment file that holds it.
    pub segment: u64,
    /// Where its frame begins in that file, in bytes.
    pub offset: u64,
}

/// A ledger, opened for reading.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    positions: BTreeMap<Uuid, Position>,
    objects: HashMap<Digest, ObjectAt>,
}

/// How far a stream has been read.
#[derive(Debug, Clone, Copy, Default)]
struct Position {
    segment: u64,
    offset: usize,
}

#[derive(Debug, Clone, Copy)]
struct ObjectAt {
    stream: Uuid,
    segment: u64,
    offset: u64,
    length: usize,
}

impl Archive {
    /// Opens a ledger, and reads nothing yet.
    ///
    /// # Errors
    /// When the directory is not a ledger, or cannot be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CouldNotRead> {
        let path = Directory::open(path)?.path().to_owned();
        Ok(Self { path, positions: BTreeMap::new(), objects: HashMap::new() })
    }

    /// Reads what has been appended since the last call, stream by stream, and shows each entry in order.
    ///
    /// # Errors
    /// When a file cannot be read; what was shown before stays read.
    pub fn advance(&mut self, visit: &mut dyn FnMut(Stored)) -> Result<(), CouldNotRead> {
        let directory = Directory::open(&self.path)?;
        for &stream in &directory.streams {
            self.advance_stream(&directory, stream, visit)?;
        }
        Ok(())
    }

    fn advance_stream(
        &mut self,
        directory: &Directory,
        stream: Uuid,
        visit: &mut dyn FnMut(Stored),
    ) -> Result<(), CouldNotRead> {
        let mut position = self.positions.get(&stream).copied().unwrap_or_default();
        for index in directory.segments(stream)? {
            if index < position.segment {
                continue;
            }
            if index > position.segment {
                position = Position { segment: index, offset: 0 };
            }
            self.advance_segment(directory, stream, &mut position, visit)?;
            self.positions.insert(stream, position);
        }
        Ok(())
    }

    fn advance_segment(
        &mut self,
        directory: &Directory,
        stream: Uuid,
        position: &mut Position,
        visit: &mut dyn FnMut(Stored),
    ) -> Result<(), CouldNotRead> {
        let path = directory.segment_path(stream, position.segment);
        let base = position.offset;
        let bytes =
            read_from(&path, base as u64).map_err(|error| CouldNotRead::io(&path, error))?;
        let mut walk = if base == 0 { Walk::new(&bytes).1 } else { Walk::from(&bytes, 0) };
        while let Some((at, frame)) = walk.next() {
            let offset = (base + at) as u64;
            match frame {
                Frame::Blob { digest, .. } | Frame::Node { digest, .. } => {
                    let (segment, length) = (position.segment, walk.offset() - at);
                    self.objects.insert(digest, ObjectAt { stream, segment, offset, length });
                }
                Frame::Entry { hash, bytes: line } => {
                    let Ok(entry) = Entry::decode(line) else { continue };
                    let bytes = bytes.slice_ref(line);
                    visit(Stored { entry, hash, bytes, segment: position.segment, offset });
                }
            }
        }
        position.offset = base + walk.ending().clean;
        Ok(())
    }

    /// Reads a blob.
    ///
    /// # Errors
    /// When it is not there, has been erased, or is not what was sealed.
    pub fn blob(&self, digest: &Digest) -> Result<Blob, NoObject> {
        Objects::blob(self, digest)
    }

    /// Reads a node.
    ///
    /// # Errors
    /// When it is not there, or not what was sealed.
    pub fn node(&self, digest: &Digest) -> Result<Node, NoObject> {
        Objects::node(self, digest)
    }

    /// The digests of a list's messages, those of its bases included.
    ///
    /// # Errors
    /// When a list is not there, not what was sealed, or rests on more bases than a writer makes.
    pub fn list(&self, digest: &Digest) -> Result<Vec<Digest>, NoObject> {
        Objects::list(self, digest)
    }

    /// Reads a message.
    ///
    /// # Errors
    /// When it is not there, or not what was sealed.
    pub fn message(&self, digest: &Digest) -> Result<Message, NoObject> {
        Objects::message(self, digest)
    }

    /// All parts of an entry, those of its parts node included.
    ///
    /// # Errors
    /// When the parts node is not there, or not what was sealed.
    pub fn parts(&self, body: &Body) -> Result<Vec<Part>, NoObject> {
        Objects::parts(self, body)
    }

    /// Reads an object's frame, byte for byte as it lies in its file and unjudged.
    ///
    /// # Errors
    /// When it is not there, or its file cannot be read.
    pub fn frame_bytes(&self, digest: &Digest) -> Result<Bytes, NoObject> {
        let at = self.objects.get(digest).ok_or(NoObject::Missing(*digest))?;
        let path = crate::layout::segment(&self.path, at.stream, at.segment);
        read_exact(&path, at.offset, at.length).map_err(|source| NoObject::Io { path, source })
    }
}

impl Objects for Archive {
    fn frame_bytes(&self, digest: &Digest) -> Result<Bytes, NoObject> {
        Archive::frame_bytes(self, digest)
    }
}

fn read_from(path: &Path, offset: u64) -> io::Result<Bytes> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes.into())
}
