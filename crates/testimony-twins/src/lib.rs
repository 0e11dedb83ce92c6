//! What is derived from a ledger so that questions are answered fast: Parquet files, one set for each segment that will not
//! grow any more, and a query engine over them.
//!
//! [`Twins::open`] brings the twins of some ledgers up to date; what a writer is still appending to is read directly. Then
//! [`Engine`] answers questions in SQL.
//!
//! A twin is never evidence. It can be missing, stale or forged; it is made again where its segment has changed, and every row
//! says where the entry stands that it was made from, so that an answer that matters can be read again from the ledger. Erased
//! content leaves the twins as well: erasing removes those of the segments that it touches. This crate writes nothing but twins,
//! and passes no judgement on a ledger: a damaged one is told as far as it can be read, and what cannot be is marked.
//!
//! ```
//! use testimony_twins::{Engine, Options, Twins};
//! # use testimony_ledger::Ledger;
//! # let dir = tempfile::tempdir()?;
//! # let path = dir.path().join("ledger");
//! # Ledger::open(&path, testimony_ledger::Options::default())?.close()?;
//!
//! let twins = Twins::open(&[&path], &Options::default(), &mut |_| {})?;
//! let engine = Engine::over(&twins)?;
//! let rows: usize = engine.ask("SELECT kind FROM entries")?.map(|rows| rows.map(|r| r.num_rows())).sum::<Result<_, _>>()?;
//! assert_eq!(rows, 2, "a genesis and a close");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Files
//! `<ledger>/twins/<stream>/<segment>.<table>.parquet`, readable by their owner only. Each names in its metadata, under the key
//! `testimony`, the segment that it was derived from, with its length, time and hash. Other readers of Parquet can read them.
#![doc = include_str!("tables.md")]
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

mod engine;
mod error;
mod output;
mod read;
mod table;
mod twins;
mod write;

pub use datafusion::arrow;
pub use engine::{Answer, Engine};
pub use error::{NotAnswered, NotWritten};
pub use output::spelling;
pub use table::{Column, Kind, Table, VIEWS, View};
pub use testimony_index::NotBuilt;
pub use testimony_index::derived::Progress;
pub use twins::{Deviation, Options, Twins};
