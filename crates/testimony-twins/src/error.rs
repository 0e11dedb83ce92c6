//! Why a question got no answer.

use std::io;

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::parquet::errors::ParquetError;

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
