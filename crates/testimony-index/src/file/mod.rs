//! The file of a segment's keys: Parquet, two columns, in the order of the keys.

mod read;
mod source;
mod write;

pub(crate) use read::Keys;
pub(crate) use write::SET;

/// The columns.
const KEY: &str = "key";
const OFFSET: &str = "offset";

/// What the summary stands under in the file's metadata.
const SUMMARY: &str = "testimony.summary";
