//! Streams that nobody holds. What a dead writer left torn or half erased in one is settled by whoever opens the ledger next,
//! in a session of its own, also where that process goes on to write another stream: a crash must not look like tampering
//! for ever because nobody came by. What was put down in good order is left alone.

use std::io;
use std::path::Path;
use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::canonical;
use testimony_record::entry::{Body, Entry};
use testimony_record::frame::segment_index;

use super::listing::streams;
use super::recovery::survey;
use super::session::Session;
use crate::layout;
use crate::options::Options;
use crate::storage::Storage;

/// Settles every stream that nobody holds, but for `own`.
pub(crate) fn settle(
    storage: &Arc<dyn Storage>,
    ledger: &Path,
    own: Uuid,
    options: &Options,
) -> io::Result<()> {
    for stream in streams(&**storage, ledger)?.into_iter().filter(|&stream| stream != own) {
        let names = storage.list(&layout::stream(ledger, stream))?;
        let half_erased = names.iter().any(|name| name == layout::ERASING);
        if !half_erased && ends_well(&**storage, ledger, stream, &names)? {
            continue;
        }
        let Some(lock) = storage.lock(&layout::lock(ledger, stream))? else { continue };
        // Held, it changes no more.
        let left = survey(&**storage, ledger, stream)?;
        if half_erased || left.begun || !left.cuts.is_empty() {
            Session::begin(Arc::clone(storage), ledger, (stream, lock), None, options)?.end()?;
        }
    }
    Ok(())
}

/// How much of a file's end is looked at: more than the longest checkpoint takes.
const END: usize = 32 << 10;

/// Whether the last segment ends in a `close` or a checkpoint. Before either is written, all before it is synced, so there
/// is nothing to settle; and most streams are settled by a look at their last bytes.
fn ends_well(
    storage: &dyn Storage,
    ledger: &Path,
    stream: Uuid,
    names: &[String],
) -> io::Result<bool> {
    let Some(last) = names.iter().filter_map(|name| segment_index(name)).max() else {
        return Ok(true);
    };
    let end = storage.read_end(&layout::segment(ledger, stream, last), END)?;
    // An entry is one line: its own line ends are escaped.
    let line = end.strip_suffix(b"\n").and_then(|end| end.rsplit(|&byte| byte == b'\n').next());
    let entry = line.and_then(|line| canonical::decode::<Entry>(line).ok());
    Ok(matches!(entry.map(|entry| entry.body), Some(Body::Close(_) | Body::Checkpoint(_))))
}
