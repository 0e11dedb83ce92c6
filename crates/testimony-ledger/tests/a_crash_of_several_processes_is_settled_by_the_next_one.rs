//! Several processes die at once. The next one takes up one of their streams, and settles what is torn in the others, so that
//! no crash looks like tampering for ever.

use std::fs;
use std::path::{Path, PathBuf};

use testimony_ledger::read::directory::Directory;
use testimony_ledger::{Ledger, Options, verify};

/// The last segment file of each stream.
fn last_segments(ledger: &Path) -> Vec<PathBuf> {
    let directory = Directory::open(ledger).unwrap();
    let last = |&stream: &_| {
        let index = *directory.segments(stream).unwrap().last().unwrap();
        directory.segment_path(stream, index)
    };
    directory.streams.iter().map(last).collect()
}

/// Three streams, all put down in good order.
fn three_streams(ledger: &Path) {
    let open = |_| Ledger::open(ledger, Options::default()).unwrap();
    let ledgers: Vec<Ledger> = (0..3).map(open).collect();
    assert!(ledgers.iter().all(|ledger| ledger.close().is_ok()));
}

fn alarms(ledger: &Path) -> usize {
    verify::verify(ledger, &[], &mut |_| {}).unwrap().findings().count()
}

#[test]
fn every_torn_stream_is_settled_whichever_one_is_taken_up() {
    let scratch = tempfile::tempdir().unwrap();
    let ledger = scratch.path().join("l");
    three_streams(&ledger);
    for file in last_segments(&ledger) {
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, &bytes[..bytes.len() - 9]).unwrap();
    }
    assert_eq!(alarms(&ledger), 3, "each is torn");
    Ledger::open(&ledger, Options::default()).unwrap().close().unwrap();
    assert_eq!(alarms(&ledger), 0);
    assert_eq!(Directory::open(&ledger).unwrap().streams.len(), 3);
}

#[test]
fn a_segment_that_was_begun_and_of_which_nothing_landed_is_settled_as_well() {
    let scratch = tempfile::tempdir().unwrap();
    let ledger = scratch.path().join("l");
    three_streams(&ledger);
    for file in last_segments(&ledger) {
        fs::write(file.with_file_name("00000001.segment"), b"").unwrap();
    }
    assert_eq!(alarms(&ledger), 3, "each ends in a file without a byte");
    Ledger::open(&ledger, Options::default()).unwrap().close().unwrap();
    assert_eq!(alarms(&ledger), 0);
}

#[test]
fn a_stream_that_was_put_down_in_good_order_is_left_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let ledger = scratch.path().join("l");
    three_streams(&ledger);
    let before: Vec<usize> = segments(&ledger);
    Ledger::open(&ledger, Options::default()).unwrap().close().unwrap();
    let after: Vec<usize> = segments(&ledger);
    assert_eq!((before, after), (vec![1, 1, 1], vec![1, 1, 2]));
}

#[test]
fn a_torn_stream_that_somebody_holds_is_theirs() {
    let scratch = tempfile::tempdir().unwrap();
    let ledger = scratch.path().join("l");
    let held = Ledger::open(&ledger, Options::default()).unwrap();
    Ledger::open(&ledger, Options::default()).unwrap().close().unwrap();
    assert_eq!(Directory::open(&ledger).unwrap().segments(held.stream()).unwrap().len(), 1);
    held.close().unwrap();
    assert_eq!(alarms(&ledger), 0);
}

fn segments(ledger: &Path) -> Vec<usize> {
    let directory = Directory::open(ledger).unwrap();
    directory.streams.iter().map(|&stream| directory.segments(stream).unwrap().len()).collect()
}
