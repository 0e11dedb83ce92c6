//! One pass over a ledger's entries, in the order of the files: what questions about many decisions are answered from.
//! Nothing is judged beyond whether an entry has its hash and follows the one before; where not, the answer is marked.

use std::collections::HashMap;

use serde::Serialize;
use testimony_ledger::Archive;
use testimony_ledger::read::archive::Stored;
use testimony_ledger::read::directory::CouldNotRead;
use testimony_record::Uuid;
use testimony_record::digest::Digest;

use crate::casebook::Casebook;

/// What an answer could not take at its word, or not read. Where any of it is not 0, `verify` says what is wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Doubts {
    /// Entries whose bytes do not have the hash that stands beside them. The answer counts them all the same.
    pub altered: u64,
    /// Entries that are missing between others, or cannot be read. The answer knows nothing of them.
    pub missing: u64,
    /// Contents that the answer needed and that cannot be read.
    pub unread: u64,
}

impl Doubts {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An entry of a pass.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) stored: Stored,
    /// Whether its bytes have the hash that stands beside them.
    pub(crate) sealed: bool,
}

impl Casebook {
    /// Shows every entry, stream by stream.
    pub(crate) fn pass(&self, visit: &mut dyn FnMut(&Seen)) -> Result<Doubts, CouldNotRead> {
        let mut doubts = Doubts::default();
        let mut next: HashMap<Uuid, u64> = HashMap::new();
        let mut see = |stored: Stored| {
            let (stream, seq) = (stored.entry.stream, stored.entry.seq);
            let expected = next.insert(stream, seq + 1).unwrap_or_default();
            doubts.missing += seq.saturating_sub(expected);
            let sealed = Digest::of_entry(&stored.bytes) == stored.hash;
            doubts.altered += u64::from(!sealed);
            visit(&Seen { stored, sealed });
        };
        for directory in self.reader.directories() {
            Archive::open(directory.path())?.advance(&mut see)?;
        }
        Ok(doubts)
    }
}
