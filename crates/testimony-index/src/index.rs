//! The indexes of some ledgers, brought up to date, and what of them has none.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::thread;

use testimony_ledger::read::directory::Directory;
use testimony_record::Uuid;

use crate::NotBuilt;
use crate::derived::{Job, Place, Progress, build_all};
use crate::file::{Keys, SET};
use crate::key::Key;
use crate::summary::Summary;

/// A segment file of one of the ledgers. In order of the ledgers as they were given, of streams, and of their files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment {
    /// Which of the ledgers, from 0.
    pub ledger: usize,
    /// The stream.
    pub stream: Uuid,
    /// The number of the segment file.
    pub segment: u64,
}

/// Where a frame begins, as an index has it. It is no evidence: whoever reads there sees what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The file.
    pub segment: Segment,
    /// In bytes from its beginning.
    pub offset: u64,
}

/// The indexes of some ledgers, as they were when they were opened.
#[derive(Debug)]
pub struct Index {
    directories: Vec<Directory>,
    indexed: Vec<(Segment, Keys)>,
    unindexed: Vec<Segment>,
}

impl Index {
    /// Looks at every segment of the ledgers and indexes those that have no index, or a stale one. `chosen` is where indexes
    /// are kept instead of in `twins/` of each ledger. `progress` is called after each segment that was read for it.
    ///
    /// # Errors
    /// When a ledger cannot be read, or an index cannot be kept. A damaged ledger is indexed as far as it can be read.
    pub fn open<P: AsRef<Path>>(
        ledgers: &[P],
        chosen: Option<&Path>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, NotBuilt> {
        let directories = ledgers.iter().map(Directory::open).collect::<Result<Vec<_>, _>>()?;
        let (mut closed, mut unindexed) = (Vec::new(), Vec::new());
        for (ledger, directory) in directories.iter().enumerate() {
            for &stream in &directory.streams {
                let (done, growing) = segments(directory, stream)?;
                let of = |segment| Segment { ledger, stream, segment };
                closed.extend(done.into_iter().map(of));
                unindexed.extend(growing.map(of));
            }
        }
        let mut index = Self { directories, indexed: Vec::new(), unindexed };
        index.build(&closed, chosen, progress)?;
        for segment in closed {
            index.open_keys(segment, chosen)?;
        }
        index.unindexed.sort_unstable();
        Ok(index)
    }

    fn build(
        &self,
        closed: &[Segment],
        chosen: Option<&Path>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), NotBuilt> {
        let mut jobs = Vec::new();
        for segment in closed {
            let place = self.place(segment, chosen);
            jobs.extend(Job::plan(self.path(segment), place, SET)?);
        }
        build_all(&jobs, progress)
    }

    /// What is not whole is read itself.
    fn open_keys(&mut self, segment: Segment, chosen: Option<&Path>) -> Result<(), NotBuilt> {
        let path = self.place(&segment, chosen).of("keys");
        match Keys::open(&path)?.filter(|keys| keys.summary().can_stand_for_the_segment()) {
            Some(keys) => self.indexed.push((segment, keys)),
            None => self.unindexed.push(segment),
        }
        Ok(())
    }

    fn place(&self, at: &Segment, chosen: Option<&Path>) -> Place {
        let directory = &self.directories[at.ledger];
        Place::of_segment(directory, chosen, at.stream, at.segment)
    }

    /// The ledgers, in the order in which they were given.
    #[must_use]
    pub fn directories(&self) -> &[Directory] {
        &self.directories
    }

    /// The file of a segment.
    #[must_use]
    pub fn path(&self, at: &Segment) -> PathBuf {
        self.directories[at.ledger].segment_path(at.stream, at.segment)
    }

    /// The segments that have no index, because a writer is still appending to them, or that are not what was sealed: they
    /// are to be read from their beginning.
    #[must_use]
    pub fn unindexed(&self) -> &[Segment] {
        &self.unindexed
    }

    /// What the segments that have an index say as a whole.
    pub fn summaries(&self) -> impl Iterator<Item = (Segment, &Summary)> {
        self.indexed.iter().map(|(segment, keys)| (*segment, keys.summary()))
    }

    /// Where keys lead, in the order of the places.
    ///
    /// # Errors
    /// When an index cannot be read.
    pub fn find(&self, keys: &BTreeSet<Key>) -> Result<Vec<(Key, At)>, NotBuilt> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let share = self.indexed.len().div_ceil(cores).max(1);
        let found: Vec<Result<Vec<(Key, At)>, NotBuilt>> = thread::scope(|scope| {
            let threads =
                self.indexed.chunks(share).map(|some| scope.spawn(|| find_in(some, keys)));
            let threads: Vec<_> = threads.collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or(Err(NotBuilt::BrokenOff)))
                .collect()
        });
        let mut all = Vec::new();
        for found in found {
            all.extend(found?);
        }
        all.sort_unstable_by_key(|&(key, at)| (at, key));
        Ok(all)
    }

    /// Where keys lead within some segments; those that have no index are passed over.
    ///
    /// # Errors
    /// As [`Index::find`].
    pub fn find_within(
        &self,
        wanted: &BTreeMap<Segment, BTreeSet<Key>>,
    ) -> Result<Vec<(Key, At)>, NotBuilt> {
        let mut all = Vec::new();
        for (segment, keys) in wanted {
            if let Ok(at) = self.indexed.binary_search_by_key(segment, |(segment, _)| *segment) {
                all.extend(find_in(self.indexed.get(at..=at).unwrap_or_default(), keys)?);
            }
        }
        Ok(all)
    }

    /// The last place to which a key leads, of those that are accepted.
    ///
    /// # Errors
    /// As [`Index::find`].
    pub fn last<T>(
        &self,
        key: &Key,
        accept: &mut dyn FnMut(At) -> Option<T>,
    ) -> Result<Option<T>, NotBuilt> {
        for (segment, keys) in self.indexed.iter().rev() {
            let found = keys.find(&BTreeSet::from([*key]))?;
            let mut places =
                found.iter().rev().map(|&(_, offset)| At { segment: *segment, offset });
            if let Some(accepted) = places.find_map(&mut *accept) {
                return Ok(Some(accepted));
            }
        }
        Ok(None)
    }

    /// Where all keys of a range lead, in the order of the places; `None` where those are more than `most`.
    ///
    /// # Errors
    /// As [`Index::find`].
    pub fn between(
        &self,
        range: &RangeInclusive<Key>,
        most: usize,
    ) -> Result<Option<Vec<(Key, At)>>, NotBuilt> {
        let mut all = Vec::new();
        for (segment, keys) in &self.indexed {
            let Some(found) = keys.between(range, most - all.len())? else { return Ok(None) };
            all.extend(
                found.into_iter().map(|(key, offset)| (key, At { segment: *segment, offset })),
            );
        }
        all.sort_unstable_by_key(|&(key, at)| (at, key));
        Ok(Some(all))
    }
}

fn find_in(some: &[(Segment, Keys)], wanted: &BTreeSet<Key>) -> Result<Vec<(Key, At)>, NotBuilt> {
    let mut all = Vec::new();
    for (segment, keys) in some {
        let found = keys.find(wanted)?.into_iter();
        all.extend(found.map(|(key, offset)| (key, At { segment: *segment, offset })));
    }
    Ok(all)
}

/// The segments of a stream that will not grow any more, and the one that does. Listed before it is asked whether somebody
/// writes: where nobody does, nothing that was listed will grow, since every session begins a segment of its own.
fn segments(directory: &Directory, stream: Uuid) -> Result<(Vec<u64>, Option<u64>), NotBuilt> {
    let mut segments = directory.segments(stream)?;
    let growing = directory.live(stream).then(|| segments.pop()).flatten();
    Ok((segments, growing))
}
