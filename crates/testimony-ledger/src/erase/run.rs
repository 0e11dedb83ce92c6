//! The order in which content is erased from a whole ledger. Everything that can refuse comes first; then what will be
//! gone is noted in each stream; then one stream after the other is overwritten.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Erasure, Link};

use super::error::EraseError;
use super::scan::{Found, Scan};
use super::warrant::Warrant;
use crate::error::NotKept;
use crate::layout;
use crate::options::Options;
use crate::storage::{Lock, Storage};
use crate::write::blank::Overwritten;
use crate::write::erasing;
use crate::write::listing::{segments, streams};
use crate::write::session::Session;
use crate::write::shared::Announced;

/// How far an erasure has come, in segment files: each is read once, and again where something in its stream is erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Segment files done.
    pub done: u64,
    /// Segment files to do, as far as is known.
    pub total: u64,
}

/// What has been erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// The streams that had some of it.
    pub streams: Vec<ErasedFrom>,
    /// What had been erased from the whole ledger before.
    pub already: BTreeSet<Digest>,
}

/// What has been erased from one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedFrom {
    /// The stream.
    pub stream: Uuid,
    /// The entries that say so.
    pub entries: Vec<Link>,
    /// The contents that they name.
    pub digests: BTreeSet<Digest>,
    /// How many frames were overwritten.
    pub frames: u64,
    /// How many bytes of content were in them.
    pub bytes: u64,
}

/// The stream that this process writes, whose recorder goes on meanwhile.
pub(crate) trait Own {
    fn stream(&self) -> Uuid;

    /// Says on record what will be erased, after everything that was submitted before.
    fn announce(&self, erasures: &[Erasure]) -> Result<Announced, NotKept>;

    /// Nobody knows any more what the disk holds.
    fn poison(&self, error: &io::Error);
}

/// What an erasure is done with.
pub(crate) struct Run<'a> {
    pub(crate) storage: &'a Arc<dyn Storage>,
    pub(crate) ledger: &'a Path,
    pub(crate) options: &'a Options,
    pub(crate) own: Option<&'a dyn Own>,
}

