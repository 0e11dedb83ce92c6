//! A cursor that is damaged, or that belongs to another ledger, is never a reason to skip an entry.

mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use support::{AMPLE, Desk, Endpoint, assert_copied, to};

/// A ledger of which everything has been delivered, and what its cursor says.
fn delivered(endpoint: &Endpoint, count: u128) -> (Desk, String) {
    let desk = Desk::open();
    desk.record(0..count);
    desk.export(to(endpoint)).shutdown(AMPLE).unwrap();
    endpoint.spans(usize::try_from(count).unwrap() + 1);
    let cursor = fs::read_to_string(desk.cursor_file()).unwrap();
    (desk, cursor)
}

/// Exports again; whether the stream was begun again, and how many spans came.
fn export_again(endpoint: &Endpoint, desk: &Desk) -> (u64, usize) {
    let exporter = desk.export(to(endpoint));
    exporter.shutdown(AMPLE).unwrap();
    let spans = endpoint.so_far().into_iter().flat_map(support::spans_of).count();
    (exporter.stats().begun_again, spans)
}

#[test]
fn an_undamaged_cursor_skips_what_was_delivered() {
    let endpoint = Endpoint::start([]);
    let (desk, _) = delivered(&endpoint, 5);
    assert_eq!(export_again(&endpoint, &desk), (0, 0));
}

#[test]
fn a_cursor_that_is_missing_costs_repetitions() {
    let endpoint = Endpoint::start([]);
    let (desk, _) = delivered(&endpoint, 5);
    fs::remove_file(desk.cursor_file()).unwrap();
    assert_eq!(export_again(&endpoint, &desk), (0, 6));
}

#[test]
fn a_cursor_that_is_damaged_begins_again_and_says_so() {
    let endpoint = Endpoint::start([]);
    let (desk, cursor) = delivered(&endpoint, 5);
    let seq = |n: u64| cursor.replace(r#""seq":5"#, &format!(r#""seq":{n}"#));
    let of_another = cursor.replace(&desk.ledger.stream().to_string(), &uuid(7));
    let hash = cursor.replace(r#""hash":""#, r#""hash":"00"#);
    for damaged in [
        String::new(),
        cursor[..cursor.len() / 2].to_owned(),
        seq(4),
        seq(6),
        seq(u64::MAX),
        cursor.replace(r#""v":1"#, r#""v":2"#),
        cursor.replace(r#""segment":0"#, r#""segment":1"#),
        cursor.replace(r#""segment":0"#, r#""segment":99"#),
        of_another,
        hash,
    ] {
        assert_ne!(damaged, cursor);
        fs::write(desk.cursor_file(), &damaged).unwrap();
        assert_eq!(export_again(&endpoint, &desk), (1, 6), "{damaged}");
        assert_eq!(fs::read_to_string(desk.cursor_file()).unwrap().len(), cursor.len());
        assert_eq!(export_again(&endpoint, &desk), (0, 0), "it is mended");
    }
}

fn uuid(number: u128) -> String {
    testimony_record::Uuid::from_u128(number).to_string()
}

#[test]
fn a_ledger_that_was_restored_from_a_backup_is_exported_from_its_beginning() {
    let endpoint = Endpoint::start([]);
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let desk = Desk::open_in(Arc::clone(&dir));
    desk.record(0..2);
    let (segment, backup) = (segment(&desk), dir.path().join("backup"));
    fs::copy(&segment, &backup).unwrap();
    desk.record(2..9);
    desk.finish(&desk.export(to(&endpoint)));
    endpoint.spans(11);
    fs::copy(&backup, &segment).unwrap();
    // The next session finds the stream as it was, and goes on with other entries under the same numbers.
    let restored = Desk::open_in(dir);
    assert_eq!(restored.ledger.stream(), desk.ledger.stream());
    restored.record(100..120);
    let exporter = restored.export(to(&endpoint));
    restored.finish(&exporter);
    let entries = restored.entries();
    assert!(entries.len() > 20);
    assert_copied(&endpoint.spans(entries.len()), &entries);
    assert_eq!(exporter.stats().begun_again, 1);
}

fn segment(desk: &Desk) -> std::path::PathBuf {
    let directory = testimony_ledger::read::directory::Directory::open(&desk.path).unwrap();
    directory.segment_path(desk.ledger.stream(), 0)
}

#[test]
fn a_label_that_is_damaged_makes_no_destination_begin_later() {
    let (endpoint, desk) = (Endpoint::start([]), Desk::open());
    desk.record(0..4);
    let now = || support::beginning(testimony_otlp::Begin::Now, to(&endpoint));
    desk.export(now()).shutdown(AMPLE).unwrap();
    desk.record(4..6);
    let cursor = desk.cursor_file();
    let label = cursor.ancestors().nth(2).map(|dir: &Path| dir.join("destination.json")).unwrap();
    fs::write(label, "{").unwrap();
    desk.finish(&desk.export(now()));
    assert_copied(&endpoint.spans(8), &desk.entries());
}
