//! Frames at the places that an index leads to, read from the segment files. What lies there is looked at before it is believed:
//! an index may be stale or forged.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use testimony_index::{At, Index, Key, Segment};
use testimony_ledger::read::archive::NoObject;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry};
use testimony_record::frame::{self, Frame, FrameError};

use crate::erase::{ErasedBy, Erasures};
use crate::indexed::chosen::stored;

/// Most frames are shorter; what is longer is read again, twice as far.
const FIRST_READ: usize = 4096;

/// The places of objects.
#[derive(Debug)]
pub(crate) struct Places {
    index: Arc<Index>,
    files: Files,
    /// Objects of the segments that have no index, and the entries that say what was erased.
    read: HashMap<Digest, At>,
    erasures: Erasures,
}

impl Places {
    pub(super) fn new(index: Arc<Index>, read: HashMap<Digest, At>, erasures: Erasures) -> Self {
        Self { index, files: Files::default(), read, erasures }
    }

    /// The frame of the last of an object's copies, as a pass over everything would leave it.
    pub(crate) fn frame_bytes(&self, digest: &Digest) -> Result<Bytes, NoObject> {
        let missing = || NoObject::Missing(*digest);
        let read = self.read.get(digest).copied();
        let mut accept = |at: At| {
            // What stands behind every indexed copy needs no look at those.
            let bytes = self.files.frame(&self.index, at).ok().flatten()?;
            is_object(&bytes, digest).then_some((at, bytes))
        };
        let indexed = self.index.last(&Key::object(digest), &mut accept).ok().flatten();
        match (indexed, read) {
            (Some((at, bytes)), read) if read.is_none_or(|read| read < at) => Ok(bytes),
            (_, Some(at)) => match self.files.frame(&self.index, at) {
                Ok(bytes) => bytes.filter(|bytes| is_object(bytes, digest)).ok_or_else(missing),
                Err(source) => Err(NoObject::Io { path: self.index.path(&at.segment), source }),
            },
            _ => Err(missing()),
        }
    }

    /// The first entry that says of a content that it was erased.
    pub(crate) fn erased_by(&self, digest: &Digest) -> Option<ErasedBy> {
        let found = self.index.find(&[Key::erasure_of(digest)].into()).ok()?;
        let mut erasures = Erasures::default();
        for (_, at) in found {
            let bytes = self.files.frame(&self.index, at).ok().flatten()?;
            erasures.add(&stored(at, &bytes)?);
        }
        erasures.of(digest).or(self.erasures.of(digest)).cloned()
    }
}

/// The segment files that are open.
#[derive(Debug, Default)]
pub(super) struct Files(Mutex<BTreeMap<Segment, File>>);

impl Files {
    /// The bytes of the frame that begins at a place; `None` where none does.
    pub(super) fn frame(&self, index: &Index, at: At) -> io::Result<Option<Bytes>> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match files.entry(at.segment) {
            std::collections::btree_map::Entry::Occupied(open) => open.into_mut(),
            std::collections::btree_map::Entry::Vacant(none) => {
                none.insert(File::open(index.path(&at.segment))?)
            }
        };
        file.seek(SeekFrom::Start(at.offset))?;
        let (mut bytes, mut most) = (Vec::new(), FIRST_READ);
        loop {
            let read = file.take((most - bytes.len()) as u64).read_to_end(&mut bytes)?;
            match frame::parse(&bytes) {
                Ok((_, length)) => {
                    bytes.truncate(length);
                    return Ok(Some(bytes.into()));
                }
                Err(FrameError::Incomplete) if read > 0 => most *= 2,
                Err(_) => return Ok(None),
            }
        }
    }
}

fn is_object(bytes: &[u8], wanted: &Digest) -> bool {
    match frame::parse(bytes) {
        Ok((Frame::Blob { digest, .. } | Frame::Node { digest, .. }, _)) => digest == *wanted,
        _ => false,
    }
}

/// What an entry's frame says, where it is one.
pub(super) fn entry(bytes: &[u8]) -> Option<(Digest, Entry)> {
    match frame::parse(bytes).ok()?.0 {
        Frame::Entry { hash, bytes } => Some((hash, Entry::decode(bytes).ok()?)),
        _ => None,
    }
}

/// The node with an entry's further parts.
pub(super) fn further(body: &Body) -> Option<Digest> {
    body.parts().1
}
