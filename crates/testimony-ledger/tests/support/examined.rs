//! A look at what a disk holds: the verifier's report, and the decisions with their places.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use testimony_ledger::storage::{Double, Storage};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Entry, Link};
use testimony_record::frame::{Frame, segment_index, segment_name};
use testimony_record::part::Content;
use testimony_record::verify::{
    Loss, Next, Report, Segment, StreamVerifier, Trust, Walk, cuts_named, next_of_each,
};

use super::ROOT;
use super::world::World;

/// What a disk holds.
#[derive(Debug)]
pub(crate) struct Examined {
    /// What the verifier says.
    pub(crate) report: Report,
    /// Each entry's place, and what it says.
    pub(crate) entries: BTreeMap<(Uuid, u64), (Link, Body)>,
    files: Vec<Vec<u8>>,
}

impl Examined {
    /// Reads a double on which no ledger is open.
    pub(crate) fn of(disk: &Double) -> Self {
        Self::at(disk, Path::new(ROOT), &|_| Trust::default())
    }

    /// The same, against what the world outside holds of each stream.
    pub(crate) fn by(world: &World, disk: &Double) -> Self {
        Self::at(disk, Path::new(ROOT), &|stream| world.trust(stream))
    }

    /// Reads a ledger. The verifier judges it as if nobody held a lock.
    pub(crate) fn at(disk: &dyn Storage, root: &Path, trust: &dyn Fn(Uuid) -> Trust) -> Self {
        let mut examined =
            Self { report: Report::default(), entries: BTreeMap::new(), files: Vec::new() };
        let names = disk.list(root).unwrap_or_default();
        let mut streams: Vec<Uuid> = names.iter().filter_map(|name| name.parse().ok()).collect();
        streams.sort_unstable();
        for stream in streams {
            examined.stream(disk, stream, &root.join(stream.to_string()), &trust(stream));
        }
        examined
    }

    fn stream(&mut self, disk: &dyn Storage, stream: Uuid, dir: &Path, trust: &Trust) {
        let names = disk.list(dir).unwrap();
        let mut indexes: Vec<u64> = names.iter().filter_map(|name| segment_index(name)).collect();
        indexes.sort_unstable();
        let read = |index: &u64| disk.read(&dir.join(segment_name(*index))).unwrap();
        let segments: Vec<(u64, Vec<u8>)> =
            indexes.iter().map(|index| (*index, read(index))).collect();
        let cuts: Vec<_> =
            segments.iter().map(|(index, bytes)| (*index, cuts_named(bytes))).collect();
        let mut verifier = StreamVerifier::new(stream, trust);
        for ((index, bytes), next) in segments.iter().zip(next_of_each(&cuts, false)) {
            verifier.segment(Segment::judge(*index, bytes, &next));
            let clean = match next {
                Next::Entry(Some(cut)) => usize::try_from(cut.offset).unwrap(),
                _ => bytes.len(),
            };
            self.note_entries(stream, bytes.get(..clean).unwrap_or(bytes));
        }
        if !verifier.erased().is_empty() {
            for (_, bytes) in &segments {
                verifier.look_again(bytes);
            }
        }
        self.report.streams.push(verifier.finish(false));
        self.files.extend(segments.into_iter().map(|(_, bytes)| bytes));
    }

    fn note_entries(&mut self, stream: Uuid, bytes: &[u8]) {
        for (_, frame) in Walk::new(bytes).1 {
            let Frame::Entry { hash, bytes } = frame else { continue };
            let Ok(Entry { seq, body, .. }) = Entry::decode(bytes) else { continue };
            self.entries.insert((stream, seq), (Link { seq, hash }, body));
        }
    }

    /// Whether a decision is on record.
    pub(crate) fn decided(&self, id: u128) -> bool {
        self.entries.values().any(
            |(_, body)| matches!(body, Body::Decision(decision) if decision.id.as_u128() == id),
        )
    }

    /// A decision, and the digest of what it was asked, but for some decisions.
    pub(crate) fn a_decision(&self, but: &BTreeSet<u128>) -> Option<(u128, Digest)> {
        self.entries.values().find_map(|(_, body)| {
            let Body::Decision(decision) = body else { return None };
            let Content::Blob(digest) = decision.parts.first()?.content else { return None };
            let id = decision.id.as_u128();
            (!but.contains(&id)).then_some((id, digest))
        })
    }

    /// Whether any file holds what a decision was asked.
    pub(crate) fn prompted(&self, id: u128) -> bool {
        let prompt = format!("prompt {id}\n");
        let holds =
            |file: &Vec<u8>| file.windows(prompt.len()).any(|window| window == prompt.as_bytes());
        self.files.iter().any(holds)
    }

    /// Whether this very entry stands at this place.
    pub(crate) fn holds(&self, stream: Uuid, link: Link) -> bool {
        self.entries.get(&(stream, link.seq)).is_some_and(|(found, _)| *found == link)
    }

    /// How many bytes are on record as cut.
    pub(crate) fn cut(&self) -> u64 {
        let losses = self.report.streams.iter().flat_map(|stream| &stream.losses);
        losses.map(|loss| if let Loss::Recovered { bytes, .. } = loss { *bytes } else { 0 }).sum()
    }
}
