//! From a segment's bytes to rows, read once from the beginning to the end. Nothing here opens a file.

mod content;
mod decision;
mod objects;
mod outcome;
mod part;
mod segment;
mod words;

pub(crate) use segment::{Output, Sink, Source, read};
