//! Deriving files from segments: each segment is read once, several side by side.

use std::fs;
use std::io;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::place::Place;
use super::stamp::{Look, Stamp};
use crate::NotBuilt;

/// How far building has come, in bytes of segments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Read and kept.
    pub done: u64,
    /// To be read.
    pub total: u64,
}

/// A set of files that is derived from each segment.
#[derive(Debug, Clone, Copy)]
pub struct Set {
    /// The names of its files. The last one is put in place after the others, and so stands for all.
    pub names: &'static [&'static str],
    /// The version of their form.
    pub version: u64,
    /// Derives them from a segment's bytes.
    pub write: fn(&Place, &[u8], &Stamp) -> Result<(), NotBuilt>,
}

/// A segment, and where the files are to be that are derived from it.
#[derive(Debug, Clone)]
pub struct Job {
    segment: PathBuf,
    place: Place,
    set: Set,
    bytes: u64,
}

/// How often a segment is read again that changed meanwhile.
const PATIENCE: u32 = 5;

impl Job {
    /// What is to be done for a segment; nothing where its files are fresh.
    ///
    /// # Errors
    /// When the segment cannot be looked at.
    pub fn plan(segment: PathBuf, place: Place, set: Set) -> Result<Option<Self>, NotBuilt> {
        let look = Look::at(&segment).map_err(NotBuilt::read(&segment))?;
        let there = place.has(set.names).then_some(set.names.last()).flatten();
        let stamp = there.and_then(|name| Stamp::read(&place.of(name)));
        let id = (place.stream, place.segment);
        let fresh = stamp.is_some_and(|stamp| stamp.is_fresh(id, set.version, look));
        Ok((!fresh).then_some(Self { segment, place, set, bytes: look.length }))
    }

    fn build(&self) -> Result<(), NotBuilt> {
        for _ in 0..PATIENCE {
            if self.try_build()? {
                return Ok(());
            }
        }
        Err(NotBuilt::Changing(self.segment.clone()))
    }

    /// Whether the segment stayed as it was while it was read. Erasing first overwrites and then removes what is derived, so
    /// either it finds the files that were just named, or the change is seen here.
    fn try_build(&self) -> Result<bool, NotBuilt> {
        let look = || Look::at(&self.segment).map_err(NotBuilt::read(&self.segment));
        let Self { place, set, .. } = self;
        let before = look()?;
        let stamp = Stamp::begin((place.stream, place.segment), set.version, before);
        let bytes = fs::read(&self.segment).map_err(NotBuilt::read(&self.segment))?;
        match (set.write)(place, &bytes, &stamp.over(&bytes)) {
            // Erasing took away what was being written.
            Err(NotBuilt::Write { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Ok(false);
            }
            written => written?,
        }
        if look()? == before {
            return Ok(true);
        }
        place.remove(set.names).map_err(NotBuilt::write(&place.dir))?;
        Ok(false)
    }
}

/// Does all that is to be done, on all cores, and calls `progress` after each segment. Memory: for each core a segment and
/// what is made of it.
///
/// # Errors
/// The first that occurs.
pub fn build_all(jobs: &[Job], progress: &mut dyn FnMut(Progress)) -> Result<(), NotBuilt> {
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
