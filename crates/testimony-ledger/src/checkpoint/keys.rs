//! The keys of a session: what its `genesis` names, whose older checkpoints it builds on, and how it signs.
//!
//! A signer is the application's code. It may be slow, fail, panic or sign something else; none of that reaches further
//! than an error here.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::label::Label;
use testimony_record::tlog::{BadKey, Signature, SignedHead, Signer, SigningKey, VerifierKey};
use testimony_record::tree::TreeHash;

use super::options::Checkpoints;
use crate::error::NotSigned;

/// The session's key, and the one before it.
#[derive(Debug)]
pub(crate) struct Keys {
    stream: Uuid,
    signer: Arc<dyn Signer>,
    own: VerifierKey,
    before: Option<(Arc<dyn Signer>, VerifierKey)>,
}

impl Keys {
    pub(crate) fn new(checkpoints: &Checkpoints, stream: Uuid) -> Result<Self, BadKey> {
        let signer = Arc::clone(&checkpoints.signer);
        let own = verifier_key(&*signer, stream)?;
        let named = |signer: &Arc<dyn Signer>| {
            verifier_key(&**signer, stream).map(|key| (Arc::clone(signer), key))
        };
        let before = checkpoints.retiring.as_ref().map(named).transpose()?;
        // A key that stays configured as retiring after it has come back is no second signature.
        let before = before.filter(|(_, key)| *key != own);
        Ok(Self { stream, signer, own, before })
    }

    /// What the `genesis` names.
    pub(crate) fn label(&self) -> Label {
        Label::from(self.own.to_string())
    }

    /// Whether a checkpoint is of this stream, and signed by one of the keys that this session holds.
    pub(crate) fn signed(&self, head: &SignedHead) -> bool {
        let before = self.before.iter().map(|(_, key)| key);
        let mut keys = std::iter::once(&self.own).chain(before);
        head.stream() == Some(self.stream)
            && keys.any(|key| {
                key.name() == head.origin() && head.verified_by(key) == Signature::Verified
            })
    }

    /// Signs a head; with the key before this one as well where it is to `vouch` for this one.
    pub(crate) fn sign(
        &self,
        size: u64,
        root: &TreeHash,
        vouch: bool,
    ) -> Result<SignedHead, NotSigned> {
        let before = self.before.iter().filter(|_| vouch).map(|(signer, _)| &**signer);
        let signers: Vec<&dyn Signer> = std::iter::once(&*self.signer).chain(before).collect();
        let sign = || SignedHead::sign(self.stream, size, root, &signers);
        match catch_unwind(AssertUnwindSafe(sign)) {
            Ok(signed) => signed.map_err(|error| NotSigned::Signer(told(&error).into())),
            Err(_) => Err(NotSigned::Panicked),
        }
    }
}

fn verifier_key(signer: &dyn Signer, stream: Uuid) -> Result<VerifierKey, BadKey> {
    if signer.name().len() > SigningKey::MAX_NAME_BYTES {
        return Err(BadKey::Name);
    }
    Ok(VerifierKey::new(signer.name(), &signer.public_key())?.for_stream(stream))
}

/// An error with what lies behind it, in one line.
fn told(error: &dyn Error) -> String {
    let sources = std::iter::successors(error.source(), |&error| error.source());
    sources.fold(error.to_string(), |told, source| format!("{told}: {source}"))
}
