//! The directory in which exporters keep how far they have come lies in the ledger, and is no part of the record.

mod signing;

use std::fs;
use std::path::Path;

use signing::{decision, plain};
use testimony_ledger::read::directory::Directory;
use testimony_ledger::{Archive, Ledger, verify};
use testimony_record::verify::{NotEstablished, Report};

fn record(path: &Path, number: u128) {
    let ledger = Ledger::open(path, plain()).unwrap();
    ledger.record(decision(number)).unwrap().wait().unwrap();
    ledger.close().unwrap();
}

/// All that a verifier says, and how many entries a reader finds.
fn seen(path: &Path) -> (String, usize) {
    (format!("{:?}", report(path)), entries(path))
}

fn report(path: &Path) -> Report {
    verify::verify(path, &[], &mut |_| {}).unwrap()
}

fn entries(path: &Path) -> usize {
    let mut count = 0;
    Archive::open(path).unwrap().advance(&mut |_| count += 1).unwrap();
    count
}

fn unknown(report: &Report) -> Vec<&str> {
    let names = report.not_established.iter().filter_map(|open| match open {
        NotEstablished::UnknownFile(name) => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}

#[test]
fn a_directory_of_exporters_changes_no_verdict_and_is_no_stream() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    record(&path, 1);
    let before = seen(&path);
    let directory = Directory::open(&path).unwrap();
    let stream = directory.export_path().join("0123").join(directory.streams[0].to_string());
    fs::create_dir_all(&stream).unwrap();
    fs::write(stream.join("cursor.json"), "not looked at").unwrap();
    fs::write(stream.join("lock"), "").unwrap();

    assert_eq!(seen(&path), before);
    assert!(unknown(&report(&path)).is_empty());
    record(&path, 2);
    assert_eq!(Directory::open(&path).unwrap().streams, directory.streams, "it is taken up again");
    assert!(report(&path).intact());
}

#[test]
fn a_file_of_that_name_is_named_among_what_is_not_checked() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    record(&path, 1);
    fs::write(path.join("export"), "").unwrap();
    assert_eq!(unknown(&report(&path)), ["export"]);
}
