//! Making evidence of one decision. Nothing is handed out that has not been checked as its receiver will check it.

use std::ops::ControlFlow;

use testimony_ledger::read::archive::NoObject;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_ledger::read::objects::Objects as _;
use testimony_ledger::verify::Progress;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::Entry;
use testimony_record::evidence::{Conclusion, Evidence, MAX_FILE_BYTES};
use testimony_record::tlog::{Policy, TlogProof};

use super::chain::{Broken, Linked, follow};
use super::checkpoints::{Checkpoints, Kept, NotCovered};
use super::disclosure::{Disclosure, NoSuchPart};
use super::gather::Gathered;
use super::leaves::Leaves;
use crate::casebook::Casebook;
use crate::lookup::NotFound;
use crate::reader::At;
use crate::reader::Unreadable;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Which contents go with the entry.
    pub disclose: Disclosure,
    /// The newest checkpoint that this accepts is taken; without one, or where it accepts none, the newest.
    pub policy: Option<Policy>,
}

/// Evidence that was made.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The text of the file.
    pub file: String,
    /// The same, read again and checked.
    pub evidence: Evidence,
    /// Whether the policy accepts the checkpoint; false without a policy.
    pub accepted: bool,
}

/// Why no evidence was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotProven {
    /// No decision, or more than one, is meant, or its entry cannot be read again.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The files cannot be read.
    #[error(transparent)]
    Read(#[from] CouldNotRead),
    /// The chain does not hold up to a checkpoint that covers the entry.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// No checkpoint covers the entry.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
    /// A checkpoint covers it, and is no signed head of this stream.
    #[error("the checkpoint over {size} entries of stream {stream} does not stand")]
    WrongCheckpoint {
        /// The stream.
        stream: Uuid,
        /// How many entries it is said to cover.
        size: u64,
    },
    /// The decision has no such part.
    #[error(transparent)]
    NoSuchPart(#[from] NoSuchPart),
    /// Content that is to be disclosed cannot be read.
    #[error("what is to be disclosed cannot be read")]
    Object(#[from] NoObject),
    /// It would be larger than a reader takes, or come to more when told.
    #[error(
        "with these contents the file would be more than a reader takes, {MAX_FILE_BYTES} bytes"
    )]
    TooLarge,
}

impl Casebook {
    /// Makes evidence of a decision, by its id or the beginning of it.
    ///
    /// Reads its stream once more. Memory: 64 bytes for each entry of the stream, one segment file, and about five times what
    /// is disclosed.
    ///
    /// # Errors
    /// When the decision is not found, is covered by no checkpoint that holds, or cannot be disclosed as asked.
    pub fn prove(
        &self,
        id: &str,
        request: &Request,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Proven, NotProven> {
        let at = &self.by_id(id)?.at;
        let found = self.found(at, request.policy.as_ref(), progress)?;
        let extra = self.extra(&found, at.hash, &request.disclose)?;
        let size = found.kept.head.size();
        let wrong = || NotProven::WrongCheckpoint { stream: at.place.stream, size };
        let hashes = found.leaves.inclusion(size, at.place.seq).map_err(|_| wrong())?;
        let Kept { head, key, accepted } = found.kept;
        let proof = TlogProof { extra: Some(extra), index: at.place.seq, hashes, head };
        let file = proof.to_string();
        let evidence = Evidence::parse(&file).map_err(|_| NotProven::TooLarge)?;
        match evidence.check(&[key], None).conclusion() {
            Conclusion::Good => Ok(Proven { file, evidence, accepted }),
            _ => Err(wrong()),
        }
    }

    /// Follows the stream to the checkpoint that is to be shown.
    fn found(
        &self,
        at: &At,
        policy: Option<&Policy>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Found, NotProven> {
        let (stream, seq) = (at.place.stream, at.place.seq);
        let mut checkpoints = Checkpoints::covering(stream, seq, policy);
        let (mut leaves, mut wanted) = (Leaves::default(), None);
        let visit = &mut |Linked { entry, hash, bytes }: Linked<'_>| {
            // Every hash that it reads it has been given before.
            if leaves.push(bytes).is_err() {
                return ControlFlow::Break(());
            }
            checkpoints.see(&entry);
            if hash == at.hash {
                wanted = Some((entry, bytes.to_vec()));
            }
            ControlFlow::Continue(())
        };
        let directory = self.reader.directory_of(stream);
        let directory = directory.ok_or(NotFound::Unreadable(Unreadable::Moved { stream, seq }))?;
        let broken = follow(directory, stream, progress, visit)?;
        let kept = match (checkpoints.best(), broken) {
            (Ok(kept), _) => kept,
            (Err(_), Some(broken)) => return Err(broken.into()),
            (Err(not_covered), None) => return Err(not_covered.into()),
        };
        let size = kept.head.size();
        match wanted {
            Some((entry, bytes))
                if leaves.root(size).is_ok_and(|root| root == *kept.head.root()) =>
            {
                Ok(Found { kept, leaves, entry, bytes })
            }
            _ => Err(NotProven::WrongCheckpoint { stream, size }),
        }
    }

    /// The disclosed objects and the entry. The node with further parts always goes along: it says what is withheld.
    fn extra(
        &self,
        found: &Found,
        hash: Digest,
        disclose: &Disclosure,
    ) -> Result<Vec<u8>, NotProven> {
        let archive = &self.reader.archive;
        let parts = archive.parts(&found.entry.body)?;
        disclose.check(&parts)?;
        let mut gathered = Gathered::new(archive);
        for part in parts.iter().filter(|part| disclose.covers(part)) {
            gathered.part(part)?;
        }
        if let (_, Some(more)) = found.entry.body.parts() {
            gathered.parts_node(&more)?;
        }
        Ok(gathered.entry(hash, &found.bytes))
    }
}

/// What the stream has for one entry.
struct Found {
    kept: Kept,
    leaves: Leaves,
    entry: Entry,
    bytes: Vec<u8>,
}
