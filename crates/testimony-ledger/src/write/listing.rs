//! What lies in a ledger directory, asked through the storage seam.

use std::io;
use std::path::Path;

use testimony_record::Uuid;
use testimony_record::frame::segment_index;

use crate::layout;
use crate::storage::Storage;

/// The streams, in order of their ids.
pub(crate) fn streams(storage: &dyn Storage, ledger: &Path) -> io::Result<Vec<Uuid>> {
    let names = storage.list(ledger)?;
    let mut streams: Vec<Uuid> = names.iter().filter_map(|name| layout::stream_id(name)).collect();
    streams.sort_unstable();
    Ok(streams)
}

/// The numbers of a stream's segment files, in order.
pub(crate) fn segments(storage: &dyn Storage, ledger: &Path, stream: Uuid) -> io::Result<Vec<u64>> {
    let names = storage.list(&layout::stream(ledger, stream))?;
    let mut indexes: Vec<u64> = names.iter().filter_map(|name| segment_index(name)).collect();
    indexes.sort_unstable();
    Ok(indexes)
}
