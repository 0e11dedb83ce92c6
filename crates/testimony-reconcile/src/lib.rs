//! How exported copies are read back and compared with the ledger, or checked without it.
//!
//! An exporter sends each entry of a ledger as one OpenTelemetry span, and the span carries the entry byte for byte. A
//! backend that whoever writes the ledger cannot rewrite is thus a witness: [`Reconciler`] reads its copies back and says of
//! each entry whether it is the same there, missing there, missing here, altered or cut, and whether the signed heads
//! among the copies are heads of this ledger.
//!
//! This crate only reads. It never writes to a ledger or to a backend; what it has to remember of millions of entries lies
//! in unnamed temporary files.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

mod alone;
mod comparison;
mod copy;
mod difference;
mod expected;
mod exporter_notes;
mod fingerprint;
mod heads;
mod index;
mod kind;
mod marks;
mod paged;
mod range;
mod reconcile;
mod report;
pub mod source;
pub mod span;

pub use alone::{AloneReport, CopiesReport, Found, NotChecked, OpenQuestion, Wrong, verify_copies};
pub use copy::{Copy, Damage, Read};
pub use difference::{Difference, How};
pub use heads::Heads;
pub use index::NotIndexed;
pub use kind::Kind;
pub use range::{Range, Times};
pub use reconcile::{NotReconciled, Options, Progress, Reconciler};
pub use report::{Counts, Cut, Finding, NotEstablished, Report, SourceReport, Verdict};
