//! A process that is killed while it exports costs no entry: the next one goes on where the endpoint had answered, and never
//! behind it.
//!
//! `TESTIMONY_KILLS` sets how many kills (default 8).

#[allow(dead_code, reason = "a part of it is for other tests")]
#[path = "../../crates/testimony-otlp/tests/support/receiver.rs"]
mod receiver;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command};

use receiver::{Endpoint, attributes, spans_of};
use testimony::Testimony;
use testimony::ledger::read::directory::Directory;
use testimony::ledger::{Archive, verify};
use testimony::otlp::Destination;
use testimony_tests::Dice;

/// The hashes under which each entry has arrived.
type Arrived = BTreeMap<(String, u64), Vec<String>>;

fn kills() -> u32 {
    std::env::var("TESTIMONY_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(8)
}

fn start(directory: &Path, endpoint: &Endpoint, first: u32) -> Child {
    Command::new(env!("CARGO_BIN_EXE_export_until_killed"))
        .args([directory.as_os_str(), endpoint.url.as_ref(), first.to_string().as_ref()])
        .spawn()
        .unwrap()
}

fn note(arrived: &mut Arrived, request: receiver::Request) -> usize {
    let mut count = 0;
    for span in spans_of(request.body) {
        let attributes = attributes(&span);
        let seq = attributes["testimony.seq"].parse().unwrap();
        let hashes = arrived.entry((attributes["testimony.stream"].clone(), seq)).or_default();
        hashes.push(attributes["testimony.hash"].clone());
        count += 1;
    }
    count
}

/// Each cursor names an entry that has arrived, and everything before it has arrived as well.
fn check_cursors(directory: &Path, arrived: &Arrived) {
    let ledger = Directory::open(directory).unwrap();
    for destination in Destination::all(&ledger).unwrap() {
        for &stream in &ledger.streams {
            let Some(cursor) = destination.cursor(stream) else { continue };
            for seq in 0..=cursor.last.seq {
                assert!(arrived.contains_key(&(stream.to_string(), seq)), "entry {seq} is skipped");
            }
            let hashes = &arrived[&(stream.to_string(), cursor.last.seq)];
            assert!(hashes.contains(&cursor.last.hash.to_string()));
        }
    }
}

#[test]
fn every_entry_arrives_and_the_cursor_never_runs_ahead() {
    let mut dice = Dice::seeded();
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let (endpoint, mut arrived) = (Endpoint::start([]), Arrived::new());
    let mut spans = 0;
    for round in 0..kills() {
        let mut child = start(&directory, &endpoint, round * 1_000_000);
        for _ in 0..=dice.below(4) {
            spans += note(&mut arrived, endpoint.next());
        }
        // The last answer may be under way, and so may the cursor behind it.
        for n in 0..dice.below(200_000) {
            std::hint::black_box(n);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for request in endpoint.requests() {
            spans += note(&mut arrived, request);
        }
        check_cursors(&directory, &arrived);
    }
    let last = Testimony::builder().directory(&directory);
    let last = last.export(|options| options.endpoint = Some(endpoint.url.clone()));
    last.open().unwrap().close().unwrap();
    for request in endpoint.requests() {
        spans += note(&mut arrived, request);
    }
    check_cursors(&directory, &arrived);
    let mut entries = 0;
    let mut visit = |stored: testimony::ledger::read::archive::Stored| {
        let place = (stored.entry.stream.to_string(), stored.entry.seq);
        let hashes = arrived.get(&place).unwrap_or_else(|| panic!("{place:?} never arrived"));
        assert!(hashes.iter().all(|hash| *hash == stored.hash.to_string()), "{place:?}");
        entries += 1;
    };
    Archive::open(&directory).unwrap().advance(&mut visit).unwrap();
    assert_eq!(entries, arrived.len(), "nothing arrived that the ledger does not hold");
    assert!(verify::verify(&directory, &[], &mut |_| {}).unwrap().intact());
    println!("{} kills, {entries} entries, {spans} spans", kills());
}

#[test]
fn two_processes_that_are_alive_send_nothing_twice() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let (endpoint, mut arrived) = (Endpoint::start([]), Arrived::new());
    let mut children = [0, 1_000_000].map(|first| start(&directory, &endpoint, first));
    let of_each_stream = |arrived: &Arrived| {
        let mut counts = BTreeMap::<String, usize>::new();
        for (stream, _) in arrived.keys() {
            *counts.entry(stream.clone()).or_default() += 1;
        }
        counts
    };
    while of_each_stream(&arrived).values().filter(|count| **count >= 50).count() < 2 {
        note(&mut arrived, endpoint.next());
    }
    for child in &mut children {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    for request in endpoint.requests() {
        note(&mut arrived, request);
    }
    let twice: Vec<_> = arrived.iter().filter(|(_, hashes)| hashes.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    check_cursors(&directory, &arrived);
}
