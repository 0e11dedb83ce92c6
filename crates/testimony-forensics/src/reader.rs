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

use crate::erase::{ErasedBy, Erasures};
use crate::store::Store;

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

/// Why ledgers cannot be questioned together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotOpened {
    /// One of them cannot be read.
    #[error(transparent)]
    Unreadable(#[from] CouldNotRead),
    /// Two of them hold the same stream: one is a copy of the other, or they are the same.
    #[error("stream {stream} is in {} and in {}; give each stream once", .paths[0].display(), .paths[1].display())]
    SameStream {
        /// The stream.
        stream: Uuid,
        /// The ledgers.
        paths: [PathBuf; 2],
    },
}

/// The files of one ledger, or of several.
#[derive(Debug)]
pub(crate) struct Reader {
    /// At least one.
    directories: Vec<Directory>,
    pub(crate) archive: Store,
    /// Why contents are blank.
    pub(crate) erasures: Erasures,
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Self, CouldNotRead> {
        Ok(Self::over(vec![Directory::open(path)?], Store::Passed(vec![Archive::open(path)?])))
    }

    pub(crate) fn open_all<P: AsRef<Path>>(paths: &[P]) -> Result<Self, NotOpened> {
        let directories = paths.iter().map(Directory::open).collect::<Result<Vec<_>, _>>()?;
        each_stream_once(&directories)?;
        let archives = paths.iter().map(Archive::open).collect::<Result<_, _>>()?;
        Ok(Self::over(directories, Store::Passed(archives)))
    }

    pub(crate) fn over(directories: Vec<Directory>, archive: Store) -> Self {
        Self { directories, archive, erasures: Erasures::default() }
    }

    /// The ledgers, in the order in which they were given.
    pub(crate) fn directories(&self) -> &[Directory] {
        &self.directories
    }

    /// The ledger, where there is one; else the first.
    pub(crate) fn path(&self) -> &Path {
        self.directories.first().map_or(Path::new(""), Directory::path)
    }

    /// The ledger that holds a stream. One that began meanwhile can only be the first one's, where there is one ledger.
    pub(crate) fn directory_of(&self, stream: Uuid) -> Option<&Directory> {
        let holds = |directory: &&Directory| directory.streams.contains(&stream);
        self.directories.iter().find(holds).or(self.directories.first())
    }

    /// The entry that says of a content that it was erased.
    pub(crate) fn erased_by(&self, digest: &Digest) -> Option<ErasedBy> {
        match &self.archive {
            Store::Passed(_) => self.erasures.of(digest).cloned(),
            Store::Indexed(places) => places.erased_by(digest),
        }
    }

    pub(crate) fn entry(&self, at: &At) -> Result<Reread, Unreadable> {
        let Place { stream, segment, offset, seq } = at.place;
        let moved = Unreadable::Moved { stream, seq };
        let Some(directory) = self.directory_of(stream) else { return Err(moved) };
        let path = directory.segment_path(stream, segment);
        let bytes = read_at(&path, offset, at.length + MAX_HEADER_BYTES + 1)
            .map_err(|source| Unreadable::Io { path, source })?;
        match frame::parse(&bytes) {
            Ok((frame @ Frame::Entry { hash, bytes }, _)) if hash == at.hash => {
                let entry = Entry::decode(bytes).map_err(|_| moved)?;
                Ok(Reread { entry, sealed: frame.is_sealed() })
            }
            _ => Err(moved),
        }
    }
}

/// Entries are told by their streams, so no stream may be there twice.
pub(crate) fn each_stream_once(directories: &[Directory]) -> Result<(), NotOpened> {
    let all = directories.iter().flat_map(|of| of.streams.iter().map(move |&stream| (stream, of)));
    let mut all: Vec<(Uuid, &Directory)> = all.collect();
    all.sort_by_key(|&(stream, _)| stream);
    for (one, other) in all.iter().zip(all.iter().skip(1)) {
        if one.0 == other.0 {
            let paths = [one.1.path().to_owned(), other.1.path().to_owned()];
            return Err(NotOpened::SameStream { stream: one.0, paths });
        }
    }
    Ok(())
}

fn read_at(path: &Path, offset: u64, most: usize) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::with_capacity(most);
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
