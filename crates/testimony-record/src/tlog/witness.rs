//! What a witness is asked and what it answers: the texts of [C2SP tlog-witness](https://c2sp.org/tlog-witness)'
//! `add-checkpoint`.
//!
//! No request is sent from here; status codes and headers are the client's.

use std::fmt;

use super::checkpoint::SignedHead;
use super::note::{BadNote, SignatureLine};
use super::{base64, decimal};
use crate::tree::TreeHash;

/// The longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// The body of an `add-checkpoint` request.
///
/// ```
/// use testimony_record::Uuid;
/// use testimony_record::tlog::{AddCheckpoint, SignedHead, SigningKey};
///
/// let key = SigningKey::from_seed("loans.example", [7; 32]).unwrap();
/// let head = SignedHead::sign(Uuid::nil(), 3, &[9; 32], &[&key]).unwrap();
/// let request = AddCheckpoint { old_size: 0, proof: vec![], head };
/// assert!(request.to_string().starts_with("old 0\n\nloans.example/"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the head that the witness cosigned last, 0 where it has seen none.
    pub old_size: u64,
    /// The consistency proof from that head to this one, at most [`AddCheckpoint::MAX_HASHES`].
    pub proof: Vec<TreeHash>,
    /// The head to be cosigned.
    pub head: SignedHead,
}

/// Why a text is no `add-checkpoint` request; a witness answers 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// The text is not of this form.
    #[error("not an add-checkpoint request: {0}")]
    Form(&'static str),
    /// The checkpoint in it is none.
    #[error("the checkpoint of the request cannot be read")]
    Checkpoint(#[source] BadNote),
}

/// A witness's answer is not of the form that its status demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the witness's answer is not {0}")]
pub struct BadResponse(&'static str);

impl AddCheckpoint {
    /// The most hashes of a consistency proof.
    pub const MAX_HASHES: usize = 63;

    /// Reads a body, as a witness does.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(body: &str) -> Result<Self, BadRequest> {
        let (lines, note) = body.split_once("\n\n").ok_or(BadRequest::Form("no checkpoint"))?;
        let mut lines = lines.split('\n');
        let old_size = lines.next().and_then(|line| decimal::parse(line.strip_prefix("old ")?));
        let old_size = old_size.ok_or(BadRequest::Form("no old size"))?;
        let proof: Option<Vec<TreeHash>> = lines.map(base64::hash).collect();
        let proof = proof.ok_or(BadRequest::Form("a line that is no SHA-256 hash"))?;
        if proof.len() > Self::MAX_HASHES {
            return Err(BadRequest::Form("more than 63 hashes"));
        }
        Ok(Self { old_size, proof, head: SignedHead::parse(note).map_err(BadRequest::Checkpoint)? })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", base64::encode(hash)))?;
        write!(f, "\n{}", self.head)
    }
}

/// The signature lines in the body of a `200`, at least one. They are not checked yet: add them to the head, and ask
/// [`SignedHead::cosigned_by`].
///
/// # Errors
/// When the body is anything else, or longer than 64 KiB.
pub fn cosignatures(body: &str) -> Result<Vec<SignatureLine>, BadResponse> {
    let lines = body.strip_suffix('\n').filter(|_| body.len() <= MAX_ANSWER_BYTES);
    let lines = lines.and_then(|lines| lines.split('\n').map(SignatureLine::parse).collect());
    lines.ok_or(BadResponse("a list of signature lines"))
}

/// The size of the head that the witness cosigned last, from the body of a `409`.
///
/// # Errors
/// When the body is anything else.
pub fn conflict(body: &str) -> Result<u64, BadResponse> {
    body.strip_suffix('\n').and_then(decimal::parse).ok_or(BadResponse("a size"))
}
