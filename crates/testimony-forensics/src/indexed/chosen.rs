//! Frames that were chosen for a question, each at its place, and those of all segments that have no index.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::sync::Arc;

use bytes::Bytes;
use testimony_index::{At, Index, Key, NotBuilt, Segment};
use testimony_ledger::read::archive::Stored;
use testimony_record::canonical;
use testimony_record::digest::Digest;
use testimony_record::frame::{self, Frame};
use testimony_record::node::Node;
use testimony_record::part::Part;
use testimony_record::verify::Walk;

use super::places::{Files, Places, entry, further};
use crate::blast;
use crate::casebook::Casebook;
use crate::erase::Erasures;
use crate::reader::Reader;
use crate::store::Store;

/// So many frames are chosen at most: beyond, a pass over everything costs less.
const MOST_FRAMES: usize = 100_000;

/// The index cannot tell: it cannot be read, or would lead to more than is worth it.
#[derive(Debug)]
pub(super) struct Stop;

impl From<NotBuilt> for Stop {
    fn from(_: NotBuilt) -> Self {
        Self
    }
}

/// What was chosen.
pub(super) struct Chosen {
    pub(super) index: Arc<Index>,
    files: Files,
    frames: BTreeMap<At, Bytes>,
    pub(super) entries: BTreeMap<At, Stored>,
    objects: HashMap<(Segment, Digest), At>,
    looked_up: HashSet<Key>,
    unindexed: BTreeSet<Segment>,
    /// How many of them could not be read to their ends.
    cut_short: u64,
}

impl Chosen {
    /// Reads the segments that have no index.
    pub(super) fn new(index: &Arc<Index>) -> Result<Self, Stop> {
        let mut chosen = Self {
            index: Arc::clone(index),
            files: Files::default(),
            frames: BTreeMap::new(),
            entries: BTreeMap::new(),
            objects: HashMap::new(),
            looked_up: HashSet::new(),
            unindexed: index.unindexed().iter().copied().collect(),
            cut_short: 0,
        };
        for segment in index.unindexed() {
            let bytes: Bytes = fs::read(index.path(segment)).map_err(|_| Stop)?.into();
            chosen.read(*segment, &bytes);
        }
        Ok(chosen)
    }

    fn read(&mut self, segment: Segment, bytes: &Bytes) {
        let mut walk = Walk::new(bytes).1;
        while let Some((at, _)) = walk.next() {
            let place = At { segment, offset: at as u64 };
            self.add(place, bytes.slice(at..walk.offset()));
        }
        self.cut_short += u64::from(walk.ending().why.is_some());
    }

    fn add(&mut self, at: At, bytes: Bytes) {
        match frame::parse(&bytes) {
            Ok((Frame::Blob { digest, .. } | Frame::Node { digest, .. }, _)) => {
                self.objects.insert((at.segment, digest), at);
            }
            Ok((Frame::Entry { .. }, _)) => {
                self.entries.extend(stored(at, &bytes).map(|stored| (at, stored)));
            }
            Err(_) => return,
        }
        self.frames.insert(at, bytes);
    }

    pub(super) fn is_indexed(&self, segment: Segment) -> bool {
        !self.unindexed.contains(&segment)
    }

    /// Reads whatever keys lead to that have not been looked up, and says where they led; further parts come along.
    pub(super) fn take(&mut self, keys: impl IntoIterator<Item = Key>) -> Result<Vec<At>, Stop> {
        let new: BTreeSet<Key> =
            keys.into_iter().filter(|key| self.looked_up.insert(*key)).collect();
        let found = self.index.find(&new)?;
        let places: Vec<At> = found.into_iter().map(|(_, at)| at).collect();
        self.take_at(&places)?;
        Ok(places)
    }

    /// Reads what lies at some places.
    pub(super) fn take_at(&mut self, places: &[At]) -> Result<(), Stop> {
        let mut rest = Vec::new();
        for &at in places {
            if self.frames.contains_key(&at) {
                continue;
            }
            if self.frames.len() >= MOST_FRAMES {
                return Err(Stop);
            }
            let Some(bytes) = self.files.frame(&self.index, at).map_err(|_| Stop)? else {
                continue;
            };
            self.add(at, bytes);
            let further = self.entries.get(&at).and_then(|stored| further(&stored.entry.body));
            rest.extend(further.map(|digest| (at.segment, digest)));
        }
        if rest.is_empty() { Ok(()) } else { self.take_objects(rest) }
    }

    /// Reads objects, each in its segment.
    fn take_objects(
        &mut self,
        objects: impl IntoIterator<Item = (Segment, Digest)>,
    ) -> Result<(), Stop> {
        let mut wanted: BTreeMap<Segment, BTreeSet<Key>> = BTreeMap::new();
        for (segment, digest) in objects {
            if self.is_indexed(segment) && !self.objects.contains_key(&(segment, digest)) {
                wanted.entry(segment).or_default().insert(Key::object(&digest));
            }
        }
        let found = self.index.find_within(&wanted)?;
        self.take_at(&found.into_iter().map(|(_, at)| at).collect::<Vec<_>>())
    }

