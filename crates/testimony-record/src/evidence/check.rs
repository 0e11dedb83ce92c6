//! Whether evidence is to be believed: whether its entry stands in a log whose checkpoint is signed by a key that the caller
//! trusts, and cosigned as the caller's policy asks.

use std::fmt;

use serde::Serialize;

use super::file::Evidence;
use crate::tlog::{Policy, Signature, VerifierKey};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// The key, of those that were given, that has signed the checkpoint.
    pub signed_by: Option<VerifierKey>,
    /// The witnesses of the policy that have cosigned it.
    pub cosignatures: Vec<Cosignature>,
    /// Whether these are as many as the policy asks for, where it asks for any.
    pub witnessed: bool,
}

/// The word of a witness that it saw the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cosignature {
    /// The name of the witness's key.
    pub witness: String,
    /// When, in seconds since the Unix epoch, by the witness's clock: by then the entry existed.
    pub time_s: u64,
}

/// What is wrong with evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The checkpoint is that of another log than the stream that the entry names.
    OtherStream,
    /// The entry names another place in its stream than the proof is for.
    OtherPlace,
    /// The entry is not at that place in the tree of the checkpoint.
    NotIncluded,
    /// Keys were given, and none of them has signed the checkpoint.
    NotSigned,
    /// A signature in the name of a given key does not verify.
    SignatureWrong,
    /// A cosignature in the name of a witness does not verify.
    CosignatureWrong,
    /// The witnesses that cosigned are not as many as the policy asks for.
    NotWitnessed,
}

/// What to make of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// It holds, and someone who is trusted has signed for it.
    Good,
    /// It does not hold.
    Wrong,
    /// It holds in itself, and no key was given: who vouches for it is open.
    Unsettled,
}

impl Evidence {
    /// Checks the proof against keys, named `<name>` or `<name>/<stream>`, and a policy, whose logs are such keys as well. The
    /// rules are those of a checkpoint on record (`FORMAT.md` section 6).
    #[must_use]
    pub fn check(&self, keys: &[VerifierKey], policy: Option<&Policy>) -> Checked {
        let mut checked =
            Checked { faults: Vec::new(), signed_by: None, cosignatures: vec![], witnessed: false };
        checked.place(self);
        let logs = policy.into_iter().flat_map(Policy::logs).map(|log| &log.key);
        checked.signature(self, &keys.iter().chain(logs).collect::<Vec<_>>());
        if let Some(policy) = policy {
            checked.witnesses(self, policy);
        }
        checked
    }
}

impl Checked {
    /// What to make of it.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        match (self.faults.is_empty(), &self.signed_by) {
            (false, _) => Conclusion::Wrong,
            (true, Some(_)) => Conclusion::Good,
            (true, None) => Conclusion::Unsettled,
        }
    }

    fn place(&mut self, evidence: &Evidence) {
        let entry = evidence.entry();
        if evidence.head().stream() != Some(entry.stream) {
            self.faults.push(Fault::OtherStream);
        }
        if evidence.index() != entry.seq {
            self.faults.push(Fault::OtherPlace);
        }
        if !evidence.is_included() {
            self.faults.push(Fault::NotIncluded);
        }
    }

    fn signature(&mut self, evidence: &Evidence, keys: &[&VerifierKey]) {
        let stream = evidence.entry().stream;
        let signature = |key: &VerifierKey| {
            let names = [key.clone(), key.for_stream(stream)];
            let found = names.map(|key| evidence.head().verified_by(&key));
            [Signature::Wrong, Signature::Verified].into_iter().find(|one| found.contains(one))
        };
        let found: Vec<_> = keys.iter().map(|key| (*key, signature(key))).collect();
        let signed = |(key, found): &(&VerifierKey, _)| {
            (*found == Some(Signature::Verified)).then(|| (*key).clone())
        };
        // One wrong line in the name of a trusted key, and the whole note is to be refused.
        if found.iter().any(|(_, found)| *found == Some(Signature::Wrong)) {
            return self.faults.push(Fault::SignatureWrong);
        }
        self.signed_by = found.iter().find_map(signed);
        if self.signed_by.is_none() && !keys.is_empty() {
            self.faults.push(Fault::NotSigned);
        }
    }

    fn witnesses(&mut self, evidence: &Evidence, policy: &Policy) {
        let head = evidence.head();
        let mut cosigners = Vec::new();
        for witness in policy.witnesses() {
            match head.cosigned_by(&witness.key) {
                Ok(None) => {}
                Ok(Some(time_s)) => {
                    cosigners.push(&witness.key);
                    let witness = witness.key.name().to_owned();
                    self.cosignatures.push(Cosignature { witness, time_s });
                }
                Err(_) => return self.faults.push(Fault::CosignatureWrong),
            }
        }
        let met = policy.is_met_by(cosigners);
        self.witnessed = met && policy.needs_witnesses();
        if !met {
            self.faults.push(Fault::NotWitnessed);
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherStream => "the checkpoint is that of another log than the entry names",
            Self::OtherPlace => "the entry names another place than the proof is for",
            Self::NotIncluded => "the entry is not in the tree that the checkpoint covers",
            Self::NotSigned => "no key that was given has signed the checkpoint",
            Self::SignatureWrong => "the signature of the checkpoint is wrong",
            Self::CosignatureWrong => "the cosignature of a witness is wrong",
            Self::NotWitnessed => {
                "the checkpoint has not been cosigned by as many witnesses as the policy asks for"
            }
        })
    }
}
