//! The writing side, from the caller's thread to the disk. Data flows one way:
//! `queue` → `recorder` (the thread) → `sealer` (salts, digests, entries) → `appender` (segment files). A `session` is how
//! a stream is taken up and put down; `erasing` is the one thing that changes bytes that were written.

pub(crate) mod appender;
pub(crate) mod blank;
pub(crate) mod erasing;
pub(crate) mod health;
pub(crate) mod journal;
pub(crate) mod listing;
pub(crate) mod losses;
pub(crate) mod orphans;
pub(crate) mod queue;
pub(crate) mod receipt;
pub(crate) mod recorder;
pub(crate) mod recovery;
pub(crate) mod remembered;
pub(crate) mod sealer;
pub(crate) mod session;
pub(crate) mod shared;
mod twins;
