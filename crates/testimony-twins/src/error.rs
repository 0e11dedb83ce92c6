//! Why twins could not be made, and why a question got no answer.

use std::io;
use std::path::{Path, PathBuf};

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::parquet::errors::ParquetError;
use testimony_ledger::read::directory::CouldNotRead;

/// Why the twins of a ledger are not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotBuilt {
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] CouldNotRead),
    /// The system refused to read a file of the ledger or a twin.
    #[error("cannot read {}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system refused to keep a twin: the ledger may be another user's, or the disk full.
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
    /// A thread that built twins ended before its work did.
    #[error("building twins was broken off")]
    BrokenOff,
}

impl NotBuilt {
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Write { path: path.to_owned(), source }
    }
}

/// Why a question in SQL got no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotAnswered {
    /// The question would change something. Nothing here can be changed.
    #[error("only questions are answered: SELECT, WITH, VALUES, EXPLAIN and DESCRIBE")]
    NotAQuestion,
    /// It is no SQL, or names what there is not.
    #[error("{0}")]
    Sql(String),
    /// Twins went away after they were opened: somebody erased contents, or removed them.
    #[error("what the answer rests on was removed meanwhile; ask again")]
    Gone,
    /// It could not be carried out.
    #[error("the question could not be carried out")]
    Failed(#[source] DataFusionError),
    /// The system refused a thread.
    #[error("cannot start")]
    Start(#[source] io::Error),
}

/// Why an answer was not written to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotWritten {
    /// The question could not be carried out to its end.
    #[error(transparent)]
    Answer(#[from] NotAnswered),
    /// The system refused.
    #[error("cannot write the answer")]
    Io(#[source] io::Error),
    /// Rows cannot be written in that form.
    #[error("the answer cannot be written in that form")]
    Form(#[source] DataFusionError),
}

impl From<ArrowError> for NotWritten {
    fn from(error: ArrowError) -> Self {
        match error {
            ArrowError::IoError(_, error) => Self::Io(error),
            error => Self::Form(error.into()),
        }
    }
}

impl From<ParquetError> for NotWritten {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::External(error) => match error.downcast::<io::Error>() {
                Ok(error) => Self::Io(*error),
                Err(error) => Self::Form(ParquetError::External(error).into()),
            },
            error => Self::Form(error.into()),
        }
    }
}
