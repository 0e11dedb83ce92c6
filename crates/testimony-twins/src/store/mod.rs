//! Where twins are kept, and how they are made: one set of Parquet files for each segment that will not grow any more.

mod build;
mod file;
mod place;
mod stamp;

pub use build::Progress;
pub(crate) use build::{Job, build_all};
pub(crate) use place::Place;
pub(crate) use stamp::Stamp;
