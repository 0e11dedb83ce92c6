//! A trail reads one stream in order, also as it grows and across what a crash cut off.

mod signing;

use std::path::Path;

use signing::{decision, plain};
use testimony_ledger::Ledger;
use testimony_ledger::read::directory::Directory;
use testimony_ledger::read::trail::Trail;
use testimony_record::Uuid;
use testimony_record::entry::{Body, Entry};
use testimony_record::tree::Frontier;

/// Reads on, and checks that each entry has the number under which it is shown.
fn read_on(trail: &mut Trail, end: u64) -> Vec<Entry> {
    let mut entries = Vec::new();
    trail
        .advance(end, &mut |seq, bytes| {
            let entry = Entry::decode(bytes).unwrap();
            assert_eq!(entry.seq, seq);
            entries.push(entry);
        })
        .unwrap();
    entries
}

fn record(ledger: &Ledger, count: u128) {
    for n in 0..count {
        ledger.record(decision(n)).unwrap().wait().unwrap();
    }
}

fn root(path: &Path, stream: Uuid) -> (u64, [u8; 32]) {
    let mut tree = Frontier::new();
    Trail::from_segment(path, stream, 0)
        .advance(u64::MAX, &mut |_, bytes| tree.push(bytes))
        .unwrap();
    (tree.size(), tree.root())
}

#[test]
fn a_stream_is_read_on_as_it_grows_and_only_as_far_as_asked() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let ledger = Ledger::open(&path, plain()).unwrap();
    let mut trail = Trail::from_segment(&path, ledger.stream(), 0);
    let mut seen = 0;
    for _ in 0..4 {
        record(&ledger, 5);
        seen += read_on(&mut trail, u64::MAX).len();
        assert!(read_on(&mut trail, u64::MAX).is_empty());
    }
    assert_eq!(seen, 21, "the genesis and twenty decisions");
    assert!(Directory::open(&path).unwrap().segments(ledger.stream()).unwrap().len() > 2);
    let mut limited = Trail::from_segment(&path, ledger.stream(), 0);
    for end in [0, 3, 3, 12, 21] {
        let from = read_on(&mut limited, end);
        assert!(from.iter().all(|entry| entry.seq < end));
    }
    assert!(read_on(&mut limited, u64::MAX).is_empty());
}

#[test]
fn whole_entries_in_a_cut_are_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let ledger = Ledger::open(&path, signing::plain()).unwrap();
    record(&ledger, 3);
    let stream = ledger.stream();
    let directory = Directory::open(&path).unwrap();
    let file = directory.segment_path(stream, 0);
    // The process dies here, and one of the pages before its last entries never landed.
    let mut bytes = std::fs::read(&file).unwrap();
    ledger.close().unwrap();
    for index in directory.segments(stream).unwrap() {
        std::fs::remove_file(directory.segment_path(stream, index)).unwrap();
    }
    let at = bytes.windows(7).position(|window| window == b"signing").unwrap();
    bytes[at] = b'S';
    std::fs::write(&file, &bytes).unwrap();

    let ledger = Ledger::open(&path, plain()).unwrap();
    record(&ledger, 1);
    ledger.close().unwrap();
    let entries = read_on(&mut Trail::from_segment(&path, stream, 0), u64::MAX);
    let recovered = entries.iter().position(|entry| matches!(entry.body, Body::Recovered(_)));
    assert_eq!(recovered, Some(1), "only the genesis stood before the damage");
    assert!(entries.iter().zip(0..).all(|(entry, seq)| entry.seq == seq));
    let report = testimony_ledger::verify::verify(&path, &[], &mut |_| {}).unwrap();
    let head = report.streams[0].head.unwrap();
    assert_eq!(root(&path, stream), (head.size, head.root));
}
