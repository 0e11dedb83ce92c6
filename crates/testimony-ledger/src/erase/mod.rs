//! Erasing content, and forbidding it.
//!
//! A content is erased from every file of the ledger: its salt and its bytes are overwritten where they lie, in each
//! stream that has it, and an `erasure` entry in that stream says which digests, why, and by whose authority. The chain, the
//! other contents and every digest stay, so that the ledger verifies as before. The order in which it is done survives a
//! crash at any step: whoever next opens the ledger for writing finishes what was begun. A hold forbids it.
//!
//! [`Ledger::erase`](crate::Ledger::erase) erases while the service goes on; [`erase`](fn@erase) does it in a ledger that
//! nobody writes. Which contents stand for a person or a decision is not known here.
//!
//! Overwriting takes content from the files. What a file system with snapshots, a drive that remaps blocks, a backup or
//! an exported copy keeps is beyond it.
//!
//! ```no_run
//! use std::collections::BTreeSet;
//! use testimony_ledger::erase::{Warrant, erase};
//! use testimony_ledger::Options;
//!
//! let digest = "5f1c0e5b0d8a4f1b9a6c4a0be7d2f3c85f1c0e5b0d8a4f1b9a6c4a0be7d2f3c8".parse()?;
//! let warrant = Warrant::new("request 17 of the applicant", "privacy@bank.example")?;
//! let erased = erase("testimony-ledger", &Options::default(), &BTreeSet::from([digest]), &warrant, &mut |_| {})?;
//! for stream in erased.streams {
//!     println!("stream {}: {} frames are blank now", stream.stream, stream.frames);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod holds;
mod run;
mod scan;
mod warrant;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use testimony_record::digest::Digest;

use crate::layout;
use crate::options::Options;
use crate::read::directory::{CouldNotRead, Directory};
use crate::storage::{Disk, Storage};

pub use error::{EraseError, HoldError};
pub use holds::{Hold, Scope};
pub use run::{Erased, ErasedFrom, Progress};
pub use warrant::{NoWarrant, Warrant};

pub(crate) use run::{Own, Run};
pub(crate) use scan::Scan;

/// Erases contents from a ledger that this process does not write. It takes up each stream that has one of them, in a
/// session of its own, and puts it down again.
///
/// # Errors
/// Before anything is changed: when a digest is not here, a hold forbids it, or another process writes a stream concerned.
/// Later, when the system refuses; what was begun is then finished by whoever opens the ledger for writing.
pub fn erase(
    ledger: impl AsRef<Path>,
    options: &Options,
    digests: &BTreeSet<Digest>,
    warrant: &Warrant,
    progress: &mut dyn FnMut(Progress),
) -> Result<Erased, EraseError> {
    let disk: Arc<dyn Storage> = Arc::new(Disk);
    erase_on(&disk, ledger.as_ref(), options, digests, warrant, progress)
}

/// [`erase`](fn@erase) on a storage of the caller's.
///
/// # Errors
/// As [`erase`](fn@erase).
pub fn erase_on(
    storage: &Arc<dyn Storage>,
    ledger: &Path,
    options: &Options,
    digests: &BTreeSet<Digest>,
    warrant: &Warrant,
    progress: &mut dyn FnMut(Progress),
) -> Result<Erased, EraseError> {
    match storage.read(&layout::marker(ledger)) {
        Ok(bytes) if bytes == layout::MARKER_BYTES => {}
        _ => return Err(EraseError::NotALedger(ledger.to_owned())),
    }
    Run { storage, ledger, options, own: None }.erase(digests, warrant, progress)
}

/// The holds that are in force in a ledger. Reads all of it.
///
/// # Errors
/// When the directory is not a ledger, or cannot be read.
pub fn holds(ledger: impl AsRef<Path>) -> Result<Vec<Hold>, CouldNotRead> {
    let path = Directory::open(ledger)?.path().to_owned();
    let scan = Scan::of(&Disk, &path, &BTreeSet::new(), &mut || ());
    let io = |source: io::Error| CouldNotRead::Io { path: path.clone(), source };
    Ok(scan.map_err(io)?.holds.in_force().collect())
}
