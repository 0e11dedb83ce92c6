//! How decisions are heard: a `tracing` layer, the decision that is current on this thread, and the spans that other
//! libraries emit.
//!
//! On the caller's thread a decision is a draft: one buffer into which values are copied as they come. Taking
//! it apart, hashing and writing happen on the recorder's thread, behind a [`Sink`]. This crate never touches a file or
//! a socket, never panics into the host, and holds at most [`Settings::most_bytes`] for each decision in the making.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

mod current;
mod draft;
mod durable;
mod ear;
mod ending;
mod genai;
mod guard;
#[doc(hidden)]
pub mod hook;
mod id;
mod intent;
mod layer;
pub mod messages;
mod open;
mod outcome;
mod parts;
mod pool;
mod receipt;
mod recorder;
mod sink;
mod stated;
mod value;

pub use current::{Current, InCurrentDecision, current};
pub use ear::{Blindness, Settings};
pub use layer::Layer;
pub use receipt::{Pending, Receipt};
pub use recorder::{Recorder, StatedDecision};
pub use sink::{Heard, Sink};
pub use stated::StatedOutcome;
pub use value::{RawBytes, bytes};
