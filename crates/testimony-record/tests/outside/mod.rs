//! What a vector says that somebody outside remembers and trusts: the files beside its ledger, read and not yet judged.

use std::fs;
use std::path::Path;

use testimony_record::head::Head;

/// The files beside a ledger; one that is not there says nothing.
#[derive(Debug)]
pub(crate) struct Outside {
    /// `heads.json`: heads that somebody wrote down.
    pub(crate) heads: Vec<Head>,
    /// `head.note`: a signed note that somebody kept, as it is.
    pub(crate) note: Option<Vec<u8>>,
    /// `keys.txt`: verifier keys, one a line.
    pub(crate) keys: Vec<String>,
    /// `policy.txt`: a C2SP tlog-policy, as it is.
    pub(crate) policy: Option<Vec<u8>>,
}

impl Outside {
    /// Reads what lies in the directory of a vector.
    pub(crate) fn at(case: &Path) -> Self {
        let read = |name: &str| fs::read(case.join(name)).ok();
        let heads = read("heads.json").map(|bytes| serde_json::from_slice(&bytes).unwrap());
        let keys = read("keys.txt").map(|bytes| String::from_utf8(bytes).unwrap());
        Self {
            heads: heads.unwrap_or_default(),
            note: read("head.note"),
            keys: keys.unwrap_or_default().lines().map(str::to_owned).collect(),
            policy: read("policy.txt"),
        }
    }

    /// The names of what was given beyond heads, for whoever reads why a vector does not hold.
    pub(crate) fn given(&self) -> String {
        let note = self.note.is_some().then_some("head.note");
        let keys = (!self.keys.is_empty()).then_some("keys.txt");
        let policy = self.policy.is_some().then_some("policy.txt");
        note.into_iter().chain(keys).chain(policy).collect::<Vec<_>>().join(", ")
    }
}
