//! Reading from the files of a ledger, at places the index knows. What is read again is checked against the hash that was
//! indexed; nothing is judged beyond that.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use testimony_ledger::Archive;
use testimony_ledger::read::archive::Stored;
use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::Entry;
use testimony_record::frame::{self, Frame, MAX_HEADER_BYTES};
use testimony_record::verify::Place;

use crate::erase::Erasures;

/// Where an entry stands, and how to recognise it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub(crate) place: Place,
    pub(crate) hash: Digest,
    length: usize,
}

impl At {
    pub(crate) fn of(stored: &Stored) -> Self {
        let Stored { entry, hash, bytes, segment, offset } = stored;
        let place =
            Place { stream: entry.stream, segment: *segment, offset: *offset, seq: entry.seq };
        Self { place, hash: *hash, length: bytes.len() }
    }
}

/// Why an entry that was indexed cannot be read now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// Something else lies there.
    #[error("entry {seq} of stream {stream} no longer lies where it was read; run `verify`")]
    Moved {
        /// The stream.
        stream: Uuid,
        /// The entry's sequence number.
        seq: u64,
    },
    /// The system refused.
    #[error("cannot read {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// An entry that was read again.
#[derive(Debug)]
pub(crate) struct Reread {
    pub(crate) entry: Entry,
    /// Whether its bytes have the hash that stands beside them.
    pub(crate) sealed: bool,
}

/// The files of one ledger.
#[derive(Debug)]
pub(crate) struct Reader {
    directory: Directory,
    pub(crate) archive: Archive,
    /// Why contents are blank.
    pub(crate) erasures: Erasures,
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Self, CouldNotRead> {
        let (directory, archive) = (Directory::open(path)?, Archive::open(path)?);
        Ok(Self { directory, archive, erasures: Erasures::default() })
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    pub(crate) fn entry(&self, at: &At) -> Result<Reread, Unreadable> {
        let Place { stream, segment, offset, seq } = at.place;
        let path = self.directory.segment_path(stream, segment);
        let bytes = read_at(&path, offset, at.length + MAX_HEADER_BYTES + 1)
            .map_err(|source| Unreadable::Io { path, source })?;
        let moved = Unreadable::Moved { stream, seq };
        match frame::parse(&bytes) {
            Ok((frame @ Frame::Entry { hash, bytes }, _)) if hash == at.hash => {
                let entry = Entry::decode(bytes).map_err(|_| moved)?;
                Ok(Reread { entry, sealed: frame.is_sealed() })
            }
            _ => Err(moved),
        }
    }
}

fn read_at(path: &Path, offset: u64, most: usize) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::with_capacity(most);
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
