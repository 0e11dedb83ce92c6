//! How a ledger is questioned.
//!
//! [`Casebook::open`] reads a ledger once and keeps an index of its decisions: ids, places, links, numbers and digests, never
//! content. Questions are then put to the casebook, and contents are read from the files when an answer needs them:
//! [`Casebook::log`] lists, [`Casebook::show`] tells everything of one decision, [`Casebook::why`] tells the story behind a
//! subject, a trace or an outcome, [`Casebook::blast`] follows a document or a decision to all that
//! it reached, [`Casebook::diff`] says what differed between two decisions, [`Casebook::timeline`] what
//! happened in order, [`Casebook::coverage`] which parts are lacking, [`Casebook::stats`] how much of everything there was,
//! [`Casebook::report`] puts an incident together for people without a ledger, [`Casebook::prove`] makes evidence for those who have no ledger, [`Casebook::plan_erasure`] says what erasing
//! would take. [`Indexed`] answers [`Casebook::why`] and [`Casebook::blast`] without a pass, from what an index leads to. Every answer can be serialised. [`import`] takes apart what other recorders have kept.
//!
//! This crate never writes to a ledger and passes no judgement on one: a casebook answers from a damaged ledger as far as
//! it can be read, and says in the answer what could not be. Whether a ledger is what was sealed is for
//! [`testimony_ledger::verify`] to say.
//!
//! ```no_run
//! use testimony_forensics::{Casebook, Filter};
//!
//! let casebook = Casebook::open("testimony-ledger")?;
//! for decision in casebook.log(&Filter { site: Some("loan_desk".to_owned()), ..Filter::default() }) {
//!     println!("{} {}", decision.id, decision.decided.unwrap_or_default());
//! }
//! for chapter in casebook.why("loan:1234")?.chapters {
//!     println!("{} rules were broken", chapter.constraints.iter().filter(|part| part.held == Some(false)).count());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

mod account;
mod ascent;
mod begun;
pub mod blast;
mod casebook;
mod content;
mod coverage;
pub mod diff;
pub mod erase;
pub mod evidence;
mod excerpt;
mod filter;
pub mod import;
mod index;
mod indexed;
mod lists;
mod lookup;
mod pass;
mod reader;
pub mod report;
mod search;
mod stats;
mod store;
mod story;
mod summary;
mod telling;
pub mod timeline;
pub mod words;

pub use account::{Account, Bearings, Facts, Link, Outcome, Part};
pub use ascent::{Ascent, Step, Upwards};
pub use begun::Begun;
pub use casebook::Casebook;
pub use content::{Content, Continues, Message, MessagePart, Messages};
pub use coverage::{Aspect, AspectCoverage, Coverage, Reason, SiteCoverage};
pub use filter::{Filter, Log};
pub use indexed::{Indexed, NotBuilt, NotIndexed};
pub use lookup::{Candidate, NotFound, Where};
pub use pass::Doubts;
pub use reader::{NotOpened, Unreadable};
pub use stats::{By, Figures, Latency, Stats};
pub use story::{About, Chapter, Story};
pub use summary::Summary;
