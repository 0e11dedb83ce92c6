//! The verifier: reads a stream's segments in order and says what is wrong, what is missing, and what it could not tell.
//!
//! It is one set of rules for the command line, recovery and the tests. It judges bytes that it is handed; finding
//! them is the ledger's work.

mod chain;
mod contents;
mod report;
mod scan;
mod segment;
mod verdict;

pub use report::{Loss, NotEstablished, Report, StreamReport};
pub use scan::{Ending, Walk, first_entry};
pub use segment::StreamVerifier;
pub use verdict::{Finding, Place, Verdict};
