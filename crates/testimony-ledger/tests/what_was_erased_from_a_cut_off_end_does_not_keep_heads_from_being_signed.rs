//! Content that recovery cut off is erased with the rest. The end that was cut then has another hash than is on record, which is
//! no alteration: heads are signed as before. An end that was changed in any other way is.

mod erasing;
mod signing;

use std::path::Path;
use std::sync::Arc;

use erasing::{SECRET, digests, record, warrant, with_content};
use signing::{key, segment, signed_by};
use testimony_ledger::storage::{Double, Storage as _};
use testimony_ledger::{Ledger, NotSigned, Options};
use testimony_record::frame::Frame;
use testimony_record::verify::Walk;

const ROOT: &str = "/ledger";

fn root() -> &'static Path {
    Path::new(ROOT)
}

fn options() -> Options {
    Options { segment_bytes: 1 << 20, ..signed_by(key(1)) }
}

fn open(disk: &Double) -> Ledger {
    Ledger::open_on(Arc::new(disk.clone()), root(), options()).unwrap()
}

/// A session recorded a content; the next one died while it recorded it again: the content is whole, its entry is not.
fn torn() -> Double {
    let disk = Double::new();
    let first = open(&disk);
    record(&first, 1, &[SECRET]);
    first.close().unwrap();
    let second = open(&disk);
    record(&second, 2, &[SECRET]);
    let (left, file) = (disk.after_process_death(), segment(root(), second.stream(), 1));
    let bytes = left.read(&file).unwrap();
    let entries = Walk::new(&bytes).1.filter(|(_, frame)| matches!(frame, Frame::Entry { .. }));
    let last = entries.map(|(at, _)| at).last().unwrap();
    left.plant(&file, bytes[..last + 40].to_vec());
    left
}

#[test]
fn a_cut_from_which_something_was_erased_is_no_alteration() {
    let disk = torn();
    let ledger = open(&disk);
    let secrets = with_content(&disk, root(), SECRET);
    assert_eq!(secrets.len(), 2, "on record, and in what was cut");
    let erased = [secrets[0].digest].into();
    ledger.erase(&erased, &warrant()).unwrap();
    assert!(with_content(&disk, root(), SECRET).is_empty(), "erased in both places");
    ledger.checkpoint().unwrap();
    assert!(!ledger.health().altered);
    ledger.close().unwrap();
    // Whoever takes it up reads on from there, or from the start.
    let next = open(&disk);
    next.checkpoint().unwrap();
    next.close().unwrap();
    let options = Options { segment_bytes: 1 << 20, ..signed_by(key(2)) };
    let stranger = Ledger::open_on(Arc::new(disk.clone()), root(), options).unwrap();
    stranger.checkpoint().unwrap();
}

#[test]
fn a_cut_that_was_changed_in_any_other_way_is_never_signed() {
    let disk = torn();
    let ledger = open(&disk);
    let file = segment(root(), ledger.stream(), 1);
    let last = disk.read(&file).unwrap().len() - 1;
    disk.flip(&file, last);
    assert!(matches!(ledger.checkpoint(), Err(NotSigned::Altered(_))));
}

#[test]
fn blank_content_in_a_cut_that_no_erasure_names_is_never_signed() {
    let disk = torn();
    let ledger = open(&disk);
    let cut = with_content(&disk, root(), SECRET).pop().unwrap();
    let file = segment(root(), ledger.stream(), 1);
    let mut bytes = disk.read(&file).unwrap();
    for (needle, with) in [(cut.salt.as_bytes(), b'0'), (cut.content.as_slice(), 0)] {
        let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
        bytes[at..at + needle.len()].fill(with);
    }
    disk.plant(&file, bytes);
    assert!(ledger.checkpoint().is_err());
    assert_eq!(digests(&with_content(&disk, root(), SECRET)).len(), 1);
}
