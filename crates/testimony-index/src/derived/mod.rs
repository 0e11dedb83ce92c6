//! Files that are derived from segments which will not grow any more: where they are kept, what they say they were made from,
//! and how they are made. A file that is missing, stale or of another form is made again; none is ever evidence.

mod build;
mod place;
mod stamp;

pub use build::{Job, Progress, Set, build_all};
pub use place::{Place, make_dir};
pub use stamp::{Look, Stamp};

pub(crate) use stamp::value;
