//! What erasing would take: [`Casebook::plan_erasure`](crate::Casebook::plan_erasure) says which contents a decision or a
//! subject stands for. Erasing them is the ledger's work.

mod erasures;
mod intents;
mod plan;
mod reach;

pub use erasures::ErasedBy;
pub use plan::{NotPlanned, Plan, Planned, Target};

pub(crate) use erasures::Erasures;
pub(crate) use intents::Intents;
