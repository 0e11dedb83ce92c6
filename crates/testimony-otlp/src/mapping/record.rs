//! What every span carries, whatever it shows: where the entry stands, and the entry itself.

use std::sync::Arc;

use super::list::List;
use super::{Conventions, Sealed, chunks, names};

pub(super) fn add(
    list: &mut List,
    sealed: &Sealed,
    conventions: Conventions,
    head: Option<&Arc<str>>,
) {
    list.text(names::MAPPING, conventions.mapping());
    list.text(names::KIND, sealed.entry.body.kind());
    list.text(names::STREAM, sealed.entry.stream.to_string());
    list.text(names::SEQ, sealed.entry.seq.to_string());
    list.text(names::HASH, sealed.hash.to_string());
    list.text(names::PREV, sealed.entry.prev.to_string());
    if let Some(head) = head {
        list.text(names::HEAD, Arc::clone(head));
    }
    entry(list, sealed);
}

fn entry(list: &mut List, sealed: &Sealed) {
    // An entry that was read is canonical JSON, and so UTF-8.
    let text = str::from_utf8(&sealed.bytes).unwrap_or_default();
    let mut count = 0;
    for chunk in chunks(text) {
        list.text(format!("{}{count}", names::ENTRY_PREFIX), chunk.to_owned());
        count += 1;
    }
    list.count(names::ENTRY_CHUNKS, Some(count));
}
