//! How far a ledger has been delivered: for each stream, the end of the last entry that the endpoint has answered for.
//!
//! It lives in memory. Keeping it beside the ledger, so that a restart goes on where the last process stopped, only needs a
//! place to write it: [`Exporter::cursor`](crate::Exporter::cursor) hands it out, [`Options::from`](crate::Options::from)
//! takes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use testimony_ledger::read::archive::Stored;
use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_record::Uuid;

/// A place in every stream of a ledger; the default is its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    positions: BTreeMap<Uuid, Position>,
}

/// Everything before this byte of this segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    segment: u64,
    offset: u64,
}

impl Cursor {
    /// The end of a ledger as it is now. Looks at file names and sizes, and reads no file.
    ///
    /// # Errors
    /// When the directory is not a ledger, or cannot be read.
    pub fn end_of(ledger: impl AsRef<Path>) -> Result<Self, CouldNotRead> {
        let directory = Directory::open(ledger)?;
        let mut positions = BTreeMap::new();
        for &stream in &directory.streams {
            let Some(&segment) = directory.segments(stream)?.last() else { continue };
            let path = directory.segment_path(stream, segment);
            let file = fs::metadata(&path);
            let offset = file.map_err(|source| CouldNotRead::Io { path, source })?.len();
            positions.insert(stream, Position { segment, offset });
        }
        Ok(Self { positions })
    }

    /// Whether an entry lies before the cursor, whole.
    #[must_use]
    pub fn holds(&self, stored: &Stored) -> bool {
        let position = self.positions.get(&stored.entry.stream);
        position.is_some_and(|position| end(stored) <= *position)
    }

    /// Moves past an entry.
    pub(crate) fn pass(&mut self, stored: &Stored) {
        self.positions.insert(stored.entry.stream, end(stored));
    }
}

/// Where the entry's frame ends. An entry that a writer was just appending when the cursor was taken is not before it.
fn end(stored: &Stored) -> Position {
    let header = format!("entry {} {}\n", stored.hash, stored.bytes.len()).len();
    let frame = header + stored.bytes.len() + 1;
    Position { segment: stored.segment, offset: stored.offset + frame as u64 }
}
