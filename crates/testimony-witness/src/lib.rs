//! How others are asked to remember: sends the checkpoints of a ledger to C2SP witnesses, and brings back their
//! cosignatures.
//!
//! A checkpoint says what a ledger holds; a [witness](https://c2sp.org/tlog-witness) that has cosigned one cosigns only what
//! extends it. So a host that rewrites its ledger afterwards finds no witness for it, and one that cuts it is found out. For
//! a live ledger, [`Witnesses`] asks on a thread of its own and has the ledger record what they say; of any other,
//! [`ask_once`] asks for the newest checkpoint and hands it back.
//!
//! Nothing here writes to a ledger, and recording never waits for a witness. Every request is bounded in time, every answer
//! in length, no redirection is followed, and no cosignature is believed that does not verify over what was sent.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//! use testimony_ledger::{Checkpoints, Ledger, Options};
//! use testimony_record::tlog::{Policy, SigningKey};
//! use testimony_witness::{Endpoint, Witnesses};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let key: SigningKey = "".parse()?;
//! let policy = Policy::parse(&std::fs::read("witnesses.policy")?)?;
//! let checkpoints = Some(Checkpoints::new(Arc::new(key)));
//! let ledger = Arc::new(Ledger::open("ledger", Options { checkpoints, ..Options::default() })?);
//! let witnesses = Witnesses::start(&ledger, &Endpoint::of_policy(&policy)?, &Default::default())?;
//! // … the service runs …
//! witnesses.finish(Duration::from_secs(10))?;
//! ledger.close()?;
//! # Ok(())
//! # }
//! ```
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

mod attendant;
mod client;
mod endpoint;
mod extension;
mod once;
mod options;
mod post;
mod recorded;
mod rest;
mod round;
mod signal;
mod standing;
mod track;
mod trouble;
mod witnesses;

pub use endpoint::{Endpoint, NoEndpoint};
pub use once::{Answer, Asked, NotAsked, ask_once};
pub use options::{OnTrouble, Options};
pub use standing::Standing;
pub use trouble::Trouble;
pub use witnesses::{NotStarted, NotWitnessed, Witnesses};
