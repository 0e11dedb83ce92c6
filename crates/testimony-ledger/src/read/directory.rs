//! What lies in a ledger directory: its streams and their segment files. No file is interpreted here.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use testimony_record::Uuid;
use testimony_record::frame::segment_index;

use crate::layout;

/// Why a directory cannot be read as a ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CouldNotRead {
    /// Nothing is there.
    #[error("there is no ledger at {}: no such directory", .0.display())]
    Missing(PathBuf),
    /// A file is there.
    #[error("{} is a file; a ledger is a directory", .0.display())]
    NotADirectory(PathBuf),
    /// A directory without our marker is there.
    #[error("{} is not a testimony ledger: it has no LEDGER file", .0.display())]
    NotALedger(PathBuf),
    /// The marker is not ours.
    #[error("{} is not a ledger of format 1: its LEDGER file says something else", .0.display())]
    OtherFormat(PathBuf),
    /// The system refused.
    #[error("cannot read {}", .path.display())]
    Io {
        /// What was to be read.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl CouldNotRead {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

/// A ledger directory, as it was when it was listed.
#[derive(Debug, Clone)]
pub struct Directory {
    path: PathBuf,
    /// The streams, in order of their ids.
    pub streams: Vec<Uuid>,
    /// Names that are no part of the format, relative to the ledger.
    pub unknown: Vec<String>,
}

impl Directory {
    /// Looks at a directory.
    ///
    /// # Errors
    /// When it is not a ledger, or cannot be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CouldNotRead> {
        let path = path.as_ref().to_owned();
        let names = names(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => CouldNotRead::Missing(path.clone()),
            io::ErrorKind::NotADirectory => CouldNotRead::NotADirectory(path.clone()),
            _ => CouldNotRead::io(&path, error),
        })?;
        check_marker(&path)?;
        let (mut streams, mut unknown) = (Vec::new(), Vec::new());
        let is_ours = |name: &String| name == layout::MARKER || is_beside(&path, name);
        for name in names.into_iter().filter(|name| !is_ours(name)) {
            match layout::stream_id(&name) {
                Some(stream) => streams.push(stream),
                None => unknown.push(name),
            }
        }
        let mut directory = Self { path, streams, unknown };
        directory.note_unknown_in_streams()?;
        Ok(directory)
    }

    fn note_unknown_in_streams(&mut self) -> Result<(), CouldNotRead> {
        for &stream in &self.streams {
            let dir = layout::stream(&self.path, stream);
            let names = names(&dir).map_err(|error| CouldNotRead::io(&dir, error))?;
            let strange = names.into_iter().filter(|name| {
                ![layout::LOCK, layout::ERASING].contains(&name.as_str())
                    && segment_index(name).is_none()
            });
            self.unknown.extend(strange.map(|name| format!("{stream}/{name}")));
        }
        Ok(())
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The numbers of a stream's segment files, in order.
    ///
    /// # Errors
    /// When the stream's directory cannot be listed.
    pub fn segments(&self, stream: Uuid) -> Result<Vec<u64>, CouldNotRead> {
        let dir = layout::stream(&self.path, stream);
        let names = names(&dir).map_err(|error| CouldNotRead::io(&dir, error))?;
        let mut indexes: Vec<u64> = names.iter().filter_map(|name| segment_index(name)).collect();
        indexes.sort_unstable();
        Ok(indexes)
    }

    /// The path of a segment file.
    #[must_use]
    pub fn segment_path(&self, stream: Uuid, index: u64) -> PathBuf {
        layout::segment(&self.path, stream, index)
    }

    /// Where exporters keep how far they have come. It carries no evidence; no reader of the record looks into it.
    #[must_use]
    pub fn export_path(&self) -> PathBuf {
        self.path.join(layout::EXPORT)
    }

    /// Where readers keep what they have derived from a stream, one or more files for a segment: their names begin with
    /// the segment's eight digits and a point. It carries no evidence; no reader of the record looks into it, and erasing
    /// removes from it what was derived from an erased content's segment.
    #[must_use]
    pub fn twins_path(&self, stream: Uuid) -> PathBuf {
        layout::twins(&self.path, stream)
    }

    /// Whether a process holds the stream open for writing.
    #[must_use]
    pub fn live(&self, stream: Uuid) -> bool {
        let Ok(lock) = File::open(layout::lock(&self.path, stream)) else { return false };
        matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}

/// Whether it is what exporters and readers keep beside the record. A file of such a name is nothing of the kind.
fn is_beside(ledger: &Path, name: &str) -> bool {
    [layout::EXPORT, layout::TWINS].contains(&name) && ledger.join(name).is_dir()
}

fn names(dir: &Path) -> io::Result<Vec<String>> {
    let names =
        fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<_>>>()?;
    names.sort_unstable();
    Ok(names)
}

fn check_marker(path: &Path) -> Result<(), CouldNotRead> {
    let marker = layout::marker(path);
    match fs::read(&marker) {
        Ok(bytes) if bytes == layout::MARKER_BYTES => Ok(()),
        Ok(_) => Err(CouldNotRead::OtherFormat(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(CouldNotRead::NotALedger(path.to_owned()))
        }
        Err(error) => Err(CouldNotRead::io(&marker, error)),
    }
}
