//! Signed heads that copies carry, held against what is known of the stream: a head that somebody outside has kept, and that
//! the ledger no longer has, means that the ledger was rewritten.

use std::num::NonZeroUsize;

use lru::LruCache;
use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::tlog::{Signature, SignedHead, VerifierKey};
use testimony_record::tree::TreeHash;

/// How many judged heads are remembered: every copy between two checkpoints carries the same one.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// What a head in a copy is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judged {
    /// A head of the stream, over so many entries.
    Stands { size: u64 },
    /// It is signed as it should be, and the ledger is not what was signed.
    Contradicts(String),
    /// It proves nothing: no note, of another stream, or not signed by a key that counts.
    Worthless(String),
}

/// The heads of a source, over all its streams.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Heads {
    /// Copies that carry a head.
    pub copies: u64,
    /// Of the heads that stand: the largest of each stream, and how many entries it covers.
    pub largest: std::collections::BTreeMap<Uuid, u64>,
    /// Whether a key was given against which their signatures were checked.
    pub key_given: bool,
}

/// Judges heads, each text once as long as it is remembered.
#[derive(Debug)]
pub(crate) struct Judge {
    given: Vec<VerifierKey>,
    known: LruCache<blake3::Hash, Judged>,
}

/// What is known of a stream: the keys that it names itself, and how to find its root over so many entries.
pub(crate) struct Known<'a, E> {
    pub(crate) stream: Uuid,
    pub(crate) keys: Vec<VerifierKey>,
    pub(crate) size: u64,
    pub(crate) root: &'a mut dyn FnMut(u64) -> Result<Option<TreeHash>, E>,
}

impl Judge {
    pub(crate) fn new(given: Vec<VerifierKey>) -> Self {
        Self { given, known: LruCache::new(REMEMBERED) }
    }

    pub(crate) fn has_keys(&self) -> bool {
        !self.given.is_empty()
    }

    pub(crate) fn judge<E>(&mut self, text: &str, known: &mut Known<'_, E>) -> Result<Judged, E> {
        // The same text in a copy of another stream is another matter.
        let name = blake3::hash(format!("{} {text}", known.stream).as_bytes());
        if let Some(judged) = self.known.get(&name) {
            return Ok(judged.clone());
        }
        let judged = self.look(text, known)?;
        self.known.put(name, judged.clone());
        Ok(judged)
    }

    fn look<E>(&self, text: &str, known: &mut Known<'_, E>) -> Result<Judged, E> {
        let head = match SignedHead::parse(text) {
            Ok(head) if head.stream() == Some(known.stream) => head,
            Ok(_) => return Ok(Judged::Worthless("it is the head of another stream".to_owned())),
            Err(bad) => return Ok(Judged::Worthless(bad.to_string())),
        };
        if let Err(why) = self.signed(&head, known) {
            return Ok(Judged::Worthless(why.to_owned()));
        }
        let size = head.size();
        Ok(match (known.root)(size)? {
            Some(root) if root == *head.root() => Judged::Stands { size },
            Some(_) => Judged::Contradicts(format!(
                "its first {size} entries are not those that were signed"
            )),
            None => Judged::Contradicts(format!(
                "a head over {size} entries was signed, and it holds {}",
                known.size
            )),
        })
    }

    /// By a key that was given; without one, by a key that the stream names.
    fn signed<E>(&self, head: &SignedHead, known: &Known<'_, E>) -> Result<(), &'static str> {
        let named = self.given.iter().map(|key| key.for_stream(known.stream));
        let keys: Vec<VerifierKey> = if self.has_keys() {
            named.chain(self.given.iter().cloned()).collect()
        } else {
            known.keys.clone()
        };
        let said: Vec<Signature> = keys.iter().map(|key| head.verified_by(key)).collect();
        match () {
            () if said.contains(&Signature::Wrong) => Err("its signature is wrong"),
            () if said.contains(&Signature::Verified) => Ok(()),
            () if self.has_keys() => Err("no key that was given has signed it"),
            () => Err("no key that the stream names has signed it"),
        }
    }
}
