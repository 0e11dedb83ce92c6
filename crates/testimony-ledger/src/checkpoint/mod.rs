//! Checkpoints: the head of the stream, read again from disk and signed, on a timer, when asked and at close. `FORMAT.md`
//! section 6.
//!
//! Data flows one way: `asking` (who wants one) → `checkpointer` (a thread of its own) → `reread` (what is really on
//! disk) → `keys` (the signature) → the recorder's queue, as an entry like any other. The recorder thread neither reads
//! nor signs, so that no slow disk and no slow key service holds up a decision.
//!
//! Nothing here decides whom to trust, and nothing is signed that was not read.

pub(crate) mod asking;
pub(crate) mod base;
pub(crate) mod checkpointer;
pub(crate) mod cosign;
pub(crate) mod frames;
pub mod key_file;
pub(crate) mod keys;
pub(crate) mod options;
pub(crate) mod reread;
pub(crate) mod stand;

pub use cosign::NotCosigned;
pub use options::Checkpoints;
