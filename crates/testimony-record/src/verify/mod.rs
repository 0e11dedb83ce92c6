//! The verifier: reads a stream's segments in order and says what is wrong, what is missing, and what it could not tell.
//!
//! It is one set of rules for the command line, recovery and the tests. It judges bytes that it is handed; finding
//! them is the ledger's work.

mod chain;
mod contents;
mod erasures;
mod fact;
mod heads;
mod report;
mod scan;
mod segment;
mod signing;
mod stream;
mod trust;
mod verdict;

pub use report::{Covered, Loss, NotEstablished, Report, Signed, StreamReport};
pub use scan::{Ending, Lying, Walk, blobs, first_entry};
pub use segment::{Next, Segment, cuts_named, next_of_each};
pub use stream::StreamVerifier;
pub use trust::Trust;
pub use verdict::{Finding, Place, Verdict};
