//! What readers have derived from a segment goes when contents are erased from it. What it is, is not known here; it is
//! found by its name, and whoever needs it makes it again.

use std::io;
use std::path::Path;

use testimony_record::Uuid;

use crate::layout;
use crate::storage::Storage;

/// Removes every file that was derived from one segment, also one that is just being written. Comes after the segment was
/// overwritten, so that whatever is derived from then on holds nothing of what is gone.
pub(crate) fn remove(
    storage: &dyn Storage,
    (ledger, stream): (&Path, Uuid),
    index: u64,
) -> io::Result<()> {
    let dir = layout::twins(ledger, stream);
    let names = match storage.list(&dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        names => names?,
    };
    let prefix = layout::twin_prefix(index);
    for name in names.iter().filter(|name| name.starts_with(&prefix)) {
        match storage.remove(&dir.join(name)) {
            // Its reader has renamed it or taken it away meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed?,
        }
    }
    Ok(())
}
