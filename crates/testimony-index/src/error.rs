//! Why something could not be derived from a ledger, or read from what was.

use std::io;
use std::path::{Path, PathBuf};

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;
use testimony_ledger::read::directory::CouldNotRead;

/// Why what is derived from a ledger is not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotBuilt {
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] CouldNotRead),
    /// The system refused to read a file of the ledger, or one that was derived.
    #[error("cannot read {}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system refused to keep a file: the ledger may be another user's, or the disk full.
    #[error("cannot keep twins in {}", .path.display())]
    Write {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The segment changed each time that it was read: somebody is erasing from it.
    #[error("{} changes while it is read; try again", .0.display())]
    Changing(PathBuf),
    /// Rows could not be put together.
    #[error("cannot put rows together")]
    Rows(#[from] ArrowError),
    /// A Parquet file could not be written or read.
    #[error("cannot write or read a twin")]
    Parquet(#[from] ParquetError),
    /// A thread that built ended before its work did.
    #[error("building twins was broken off")]
    BrokenOff,
}

impl NotBuilt {
    /// What a refusal to read a file is told as.
    pub fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Read { path: path.to_owned(), source }
    }

    /// What a refusal to keep a file in a directory is told as.
    pub fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Write { path: path.to_owned(), source }
    }
}
