//! [C2SP proofs](https://c2sp.org/tlog-proof): one file that shows, without the ledger, that an entry is in it.
//!
//! What the entry says, and whom to believe, is the reader's.

use std::fmt;

use super::checkpoint::SignedHead;
use super::note::BadNote;
use super::{base64, decimal};
use crate::tree::proof::verify_inclusion;
use crate::tree::{self, TreeHash};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// No tree of 64-bit size needs more hashes.
const MAX_HASHES: usize = 64;

/// A place in a stream, the hashes that lead from its leaf to a root, and the checkpoint that has this root.
///
/// ```
/// use testimony_record::Uuid;
/// use testimony_record::tlog::{SignedHead, SigningKey, TlogProof};
/// use testimony_record::tree::{Frontier, leaf};
///
/// let mut tree = Frontier::new();
/// tree.push(b"first");
/// tree.push(b"second");
/// let key = SigningKey::from_seed("loans.example", [7; 32]).unwrap();
/// let head = SignedHead::sign(Uuid::nil(), tree.size(), &tree.root(), &[&key]).unwrap();
/// let proof = TlogProof { extra: None, index: 1, hashes: vec![leaf(b"first")], head };
///
/// let read = TlogProof::parse(&proof.to_string()).unwrap();
/// assert!(read.includes(b"second"));
/// assert!(!read.includes(b"another"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes that the proof carries beside itself, never empty. Nothing vouches for them.
    pub extra: Option<Vec<u8>>,
    /// The sequence number of the entry.
    pub index: u64,
    /// From the leaf's sibling upwards, at most 64.
    pub hashes: Vec<TreeHash>,
    /// The head. Its signatures are not checked by reading it.
    pub head: SignedHead,
}

/// Why a text is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadProof {
    /// The text is not of this form, or in another spelling.
    #[error("not a tlog-proof: {0}")]
    Form(&'static str),
    /// The checkpoint in it is none.
    #[error("the checkpoint of the proof cannot be read")]
    Checkpoint(#[source] BadNote),
}

impl TlogProof {
    /// Reads a proof in its only spelling.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, BadProof> {
        let (lines, note) = text.split_once("\n\n").ok_or(BadProof::Form("no checkpoint"))?;
        let mut lines = lines.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(BadProof::Form("another first line"));
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => Some(extra(line).ok_or(BadProof::Form("extra data that is no base64"))?),
            None => None,
        };
        let index = lines.next().and_then(|line| decimal::parse(line.strip_prefix("index ")?));
        let index = index.ok_or(BadProof::Form("no index"))?;
        let hashes: Option<Vec<TreeHash>> = lines.map(base64::hash).collect();
        let hashes = hashes.ok_or(BadProof::Form("a line that is no SHA-256 hash"))?;
        if hashes.len() > MAX_HASHES {
            return Err(BadProof::Form("more hashes than any tree needs"));
        }
        Ok(Self {
            extra,
            index,
            hashes,
            head: SignedHead::parse(note).map_err(BadProof::Checkpoint)?,
        })
    }

    /// Whether the entry of these bytes stands at [`TlogProof::index`] in the tree of the checkpoint. That the checkpoint
    /// is signed by someone to be trusted is another question.
    #[must_use]
    pub fn includes(&self, entry: &[u8]) -> bool {
        let leaf = tree::leaf(entry);
        verify_inclusion(self.index, self.head.size(), &leaf, &self.hashes, self.head.root())
    }
}

fn extra(line: &str) -> Option<Vec<u8>> {
    base64::decode(line.strip_prefix("extra ")?).filter(|bytes| !bytes.is_empty())
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = self.extra.as_ref().filter(|bytes| !bytes.is_empty()) {
            writeln!(f, "extra {}", base64::encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{}", base64::encode(hash)))?;
        write!(f, "\n{}", self.head)
    }
}
