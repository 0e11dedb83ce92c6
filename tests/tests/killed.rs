//! A process that is killed at any moment leaves a ledger that opens, verifies, and holds all that was promised.
//!
//! `TESTIMONY_KILLS` sets how many kills (default 15).

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use testimony_ledger::{Archive, Ledger, Options, verify};
use testimony_record::entry::Body;
use testimony_tests::Dice;

fn kills() -> u32 {
    std::env::var("TESTIMONY_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(15)
}

/// Lets a child promise some decisions and then kills it; returns what it promised.
fn record_and_kill(directory: &Path, first: u128, dice: &mut Dice) -> BTreeSet<u128> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_record_until_killed"))
        .args([directory.as_os_str(), first.to_string().as_ref()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let read = usize::try_from(dice.below(60)).unwrap();
    let mut promised: BTreeSet<u128> =
        lines.by_ref().take(read).map(|line| id(&line.unwrap()).unwrap()).collect();
    // A spin of random length moves the kill off the moment of a promise.
    for n in 0..dice.below(200_000) {
        std::hint::black_box(n);
    }
    kill(&mut child);
    promised.extend(lines.map_while(|line| id(&line.ok()?)));
    promised
}

/// The first word of a line; the last line may be cut short in the middle of what follows.
fn id(line: &str) -> Option<u128> {
    line.split_once(' ')?.0.parse().ok()
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn decisions(directory: &Path) -> BTreeSet<u128> {
    let mut held = BTreeSet::new();
    let mut archive = Archive::open(directory).unwrap();
    let mut visit = |stored: testimony_ledger::read::archive::Stored| {
        if let Body::Decision(decision) = stored.entry.body {
            held.insert(decision.id.as_u128());
        }
    };
    archive.advance(&mut visit).unwrap();
    held
}

#[test]
fn what_a_receipt_called_durable_survives_a_kill_and_raises_no_alarm() {
    let mut dice = Dice::seeded();
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let mut promised = BTreeSet::new();
    for round in 0..kills() {
        promised.extend(record_and_kill(&directory, u128::from(round) * 1_000_000, &mut dice));
        Ledger::open(&directory, Options::default()).unwrap().close().unwrap();
        let report = verify::verify(&directory, &[], &mut |_| {}).unwrap();
        let alarms: Vec<_> = report.findings().collect();
        assert!(alarms.is_empty(), "round {round}: {alarms:?}");
        let lost: Vec<_> = promised.difference(&decisions(&directory)).copied().collect();
        assert!(lost.is_empty(), "round {round} lost {lost:?}");
    }
    println!("{} kills, {} promises kept", kills(), promised.len());
    assert!(!promised.is_empty(), "nothing was ever promised: the test shows nothing");
}
