//! Checkpoints on record: which entry is one, and which is the newest.

use std::path::Path;

use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_ledger::read::trail::{Trail, first_seq};
use testimony_record::Uuid;
use testimony_record::entry::{Body, Entry};
use testimony_record::tlog::SignedHead;
use testimony_record::tree::Frontier;

/// The body's name stands within these bytes of an entry: what comes before it has no label.
const NAMED_WITHIN: usize = 256;

/// A checkpoint as its entry has it. Its signatures have not been checked.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) head: SignedHead,
    pub(crate) tree: Frontier,
}

impl Recorded {
    /// Reads an entry's bytes; `None` where it is no checkpoint of this stream, or its peaks do not have its root.
    pub(crate) fn read(bytes: &[u8], stream: Uuid) -> Option<Self> {
        const NAME: &[u8] = br#"{"checkpoint":"#;
        let beginning = bytes.get(..NAMED_WITHIN).unwrap_or(bytes);
        beginning.windows(NAME.len()).find(|window| *window == NAME)?;
        let Body::Checkpoint(checkpoint) = Entry::decode(bytes).ok()?.body else { return None };
        let head = SignedHead::parse(&checkpoint.note).ok()?;
        let tree = Frontier::from_peaks(head.size(), checkpoint.peaks)?;
        let ours = head.stream() == Some(stream) && tree.root() == *head.root();
        ours.then_some(Self { head, tree })
    }

    /// The head with the signatures in the log's own name only, which is all that a witness asks for.
    pub(crate) fn plain(&self) -> Option<SignedHead> {
        let note = self.head.note();
        let own = note.signatures().iter().filter(|line| line.name() == self.head.origin());
        let own: Vec<String> = own.map(ToString::to_string).collect();
        SignedHead::parse(&format!("{}\n{}\n", note.text(), own.join("\n"))).ok()
    }
}

/// The checkpoint with the largest size up to `at_most`, looked for from the end of the stream.
pub(crate) fn newest(
    ledger: &Path,
    stream: Uuid,
    at_most: u64,
) -> Result<Option<Recorded>, CouldNotRead> {
    let directory = Directory::open(ledger)?;
    let mut end = u64::MAX;
    for index in directory.segments(stream)?.into_iter().rev() {
        let mut found: Option<Recorded> = None;
        let mut trail = Trail::from_segment(ledger, stream, index);
        trail.advance(end, &mut |_, bytes| {
            let newer = |new: &Recorded| {
                let size = new.head.size();
                size <= at_most && found.as_ref().is_none_or(|old| old.head.size() <= size)
            };
            if let Some(new) = Recorded::read(bytes, stream).filter(newer) {
                found = Some(new);
            }
        })?;
        if found.is_some() {
            return Ok(found);
        }
        end = first_seq(&directory, stream, index)?.unwrap_or(end);
    }
    Ok(None)
}
