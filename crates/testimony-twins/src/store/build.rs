//! Making twins: each segment is read once, several side by side.

use std::fs;
use std::io;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::file::Files;
use super::place::Place;
use super::stamp::{Look, Stamp};
use crate::NotBuilt;
use crate::read::{Output, Source, read};
use crate::table::Table;

/// How far building has come, in bytes of segments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Read and kept.
    pub done: u64,
    /// To be read.
    pub total: u64,
}

/// A segment, and where its twins are to be.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) segment: PathBuf,
    pub(crate) place: Place,
    pub(crate) bytes: u64,
}

/// How often a segment is read again that changed meanwhile.
const PATIENCE: u32 = 5;

impl Job {
    /// What is to be done for a segment; nothing where its twins are fresh.
    pub(crate) fn plan(segment: PathBuf, place: Place) -> Result<Option<Self>, NotBuilt> {
        let look = Look::at(&segment).map_err(NotBuilt::read(&segment))?;
        let stamp = place.is_whole().then(|| Stamp::read(&place.of(Table::Decisions))).flatten();
        let fresh = stamp.is_some_and(|stamp| stamp.is_fresh((place.stream, place.segment), look));
        Ok((!fresh).then_some(Self { segment, place, bytes: look.length }))
    }

    fn build(&self) -> Result<(), NotBuilt> {
        for _ in 0..PATIENCE {
            if self.try_build()? {
                return Ok(());
            }
        }
        Err(NotBuilt::Changing(self.segment.clone()))
    }

    /// Whether the segment stayed as it was while it was read. Erasing first overwrites and then removes twins, so either it
    /// finds the ones that were just named, or the change is seen here.
    fn try_build(&self) -> Result<bool, NotBuilt> {
        let look = || Look::at(&self.segment).map_err(NotBuilt::read(&self.segment));
        let before = look()?;
        let settled = before.is_settled();
        let bytes = fs::read(&self.segment).map_err(NotBuilt::read(&self.segment))?;
        let Place { stream, segment, .. } = self.place;
        let mut files = Files::begin(&self.place)?;
        let mut output = Output::new(&mut files);
        let ends = read(Source { stream, segment, live: false }, &bytes, &mut output)?;
        output.finish()?;
        let stamp = Stamp::new((stream, segment), (before, settled), &bytes, ends);
        match files.finish(&stamp) {
            // Erasing took away what was being written.
            Err(NotBuilt::Write { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Ok(false);
            }
            finished => finished?,
        }
        if look()? == before {
            return Ok(true);
        }
        self.place.remove().map_err(NotBuilt::write(&self.place.dir))?;
        Ok(false)
    }
}

/// Does all that is to be done, on all cores. Memory: for each core a segment and some 150 MB for its rows.
pub(crate) fn build_all(jobs: &[Job], progress: &mut dyn FnMut(Progress)) -> Result<(), NotBuilt> {
    let total = jobs.iter().map(|job| job.bytes).sum();
    let mut walk = Progress { done: 0, total };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let (next, (told, tells)) = (AtomicUsize::new(0), mpsc::channel());
    thread::scope(|scope| {
        for _ in 0..cores.min(jobs.len()) {
            let (next, told) = (&next, told.clone());
            scope.spawn(move || {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if told.send(job.build().map(|()| job.bytes)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(told);
        // An error hangs up on those who still build; each ends after its segment.
        for bytes in tells {
            walk.done += bytes?;
            progress(walk);
        }
        if walk.done == walk.total { Ok(()) } else { Err(NotBuilt::BrokenOff) }
    })
}
