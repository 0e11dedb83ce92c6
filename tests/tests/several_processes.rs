//! Several processes record into one directory at once; each is killed at any moment and another one started. Each writes a
//! stream of its own; a stream whose owner died is taken up by a later one, and never forks.
//!
//! `TESTIMONY_KILLS` sets how many kills (default 15).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use testimony_ledger::read::archive::Stored;
use testimony_ledger::read::directory::Directory;
use testimony_ledger::{Archive, Ledger, Options, verify};
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Link};
use testimony_record::verify::Verdict;
use testimony_tests::Dice;

const PROCESSES: usize = 4;

/// What a receipt said: the stream, the place in it, and the decision there.
type Promise = (Uuid, Link, u128);

fn kills() -> u32 {
    std::env::var("TESTIMONY_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(15)
}

/// A process that records.
struct Recorder {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    promises: Vec<Promise>,
}

impl Recorder {
    fn start(directory: &Path, first: u128) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_record_until_killed"))
            .args([directory.as_os_str(), first.to_string().as_ref()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, promises: Vec::new() }
    }

    /// Waits for its next promise.
    fn go_on(&mut self) {
        let line = self.lines.next().expect("the process ended by itself").unwrap();
        self.promises.push(promise(&line).unwrap());
    }

    fn stream(&self) -> Uuid {
        self.promises[0].0
    }

    fn kill(mut self) -> Vec<Promise> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // The last line may be cut short.
        self.promises.extend(self.lines.by_ref().map_while(|line| promise(&line.ok()?)));
        std::mem::take(&mut self.promises)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn promise(line: &str) -> Option<Promise> {
    let mut words = line.split_whitespace();
    let id = words.next()?.parse().ok()?;
    let stream = words.next()?.parse().ok()?;
    let seq = words.next()?.parse().ok()?;
    let hash: Digest = words.next()?.parse().ok()?;
    Some((stream, Link { seq, hash }, id))
}

/// Takes up every stream, and puts it down in good order.
fn settle(directory: &Path) {
    let streams = Directory::open(directory).unwrap().streams.len();
    let open = || Ledger::open(directory, Options::default()).unwrap();
    let ledgers: Vec<Ledger> = (0..streams).map(|_| open()).collect();
    let taken: BTreeSet<Uuid> = ledgers.iter().map(Ledger::stream).collect();
    assert_eq!(taken.len(), streams, "each stream has one writer");
    for ledger in ledgers {
        ledger.close().unwrap();
    }
}

/// What stands where; checks on the way that each session continues the entry before it.
fn places(directory: &Path) -> BTreeMap<(Uuid, u64), (Digest, Option<u128>)> {
    let mut places = BTreeMap::new();
    let mut visit = |Stored { entry, hash, .. }: Stored| {
        let decision = match &entry.body {
            Body::Decision(decision) => Some(decision.id.as_u128()),
            _ => None,
        };
        if let Body::Genesis(genesis) = &entry.body {
            let before = entry.seq.checked_sub(1).map(|seq| Link { seq, hash: entry.prev });
            assert_eq!(genesis.continues, before, "entry {}", entry.seq);
        }
        places.insert((entry.stream, entry.seq), (hash, decision));
    };
    Archive::open(directory).unwrap().advance(&mut visit).unwrap();
    places
}

/// While others write: whatever is unfinished may be so, and nothing else may look wrong.
fn look_on(directory: &Path) {
    let report = verify::verify(directory, &[], &mut |_| {}).unwrap();
    let unfinished = [Verdict::TornTail, Verdict::Damaged, Verdict::ClockSteppedBack];
    let alarms: Vec<_> =
        report.findings().filter(|finding| !unfinished.contains(&finding.verdict)).collect();
    assert!(alarms.is_empty(), "{alarms:?}");
}

fn check(directory: &Path, promises: &[Promise]) {
    settle(directory);
    let report = verify::verify(directory, &[], &mut |_| {}).unwrap();
    let alarms: Vec<_> = report.findings().filter(|finding| finding.verdict.breaks()).collect();
    assert!(alarms.is_empty(), "{alarms:?}");
    let places = places(directory);
    for (stream, link, id) in promises {
        assert_eq!(
            places.get(&(*stream, link.seq)),
            Some(&(link.hash, Some(*id))),
            "decision {id} is lost"
        );
    }
}

#[test]
fn processes_that_are_killed_and_replaced_never_share_a_stream_nor_lose_what_they_promised() {
    let mut dice = Dice::seeded();
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("ledger");
    let mut first = 0;
    let mut start = || {
        first += 1_000_000;
        Recorder::start(&directory, first)
    };
    let mut recorders: Vec<Recorder> = (0..PROCESSES).map(|_| start()).collect();
    let mut promises = Vec::new();
    for kill in 1..=kills() {
        // Each has promised something, so each holds its stream at this moment.
        recorders.iter_mut().for_each(Recorder::go_on);
        let held: BTreeSet<Uuid> = recorders.iter().map(Recorder::stream).collect();
        assert_eq!(held.len(), PROCESSES, "two processes write one stream");
        let victim = usize::try_from(dice.below(PROCESSES as u64)).unwrap();
        for _ in 0..dice.below(20) {
            recorders[victim].go_on();
        }
        promises.extend(std::mem::replace(&mut recorders[victim], start()).kill());
        if kill % 50 == 10 {
            look_on(&directory);
        }
    }
    for recorder in recorders {
        promises.extend(recorder.kill());
    }
    check(&directory, &promises);
    let streams = Directory::open(&directory).unwrap().streams.len();
    println!("{} kills, {} promises kept, in {streams} streams", kills(), promises.len());
}
