//! The newest checkpoints on record: what to hand to someone outside. Whether they are right is for the verifier to say.

use std::collections::BTreeMap;
use std::path::Path;

use testimony_record::Uuid;
use testimony_record::entry::Body;
use testimony_record::tlog::SignedHead;

use super::archive::Archive;
use super::directory::CouldNotRead;

/// The newest checkpoint of each stream that has one, with all the cosignatures that are on record with it.
///
/// Reads the whole ledger. A note that is no checkpoint is passed over.
///
/// # Errors
/// When the directory is not a ledger, or cannot be read.
pub fn newest(ledger: impl AsRef<Path>) -> Result<BTreeMap<Uuid, SignedHead>, CouldNotRead> {
    let mut newest = BTreeMap::new();
    Archive::open(ledger)?.advance(&mut |stored| {
        if let Body::Checkpoint(checkpoint) = &stored.entry.body
            && let Ok(head) = SignedHead::parse(&checkpoint.note)
        {
            newest.insert(stored.entry.stream, head);
        }
    })?;
    Ok(newest)
}
