//! What erasing would take: [`Casebook::plan_erasure`](crate::Casebook::plan_erasure) says which contents a decision or a
//! subject stands for. Erasing them is the ledger's work.
//!
//! ```no_run
//! use testimony_forensics::{Casebook, erase::Target};
//! use testimony_ledger::erase::Warrant;
//! use testimony_ledger::{Ledger, Options};
//!
//! // The service's own ledger, which goes on recording.
//! let ledger = Ledger::open("testimony-ledger", Options::default())?;
//!
//! let plan = Casebook::open(ledger.path())?.plan_erasure(Target::Subject("loan:1234"), false)?;
//! println!("{} contents go, {} stay for others", plan.contents.len(), plan.kept.len());
//! ledger.erase(&plan.digests(), &Warrant::new("request 17", "privacy@bank.example")?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod erasures;
mod intents;
mod plan;
mod reach;

pub use erasures::ErasedBy;
pub use plan::{NotPlanned, Plan, Planned, Target};

pub(crate) use erasures::Erasures;
pub(crate) use intents::Intents;
