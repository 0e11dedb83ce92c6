//! What is sealed, and how that is proved.
//!
//! This crate is the ground floor: the bytes of a record ([`entry`], [`node`], [`frame`]), the hashes over them
//! ([`digest`], [`tree`]), the signed texts that outsiders hold against it ([`tlog`]), single entries taken out of it as
//! evidence ([`evidence`]), and the verifier that judges them
//! ([`verify`]). `FORMAT.md` at the top of the repository specifies the same things for someone who re-implements them.
//!
//! It does no I/O, reads no clock, draws no randomness and starts no thread: bytes, times and salts are handed in.
//! Everything here is a pure function of its arguments, so that a verdict can be reproduced by anyone, anywhere.
//!
//! ```
//! use testimony_record::digest::{Digest, Salt};
//!
//! let salt = Salt::from_bytes([7; 16]);
//! let digest = Digest::of_blob(&salt, "text/plain", b"the applicant's file");
//! assert_eq!(digest.to_string().len(), 64);
//! ```
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

pub mod canonical;
pub mod decision;
pub mod digest;
pub mod entry;
pub mod evidence;
pub mod frame;
pub mod head;
pub mod kept;
pub mod label;
pub mod media;
pub mod node;
pub mod part;
pub mod tlog;
pub mod tree;
pub mod unsealed;
pub mod verify;

pub use uuid::Uuid;
