//! Where records are kept: a directory of append-only segment files, written by one recorder thread.
//!
//! What happens to a decision here, with no step back: [`Ledger::submit`] puts it into a queue that is bounded in bytes; the
//! recorder thread seals and appends everything that waits with one write; one sync makes all of it durable
//! ([`Durability`]); receipts are answered and followers ([`Archive`]) see it.
//!
//! This crate knows nothing of tracing, of models or of OpenTelemetry.
//!
//! # Durability
//! Nothing is acknowledged as durable before the file, and for a new file its directory, has been synced. A decision
//! that was submitted without a receipt can be lost when the process dies before the recorder thread has written it
//! (typically within a few milliseconds), and when the machine dies before the next sync (see [`Durability`]).
//!
//! # Handling I/O failures
//! A failed write or sync poisons the ledger: nothing more is written or acknowledged, [`Health::poisoned`] says so, and
//! the callback in [`Options::on_trouble`] is called once. There is no retry: after a failed sync nobody knows what the disk holds. Opening
//! the directory again reads what is really there.
//!
//! ```
//! use testimony_ledger::{Ledger, Options, verify};
//! # use testimony_record::{Uuid, decision::{Decision, Status}, unsealed::{Event, Unsealed}};
//! # fn decision() -> Unsealed {
//! #     let decision = Decision { id: Uuid::nil(), parent: None, causes: vec![], site: "docs".into(), operation: None,
//! #         provider: None, model: None, response: None, status: Status::Ok, error: None, began_us: 1, took_us: None,
//! #         usage: None, trace: None, parts: vec![], more: None };
//! #     Unsealed { event: Event::Decision(Box::new(decision)), parts: vec![] }
//! # }
//! # let dir = tempfile::tempdir()?;
//! # let dir = dir.path().join("ledger");
//! let ledger = Ledger::open(&dir, Options::default())?;
//! let kept = ledger.record(decision())?.wait()?;
//! assert!(kept.durable);
//! ledger.close()?;
//!
//! let report = verify::verify(&dir, &[], &mut |_| {})?;
//! assert!(report.intact() && report.complete());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

pub mod checkpoint;
mod error;
mod layout;
mod ledger;
mod options;
pub mod read;
pub mod storage;
mod submission;
pub mod verify;
mod write;

pub use checkpoint::Checkpoints;
pub use error::{Altered, NotKept, NotSigned, OpenError, PoisonedAt};
pub use ledger::Ledger;
pub use options::{OnTrouble, Options, Sources, Trouble};
pub use read::archive::Archive;
pub use submission::Submission;
pub use testimony_record::entry::Durability;
pub use write::health::Health;
pub use write::receipt::{Kept, Receipt};
