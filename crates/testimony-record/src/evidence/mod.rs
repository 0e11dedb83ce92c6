//! Evidence files: one entry of a ledger with the proof that it is in it, and as much of its contents as was disclosed. Whoever
//! holds such a file and the verifier key needs no ledger. `FORMAT.md` section 6.1.
//!
//! Reading one ([`Evidence::parse`]) establishes that everything in it belongs together: the entry has its hash, each object
//! its digest, and each is referred to. Checking it ([`Evidence::check`]) says whether that entry is in the log of someone who
//! is trusted. Nothing here makes evidence; that takes a ledger.
//!
//! ```
//! use testimony_record::evidence::{Conclusion, Evidence};
//! # use testimony_record::{Uuid, digest::Digest, entry::{Body, Close, Entry, FORMAT}, frame::Frame, tree};
//! # use testimony_record::tlog::{SignedHead, SigningKey, TlogProof};
//! # let entry = Entry { v: FORMAT, stream: Uuid::from_u128(1), seq: 0, prev: Digest::ZERO, time_us: 1,
//! #     body: Body::Close(Close { decisions: 0, lost: None }) };
//! # let bytes = entry.encode();
//! # let mut extra = testimony_record::evidence::FIRST_LINE.as_bytes().to_vec();
//! # Frame::Entry { hash: Digest::of_entry(&bytes), bytes: &bytes }.write(&mut extra);
//! # let signing = SigningKey::from_seed("desk.example", [7; 32]).unwrap();
//! # let head = SignedHead::sign(entry.stream, 1, &tree::leaf(&bytes), &[&signing]).unwrap();
//! # let file = TlogProof { extra: Some(extra), index: 0, hashes: vec![], head }.to_string();
//! # let key = signing.verifier_key();
//! let evidence = Evidence::parse(&file)?;
//! assert_eq!(evidence.check(&[key], None).conclusion(), Conclusion::Good);
//! assert_eq!(evidence.check(&[], None).conclusion(), Conclusion::Unsettled);
//! # Ok::<(), testimony_record::evidence::BadEvidence>(())
//! ```

mod check;
mod file;
mod objects;

pub use check::{Checked, Conclusion, Cosignature, Fault};
pub use file::{BadEvidence, Evidence};
pub use objects::Object;

/// What the extra data of a proof begins with where it is evidence in this form.
pub const FIRST_LINE: &str = "testimony 1 evidence\n";

/// The largest evidence file, in bytes: 96 MiB, which hold some 72 MiB of contents. A reader refuses a larger one.
pub const MAX_FILE_BYTES: usize = 96 << 20;

/// The most that its contents may come to when each is told wherever it is referred to, in bytes: 256 MiB. A small file could
/// otherwise refer to one content so often that telling it all never ends.
pub const MAX_TOLD_BYTES: u64 = 256 << 20;
