//! Where in a ledger something is on record: for each segment that will not grow any more a small Parquet file of sorted keys,
//! each with the place in the segment that it leads to.
//!
//! [`Index::open`] brings the indexes of some ledgers up to date; [`Index::find`] and [`Index::between`] then say where to read
//! in milliseconds, however large the ledgers are. What a writer is still appending to, and what is not as it was sealed, has no
//! index: [`Index::unindexed`] names it, and it is read itself.
//!
//! An index is never evidence. It can be missing, stale or forged: it is made again where its segment has changed, and
//! whatever it leads to is read from the ledger, where a frame bears its own hash. What a forged index keeps silent about is not
//! found; whoever must be sure of that reads the whole ledger. Erased content leaves the index as well: erasing removes what was
//! derived from the segments that it touches. This crate writes nothing but what is derived, and passes no judgement on a ledger.
//!
//! ```
//! use std::collections::BTreeSet;
//! use testimony_index::{Index, Key};
//! # use testimony_ledger::Ledger;
//! # let dir = tempfile::tempdir()?;
//! # let path = dir.path().join("ledger");
//! # Ledger::open(&path, testimony_ledger::Options::default())?.close()?;
//!
//! let index = Index::open(&[&path], None, &mut |_| {})?;
//! for (_, at) in index.find(&BTreeSet::from([Key::subject(b"loan:1234")]))? {
//!     println!("something about it begins at byte {} of {}", at.offset, index.path(&at.segment).display());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Files
//! `<ledger>/twins/<stream>/<segment>.keys.parquet`, readable by their owner only: the columns `key` (17 bytes, see [`Key`]) and
//! `offset`. Each names in its metadata, under the key `testimony`, the segment that it was derived from, with its length, time
//! and hash. [`derived`] is how such files are kept, for whoever derives others.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod derived;
mod error;
mod file;
mod index;
mod key;
mod rows;
mod summary;

pub use error::NotBuilt;
pub use index::{At, Index, Segment};
pub use key::Key;
pub use summary::{Open, Summary};
