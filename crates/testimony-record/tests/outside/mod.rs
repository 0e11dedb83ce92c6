//! What a vector says that somebody outside remembers and trusts: the files beside its ledger.

use std::fs;
use std::path::Path;

use testimony_record::tlog::{Policy, SignedHead};
use testimony_record::verify::Trust;

/// Reads `heads.json`, `head.note`, `keys.txt` and `policy.txt` beside a ledger; one that is not there says nothing. `None` where
/// one of them is not what it should be, so that nothing can be checked.
pub(crate) fn trust(case: &Path) -> Option<Trust> {
    let read = |name: &str| fs::read(case.join(name)).ok();
    let text = |name| Some(read(name).map(|bytes| String::from_utf8(bytes).unwrap_or_default()));
    let heads = read("heads.json").map(|bytes| serde_json::from_slice(&bytes).unwrap());
    let note = text("head.note")?.map(|note| SignedHead::parse(&note)).transpose().ok()?;
    if note.as_ref().is_some_and(|note| note.stream().is_none()) {
        return None;
    }
    let keys = text("keys.txt")?.unwrap_or_default();
    let keys = keys.lines().map(str::parse).collect::<Result<_, _>>().ok()?;
    let policy = read("policy.txt").map(|policy| Policy::parse(&policy)).transpose().ok()?;
    Some(Trust {
        heads: heads.unwrap_or_default(),
        notes: note.into_iter().collect(),
        keys,
        policy,
    })
}
