//! Erasing from one stream, in an order that a crash cannot break: a note of it, the entry, the bytes, the note gone. A
//! crash leaves the note, and whoever takes the stream up begins again.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Erasure, Link};

use super::appender::Appender;
use super::blank::{Overwritten, overwrite};
use super::journal;
use crate::storage::Storage;

/// Notes durably what is about to be erased: from here on, whoever takes the stream up finishes it.
pub(crate) fn note(appender: &Appender, erasures: &[Erasure]) -> io::Result<()> {
    journal::put(appender.storage(), appender.ledger(), appender.stream(), erasures)
}

/// Puts on record, durably, what will be gone. Nothing may be overwritten before this has returned.
///
/// What is erased must stand in earlier segments than the one that is being written. So recovery, which reads the last
/// segment that has an entry, never meets a frame that was overwritten.
pub(crate) fn announce(appender: &mut Appender, erasures: &[Erasure]) -> io::Result<Vec<Link>> {
    let bodies = erasures.iter().cloned().map(Body::Erasure);
    let links = bodies.map(|body| appender.entry(body)).collect();
    appender.write()?;
    appender.sync()?;
    Ok(links)
}

/// Overwrites what was announced, and takes the note away.
pub(crate) fn carry_out(
    storage: &dyn Storage,
    (ledger, stream): (&Path, Uuid),
    below: u64,
    erasures: &[Erasure],
    done: &mut dyn FnMut(),
) -> io::Result<Overwritten> {
    let digests = digests(erasures);
    let overwritten = overwrite(storage, (ledger, stream), below, &digests, done)?;
    journal::remove(storage, ledger, stream)?;
    Ok(overwritten)
}

/// Does again what was begun before the stream was left. `appender` has just begun a segment.
pub(crate) fn resume(appender: &mut Appender) -> io::Result<()> {
    let erasures = journal::read(appender.storage(), appender.ledger(), appender.stream())?;
    if erasures.is_empty() {
        return Ok(());
    }
    announce(appender, &erasures)?;
    let (ledger, below) = (appender.ledger(), appender.segment());
    carry_out(appender.storage(), (ledger, appender.stream()), below, &erasures, &mut || ())?;
    Ok(())
}

pub(crate) fn digests(erasures: &[Erasure]) -> BTreeSet<Digest> {
    erasures.iter().flat_map(|erasure| &erasure.digests).copied().collect()
}
