//! The signed texts that outsiders hold against a ledger, in the formats of [C2SP](https://c2sp.org), as `FORMAT.md`
//! section 6 uses them: keys, checkpoints, cosignatures, policies, proofs, and what a witness is asked.
//!
//! Nothing here chooses whom to trust and nothing reaches a network: texts and times are handed in. Every text has one
//! spelling, and any other is refused.
//!
//! ```
//! use testimony_record::Uuid;
//! use testimony_record::tlog::{SignedHead, Signature, Signer as _, SigningKey, VerifierKey};
//!
//! let key = SigningKey::from_seed("loans.example", [7; 32]).unwrap();
//! let stream = Uuid::from_u128(1);
//! let head = SignedHead::sign(stream, 3, &[9; 32], &[&key]).unwrap();
//!
//! let read = SignedHead::parse(&head.to_string()).unwrap();
//! let given: VerifierKey = key.verifier_key().to_string().parse().unwrap();
//! assert_eq!(read.verified_by(&given.for_stream(stream)), Signature::Verified);
//! ```

mod base64;
mod checkpoint;
mod cosignature;
mod decimal;
mod ed25519;
mod key;
mod note;
mod policy;
mod proof;
mod signer;
mod vkey;
mod witness;

pub use checkpoint::SignedHead;
pub use cosignature::{WitnessKey, WrongCosignature};
pub use key::VerifierKey;
pub use note::{BadNote, Note, NoteTooLong, Signature, SignatureLine};
pub use policy::{BadPolicy, Log, Policy, PolicyFault, Witness};
pub use proof::{BadProof, TlogProof};
pub use signer::{SignFailed, Signer, SigningKey};
pub use vkey::BadKey;
pub use witness::{AddCheckpoint, BadRequest, BadResponse, conflict, cosignatures};
