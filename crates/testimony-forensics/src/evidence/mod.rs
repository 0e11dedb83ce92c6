//! Evidence for those who have no access to the ledger: one decision with the proof that it is in the log
//! ([`Casebook::prove`]), what such a file says ([`facts`], [`parts`]), and the whole log as tiles that other people's tools
//! read ([`export_tiles`]).
//!
//! Whether evidence is to be believed is for [`testimony_record::evidence`] to say, without any ledger. Nothing here writes a
//! file; bytes are handed out.
//!
//! ```no_run
//! use testimony_forensics::Casebook;
//! use testimony_forensics::evidence::{Disclosure, Request};
//!
//! let casebook = Casebook::open("testimony-ledger")?;
//! let request = Request { disclose: Disclosure::parse(["rationale", "context:policy"])?, ..Request::default() };
//! let proven = casebook.prove("0198c1d2-5a72", &request, &mut |_| {})?;
//! std::fs::write("refusal.tlog-proof", &proven.file)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Casebook::prove`]: crate::Casebook::prove

mod chain;
mod checkpoints;
mod disclosure;
mod gather;
mod leaves;
mod prove;
mod tiles;
mod told;

pub use chain::Broken;
pub use checkpoints::NotCovered;
pub use disclosure::{BadSelector, Disclosure, NoSuchPart, Selector};
pub use prove::{NotProven, Proven, Request};
pub use tiles::{Exported, NotExported, Tiles, export_tiles};
pub use told::{facts, parts};