impl Run<'_> {
    pub(crate) fn erase(
        &self,
        digests: &BTreeSet<Digest>,
        warrant: &Warrant,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Erased, EraseError> {
        if digests.is_empty() {
            return Err(EraseError::Nothing);
        }
        let mut count = Count { progress, at: Progress::default() };
        count.expect(self.segments(None).map_err(|error| self.io(error))?);
        let scan = Scan::of(&**self.storage, self.ledger, digests, &mut || count.one());
        let Scan { holds, streams, .. } = scan.map_err(|error| self.io(error))?;
        if let Some(hold) = holds.in_force().find(|hold| hold.forbids(digests)) {
            return Err(EraseError::Held(Box::new(hold)));
        }
        let already = already(&streams, digests)?;
        let tasks = self.take(&streams, warrant)?;
        for task in &tasks {
            count.expect(self.segments(Some(task.stream)).map_err(|error| self.io(error))?);
        }
        Ok(Erased { streams: self.carry_out(tasks, &mut || count.one())?, already })
    }

    /// Takes every stream concerned, or none.
    fn take(
        &self,
        found: &BTreeMap<Uuid, Found>,
        warrant: &Warrant,
    ) -> Result<Vec<Task>, EraseError> {
        let mut tasks = Vec::new();
        for (&stream, found) in found {
            let open = found.open();
            let digests: BTreeSet<Digest> = open.union(&found.strays).copied().collect();
            if digests.is_empty() {
                continue;
            }
            let lock = self.lock(stream).map_err(|error| self.io(error))?;
            match lock {
                Some(taken) => {
                    tasks.push(Task { stream, taken, erasures: warrant.erasures(&digests) });
                }
                // What looks like a stray may be what its writer is just writing.
                None if open.is_empty() => {}
                None => return Err(EraseError::InUse { stream }),
            }
        }
        Ok(tasks)
    }

    fn lock(&self, stream: Uuid) -> io::Result<Option<Taken>> {
        if self.own.is_some_and(|own| own.stream() == stream) {
            return Ok(Some(Taken::Own));
        }
        let lock = self.storage.lock(&layout::lock(self.ledger, stream))?;
        Ok(lock.map(Taken::Other))
    }

    /// A crash must not find one stream noted and another not, so all notes come before the first entry.
    fn carry_out(
        &self,
        tasks: Vec<Task>,
        done: &mut dyn FnMut(),
    ) -> Result<Vec<ErasedFrom>, EraseError> {
        let (mut own, mut others) = (None, Vec::new());
        for Task { stream, taken, erasures } in tasks {
            match taken {
                Taken::Own => own = Some(erasures),
                Taken::Other(lock) => {
                    let session =
                        self.begin(stream, lock, &erasures).map_err(|error| self.io(error))?;
                    others.push((session, erasures));
                }
            }
        }
        let mut erased = Vec::new();
        if let (Some(own), Some(erasures)) = (self.own, own) {
            erased.push(self.erase_own(own, &erasures, done)?);
        }
        for (session, erasures) in others {
            let one = self.erase_other(session, &erasures, done).map_err(|error| self.io(error))?;
            erased.push(one);
        }
        erased.sort_by_key(|erased| erased.stream);
        Ok(erased)
    }

    fn begin(&self, stream: Uuid, lock: Lock, erasures: &[Erasure]) -> io::Result<Session> {
        let storage = Arc::clone(self.storage);
        let session = Session::begin(storage, self.ledger, (stream, lock), None, self.options)?;
        erasing::note(&session.appender, erasures)?;
        Ok(session)
    }

    fn erase_own(
        &self,
        own: &dyn Own,
        erasures: &[Erasure],
        done: &mut dyn FnMut(),
    ) -> Result<ErasedFrom, EraseError> {
        let (stream, Announced { entries, below }) = (own.stream(), own.announce(erasures)?);
        let at = (self.ledger, stream);
        match erasing::carry_out(&**self.storage, at, below, erasures, done) {
            Ok(overwritten) => Ok(erased_from(stream, entries, erasures, overwritten)),
            Err(error) => {
                own.poison(&error);
                Err(self.io(error))
            }
        }
    }

    fn erase_other(
        &self,
        mut session: Session,
        erasures: &[Erasure],
        done: &mut dyn FnMut(),
    ) -> io::Result<ErasedFrom> {
        let stream = session.appender.stream();
        let entries = erasing::announce(&mut session.appender, erasures)?;
        let (at, below) = ((self.ledger, stream), session.appender.segment());
        let overwritten = erasing::carry_out(&**self.storage, at, below, erasures, done)?;
        session.end()?;
        Ok(erased_from(stream, entries, erasures, overwritten))
    }

    /// How many segment files a stream has, or the whole ledger.
    fn segments(&self, stream: Option<Uuid>) -> io::Result<u64> {
        let streams = match stream {
            Some(stream) => vec![stream],
            None => streams(&**self.storage, self.ledger)?,
        };
        streams.into_iter().try_fold(0, |sum, stream| {
            Ok(sum + segments(&**self.storage, self.ledger, stream)?.len() as u64)
        })
    }

    fn io(&self, source: io::Error) -> EraseError {
        EraseError::Io { path: self.ledger.to_owned(), source }
    }
}

/// A stream that can be erased from, and what.
struct Task {
    stream: Uuid,
    taken: Taken,
    erasures: Vec<Erasure>,
}

enum Taken {
    Own,
    Other(Lock),
}

struct Count<'a> {
    progress: &'a mut dyn FnMut(Progress),
    at: Progress,
}

impl Count<'_> {
    fn expect(&mut self, more: u64) {
        self.at.total += more;
        (self.progress)(self.at);
    }

    fn one(&mut self) {
        self.at.done += 1;
        // Others go on writing meanwhile.
        self.at.total = self.at.total.max(self.at.done);
        (self.progress)(self.at);
    }
}

/// Those of which nothing is left to erase in any stream.
fn already(
    streams: &BTreeMap<Uuid, Found>,
    digests: &BTreeSet<Digest>,
) -> Result<BTreeSet<Digest>, EraseError> {
    let known = |digest: &Digest| {
        let mut found = streams.values();
        found.any(|found| found.there.contains(digest) || found.blank.contains(digest))
    };
    if let Some(unknown) = digests.iter().find(|digest| !known(digest)) {
        return Err(EraseError::NotHere(*unknown));
    }
    let open: BTreeSet<Digest> = streams.values().flat_map(Found::open).collect();
    Ok(digests.difference(&open).copied().collect())
}

fn erased_from(
    stream: Uuid,
    entries: Vec<Link>,
    erasures: &[Erasure],
    Overwritten { frames, bytes, .. }: Overwritten,
) -> ErasedFrom {
    ErasedFrom { stream, entries, digests: erasing::digests(erasures), frames, bytes }
}
