//! The writing side, from the caller's thread to the disk. Data flows one way:
//! `queue` → `recorder` (the thread) → `sealer` (salts, digests, entries) → `appender` (segment files).

pub(crate) mod appender;
pub(crate) mod health;
pub(crate) mod losses;
pub(crate) mod queue;
pub(crate) mod receipt;
pub(crate) mod recorder;
pub(crate) mod recovery;
pub(crate) mod remembered;
pub(crate) mod sealer;
pub(crate) mod shared;