    /// Reads objects and all that they refer to.
    pub(super) fn take_below(&mut self, from: Vec<(Segment, Digest)>) -> Result<(), Stop> {
        let mut seen: HashSet<(Segment, Digest)> = from.iter().copied().collect();
        let mut open = from;
        while !open.is_empty() {
            self.take_objects(open.iter().copied())?;
            let below = open.iter().flat_map(|&(segment, digest)| self.references(segment, digest));
            open = below.filter(|below| seen.insert(*below)).collect();
        }
        Ok(())
    }

    fn references(&self, segment: Segment, digest: Digest) -> Vec<(Segment, Digest)> {
        let node = self.node(segment, digest);
        node.iter().flat_map(Node::references).map(|to| (segment, to.digest)).collect()
    }

    /// A node that has been read.
    pub(super) fn node(&self, segment: Segment, digest: Digest) -> Option<Node> {
        node_in(self.frames.get(self.objects.get(&(segment, digest))?)?).map(|(_, node)| node)
    }

    /// The node at a place that has been read, and its digest.
    pub(super) fn node_at(&self, at: At) -> Option<(Digest, Node)> {
        node_in(self.frames.get(&at)?)
    }

    /// The digest of the object at a place that has been read.
    pub(super) fn digest_at(&self, at: At) -> Option<Digest> {
        match frame::parse(self.frames.get(&at)?).ok()?.0 {
            Frame::Blob { digest, .. } | Frame::Node { digest, .. } => Some(digest),
            Frame::Entry { .. } => None,
        }
    }

    /// The contents among objects and all that those refer to, as far as they have been read: the plain hash of each, and
    /// its length.
    pub(super) fn contents(&self, segment: Segment, from: &[Digest]) -> HashMap<Digest, usize> {
        let (mut open, mut seen) = (from.to_vec(), HashSet::new());
        let mut contents = HashMap::new();
        while let Some(digest) = open.pop() {
            let at = self.objects.get(&(segment, digest)).filter(|_| seen.insert(digest));
            let Some(bytes) = at.and_then(|at| self.frames.get(at)) else { continue };
            match frame::parse(bytes) {
                Ok((Frame::Blob { content, .. }, _)) => {
                    contents.insert(Digest::plain(content), content.len());
                }
                _ => open.extend(self.references(segment, digest).into_iter().map(|(_, d)| d)),
            }
        }
        contents
    }

    /// All parts of an entry that has been read.
    pub(super) fn parts(&self, at: At) -> Vec<Part> {
        let Some(stored) = self.entries.get(&at) else { return vec![] };
        let (parts, more) = stored.entry.body.parts();
        let rest = more.and_then(|more| self.node(at.segment, more));
        let rest = match rest {
            Some(Node::Parts(rest)) => rest,
            _ => vec![],
        };
        parts.iter().cloned().chain(rest).collect()
    }

    /// A casebook of what was chosen.
    pub(super) fn casebook(&self) -> Casebook {
        let (mut read, mut erasures) = (HashMap::new(), Erasures::default());
        for (&(segment, digest), &at) in &self.objects {
            if !self.is_indexed(segment) {
                let last = read.entry(digest).or_insert(at);
                *last = at.max(*last);
            }
        }
        self.entries.values().for_each(|stored| erasures.add(stored));
        let places = Places::new(Arc::clone(&self.index), read, erasures);
        let reader = Reader::over(self.index.directories().to_vec(), Store::Indexed(places));
        Casebook::of(reader, self.entries.values())
    }

    /// What a blast is worked out from.
    pub(super) fn scan(&self, casebook: &Casebook) -> blast::Scan {
        let frames = self.frames.iter().filter_map(|(at, bytes)| {
            let At { segment: Segment { stream, segment, .. }, offset } = *at;
            let (frame, vouched) = (frame::parse(bytes).ok()?.0, self.is_indexed(at.segment));
            Some(blast::Chosen { stream, segment, offset, frame, vouched })
        });
        casebook.scan_chosen(frames, self.cut_short)
    }
}

fn node_in(bytes: &[u8]) -> Option<(Digest, Node)> {
    match frame::parse(bytes).ok()?.0 {
        frame @ Frame::Node { digest, bytes } if frame.is_sealed() => {
            Some((digest, canonical::decode(bytes).ok()?))
        }
        _ => None,
    }
}

/// An entry's frame, as a pass over its segment would hand it out.
pub(super) fn stored(at: At, frame: &Bytes) -> Option<Stored> {
    let (hash, entry) = entry(frame)?;
    let Frame::Entry { bytes, .. } = frame::parse(frame).ok()?.0 else { return None };
    let same = entry.stream == at.segment.stream;
    let (segment, offset) = (at.segment.segment, at.offset);
    same.then(|| Stored { entry, hash, bytes: frame.slice_ref(bytes), segment, offset })
}
